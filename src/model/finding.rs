//! The outcome of one preflight check.

use serde::{Deserialize, Serialize};

/// One check's result. Ids are an interface (`--only`, `--ignore-check`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// `category.name`, for instance `raft.in-sync`.
    pub id: String,
    /// The result.
    pub verdict: Verdict,
    /// What was seen, with its numbers.
    pub message: String,
    /// What to do about it, when there is something to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// Worth knowing; does not stop an upgrade.
    Warn,
    /// Stops an upgrade.
    Fail,
    /// Could not be evaluated; stops an upgrade like a failure.
    Unknown,
    /// Failed or unknown, and waived by name.
    Ignored,
    /// Does not apply to this cluster.
    Skipped,
}

impl Verdict {
    /// Whether an upgrade may not start with it.
    #[must_use]
    pub const fn stops(self) -> bool {
        matches!(self, Self::Fail | Self::Unknown)
    }
}

impl Finding {
    /// A check that passed.
    pub fn pass(id: &str, message: impl Into<String>) -> Self {
        Self::new(id, Verdict::Pass, message)
    }

    /// A check that warns.
    pub fn warn(id: &str, message: impl Into<String>) -> Self {
        Self::new(id, Verdict::Warn, message)
    }

    /// A check that failed.
    pub fn fail(id: &str, message: impl Into<String>) -> Self {
        Self::new(id, Verdict::Fail, message)
    }

    /// A check that could not be evaluated.
    pub fn unknown(id: &str, message: impl Into<String>) -> Self {
        Self::new(id, Verdict::Unknown, message)
    }

    /// A check that does not apply.
    pub fn skipped(id: &str, message: impl Into<String>) -> Self {
        Self::new(id, Verdict::Skipped, message)
    }

    /// A check with a given result.
    pub fn new(id: &str, verdict: Verdict, message: impl Into<String>) -> Self {
        Self {
            id: id.to_owned(),
            verdict,
            message: message.into(),
            remedy: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn remedy(mut self, text: impl Into<String>) -> Self {
        self.remedy = Some(text.into());
        self
    }
}
