//! A person's request that a running upgrade stop at its next safe point.

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
