//! What the oracle of a rehearsal judges by.

use serde::{Deserialize, Serialize};

/// One invariant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invariant {
    /// Its number.
    pub id: String,
    /// What it says.
    pub says: String,
    /// What came of it.
    pub outcome: Judgement,
    /// How often it was put to the test.
    pub checks: u64,
    /// Why it is not judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What came of an invariant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Judgement {
    /// Nobody judges it.
    NotJudged,
    /// Nothing happened that it could have been judged by.
    NoOccasion,
    /// It held.
    Held,
    /// It did not.
    Violated,
}

impl Invariant {
    /// Adds what came of it elsewhere: the worst counts.
    pub(super) fn add(&mut self, other: &Self) {
        self.checks += other.checks;
        self.outcome = self.outcome.max(other.outcome);
    }
}
