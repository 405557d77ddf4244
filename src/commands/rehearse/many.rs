//! Many rehearsals of one scenario, each with its own seed, and a table.

use std::{
    cell::RefCell,
    ops::Range,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
    time::Instant,
};

use crate::{
    cli::rehearse::{Chance, RehearseArgs},
    commands::shown,
    engine::{Stop, StopReason},
    error::Error,
    model::exit_code::ExitCode,
    sim::{
        chance::{Amount, draw},
        dice::Dice,
        scenario::Scenario,
        stage::Pace,
    },
    ui::{
        Screen,
        bar::Bar,
        document::{Document, RehearsalReport, SeedFailure},
    },
};

use super::{
    calls,
    heard::Told,
    play::{Performance, Rehearsed, play},
};

/// Runs them.
pub(super) fn run(
    scenario: &Scenario,
    seeds: Range<u64>,
    arguments: &RehearseArgs,
    screen: Screen,
) -> Result<ExitCode, Error> {
    let (stopper, stop) = Stop::new();
    let called = Arc::new(AtomicBool::new(false));
    calls::listen(stopper, Arc::clone(&called))?;
    let amount = amount(&arguments.faults);
    let mut bar = Bar::of(seeds.end - seeds.start, "rehearsed", screen.err);
    let mut report = RehearsalReport::new(scenario.name.clone());
    let began = Instant::now();
    for seed in seeds {
        if stop.wished().is_some() {
            break;
        }
        let drawn = with_chance(scenario, &amount, seed);
        let told = Rc::new(RefCell::new(Told::default()));
        // A wish to stop ends the list, not a run in the middle.
        let (_stopper, unheard) = Stop::new();
        let performance = Performance {
            seed,
            repeat: repeat(seed, arguments),
            pace: Pace::Max,
            screen,
            stop: &unheard,
            called: Arc::new(AtomicBool::new(false)),
            patient: false,
        };
        let rehearsed = play(&drawn, performance, &told)?;
        count(&mut report, &rehearsed, &drawn, &told.take());
        bar.advance();
    }
    bar.end();
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

pub(super) fn count(
    report: &mut RehearsalReport,
    rehearsed: &Rehearsed,
    scenario: &Scenario,
    told: &Told,
) {
    report.runs += 1;
    report.killed += u64::from(rehearsed.killed);
    report.judged += rehearsed.verdict.judged;
    report.acknowledged += rehearsed.verdict.acknowledged;
    report.longest_gap_ms = report.longest_gap_ms.max(rehearsed.verdict.longest_gap_ms);
    if let Some(code) = rehearsed.code {
        *report.exits.entry(code.number()).or_default() += 1;
    }
    if let Some(Document::UpgradeResult(result)) = &told.result {
        report.longest_s = report.longest_s.max(result.seconds);
        report.most_leader_moves = report.most_leader_moves.max(result.leader_moves);
        if let Some(halt) = &result.halt {
            *report.halts.entry(halt.reason.code()).or_default() += 1;
        }
    }
    if let Some(error) = rehearsed.error(scenario) {
        report.failures.push(SeedFailure {
            seed: rehearsed.seed,
            message: error.to_string(),
            repeat: rehearsed.repeat.clone(),
        });
    }
}

/// The command that shows this one again.
pub(super) fn repeat(seed: u64, arguments: &RehearseArgs) -> String {
    let mut words = vec!["baoctl rehearse rolling".to_owned()];
    let mut flag = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.push(format!("--{name} {value}"));
        }
    };
    flag("to", arguments.to.as_ref().map(ToString::to_string));
    flag("from", arguments.from.as_ref().map(ToString::to_string));
    flag(
        "replicas",
        arguments.replicas.map(|count| count.to_string()),
    );
    flag(
        "leader",
        arguments.leader.map(|ordinal| ordinal.to_string()),
    );
    flag(
        "scenario",
        arguments
            .scenario
            .as_ref()
            .map(|file| file.display().to_string()),
    );
    flag(
        "order",
        arguments
            .order
            .map(|order| super::world::order_name(order).to_owned()),
    );
    flag(
        "faults",
        match &arguments.faults {
            Chance::None => None,
            Chance::Some => Some("some".to_owned()),
            Chance::All => Some("all".to_owned()),
            Chance::Of(numbers) => {
                let names: Vec<String> =
                    numbers.iter().map(|number| format!("F{number}")).collect();
                Some(names.join(","))
            }
        },
    );
    flag("seed", Some(seed.to_string()));
    words.join(" ")
}
