//! Plays a scenario: one process after another until one comes to an end of
//! its own, then the oracle's verdict.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
};

use crate::{
    engine::Stop,
    error::Error,
    model::exit_code::ExitCode,
    sim::{
        fixture,
        oracle::Verdict,
        scenario::Scenario,
        stage::{Ended, Pace, Stage},
        world::{Death, Shared},
    },
    ui::{Screen, document},
};

use super::{AFTERMATH, heard::Told, process::process};

/// Most processes of one rehearsal: a run that needs more does not get on.
const MOST: u32 = 100;

/// How a rehearsal ended.
pub(super) struct Rehearsed {
    pub(super) seed: u64,
    /// The command that shows it again.
    pub(super) repeat: String,
    /// What the last process exited with; `None` when it never ended.
    pub(super) code: Option<ExitCode>,
    /// Its error, if it ended with one that is no halt.
    pub(super) failure: Option<Error>,
    /// How many processes were killed.
    pub(super) killed: u32,
    pub(super) verdict: Verdict,
    /// The exit code that was expected, where it was another.
    surprise: Option<u8>,
}

impl Rehearsed {
    /// No invariant was violated, and it ended as expected.
    pub(super) fn passed(&self) -> bool {
        self.code.is_some() && self.surprise.is_none() && self.verdict.violations.is_empty()
    }

    /// The run's own exit code, unless the rehearsal itself failed.
    pub(super) fn exit_code(&self) -> ExitCode {
        match self.code {
            Some(code) if self.passed() => code,
            _ => ExitCode::Unexpected,
        }
    }

    /// Why the rehearsal failed.
    pub(super) fn error(&self, scenario: &Scenario) -> Option<Error> {
        let again = format!("to see it again: {}", self.repeat);
        if let Some(violation) = self.verdict.violations.first() {
            let mut error = Error::new(
                ExitCode::Unexpected,
                format!("the oracle objects: {violation}"),
            );
            for line in &violation.lately {
                error = error.hint(line.clone());
            }
            return Some(error.hint(again));
        }
        if self.code.is_none() {
            return Some(
                Error::new(ExitCode::Unexpected, "the run hangs: nothing ends it").hint(again),
            );
        }
        if let (Some(expected), Some(code)) = (self.surprise, self.code) {
            return Some(Error::new(
                ExitCode::Unexpected,
                format!(
                    "{:?} expects exit code {expected}, and it was {}",
                    scenario.name,
                    code.number()
                ),
            ));
        }
        None
    }

    /// For the result.
    pub(super) fn document(&self, scenario: &Scenario) -> document::Rehearsal {
        document::Rehearsal {
            scenario: scenario.name.clone(),
            seed: self.seed,
            killed: self.killed,
            judged: self.verdict.judged,
            acknowledged: self.verdict.acknowledged,
            lost: self.verdict.lost,
            longest_gap_ms: self.verdict.longest_gap_ms,
            violations: self
                .verdict
                .violations
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }
}

/// One performance of a scenario.
pub(super) struct Performance<'a> {
    pub(super) seed: u64,
    /// The command that shows it again.
    pub(super) repeat: String,
    pub(super) pace: Pace,
    pub(super) screen: Screen,
    /// A person's wish to stop, and that there is one.
    pub(super) stop: &'a Stop,
    pub(super) called: Arc<AtomicBool>,
}

/// Plays it.
pub(super) fn play(
    scenario: &Scenario,
    performance: Performance<'_>,
    told: &Rc<RefCell<Told>>,
) -> Result<Rehearsed, Error> {
    let Performance {
        seed,
        repeat,
        pace,
        screen,
        stop,
        called,
    } = performance;
    let world = Shared::new(fixture::world(scenario, seed));
    let stage = Stage::new(world.clone(), pace, called)?;
    let mut killed = 0;
    let (code, failure) = loop {
        let ended = stage.play(process(&world, scenario, killed + 1, screen, told, stop));
        match ended {
            Ended::With(Ok(code)) => break (Some(code), None),
            Ended::With(Err(error)) => break (Some(error.exit_code()), Some(error)),
            Ended::By(Death::Killed) if killed < MOST => {
                killed += 1;
                world.lock().revive();
            }
            Ended::By(_) => break (None, None),
        }
    };
    let verdict = world.lock().settle(AFTERMATH, code == Some(ExitCode::Ok));
    let surprise = scenario
        .expect
        .as_ref()
        .map(|expect| expect.exit)
        .filter(|expected| code.is_some_and(|code| code.number() != *expected));
    Ok(Rehearsed {
        seed,
        repeat,
        code,
        failure,
        killed,
        verdict,
        surprise,
    })
}
