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
    ui::{
        Screen,
        document::{RehearsalReport, SeedFailure},
    },
};

use super::{
    many::count,
    repeat::repeat,
    side_by_side::{Billing, List, perform, perform_all},
};

/// Until the next look at a baoctl that died: the operator has done what it
/// would do by then.
const AWAY: Duration = Duration::from_secs(60);

/// Runs them.
pub(super) fn run(
    scenario: &Scenario,
    arguments: &RehearseArgs,
    screen: Screen,
) -> Result<ExitCode, Error> {
    let seed = arguments.seed;
    let again = repeat(seed, arguments);
    let billing = |scenario: Scenario| Billing {
        scenario,
        seed,
        repeat: format!("{again} --unpauses"),
        patient: true,
    };
    let writes = perform(billing(scenario.clone()), screen)?.rehearsed.writes;
    let points: Vec<(u64, bool)> = (1..=writes)
        .flat_map(|write| [(write, true), (write, false)])
        .collect();
    let report = RehearsalReport::new(format!("{}, the operator un-paused", scenario.name));
    let length = points.len() as u64;
    let list = points
        .clone()
        .into_iter()
        .map(|(write, alive)| billing(with_unpause(scenario, write, alive)));
    // They come in the order of the list.
    let mut points = points.into_iter();
    let list = List {
        length,
        done: "un-paused",
        within: None,
        rehearsals: list,
    };
    perform_all(list, report, screen, |report, played| {
        let before = report.failures.len();
        count(report, played);
        let Some((write, alive)) = points.next() else {
            return;
        };
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
                seed,
                message: format!("un-paused at write {write}, {who}: it ended with {code:?}"),
                repeat: played.rehearsed.repeat.clone(),
            });
        }
    })
}

fn with_unpause(scenario: &Scenario, write: u64, alive: bool) -> Scenario {
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
