//! Safety rules a user may waive, each by its own name.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One waiver. `--yes` implies none of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Waiver {
    /// `--ignore-check ID`: a preflight check that failed or could not be made.
    IgnoreCheck(String),
    /// `--allow-downtime`: a cluster of one voter goes down while it restarts.
    AllowDowntime,
    /// `--allow-no-snapshot`: go on although the resource demands one.
    AllowNoSnapshot,
    /// `--accept-one-way`: the target's first activation cannot be undone.
    AcceptOneWay,
}

impl fmt::Display for Waiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IgnoreCheck(id) => write!(f, "--ignore-check {id}"),
            Self::AllowDowntime => f.write_str("--allow-downtime"),
            Self::AllowNoSnapshot => f.write_str("--allow-no-snapshot"),
            Self::AcceptOneWay => f.write_str("--accept-one-way"),
        }
    }
}
