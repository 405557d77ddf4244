//! Rehearsals in which baoctl is killed once, each time at another place, and
//! run again.

use crate::{
    cli::rehearse::{RehearseArgs, Writes},
    error::Error,
    model::exit_code::ExitCode,
    sim::{
        crash::Side,
        fault::Fault,
        remains::differences,
        scenario::{Planned, Scenario, When},
    },
    ui::{
        Screen,
        document::{CrashTally, RehearsalReport, SeedFailure},
    },
};

use super::{
    many::count,
    play::Rehearsed,
    repeat::repeat,
    side_by_side::{Billing, List, perform, perform_all},
};

/// Runs them.
pub(super) fn run(
    scenario: &Scenario,
    writes: Writes,
    arguments: &RehearseArgs,
    screen: Screen,
) -> Result<ExitCode, Error> {
    let seed = arguments.seed;
    let again = repeat(seed, arguments);
    let undisturbed = perform(
        Billing {
            scenario: scenario.clone(),
            seed,
            repeat: again.clone(),
            patient: false,
        },
        screen,
    )?
    .rehearsed;
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
    let points: Vec<(u64, Side)> = from
        .flat_map(|write| Side::ALL.map(|side| (write, side)))
        .collect();
    let mut report = RehearsalReport::new(format!("{}, baoctl killed", scenario.name));
    report.crashes = Some(CrashTally {
        writes: undisturbed.writes,
        ends_only: scenario.back,
        ..CrashTally::default()
    });
    let length = points.len() as u64;
    let list = points.clone().into_iter().map(|(write, side)| Billing {
        scenario: with_crash(scenario, write, side),
        seed,
        repeat: format!("{again} --crashes {write}"),
        patient: true,
    });
    // They come in the order of the list.
    let mut points = points.into_iter();
    let list = List {
        length,
        done: "crashed",
        within: None,
        rehearsals: list,
    };
    perform_all(list, report, screen, |report, played| {
        count(report, played);
        let Some((write, side)) = points.next() else {
            return;
        };
        let rehearsed = &played.rehearsed;
        let wrong = wrong(&undisturbed, rehearsed, scenario.back);
        let tally = report.crashes.get_or_insert_default();
        tally.points += 1;
        tally.refused_first += u64::from(rehearsed.again > 0);
        tally.same += u64::from(wrong.is_none() && rehearsed.passed());
        if let Some(why) = wrong {
            report.failed(SeedFailure {
                seed,
                message: format!("killed at write {write} ({side:?}): {why}"),
                repeat: rehearsed.repeat.clone(),
            });
        }
    })
}

fn with_crash(scenario: &Scenario, write: u64, side: Side) -> Scenario {
    let mut crashing = scenario.clone();
    crashing.faults.push(Planned {
        when: When {
            write: Some(write),
            ..When::default()
        },
        what: Fault::Crash { side, away: None },
    });
    crashing
}

/// What differs from an undisturbed run, besides violations and hangs.
/// Where the run is sent back, how far it had come decides what is left to do.
fn wrong(undisturbed: &Rehearsed, rehearsed: &Rehearsed, back: bool) -> Option<String> {
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
    if back {
        return None;
    }
    let differences = differences(&undisturbed.remains, &rehearsed.remains);
    (!differences.is_empty()).then(|| differences.join("; "))
}
