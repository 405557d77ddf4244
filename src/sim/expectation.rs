//! How a scenario says that its rehearsal ends.

use serde::{Deserialize, Serialize};

use crate::model::halt::HaltReason;

/// How a scenario is to end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Expectation {
    /// The exit code.
    pub exit: u8,
    /// How often leadership moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leader_moves: Option<u32>,
    /// The reason of the halt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halt: Option<HaltReason>,
}
