//! Rehearsals in which somebody un-pauses the operator at each write in turn:
//! beside a baoctl that sees it, and behind one that was killed there.

use std::time::Duration;

use crate::{
    cli::rehearse::RehearseArgs,
    error::Error,
    model::exit_code::ExitCode,
    sim::{
        crash::Side,
        fault::Fault,
        scenario::{Planned, Scenario, When},
    },
    ui::{Screen, document::SeedFailure},
};

use super::sweep::Sweep;

/// Until the next look at a baoctl that died: the operator has done what it
/// would do by then.
const AWAY: Duration = Duration::from_secs(60);

/// Runs them.
pub(super) fn run(
    scenario: &Scenario,
    arguments: &RehearseArgs,
    screen: Screen,
) -> Result<ExitCode, Error> {
    let sweep = Sweep {
        flag: "--unpauses",
        title: "the operator un-paused",
        done: "un-paused",
        patient: true,
    };
    let points = |writes| (1..=writes).flat_map(|write| [(write, true), (write, false)]);
    sweep.play(
        (scenario, arguments),
        screen,
        |writes| points(writes).collect(),
        with_unpause,
        |report, (write, alive), before, played| {
            let who = if alive {
                "beside baoctl"
            } else {
                "baoctl killed there"
            };
            for failure in &mut report.failures[before..] {
                failure.message = format!("un-paused at write {write}, {who}: {}", failure.message);
            }
            let code = played.rehearsed.code.map(ExitCode::number);
            // Seen, it halts the run; at the very end it comes too late to matter.
            if alive && !matches!(code, Some(0 | 5)) {
                report.failed(SeedFailure {
                    seed: arguments.seed,
                    message: format!("un-paused at write {write}, {who}: it ended with {code:?}"),
                    repeat: played.rehearsed.repeat.clone(),
                });
            }
        },
    )
}

fn with_unpause(scenario: &Scenario, (write, alive): (u64, bool)) -> Scenario {
    let at = When {
        write: Some(write),
        ..When::default()
    };
    let mut faulty = scenario.clone();
    faulty.faults.push(Planned {
        when: When {
            after: Some(Duration::from_millis(100)),
            ..at.clone()
        },
        what: Fault::Unpause {},
    });
    if !alive {
        faulty.faults.push(Planned {
            when: at,
            what: Fault::Crash {
                side: Side::After,
                away: Some(AWAY),
            },
        });
    }
    faulty
}
