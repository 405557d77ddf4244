//! Where a run may stop because somebody asks.

use crate::model::{names::Pool, record::RunRecord, snapshot::Snapshot};

use super::{gates, track::Track};

/// Whether a person's wish to stop may be granted now: no pod is between two
/// versions, no step-down is open, and the cluster is not past a point of no
/// return with an old voter left, which would make it less tolerant than it
/// looks.
#[must_use]
pub fn safe_point(run: &RunRecord, snapshot: &Snapshot, track: &Track, one_way: bool) -> bool {
    if track.pending_step_down().is_some() {
        return false;
    }
    let Some(voters) = snapshot.voters.known() else {
        return true;
    };
    let pools = [
        (Pool::Voters, Some(voters)),
        (Pool::ReadReplicas, snapshot.workload(Pool::ReadReplicas)),
    ];
    for (kind, workload) in pools
        .into_iter()
        .filter_map(|(kind, workload)| Some((kind, workload?)))
    {
        let in_flight = workload.pods.len() < workload.replicas as usize
            || workload.pods.iter().any(|pod| {
                track.released.contains_key(&pod.pod.uid)
                    || pod.terminating
                    || (!pod.ready && pod.image.as_deref() == Some(run.target.image.as_str()))
                    || (kind == Pool::Voters
                        && pod.image.as_deref() == Some(run.target.image.as_str())
                        && !gates::trouble(kind, pod, run, snapshot, track).is_empty())
            });
        if in_flight {
            return false;
        }
    }
    let old_left = voters
        .pods
        .iter()
        .any(|pod| pod.image.as_deref() != Some(run.target.image.as_str()));
    let passed = run
        .newest_active
        .as_ref()
        .is_some_and(|newest| *newest >= run.target.version);
    !(one_way && old_left && passed)
}
