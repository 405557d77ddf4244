//! One rehearsal, shown as the real thing is.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
};

use crate::{
    cli::rehearse::RehearseArgs,
    commands::shown,
    engine::Stop,
    error::Error,
    model::exit_code::ExitCode,
    sim::{scenario::Scenario, stage::Pace},
    ui::{
        Screen,
        document::{Document, UpgradeResult},
    },
};

use super::{
    calls,
    heard::Told,
    many::{amount, clusters, with_chance},
    play::{Performance, Rehearsed, play},
    repeat::repeat,
    typed::{Purpose, command_line},
};

/// Runs it.
pub(super) fn run(
    scenario: &Scenario,
    pace: Pace,
    arguments: &RehearseArgs,
    screen: Screen,
) -> Result<ExitCode, Error> {
    // Where stderr is gone the rehearsal learns it by its own events.
    let _ = screen.announce(
        "rehearsal: an embedded cluster in virtual time; nothing real is read or changed",
    );
    let told = Rc::new(RefCell::new(Told::on(Some(screen.renderer()))));
    let (stopper, stop) = Stop::new();
    let called = Arc::new(AtomicBool::new(false));
    calls::listen(stopper, Arc::clone(&called))?;
    let seed = arguments.seed;
    let cluster = clusters(scenario, seed, arguments);
    let drawn = with_chance(&cluster, &amount(&arguments.faults), seed);
    let performance = Performance {
        seed,
        repeat: repeat(seed, arguments),
        pace,
        screen,
        stop: &stop,
        called,
        patient: false,
    };
    let rehearsed = play(&drawn, performance, &told)?;
    let code = rehearsed.exit_code();
    let mut told = told.take();
    let mut document = match told.result.take() {
        Some(document) => document,
        None => Document::UpgradeResult(Box::new(UpgradeResult::new(code))),
    };
    if let Document::UpgradeResult(result) = &mut document {
        present(result, &rehearsed, &drawn, code);
        if let Some(rehearsal) = &mut result.rehearsal {
            rehearsal.wordy = screen.wordy;
        }
    }
    match &mut told.screen {
        Some(screen) => shown(screen.close(&document), code),
        None => Ok(code),
    }
}

/// The rehearsal's part of the result.
fn present(result: &mut UpgradeResult, rehearsed: &Rehearsed, scenario: &Scenario, code: ExitCode) {
    // What differs from machine to machine has no place in a run that is the
    // same on all of them.
    result.peak_rss_kib = None;
    result.exit_code = code;
    code.outcome().clone_into(&mut result.outcome);
    if let Some(error) = rehearsed.error(scenario) {
        result.error = Some(error.body());
    } else if let Some(failure) = &rehearsed.failure {
        result.error = Some(failure.body());
    }
    if rehearsed.passed() && code == ExitCode::Ok {
        result.next = vec![
            command_line(scenario, Purpose::Upgrade).join(" "),
            if scenario.cluster.is_blue_green() {
                "baoctl rehearse bluegreen --scenario examples/green-image-missing.yaml".to_owned()
            } else {
                "baoctl rehearse rolling --scenario examples/leader-dies.yaml".to_owned()
            },
        ];
    }
    result.rehearsal = Some(rehearsed.document(scenario));
}

#[cfg(test)]
mod tests {
    use crate::{cli::output::Format, commands::screen::machine, engine::StopReason};

    use super::*;

    /// Who stops it before it has begun is not told of a record, nor of a pause.
    #[test]
    fn a_run_that_is_stopped_before_its_first_write_has_changed_nothing() {
        let scenario = Scenario::undisturbed("2.7.2".parse().expect("a version"));
        let told = Rc::new(RefCell::new(Told::default()));
        let (stopper, stop) = Stop::new();
        stopper.ask(StopReason::Interrupted);
        let performance = Performance {
            seed: 1,
            repeat: String::new(),
            pace: Pace::Max,
            screen: machine(Format::Json),
            stop: &stop,
            called: Arc::new(AtomicBool::new(false)),
            patient: false,
        };
        let rehearsed = play(&scenario, performance, &told).expect("played");
        assert_eq!(rehearsed.code, Some(ExitCode::Interrupted));
        let Some(Document::UpgradeResult(result)) = told.take().result else {
            panic!("a result")
        };
        let message = result.message.unwrap_or_default();
        assert!(message.ends_with("nothing was changed"), "{message}");
        assert!(result.next.is_empty(), "{:?}", result.next);
    }
}
