//! What a disturbance would leave of the quorum of the voter list: replicas are
//! not voters.
//!
//! A peer that was never removed votes for ever. With two dead ones beside three
//! pods the quorum is three, and each restart of a pod stops every write.

use crate::model::{
    blocker::Blocker,
    fact::Fact,
    names::PodName,
    node::NodeView,
    raft::{self, Membership},
    snapshot::Snapshot,
    workload::Workload,
};

use super::{leadership, world::World};

/// What speaks against taking a voter away now: a voter that is no pod, or too
/// few alive. `down` is the one that is to be taken, where it is down already.
#[must_use]
pub fn margin(world: &World<'_>, down: Option<&PodName>) -> Option<Blocker> {
    world.snapshot.voters.known()?;
    if let Some(blocker) = stranger(world) {
        return Some(blocker);
    }
    let membership = world.snapshot.membership.known()?;
    let count = membership.voters().count();
    // The only voter goes down by consent (`--allow-downtime`).
    if count <= 1 {
        return None;
    }
    let alive = alive(membership, world.snapshot)
        .filter(|pod| Some(*pod) != down)
        .count();
    let left = alive.saturating_sub(usize::from(down.is_none()));
    let needed = raft::quorum(count);
    (left < needed).then_some(Blocker::NoQuorumMargin {
        alive,
        voters: count,
        needed,
    })
}

/// The wait while voters are listed that are no pods, or the list is not seen.
#[must_use]
pub fn stranger(world: &World<'_>) -> Option<Blocker> {
    let membership = match &world.snapshot.membership {
        Fact::Known(membership) => membership,
        // Only the active node's list counts; without one that is the reason.
        Fact::Unknown(why) => {
            return Some(leadership::leader(world.snapshot).err().unwrap_or_else(|| {
                Blocker::Unseen {
                    what: "the raft membership".to_owned(),
                    why: why.clone(),
                }
            }));
        }
    };
    let ids = strangers(membership, world.snapshot);
    (!ids.is_empty()).then_some(Blocker::VotersAreNoPods { ids })
}

/// The ids of voters that are no pod of the StatefulSet of either colour, or not
/// the only one of their pod.
#[must_use]
pub fn strangers(membership: &Membership, snapshot: &Snapshot) -> Vec<String> {
    let mut pods = Vec::new();
    let expected: Vec<PodName> = snapshot.possible_voters().collect();
    membership
        .voters()
        .filter(|peer| match &peer.pod {
            Some(pod) if expected.contains(pod) && !pods.contains(pod) => {
                pods.push(pod.clone());
                false
            }
            _ => true,
        })
        .map(|peer| peer.id.clone())
        .collect()
}

/// What to type for each stranger, with what is known of it.
#[must_use]
pub fn removals(membership: &Membership, snapshot: &Snapshot) -> Vec<String> {
    let was_of = |id: &str, set: &Workload| {
        id.strip_prefix(&format!("{}-", set.name))
            .is_some_and(|ordinal| ordinal.parse::<u32>().is_ok())
    };
    strangers(membership, snapshot)
        .into_iter()
        .map(|id| {
            let was_a_pod = snapshot.workloads().any(|set| was_of(&id, set));
            let what = if was_a_pod {
                "was a pod of this StatefulSet"
            } else {
                "never was a pod of this StatefulSet"
            };
            format!("to remove {id}, which {what}: bao operator raft remove-peer {id}")
        })
        .collect()
}

/// Voters that answer, unsealed.
pub fn alive<'a>(
    membership: &'a Membership,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = &'a PodName> {
    membership
        .voters()
        .filter_map(|peer| peer.pod.as_ref())
        .filter(|pod| snapshot.node(pod).is_some_and(NodeView::is_unsealed))
}
