//! What rehearsals came to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::exit_code::ExitCode;

use super::{API_VERSION, ErrorBody, Invariant};

/// The rehearsal's part of a run's result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rehearsal {
    /// The scenario's name.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// How often baoctl was killed and run again.
    pub killed: u32,
    /// How often the oracle judged the world.
    pub judged: u64,
    /// Writes the cluster's client was told are done.
    pub acknowledged: u64,
    /// Those of them that are gone.
    pub lost: u64,
    /// The longest time without one, in milliseconds.
    pub longest_gap_ms: u64,
    /// The operator was un-paused in a moment in which no hold lasts and no
    /// baoctl could see it: the pods it then replaced are not judged.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exposed: bool,
    /// What was planned to go wrong.
    pub faults: Faults,
    /// People are told of each invariant.
    #[serde(skip)]
    pub wordy: bool,
    /// What the oracle judges by, and what came of each.
    pub invariants: Vec<Invariant>,
    /// Invariants that did not hold.
    pub violations: Vec<String>,
}

/// What was planned to go wrong in one rehearsal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Faults {
    /// What did.
    pub struck: Vec<StruckFault>,
    /// What did not, or came to nothing.
    pub never: Vec<NeverStruck>,
}

/// A fault that struck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StruckFault {
    /// Its name in a scenario file.
    pub fault: String,
    /// When.
    pub at: Timestamp,
    /// Its numbers and what it does.
    pub message: String,
}

/// A fault that did not strike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NeverStruck {
    /// Its name in a scenario file.
    pub fault: String,
    /// Its numbers and what it does.
    pub message: String,
    /// Why not.
    pub why: String,
}

/// How often faults of one name struck in many rehearsals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FaultTally {
    /// They did.
    pub struck: u64,
    /// They were planned and did not, or came to nothing.
    pub never: u64,
}

/// The table of many rehearsals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RehearsalReport {
    /// Version of the schema.
    pub api_version: String,
    /// One word for how it ended.
    pub outcome: String,
    /// The process's exit code.
    pub exit_code: ExitCode,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorBody>,
    /// The scenario's name.
    pub scenario: String,
    /// Rehearsals that were asked for.
    pub planned: u64,
    /// Those that were played: fewer, where somebody ended it.
    pub runs: u64,
    /// How many ended with each exit code.
    pub exits: BTreeMap<u8, u64>,
    /// How many halted for each reason.
    pub halts: BTreeMap<String, u64>,
    /// The seeds of those, for each reason the first hundred.
    pub halted_seeds: BTreeMap<String, BTreeSet<u64>>,
    /// Rehearsals that hung, violated an invariant, or ended unexpectedly.
    pub failed: u64,
    /// The first hundred of them.
    pub failures: Vec<SeedFailure>,
    /// People are told of each invariant.
    #[serde(skip)]
    pub wordy: bool,
    /// What the oracle judges by, and what came of each in all of them.
    #[serde(default)]
    pub invariants: Vec<Invariant>,
    /// How often each fault struck, by its name in a scenario file.
    #[serde(default)]
    pub faults: BTreeMap<String, FaultTally>,
    /// Crashes at single writes, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crashes: Option<CrashTally>,
    /// Rehearsals in which the operator was un-paused in a moment in which no hold
    /// lasts and no baoctl could see it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub exposed: u64,
    /// Processes that were killed.
    pub killed: u64,
    /// How often the oracle judged a world.
    pub judged: u64,
    /// Writes the clients were told are done.
    pub acknowledged: u64,
    /// The longest time without one, in milliseconds.
    pub longest_gap_ms: u64,
    /// The longest run, in seconds of its own time.
    pub longest_s: u64,
    /// Most leader moves of a run.
    pub most_leader_moves: u32,
    /// How long all of it took, in real seconds.
    pub seconds: f64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Crashes of baoctl at single writes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CrashTally {
    /// Writes of an undisturbed run.
    pub writes: u64,
    /// Places where baoctl was killed: before a write, done but unanswered, and
    /// answered.
    pub points: u64,
    /// Those after which it finished and left everything as an undisturbed run
    /// does.
    pub same: u64,
    /// Only how they ended was compared: on the way back, how far the run had
    /// come decides what is left behind.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ends_only: bool,
    /// Those after which the first process that was run again refused to begin,
    /// and a later one went on.
    pub refused_first: u64,
}

/// Most failures that are kept: a range of seeds may be without end.
const KEPT: usize = 100;

/// One that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeedFailure {
    /// Its seed.
    pub seed: u64,
    /// Why.
    pub message: String,
    /// The command that shows it again.
    pub repeat: String,
}

impl RehearsalReport {
    /// Of no rehearsal yet.
    #[must_use]
    pub fn new(scenario: String) -> Self {
        Self {
            api_version: API_VERSION.to_owned(),
            outcome: ExitCode::Ok.outcome().to_owned(),
            exit_code: ExitCode::Ok,
            error: None,
            scenario,
            planned: 0,
            runs: 0,
            exits: BTreeMap::new(),
            halts: BTreeMap::new(),
            halted_seeds: BTreeMap::new(),
            failed: 0,
            failures: Vec::new(),
            wordy: false,
            invariants: Vec::new(),
            faults: BTreeMap::new(),
            crashes: None,
            exposed: 0,
            killed: 0,
            judged: 0,
            acknowledged: 0,
            longest_gap_ms: 0,
            longest_s: 0,
            most_leader_moves: 0,
            seconds: 0.0,
        }
    }

    /// Adds what one of them was judged by.
    pub fn judged(&mut self, invariants: Vec<Invariant>) {
        for one in invariants {
            let mut known = self.invariants.iter_mut();
            match known.find(|known| known.id == one.id) {
                Some(known) => known.add(&one),
                None => self.invariants.push(one),
            }
        }
    }

    /// One more that halted.
    pub fn halted(&mut self, reason: &str, seed: u64) {
        *self.halts.entry(reason.to_owned()).or_default() += 1;
        let seeds = self.halted_seeds.entry(reason.to_owned()).or_default();
        if seeds.len() < KEPT {
            seeds.insert(seed);
        }
    }

    /// Takes note of one that failed.
    pub fn failed(&mut self, failure: SeedFailure) {
        self.failed += 1;
        if self.failures.len() < KEPT {
            self.failures.push(failure);
        }
    }

    /// Takes note of how it ended.
    pub fn ended(&mut self, code: ExitCode) {
        self.exit_code = code;
        code.outcome().clone_into(&mut self.outcome);
    }
}
