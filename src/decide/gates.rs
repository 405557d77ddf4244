//! One safety question, one function: what speaks against a pod being fine,
//! and against disturbing the cluster at all.

use std::time::Duration;

use crate::{
    bugs::{self, Bug},
    model::{
        blocker::Blocker,
        names::{PodName, Pool},
        record::RunRecord,
        snapshot::Snapshot,
        warning::Warning,
        workload::{Pod, Workload},
    },
};

use super::{
    catch_up::CatchUp,
    leadership::{self, Leader},
    pod_state,
    rules::LEADER_SETTLES,
    track::Track,
};

/// The agreed leader, once it has led long enough.
///
/// # Errors
/// The blocker: no leader, disputed, or unsettled.
pub fn settled_leader<'a>(
    snapshot: &'a Snapshot,
    track: &Track,
    now: Duration,
) -> Result<Leader<'a>, Blocker> {
    let leader = leadership::leader(snapshot)?;
    let active = track.active_for(&leader, now);
    if active < LEADER_SETTLES && !bugs::has(Bug::TakesTheResting) {
        return Err(Blocker::LeaderUnsettled {
            leader: leader.pod.pod.name.clone(),
            active_ms: millis(active),
            needed_ms: millis(LEADER_SETTLES),
        });
    }
    Ok(leader)
}

/// Everything that speaks against a pod of a pool being fine as it is, whatever
/// version it runs: invariants S2 and S7 share these questions.
#[must_use]
pub fn trouble(
    pool: Pool,
    pod: &Pod,
    record: &RunRecord,
    snapshot: &Snapshot,
    track: &Track,
) -> Vec<Blocker> {
    let name = &pod.pod.name;
    let mut found = Vec::new();
    if pod.terminating && bugs::has(Bug::TerminatingForGone) {
        return found;
    }
    if pod.terminating {
        return vec![Blocker::PodTerminating {
            pod: name.clone(),
            why: pod_state::kept_by(pod),
        }];
    }
    if !pod.ready {
        found.push(pod_state::not_ready(pod));
    }
    let silent = snapshot
        .node(name)
        .is_none_or(|node| node.leader.known().is_none());
    if silent && bugs::has(Bug::SilenceForConsent) {
        return found;
    }
    found.extend(node_trouble(pod, record, snapshot));
    if pool == Pool::Voters {
        found.extend(vote_trouble(pod, snapshot));
    }
    if found.is_empty() && !bugs::has(Bug::IgnoresLag) {
        found.extend(index_trouble(pod, snapshot, track));
    }
    if found.is_empty() {
        found.extend(not_available(pod, snapshot));
    }
    found
}

fn node_trouble(pod: &Pod, record: &RunRecord, snapshot: &Snapshot) -> Option<Blocker> {
    let name = &pod.pod.name;
    let silent = |why: &str| {
        Some(Blocker::NodeSilent {
            pod: name.clone(),
            why: why.to_owned(),
        })
    };
    let Some(node) = snapshot.node(name) else {
        return silent("it was not asked");
    };
    let Some(health) = node.health.known() else {
        return silent(node.health.unknown().unwrap_or_default());
    };
    if health.sealed || !health.initialized {
        return Some(Blocker::NodeSealed { pod: name.clone() });
    }
    if let (Some(pinned), Some(id)) = (&record.target.cluster_id, &health.cluster_id)
        && pinned != id
    {
        return Some(Blocker::WrongCluster { pod: name.clone() });
    }
    match node.leader.unknown() {
        Some(why) => silent(why),
        None => None,
    }
}

fn vote_trouble(pod: &Pod, snapshot: &Snapshot) -> Option<Blocker> {
    let name = &pod.pod.name;
    match snapshot.membership.known() {
        // Only the active node's list counts; without one that is the reason.
        None if leadership::leader(snapshot).is_err() => leadership::leader(snapshot).err(),
        None => Some(Blocker::Unseen {
            what: "the raft membership".to_owned(),
            why: snapshot.membership.unknown().unwrap_or_default().to_owned(),
        }),
        Some(membership) if membership.peer(name).is_some_and(|peer| peer.voter) => None,
        Some(_) => Some(Blocker::NotVoter { pod: name.clone() }),
    }
}

fn index_trouble(pod: &Pod, snapshot: &Snapshot, track: &Track) -> Option<Blocker> {
    let node = snapshot.node(&pod.pod.name)?;
    if bugs::has(Bug::AutopilotForLag) && says_healthy(snapshot) {
        return None;
    }
    // The active node defines the index; it cannot trail itself.
    if node.is_active() {
        return None;
    }
    let (readings, mark) = track.readings(&pod.pod);
    (readings < 2).then(|| Blocker::NotCaughtUp {
        pod: pod.pod.name.clone(),
        applied: node.applied_index().unwrap_or(0),
        wanted: mark.unwrap_or(0),
        readings,
        left_s: track
            .catch_up(&pod.pod)
            .and_then(CatchUp::left)
            .map(|left| left.as_secs())
            .filter(|left| *left > 0),
    })
}

/// A voter that has applied no entry younger than the last few looks: what is
/// left without the pod that goes might commit nothing.
#[must_use]
pub fn step_trouble(
    pod: &Pod,
    snapshot: &Snapshot,
    track: &Track,
    now: Duration,
) -> Option<Blocker> {
    let node = snapshot.node(&pod.pod.name)?;
    let applied = node.applied_index()?;
    let followed = node.is_active() || track.commits.are_followed(applied, now);
    (!followed && !bugs::has(Bug::IgnoresLag)).then(|| Blocker::NotCaughtUp {
        pod: pod.pod.name.clone(),
        applied,
        wanted: track.commits.next(),
        readings: track.readings(&pod.pod).0,
        left_s: None,
    })
}

/// What autopilot thinks of all of them.
fn says_healthy(snapshot: &Snapshot) -> bool {
    let membership = snapshot.membership.known();
    membership.is_some_and(|known| known.autopilot.as_ref().is_some_and(|view| view.healthy))
}

/// Whether this incarnation is on the target in every respect (S7), apart from
/// [`trouble`]. Its image counts by its revision: admission may write a pod's
/// otherwise than the template's.
#[must_use]
pub fn on_target(pod: &Pod, workload: &Workload, record: &RunRecord, snapshot: &Snapshot) -> bool {
    is_new(pod, workload, record)
        && snapshot
            .node(&pod.pod.name)
            .and_then(|node| node.version())
            .is_none_or(|version| *version == record.target.version)
}

/// Whether a pod was made from the template with the target's image.
#[must_use]
pub fn is_new(pod: &Pod, workload: &Workload, record: &RunRecord) -> bool {
    workload.is_observed()
        && record.target.is_image(workload.image.as_deref())
        && pod.revision == workload.update_revision
}

/// A pod of the target revision whose node says another version: the image does
/// not contain what its tag promises.
#[must_use]
pub fn version_trouble(pod: &Pod, record: &RunRecord, snapshot: &Snapshot) -> Option<Blocker> {
    let version = snapshot.node(&pod.pod.name)?.version()?;
    (*version != record.target.version).then(|| Blocker::WrongVersion {
        pod: pod.pod.name.clone(),
        version: version.to_string(),
        wanted: record.target.version.to_string(),
    })
}

/// Why a pod is not there, where its StatefulSet's warnings say it.
#[must_use]
pub fn missing(name: &PodName, workload: Option<&Workload>) -> Blocker {
    let of_it = |warning: &&Warning| {
        warning.reason == "FailedCreate"
            && warning
                .message
                .split(|c: char| c.is_whitespace() || c == '"')
                .any(|word| word == name.as_str())
    };
    Blocker::PodMissing {
        pod: name.clone(),
        why: workload
            .and_then(|workload| workload.warnings.iter().find(of_it))
            .map(|warning| warning.message.clone()),
    }
}

/// A Ready pod that its StatefulSet does not count as available yet: by the
/// partition the next would not be replaced before, and whoever set
/// `minReadySeconds` wants no other kind of replacement before either.
fn not_available(pod: &Pod, snapshot: &Snapshot) -> Option<Blocker> {
    let workload = snapshot
        .workloads()
        .find(|workload| workload.pods.iter().any(|other| other.pod == pod.pod))?;
    let needed = Duration::from_secs(u64::from(workload.min_ready_seconds));
    let ready = pod
        .ready_since
        .and_then(|since| Duration::try_from(snapshot.at.duration_since(since)).ok())
        .unwrap_or_default();
    (ready < needed).then(|| Blocker::NotAvailable {
        pod: pod.pod.name.clone(),
        ready_ms: millis(ready),
        needed_ms: millis(needed),
    })
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
