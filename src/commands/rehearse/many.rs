//! Many rehearsals of one scenario, each with its own seed, and a table.

use std::ops::Range;

use crate::{
    cli::rehearse::{Chance, RehearseArgs},
    error::Error,
    model::exit_code::ExitCode,
    sim::{
        chance::{Amount, any_cluster, draw},
        dice::Dice,
        scenario::Scenario,
    },
    ui::{
        Screen,
        document::{Document, RehearsalReport, SeedFailure},
    },
};

use super::{
    repeat::repeat,
    side_by_side::{Billing, List, Played, perform_all},
};

/// Runs them.
pub(super) fn run(
    scenario: &Scenario,
    seeds: Range<u64>,
    arguments: &RehearseArgs,
    screen: Screen,
) -> Result<ExitCode, Error> {
    let amount = amount(&arguments.faults);
    let length = seeds.end.saturating_sub(seeds.start);
    let list = seeds.map(|seed| Billing {
        scenario: with_own_file(
            with_chance(&clusters(scenario, seed, arguments), &amount, seed),
            seed,
        ),
        seed,
        repeat: repeat(seed, arguments),
        patient: false,
    });
    let report = RehearsalReport::new(scenario.name.clone());
    let list = List {
        length,
        done: "rehearsed",
        within: arguments.timeout,
        rehearsals: list,
    };
    perform_all(list, report, screen, count)
}

/// Rehearsals that are played side by side write to no common file.
fn with_own_file(mut scenario: Scenario, seed: u64) -> Scenario {
    if let Some(file) = &mut scenario.snapshot {
        file.as_mut_os_string().push(format!(".{seed}"));
    }
    scenario
}

/// The cluster of a seed, where each has its own.
pub(super) fn clusters(scenario: &Scenario, seed: u64, arguments: &RehearseArgs) -> Scenario {
    if arguments.any_cluster {
        any_cluster(scenario, &mut Dice::seeded(seed ^ 0xc105))
    } else {
        scenario.clone()
    }
}

/// The scenario with what goes wrong by chance with this seed.
pub(super) fn with_chance(scenario: &Scenario, amount: &Amount, seed: u64) -> Scenario {
    let mut drawn = scenario.clone();
    // Another stream than the world's: the same faults in another world.
    let mut dice = Dice::seeded(seed ^ 0x5eed);
    drawn.faults.extend(draw(scenario, amount, &mut dice));
    if *amount != Amount::None {
        // What chance brings, no file can expect.
        drawn.expect = None;
    }
    drawn
}

/// The flag's meaning.
pub(super) fn amount(faults: &Chance) -> Amount {
    match faults {
        Chance::None => Amount::None,
        Chance::Some => Amount::Some,
        Chance::All => Amount::All,
        Chance::Of(numbers) => Amount::Of(numbers.clone()),
    }
}

/// Adds one to the report.
pub(super) fn count(report: &mut RehearsalReport, played: &Played) {
    let rehearsed = &played.rehearsed;
    report.runs += 1;
    report.killed += u64::from(rehearsed.killed);
    report.judged += rehearsed.verdict.judged;
    report.exposed += u64::from(rehearsed.verdict.exposed);
    report.acknowledged += rehearsed.verdict.acknowledged;
    report.longest_gap_ms = report.longest_gap_ms.max(rehearsed.verdict.longest_gap_ms);
    report.judged(rehearsed.invariants(&played.billing.scenario));
    for fault in &rehearsed.faults.struck {
        report.faults.entry(fault.fault.clone()).or_default().struck += 1;
    }
    for fault in &rehearsed.faults.never {
        report.faults.entry(fault.fault.clone()).or_default().never += 1;
    }
    if let Some(code) = rehearsed.code {
        *report.exits.entry(code.number()).or_default() += 1;
    }
    if let Some(Document::UpgradeResult(result)) = &played.result {
        report.longest_s = report.longest_s.max(result.seconds);
        report.most_leader_moves = report.most_leader_moves.max(result.leader_moves);
        if let Some(halt) = &result.halt {
            report.halted(&halt.reason.code(), rehearsed.seed);
        }
    }
    if let Some(error) = rehearsed.error(&played.billing.scenario) {
        report.failed(SeedFailure {
            seed: rehearsed.seed,
            message: error.to_string(),
            repeat: rehearsed.repeat.clone(),
        });
    }
}
