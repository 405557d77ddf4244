//! Whether the operator moves anything.

use crate::model::snapshot::Snapshot;

/// What must not change for the operator to count as quiet: both resources'
/// versions, but not the pods', which change on their own.
pub(super) fn fingerprint(snapshot: &Snapshot) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(cluster) = snapshot.cluster.known() {
        parts.push(cluster.resource_version.0.clone());
    }
    for workload in snapshot.workloads() {
        parts.push(workload.resource_version.0.clone());
    }
    if let Some(jobs) = snapshot.active_jobs.known() {
        parts.extend(jobs.iter().cloned());
    }
    parts
}
