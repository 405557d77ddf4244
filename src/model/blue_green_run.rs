//! What a blue/green run pins beside its target.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::revision::Revision;

/// The blue/green part of a run record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlueGreenRun {
    /// The colour that served when the run began.
    pub blue: Revision,
    /// The colour of the target, by the operator's hash.
    pub green: Revision,
    /// How far the run goes by itself.
    pub until: Until,
    /// Seconds that green stays in step without votes at least:
    /// `verification.minSyncDuration` when the run began.
    #[serde(default)]
    pub min_sync_s: u64,
    /// Seconds between the cutover and the removal of blue.
    #[serde(default)]
    pub soak_s: u64,
    /// When the pre-promotion hook was seen to have succeeded: its Job does not
    /// outlast an hour, a run that is held may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hook_passed_at: Option<Timestamp>,
    /// When the last vote of the colour that goes was seen gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_over_at: Option<Timestamp>,
    /// Volumes of green's name that lay there before the run may be deleted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub delete_leftover_volumes: bool,
    /// Blue's volumes are deleted with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub delete_blue_volumes: bool,
}

/// Where a blue/green run stops of its own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Until {
    /// Green is in step and has no votes: nothing that serves was touched.
    Ready,
    /// Green leads and serves, blue runs on without votes.
    Cutover,
    /// Blue is gone.
    Done,
}
