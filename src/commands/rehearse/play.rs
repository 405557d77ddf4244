//! Plays a scenario: one process after another until one comes to an end of
//! its own, then the oracle's verdict.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    engine::Stop,
    error::Error,
    model::exit_code::ExitCode,
    ports::Clock as _,
    sim::{
        clock::VirtualClock,
        fixture,
        oracle::{Ending, Rule, Verdict},
        scenario::Scenario,
        stage::{Ended, Pace, Stage},
        world::{Death, Shared, World},
    },
    ui::{Screen, document},
};

use super::{
    AFTERMATH, heard::Told, process::process, snapshot_file::SnapshotFile, surprise, typed::Purpose,
};

/// Most processes of one rehearsal: a run that needs more does not get on.
const MOST: u32 = 100;

/// Until whoever started a process that was killed has started the next: a
/// shell's loop, or a Job with its first back-off left out.
const RESTART: Duration = Duration::from_secs(1);

/// Until a person has typed a command again that would not begin.
const TYPED_AGAIN: Duration = Duration::from_secs(10);

/// How often they do.
const REFUSALS: u32 = 3;

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
    /// How many processes were run again because one before them would not
    /// begin.
    pub(super) again: u32,
    /// When the last process ended.
    pub(super) ended_at: Timestamp,
    /// Writes that were sent.
    pub(super) writes: u64,
    /// How the cluster was left, without what differs from run to run.
    pub(super) remains: Value,
    /// What was planned to go wrong, and did or did not.
    pub(super) faults: document::Faults,
    pub(super) verdict: Verdict,
    /// What the scenario expects, and what came instead.
    surprise: Option<String>,
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
        self.surprise.as_ref().map(|surprise| {
            Error::new(
                ExitCode::Unexpected,
                format!("{:?} expects {surprise}", scenario.name),
            )
        })
    }

    /// What was judged, and what was not.
    pub(super) fn invariants(&self, scenario: &Scenario) -> Vec<document::Invariant> {
        let blue_green = scenario.cluster.is_blue_green();
        let rules = Rule::of(blue_green).map(|rule| {
            let checks = self.verdict.checks.get(rule.id).copied().unwrap_or(0);
            let mut violations = self.verdict.violations.iter();
            let violated = violations.any(|violation| violation.invariant == rule.id);
            document::Invariant {
                id: rule.id.to_owned(),
                says: rule.says.to_owned(),
                outcome: match (violated, rule.unjudged, checks) {
                    (true, ..) => document::Judgement::Violated,
                    (false, Some(_), _) => document::Judgement::NotJudged,
                    (false, None, 0) => document::Judgement::NoOccasion,
                    (false, None, _) => document::Judgement::Held,
                },
                checks,
                why: rule.unjudged.map(str::to_owned),
            }
        });
        rules.collect()
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
            exposed: self.verdict.exposed,
            faults: self.faults.clone(),
            longest_gap_ms: self.verdict.longest_gap_ms,
            wordy: false,
            invariants: self.invariants(scenario),
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
    /// Whether to run it again when it would not begin, as a person does.
    pub(super) patient: bool,
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
        patient,
    } = performance;
    let world = Shared::new(fixture::world(scenario, seed));
    let stage = Stage::new(world.clone(), pace, called)?;
    let snapshot = SnapshotFile::of(scenario);
    let (mut killed, mut again, mut promotes) = (0, 0, false);
    let (code, failure) = loop {
        let number = killed + again + u32::from(promotes) + 1;
        let purpose = match (promotes, scenario.back && number > 1) {
            (true, _) => Purpose::Promote,
            (false, true) => Purpose::GoBack,
            (false, false) => Purpose::Upgrade,
        };
        let run = (number, purpose);
        let ended = stage.play(process(&world, scenario, run, screen, told, stop));
        match ended {
            Ended::With(Err(error))
                if patient
                    && again < REFUSALS
                    && error.exit_code() == ExitCode::PreflightFailed =>
            {
                again += 1;
                world.lock().oracle.begun_again();
                pause(&stage, &world, TYPED_AGAIN);
            }
            // At its gate it is looked at, and then gone on with.
            Ended::With(Ok(ExitCode::Paused))
                if scenario.until.is_some()
                    && !scenario.back
                    && !promotes
                    && stop.wished().is_none() =>
            {
                promotes = true;
                world.lock().oracle.begun_again();
                pause(&stage, &world, TYPED_AGAIN);
            }
            Ended::With(Ok(code)) if scenario.back && number == 1 && code != ExitCode::Ok => {
                again += 1;
                world.lock().oracle.begun_again();
                world.lock().turn_back(scenario);
                pause(&stage, &world, TYPED_AGAIN);
            }
            Ended::With(Ok(code)) => break (Some(code), None),
            Ended::With(Err(error)) => break (Some(error.exit_code()), Some(error)),
            Ended::By(Death::Killed) if killed < MOST => {
                killed += 1;
                let away = world.lock().crash().away();
                world.lock().revive();
                if scenario.back {
                    world.lock().turn_back(scenario);
                }
                world.lock().unattended = true;
                pause(&stage, &world, away.unwrap_or(RESTART));
                world.lock().unattended = false;
            }
            Ended::By(_) => break (None, None),
        }
    };
    drop(snapshot);
    let ended_at = world.lock().now().wall();
    let strikes = world.lock().untold_strikes();
    // A screen that is gone shows no result either, and that is told.
    let _ = told.borrow_mut().show_strikes(&strikes);
    let faults = faults(&world.lock());
    let ending = match code {
        None => Ending::Never,
        Some(ExitCode::Unexpected) => Ending::Unexpected,
        Some(_) => Ending::Clean,
    };
    world.lock().ended(ending, killed > 0);
    let verdict = world.lock().settle(AFTERMATH, code == Some(ExitCode::Ok));
    let (writes, remains) = {
        let world = world.lock();
        (world.crash().writes(), world.remains())
    };
    let surprise = surprise::surprise(scenario, code, verdict.leader_moves, told.borrow().halt);
    Ok(Rehearsed {
        seed,
        repeat,
        code,
        failure,
        killed,
        again,
        ended_at,
        writes,
        remains,
        faults,
        verdict,
        surprise,
    })
}

/// What struck until now, and what did not.
fn faults(world: &World) -> document::Faults {
    let struck = world.strikes().iter();
    let struck = struck.filter(|strike| strike.missed.is_none());
    let struck = struck.map(|strike| document::StruckFault {
        fault: strike.fault.name(),
        at: strike.at.wall(),
        message: strike.fault.text(strike.pod.as_deref()),
    });
    let never = world.never_struck().into_iter();
    let never = never.map(|(fault, why)| document::NeverStruck {
        fault: fault.name(),
        message: fault.text(None),
        why,
    });
    document::Faults {
        struck: struck.collect(),
        never: never.collect(),
    }
}

/// Lets time pass between two processes.
fn pause(stage: &Stage, world: &Shared, span: Duration) {
    let clock = VirtualClock::start(world);
    stage.play(clock.sleep(span));
}
