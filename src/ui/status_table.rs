//! A cluster's status for people.

use std::io::{self, Write};

use crate::model::{blue_green_run::Until, halt::Standing, names::PodName};

use super::{
    document::{ColoursStatus, PodStatus, SilentDriver, UpgradeStatus},
    look::{Look, Tone},
};

/// The state in a few labelled lines, then a table of the pods.
///
/// # Errors
/// When the output cannot be written to.
pub fn write(out: &mut dyn Write, look: Look, status: &UpgradeStatus) -> io::Result<()> {
    let none = "-".to_owned();
    let title = status
        .cluster
        .as_ref()
        .map_or_else(|| none.clone(), ToString::to_string);
    writeln!(out, "{}", look.paint(Tone::Strong, &title))?;
    for (name, tone, value) in facts(look, status) {
        writeln!(out, "  {name:<10} {}", look.paint(tone, &value))?;
    }
    if !status.pods.is_empty() {
        writeln!(out)?;
        pods(out, look, &status.pods)?;
    }
    if !status.next.is_empty() {
        writeln!(out, "\nNext:")?;
    }
    for line in &status.next {
        writeln!(out, "  {}", look.paint(Tone::Normal, line))?;
    }
    Ok(())
}

fn facts(look: Look, status: &UpgradeStatus) -> Vec<(&'static str, Tone, String)> {
    let mut facts = Vec::new();
    let mut fact = |name, tone, value: Option<String>| {
        facts.extend(value.map(|value| (name, tone, value)));
    };
    let running = status.current_version.as_deref().unwrap_or("unknown");
    fact(
        "version",
        Tone::Normal,
        Some(match status.spec_version.as_deref() {
            Some(wanted) if wanted != running => {
                format!("{running} {} {wanted}", look.arrow())
            }
            _ => running.to_owned(),
        }),
    );
    fact("phase", Tone::Normal, status.phase.clone());
    fact(
        "run",
        Tone::Notice,
        status.run.as_ref().map(|run| {
            format!(
                "{} of {}, unfinished: {} {} {}, {}, begun {}",
                run.id,
                run.user,
                run.leaves(),
                look.arrow(),
                run.target.version,
                match &run.blue_green {
                    None => run.order.to_string(),
                    Some(_) => "blue/green".to_owned(),
                },
                run.started_at
            )
        }),
    );
    if let Some(colours) = &status.colours {
        fact("colours", Tone::Notice, Some(coloured(colours, look)));
        fact("gate", Tone::Notice, gate(colours));
    }
    fact(
        "run",
        Tone::Bad,
        status
            .run_unreadable
            .as_ref()
            .map(|why| format!("the record cannot be read: {why}")),
    );
    fact(
        "driver",
        Tone::Notice,
        status
            .lease_holder
            .as_ref()
            .map(|holder| format!("{holder} is at work now")),
    );
    fact("driver", Tone::Bad, status.silent_driver.as_ref().map(gone));
    fact(
        "operator",
        Tone::Notice,
        status
            .operator_upgrade
            .as_ref()
            .map(|upgrade| format!("has not finished its upgrade to {upgrade}")),
    );
    if let Some((tone, text)) = paused(status) {
        fact("paused", tone, Some(text));
    }
    fact(
        "pause",
        Tone::Notice,
        status.pause_requested.as_ref().map(|pause| {
            let reason = pause.reason.as_deref().unwrap_or("no reason given");
            format!("asked for by {} at {}: {reason}", pause.by, pause.at)
        }),
    );
    fact(
        "lock",
        Tone::Notice,
        status
            .operation_lock
            .as_ref()
            .map(|lock| format!("{} by {}", lock.operation, lock.holder)),
    );
    fact(
        "degraded",
        Tone::Bad,
        status
            .degraded
            .as_ref()
            .map(|condition| format!("{}: {}", condition.reason, condition.message)),
    );
    if let Some(standing) = &status.standing {
        let (tone, text) = raft(standing);
        fact("raft", tone, Some(text));
    }
    for why in &status.unknown {
        fact("unknown", Tone::Notice, Some(why.clone()));
    }
    facts
}

/// Both colours, the phase, and where clients are sent.
fn coloured(colours: &ColoursStatus, look: Look) -> String {
    let phase = colours
        .phase
        .as_ref()
        .map_or("no phase", |phase| phase.as_str());
    let serves = match colours.serves {
        Some(colour) => format!("clients are sent to {colour}"),
        None => "where clients are sent is not known".to_owned(),
    };
    let way = if colours.back {
        ", on the way back"
    } else {
        ""
    };
    format!(
        "blue {} {} green {}, {phase}{way}; {serves}",
        colours.blue,
        look.arrow(),
        colours.green
    )
}

/// Where the run stops by itself, and what opens it.
fn gate(colours: &ColoursStatus) -> Option<String> {
    match (colours.back, colours.until) {
        (false, Until::Ready) => {
            Some("it stops before green gets votes; `baoctl upgrade promote` goes on".to_owned())
        }
        (false, Until::Cutover) => {
            Some("it stops before blue is removed; `baoctl upgrade promote` goes on".to_owned())
        }
        _ => None,
    }
}

fn raft(standing: &Standing) -> (Tone, String) {
    let (tone, risk) = if standing.at_risk() {
        (Tone::Bad, "; AT RISK")
    } else {
        (Tone::Normal, "")
    };
    if standing.unseen.is_some() {
        return (Tone::Notice, standing.to_string());
    }
    let leader = standing
        .leader
        .as_ref()
        .map_or("no leader".to_owned(), |leader| format!("{leader} leads"));
    let text = format!(
        "{leader}, {} of {} voters serving (quorum {}){risk}",
        standing.serving, standing.voters, standing.quorum
    );
    (tone, text)
}

fn pods(out: &mut dyn Write, look: Look, pods: &[PodStatus]) -> io::Result<()> {
    let coloured = pods.iter().any(|pod| pod.colour.is_some());
    let head = ["POD", "COLOUR", "ROLE", "VERSION", "IMAGE", "STATE", "LAG"];
    let mut rows = vec![head.map(str::to_owned)];
    let or_dash = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    for pod in pods {
        rows.push([
            pod.pod.to_string(),
            or_dash(pod.colour.map(|colour| colour.to_string())),
            pod.role.word().to_owned(),
            or_dash(pod.version.as_ref().map(ToString::to_string)),
            or_dash(pod.image.clone()),
            pod.state.clone(),
            or_dash(pod.lag.map(|lag| lag.to_string())),
        ]);
    }
    let mut widths = [0; 7];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for (index, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .enumerate()
            .filter(|(column, _)| coloured || *column != 1)
            .map(|(_, (cell, width))| format!("{cell:width$}"))
            .collect();
        let line = format!("  {}", cells.join("  "));
        let tone = if index == 0 {
            Tone::Faint
        } else {
            Tone::Normal
        };
        writeln!(out, "{}", look.paint(tone, line.trim_end()))?;
    }
    Ok(())
}

/// That the operator is paused, and what un-pausing it would do in the middle of
/// a run.
/// Who was at work, and when that was last heard.
fn gone(driver: &SilentDriver) -> String {
    format!(
        "nobody; {} was last at work {} s ago, at {}",
        driver.holder, driver.ago_s, driver.renewed_at
    )
}

/// That the operator is held off, or should be.
fn paused(status: &UpgradeStatus) -> Option<(Tone, String)> {
    if status.paused == Some(true) {
        return Some((Tone::Notice, unpausing(status)));
    }
    status.run.as_ref().map(|_| {
        let text = "no: somebody un-paused the operator while the run is unfinished";
        (Tone::Bad, text.to_owned())
    })
}

fn unpausing(status: &UpgradeStatus) -> String {
    let pods: Vec<&str> = status
        .replaced_by_unpausing
        .iter()
        .map(PodName::as_str)
        .collect();
    match (&status.run, pods.is_empty()) {
        (None, _) => "spec.paused is true".to_owned(),
        (Some(run), _) if run.blue_green.is_some() => {
            "spec.paused is true; un-pausing moves no pod while the operation lock is held"
                .to_owned()
        }
        (Some(_), true) => {
            "spec.paused is true; un-pausing moves no pod: the partition holds them".to_owned()
        }
        (Some(_), false) => format!(
            "spec.paused is true; do not un-pause: Kubernetes would replace {} at once, the leader \
             included and without a step-down",
            pods.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{exit_code::ExitCode, names::PodName, version::Version},
        ui::document::PodRole,
    };

    use super::*;

    #[test]
    fn pods_stand_in_columns_with_a_dash_for_what_is_not_known() {
        let mut status = UpgradeStatus::new(ExitCode::Ok);
        status.spec_version = Some("2.7.2".into());
        status.current_version = Some("2.6.2".into());
        status.operator_upgrade = Some("2.7.2".into());
        status.pods = vec![
            PodStatus {
                pod: PodName("prod-0".into()),
                role: PodRole::Leader,
                version: Some(Version::new(2, 6, 2)),
                image: Some("openbao:2.6.2".into()),
                updated: false,
                ready: true,
                state: "Ready".into(),
                lag: Some(0),
                colour: None,
            },
            PodStatus {
                pod: PodName("prod-1".into()),
                role: PodRole::Unknown,
                version: None,
                image: None,
                updated: true,
                ready: false,
                state: "CrashLoopBackOff".into(),
                lag: None,
                colour: None,
            },
        ];
        status.silent_driver = Some(SilentDriver {
            holder: "alice/x".into(),
            renewed_at: "2026-11-28T11:59:20Z".parse().expect("a time"),
            ago_s: 40,
        });
        status.next = vec!["baoctl resume prod --take-over".into()];
        let mut out = Vec::new();
        write(&mut out, Look::default(), &status).expect("written");
        assert_eq!(
            String::from_utf8(out).expect("UTF-8"),
            "-\n\
             \x20 version    2.6.2 -> 2.7.2\n\
             \x20 driver     nobody; alice/x was last at work 40 s ago, at 2026-11-28T11:59:20Z\n\
             \x20 operator   has not finished its upgrade to 2.7.2\n\
             \n\
             \x20 POD     ROLE     VERSION  IMAGE          STATE             LAG\n\
             \x20 prod-0  leader   2.6.2    openbao:2.6.2  Ready             0\n\
             \x20 prod-1  unknown  -        -              CrashLoopBackOff  -\n\
             \nNext:\n  baoctl resume prod --take-over\n"
        );
    }
}
