//! What rehearsals came to, for people.

use std::io::{self, Write};

use super::{
    document::{Rehearsal, RehearsalReport},
    look::{Look, Tone},
    wording::count,
};

/// Most failures that are shown one by one.
const SHOWN: usize = 10;

/// The oracle's verdict on one rehearsal.
///
/// # Errors
/// When the output cannot be written to.
pub fn verdict(out: &mut dyn Write, look: Look, rehearsal: &Rehearsal) -> io::Result<()> {
    let mut lines = vec![
        format!(
            "{} written by a client meanwhile, {} lost, longest pause {} ms",
            count(rehearsal.acknowledged, "secret"),
            rehearsal.lost,
            rehearsal.longest_gap_ms
        ),
        format!(
            "the oracle judged {}: {}",
            count(rehearsal.judged, "state"),
            if rehearsal.violations.is_empty() {
                "every invariant held".to_owned()
            } else {
                rehearsal.violations.join("; ")
            }
        ),
    ];
    if rehearsal.exposed {
        lines.push(
            "the operator was un-paused while OnDelete held and no baoctl could see it: \
             the pods it replaced are not judged"
                .to_owned(),
        );
    }
    if rehearsal.killed > 0 {
        lines.push(format!(
            "baoctl was killed and run again {}",
            count(u64::from(rehearsal.killed), "time")
        ));
    }
    let tone = if rehearsal.violations.is_empty() && rehearsal.lost == 0 {
        Tone::Good
    } else {
        Tone::Bad
    };
    writeln!(
        out,
        "\n{}",
        look.paint(
            Tone::Strong,
            &format!(
                "Rehearsal ({}, seed {}):",
                rehearsal.scenario, rehearsal.seed
            )
        )
    )?;
    lines
        .iter()
        .try_for_each(|line| writeln!(out, "  {}", look.paint(tone, line)))
}

/// The table of many.
///
/// # Errors
/// When the output cannot be written to.
pub fn write(out: &mut dyn Write, look: Look, report: &RehearsalReport) -> io::Result<()> {
    let title = format!("{}: {}", report.scenario, count(report.runs, "rehearsal"));
    writeln!(out, "{}", look.paint(Tone::Strong, &title))?;
    let finished = report.exits.get(&0).copied().unwrap_or(0);
    let mut rows = vec![("finished".to_owned(), finished)];
    for (code, runs) in report.exits.iter().filter(|(code, _)| **code != 0) {
        rows.push((format!("stopped safely, exit code {code}"), *runs));
    }
    for (reason, runs) in &report.halts {
        rows.push((format!("  halted for {reason}"), *runs));
    }
    if let Some(crashes) = &report.crashes {
        rows.push(("writes of a run".to_owned(), crashes.writes));
        rows.push(("run again twice or more".to_owned(), crashes.refused_first));
    }
    if report.exposed > 0 {
        rows.push((
            "un-paused with no baoctl to see it".to_owned(),
            report.exposed,
        ));
    }
    rows.push(("baoctl killed".to_owned(), report.killed));
    rows.push(("states judged".to_owned(), report.judged));
    rows.push(("secrets written".to_owned(), report.acknowledged));
    rows.push((
        "longest pause of writes, ms".to_owned(),
        report.longest_gap_ms,
    ));
    rows.push(("longest run, s".to_owned(), report.longest_s));
    rows.push((
        "most leader moves".to_owned(),
        u64::from(report.most_leader_moves),
    ));
    for (what, number) in rows {
        writeln!(out, "  {what:<34} {number:>12}")?;
    }
    let tone = if report.failures.is_empty() {
        Tone::Good
    } else {
        Tone::Bad
    };
    let line = format!(
        "  {:<34} {:>12}",
        "violations and hangs",
        report.failures.len()
    );
    writeln!(out, "{}", look.paint(tone, &line))?;
    if let Some(crashes) = &report.crashes {
        let what = if crashes.ends_only {
            "ended"
        } else {
            "left the cluster"
        };
        let line = format!(
            "  {} of {} crashes {what} as an undisturbed run does",
            crashes.same, crashes.points
        );
        writeln!(out, "{}", look.paint(tone, &line))?;
    }
    for failure in report.failures.iter().take(SHOWN) {
        let line = format!("\nseed {}: {}", failure.seed, failure.message);
        writeln!(out, "{}", look.paint(Tone::Bad, &line))?;
        writeln!(out, "  {}", failure.repeat)?;
    }
    if report.failures.len() > SHOWN {
        writeln!(out, "\nand {} more", report.failures.len() - SHOWN)?;
    }
    Ok(())
}
