//! A warning event about an object, as Kubernetes recorded it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One warning. Controllers and kubelet write them; they live for an hour and
/// prove nothing by themselves: they explain a state that is seen elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    /// For instance `FailedMount`.
    pub reason: String,
    /// Its text.
    pub message: String,
    /// When it was last seen, by the reporter's clock.
    pub last_seen: Option<Timestamp>,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason, self.message)
    }
}
