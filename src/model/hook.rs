//! The Job that runs the pre-promotion hook, as it is seen.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::names::ResourceVersion;

/// The Job of the hook's name, whoever made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HookJob {
    /// Its name.
    pub name: String,
    /// Its UID.
    pub uid: String,
    /// Its resourceVersion.
    pub resource_version: ResourceVersion,
    /// The annotation that opens the admission lock is on it.
    pub maintenance: bool,
    /// The run that made it; `None` when the operator or somebody else did.
    pub run: Option<String>,
    /// How far it is.
    pub state: HookState,
    /// When it began to run, by the API server's clock.
    pub started_at: Option<Timestamp>,
    /// It is being deleted.
    pub terminating: bool,
}

impl HookJob {
    /// The annotation that names the run.
    pub const RUN: &'static str = "baoctl.openbao.org/run-id";

    /// The name that the operator gives it.
    #[must_use]
    pub fn name_of(cluster: &str) -> String {
        format!("{cluster}-validation-hook")
    }

    /// Whether this run made it.
    #[must_use]
    pub fn is_of(&self, run: &str) -> bool {
        self.run.as_deref() == Some(run)
    }
}

/// How far a Job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "state",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum HookState {
    /// It has not ended.
    Running,
    /// It completed.
    Succeeded,
    /// It failed, or did not end before its deadline.
    Failed {
        /// In the Job controller's words.
        why: String,
    },
}
