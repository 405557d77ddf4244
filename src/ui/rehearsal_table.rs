//! What rehearsals came to, for people.

use std::io::{self, Write};

use crate::model::exit_code::ExitCode;

use super::{
    document::{Faults, Rehearsal, RehearsalReport},
    invariant_list,
    look::{Look, Tone},
    wording::count,
};

/// How a row of halts begins.
const HALTED: &str = "  halted for ";
/// Seeds that are shown of each reason to halt.
const SEEDS: usize = 3;
/// Most failures that are shown one by one.
const SHOWN: usize = 10;

/// The oracle's verdict on one rehearsal.
///
/// # Errors
/// When the output cannot be written to.
pub fn verdict(out: &mut dyn Write, look: Look, rehearsal: &Rehearsal) -> io::Result<()> {
    let judged = invariant_list::lines(&rehearsal.invariants, rehearsal.wordy);
    let mut judged = judged.into_iter();
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
            judged.next().unwrap_or_default()
        ),
    ];
    lines.extend(rehearsal.violations.iter().cloned());
    lines.extend(judged);
    if rehearsal.exposed {
        lines.push(
            "the operator was un-paused while OnDelete held and no baoctl could see it: \
             the pods it replaced are not judged"
                .to_owned(),
        );
    }
    lines.extend(faults(&rehearsal.faults));
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

/// What was planned to go wrong, and what of it never did.
fn faults(faults: &Faults) -> Vec<String> {
    let (struck, never) = (faults.struck.len(), faults.never.len());
    if struck + never == 0 {
        return Vec::new();
    }
    let planned = count((struck + never) as u64, "planned fault");
    let mut lines = vec![format!("{struck} of {planned} struck")];
    let never = faults.never.iter();
    lines.extend(never.map(|fault| format!("never struck: {}: {}", fault.message, fault.why)));
    lines
}

/// The first seeds that halted for a reason: each can be seen again.
fn seeds(report: &RehearsalReport, reason: &str) -> String {
    let seeds = report.halted_seeds.get(reason).into_iter().flatten();
    let first: Vec<String> = seeds.take(SEEDS).map(ToString::to_string).collect();
    format!("  seed {}", first.join(", "))
}

/// The table of many.
///
/// # Errors
/// When the output cannot be written to.
pub fn write(out: &mut dyn Write, look: Look, report: &RehearsalReport) -> io::Result<()> {
    let runs = if report.runs == report.planned {
        count(report.runs, "rehearsal")
    } else {
        format!("{} of {} rehearsals", report.runs, report.planned)
    };
    let title = format!("{}: {runs}", report.scenario);
    writeln!(out, "{}", look.paint(Tone::Strong, &title))?;
    let finished = report.exits.get(&0).copied().unwrap_or(0);
    let mut rows = vec![("finished".to_owned(), finished)];
    for (code, runs) in report.exits.iter().filter(|(code, _)| **code != 0) {
        let how = if *code == ExitCode::HaltedAtRisk.number() {
            "ended at risk"
        } else {
            "stopped safely"
        };
        rows.push((format!("{how}, exit code {code}"), *runs));
    }
    for (reason, runs) in &report.halts {
        rows.push((format!("{HALTED}{reason}"), *runs));
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
    if !report.faults.is_empty() {
        let tallies = || report.faults.values();
        let struck = tallies().map(|tally| tally.struck).sum();
        let never = tallies().map(|tally| tally.never).sum();
        rows.push(("faults that struck".to_owned(), struck));
        rows.push(("planned faults that never struck".to_owned(), never));
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
        let seeds = what
            .strip_prefix(HALTED)
            .map_or_else(String::new, |reason| seeds(report, reason));
        writeln!(out, "  {what:<34} {number:>12}{seeds}")?;
    }
    let tone = if report.failed == 0 {
        Tone::Good
    } else {
        Tone::Bad
    };
    let line = format!("  {:<34} {:>12}", "violations and hangs", report.failed);
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
    for line in invariant_list::lines(&report.invariants, report.wordy) {
        writeln!(out, "  {}", look.paint(tone, &line))?;
    }
    for failure in report.failures.iter().take(SHOWN) {
        let line = format!("\nseed {}: {}", failure.seed, failure.message);
        writeln!(out, "{}", look.paint(Tone::Bad, &line))?;
        writeln!(out, "  {}", failure.repeat)?;
    }
    let shown = report.failures.len().min(SHOWN) as u64;
    if report.failed > shown {
        writeln!(out, "\nand {} more", report.failed - shown)?;
    }
    Ok(())
}
