//! The last thing a person reads.

use std::io::{self, Write};

use super::{
    document::{Document, ErrorBody, PodResult, UpgradeResult},
    look::{Look, Tone},
    plan_table, preflight_table, rehearsal_table, status_table,
    wording::{count, spent},
};

/// A result that is none of failure.
///
/// # Errors
/// When the output cannot be written to.
pub fn success(out: &mut dyn Write, look: Look, result: &Document) -> io::Result<()> {
    match result {
        Document::PreflightReport(report) => preflight_table::write(out, look, report),
        Document::UpgradePlan(document) => {
            match &document.plan {
                Some(plan) => plan_table::write(out, look, plan)?,
                None => preflight_table::notable(out, look, &document.findings)?,
            }
            next(out, look, &document.next)
        }
        Document::UpgradeStatus(status) => status_table::write(out, look, status),
        Document::UpgradeResult(result) => upgraded(out, look, result),
        Document::RehearsalReport(report) => rehearsal_table::write(out, look, report),
    }
}

/// What failed, what was seen, how the cluster stands, what to type next.
///
/// # Errors
/// When the output cannot be written to.
pub fn failure(out: &mut dyn Write, look: Look, result: &Document) -> io::Result<()> {
    let Document::UpgradeResult(run) = result else {
        return result.error().map_or(Ok(()), |body| error(out, look, body));
    };
    if let Some(halt) = &run.halt {
        let title = format!("halted, {}: {}", halt.reason.code(), halt.message);
        writeln!(out, "\n{}", look.paint(Tone::Bad, &title))?;
        section(out, look, "Seen", Tone::Normal, &halt.evidence)?;
    } else {
        if let Some(body) = &run.error {
            writeln!(out)?;
            error(out, look, body)?;
        }
        if let Some(message) = &run.message {
            writeln!(out, "{}", look.paint(Tone::Notice, message))?;
        }
    }
    if let Some(standing) = &run.standing {
        let tone = if standing.at_risk() {
            Tone::Bad
        } else {
            Tone::Normal
        };
        let mut lines = vec![standing.to_string()];
        if standing.at_risk() {
            lines.insert(
                0,
                "AT RISK: it may not be serving, or one more loss would stop it".to_owned(),
            );
        }
        section(out, look, "The cluster now", tone, &lines)?;
    }
    section(out, look, "So far", Tone::Normal, &so_far(run))?;
    if let Some(rehearsal) = &run.rehearsal {
        rehearsal_table::verdict(out, look, rehearsal)?;
    }
    let advice = run
        .halt
        .iter()
        .flat_map(|halt| &halt.next)
        .chain(&run.next)
        .cloned()
        .collect::<Vec<_>>();
    if run.rehearsal.is_some() {
        return section(
            out,
            look,
            "Next, were this a real cluster",
            Tone::Normal,
            &advice,
        );
    }
    next(out, look, &advice)
}

/// An error with its hints.
///
/// # Errors
/// When the output cannot be written to.
pub fn error(out: &mut dyn Write, look: Look, error: &ErrorBody) -> io::Result<()> {
    writeln!(
        out,
        "{}{}",
        look.paint(Tone::Bad, "error: "),
        look.paint(Tone::Normal, &error.message)
    )?;
    for hint in error.hint.iter().flat_map(|hint| hint.lines()) {
        writeln!(
            out,
            "{}{}",
            look.paint(Tone::Notice, "hint: "),
            look.paint(Tone::Normal, hint)
        )?;
    }
    Ok(())
}

fn upgraded(out: &mut dyn Write, look: Look, result: &UpgradeResult) -> io::Result<()> {
    if let Some(message) = &result.message {
        writeln!(out, "{}", look.paint(Tone::Good, message))?;
    } else if let (Some(cluster), Some(from), Some(to)) =
        (&result.cluster, &result.from, &result.to)
    {
        let all = result.pods.len();
        let verified = |pod: &&PodResult| pod.timings.total_ms() == 0;
        let replaced = all - result.pods.iter().filter(verified).count();
        // What was new already was found so, and under blue/green all are.
        let pods = if result.resumed && replaced == 0 {
            format!("{} verified", count(all as u64, "pod"))
        } else if result.resumed {
            format!("{replaced} of {} replaced", count(all as u64, "pod"))
        } else {
            count(all as u64, "pod")
        };
        let done = format!(
            "{pods} in {} s, {}",
            result.seconds,
            count(u64::from(result.leader_moves), "leader move"),
        );
        let title = match result.begun_before() {
            // What an earlier command did is not this one's.
            Some((at, seconds)) => format!(
                "{cluster} runs {to}, {from} before: begun at {}, {seconds} s ago; by this command: {done}",
                at.strftime("%Y-%m-%d %H:%M:%SZ")
            ),
            None => format!("{cluster} runs {to}, {from} before: {done}"),
        };
        writeln!(out, "{}", look.paint(Tone::Good, &title))?;
    }
    for pod in &result.pods {
        // Under blue/green none is replaced.
        let spent = match pod.timings.total_ms() {
            0 => "verified".to_owned(),
            _ => spent(&pod.timings),
        };
        let line = format!("  {:<12} {spent}", pod.pod.as_str());
        writeln!(out, "{}", look.paint(Tone::Normal, &line))?;
    }
    if let Some(standing) = &result.standing {
        writeln!(out, "  {}", look.paint(Tone::Normal, &standing.to_string()))?;
    }
    if let Some(rehearsal) = &result.rehearsal {
        rehearsal_table::verdict(out, look, rehearsal)?;
    }
    for warning in &result.warnings {
        let line = format!("  warning: {warning}");
        writeln!(out, "{}", look.paint(Tone::Notice, &line))?;
    }
    next(out, look, &result.next)
}

fn so_far(run: &UpgradeResult) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(id) = &run.run {
        lines.push(format!("run {id}, recorded on the resource"));
    }
    if !run.pods.is_empty() {
        let pods: Vec<&str> = run.pods.iter().map(|pod| pod.pod.as_str()).collect();
        lines.push(format!("done: {}", pods.join(", ")));
    }
    if let Some(point) = &run.point_of_no_return {
        lines.push(format!(
            "{} has led with {}: the way on is forward",
            point.node, point.version
        ));
    }
    if let Some(snapshot) = &run.snapshot {
        lines.push(format!(
            "snapshot in {}, index {}",
            snapshot.file, snapshot.index
        ));
    }
    lines
}

fn next(out: &mut dyn Write, look: Look, lines: &[String]) -> io::Result<()> {
    section(out, look, "Next", Tone::Strong, lines)
}

fn section(
    out: &mut dyn Write,
    look: Look,
    title: &str,
    tone: Tone,
    lines: &[String],
) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}:", look.paint(Tone::Strong, title))?;
    lines
        .iter()
        .try_for_each(|line| writeln!(out, "  {}", look.paint(tone, line)))
}

#[cfg(test)]
mod tests {
    use crate::{
        event::{Event, EventKind, PodTimings},
        model::{
            exit_code::ExitCode,
            halt::{Halt, HaltReason, Standing},
            names::{ClusterRef, PodName},
        },
    };

    use super::*;

    #[test]
    fn a_halt_tells_what_failed_was_seen_stands_now_then_what_to_type() {
        let mut result = UpgradeResult::new(ExitCode::Halted);
        result.run = Some("r1".into());
        result.halt = Some(
            Halt::new(HaltReason::CrashLoop, "prod-2 exits with code 1, 4 times")
                .evidence("BackOff: restarting failed container")
                .next("baoctl resume prod -n vault"),
        );
        result.standing = Some(Standing {
            leader: Some(PodName("prod-0".into())),
            versions: vec![(PodName("prod-2".into()), None)],
            serving: 2,
            voters: 3,
            quorum: 2,
            ..Standing::default()
        });
        let mut out = Vec::new();
        let document = Document::UpgradeResult(Box::new(result));
        failure(&mut out, Look::default(), &document).expect("written");
        assert_eq!(
            String::from_utf8(out).expect("UTF-8"),
            "\nhalted, CrashLoop: prod-2 exits with code 1, 4 times\n\
             \nSeen:\n  BackOff: restarting failed container\n\
             \nThe cluster now:\n  leader prod-0, 2 of 3 voters serving (quorum 2), \
             prod-2 does not answer\n\
             \nSo far:\n  run r1, recorded on the resource\n\
             \nNext:\n  baoctl resume prod -n vault\n"
        );
    }

    #[test]
    fn a_resumed_run_does_not_take_an_earlier_one_s_work_for_its_own() {
        let at = |second| jiff::Timestamp::from_second(second).expect("in range");
        let mut result = UpgradeResult::new(ExitCode::Ok);
        result.cluster = Some(ClusterRef {
            namespace: "vault".into(),
            name: "prod".into(),
        });
        let begun = |resumed| EventKind::RunStarted {
            run: "r1".into(),
            holder: "baoctl/jane/r1".into(),
            from: "2.6.2".parse().expect("a version"),
            to: "2.7.2".parse().expect("a version"),
            image: "openbao:2.7.2".into(),
            resumed,
            started_at: at(1000),
        };
        let title = |result: &UpgradeResult| {
            let mut out = Vec::new();
            upgraded(&mut out, Look::default(), result).expect("written");
            let text = String::from_utf8(out).expect("UTF-8");
            text.lines().next().unwrap_or_default().to_owned()
        };
        for (seq, (second, resumed)) in [(1300, true), (1325, true)].into_iter().enumerate() {
            result.record(&Event {
                seq: seq as u64 + 1,
                at: at(second),
                event: begun(resumed),
            });
        }
        let pod = |start_ms| PodResult {
            pod: PodName("prod-2".into()),
            total_ms: start_ms,
            timings: PodTimings {
                start_ms,
                ..PodTimings::default()
            },
        };
        let begun = "vault/prod runs 2.7.2, 2.6.2 before: begun at 1970-01-01 00:16:40Z, 325 s ago; \
                     by this command:";
        result.pods = vec![pod(0), pod(5000), pod(0)];
        assert_eq!(
            title(&result),
            format!("{begun} 1 of 3 pods replaced in 25 s, 0 leader moves")
        );
        result.pods = vec![pod(0)];
        assert_eq!(
            title(&result),
            format!("{begun} 1 pod verified in 25 s, 0 leader moves")
        );
        result.resumed = false;
        assert_eq!(
            title(&result),
            "vault/prod runs 2.7.2, 2.6.2 before: 1 pod in 25 s, 0 leader moves"
        );
    }
}
