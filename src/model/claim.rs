//! The claim of a volume that a pod mounts.

use serde::{Deserialize, Serialize};

use super::names::PodName;

/// A `PersistentVolumeClaim` that a pod names in its spec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MountedClaim {
    /// The pod.
    pub pod: PodName,
    /// The claim's name.
    pub name: String,
    /// What there is of it; `None` when there is no claim of that name.
    pub found: Option<FoundClaim>,
}

/// What a claim is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundClaim {
    /// `status.phase`: `Bound`, `Pending` or `Lost`; empty when not told.
    pub phase: String,
    /// It has a deletionTimestamp: `kubernetes.io/pvc-protection` holds it for as
    /// long as a pod uses it, and it goes, data and all, with that pod.
    pub terminating: bool,
}
