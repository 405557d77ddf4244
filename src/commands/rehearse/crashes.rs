//! Rehearsals in which baoctl is killed once, each time at another place, and
//! run again.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
    time::Instant,
};

use crate::{
    cli::rehearse::{RehearseArgs, Writes},
    commands::shown,
    engine::{Stop, StopReason},
    error::Error,
    model::exit_code::ExitCode,
    sim::{
        crash::Side,
        fault::Fault,
        remains::differences,
        scenario::{Planned, Scenario, When},
        stage::Pace,
    },
    ui::{
        Screen,
        bar::Bar,
        document::{CrashTally, Document, RehearsalReport, SeedFailure},
    },
};

use super::{
    calls,
    heard::Told,
    many::{count, repeat},
    play::{Performance, Rehearsed, play},
};

/// Runs them.
pub(super) fn run(
    scenario: &Scenario,
    writes: Writes,
    arguments: &RehearseArgs,
    screen: Screen,
) -> Result<ExitCode, Error> {
    let (stopper, stop) = Stop::new();
    calls::listen(stopper, Arc::new(AtomicBool::new(false)))?;
    let seed = arguments.seed;
    let perform = |scenario: &Scenario, write: Option<u64>| {
        let told = Rc::new(RefCell::new(Told::default()));
        // A wish to stop ends the list, not a run in the middle.
        let (_stopper, unheard) = Stop::new();
        let mut again = repeat(seed, arguments);
        if let Some(write) = write {
            again = format!("{again} --crashes {write}");
        }
        let performance = Performance {
            seed,
            repeat: again,
            pace: Pace::Max,
            screen,
            stop: &unheard,
            called: Arc::new(AtomicBool::new(false)),
            patient: write.is_some(),
        };
        let rehearsed = play(scenario, performance, &told)?;
        Ok::<_, Error>((rehearsed, told.take()))
    };
    let (undisturbed, _) = perform(scenario, None)?;
    let from = match writes {
        Writes::Every => 1..=undisturbed.writes,
        Writes::Only(number) if number <= undisturbed.writes => number..=number,
        Writes::Only(number) => {
            return Err(Error::new(
                ExitCode::Usage,
                format!(
                    "--crashes {number}: an undisturbed run has {} writes",
                    undisturbed.writes
                ),
            ));
        }
    };
    let mut report = RehearsalReport::new(format!("{}, baoctl killed", scenario.name));
    let mut tally = CrashTally {
        writes: undisturbed.writes,
        ..CrashTally::default()
    };
    let points: Vec<(u64, Side)> = from
        .flat_map(|write| Side::ALL.map(|side| (write, side)))
        .collect();
    let mut bar = Bar::of(points.len() as u64, "crashed", screen.err);
    let began = Instant::now();
    for (write, side) in points {
        if stop.wished().is_some() {
            break;
        }
        let crashing = with_crash(scenario, write, side);
        let (rehearsed, told) = perform(&crashing, Some(write))?;
        count(&mut report, &rehearsed, &crashing, &told);
        tally.points += 1;
        tally.refused_first += u64::from(rehearsed.again > 0);
        match wrong(&undisturbed, &rehearsed) {
            None => tally.same += u64::from(rehearsed.passed()),
            Some(why) => report.failures.push(SeedFailure {
                seed,
                message: format!("killed at write {write} ({side:?}): {why}"),
                repeat: rehearsed.repeat.clone(),
            }),
        }
        bar.advance();
    }
    bar.end();
    report.crashes = Some(tally);
    report.seconds = began.elapsed().as_secs_f64();
    let code = match stop.wished() {
        Some((reason, _)) => StopReason::exit_code(reason),
        None if report.failures.is_empty() => ExitCode::Ok,
        None => ExitCode::Unexpected,
    };
    report.ended(code);
    let document = Document::RehearsalReport(Box::new(report));
    shown(screen.present(&document), code)
}

fn with_crash(scenario: &Scenario, write: u64, side: Side) -> Scenario {
    let mut crashing = scenario.clone();
    crashing.faults.push(Planned {
        when: When {
            write: Some(write),
            ..When::default()
        },
        what: Fault::Crash { side },
    });
    crashing
}

/// What differs from an undisturbed run, besides violations and hangs.
fn wrong(undisturbed: &Rehearsed, rehearsed: &Rehearsed) -> Option<String> {
    if rehearsed.killed == 0 {
        return Some("baoctl was not killed".to_owned());
    }
    if rehearsed.code != undisturbed.code {
        let text = |code: Option<ExitCode>| {
            code.map_or_else(|| "nothing".to_owned(), |code| code.number().to_string())
        };
        return Some(format!(
            "it ended with {} and not with {}",
            text(rehearsed.code),
            text(undisturbed.code)
        ));
    }
    let differences = differences(&undisturbed.remains, &rehearsed.remains);
    (!differences.is_empty()).then(|| differences.join("; "))
}
