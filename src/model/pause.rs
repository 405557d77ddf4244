//! A person's request that a running upgrade stop at its next safe point.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The value of the annotation `baoctl.openbao.org/pause-requested`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PauseRequest {
    /// Who asked.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why, in the words given with `--reason`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `spec.paused` before the request, which `resume` puts back when there is
    /// no unfinished run to remember it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_before: Option<bool>,
}

impl PauseRequest {
    /// Whether a run of this user may end the pause: their own, or one they take
    /// over by name.
    #[must_use]
    pub fn is_for(&self, user: &str, taken_over: bool) -> bool {
        taken_over || self.by == user
    }
}

impl fmt::Display for PauseRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} since {}",
            self.by,
            self.at.strftime("%Y-%m-%d %H:%M:%SZ")
        )?;
        match &self.reason {
            Some(reason) => write!(f, ": {reason}"),
            None => f.write_str(", no reason given"),
        }
    }
}
