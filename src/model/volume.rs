//! A server's volume, which outlives its pod and its StatefulSet.

use serde::{Deserialize, Serialize};

/// One `PersistentVolumeClaim` of a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Volume {
    /// Its name.
    pub name: String,
    /// Its UID.
    pub uid: String,
    /// The ordinal of the pod it belongs to.
    pub ordinal: u32,
    /// It has a deletionTimestamp; it goes when no pod uses it any more.
    pub terminating: bool,
}
