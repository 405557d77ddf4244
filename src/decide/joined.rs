//! What is one wait: several blockers may have one cause, and a cause has one
//! patience.

use crate::model::{blocker::Blocker, names::PodName, raft::quorum};

use super::{leadership, standing, stuck, world::World};

/// The waits behind these blockers.
#[must_use]
pub fn joined(mut blockers: Vec<Blocker>, world: &World<'_>) -> Vec<Blocker> {
    if let Some(why) = standing::nodes_unseen(world.snapshot) {
        // No answer to be had says nothing about any single node.
        return vec![Blocker::Unseen {
            what: "its nodes".to_owned(),
            why,
        }];
    }
    if let Some(node) = stepping_down(world)
        && blockers.iter().any(is_about_leadership)
    {
        // Who leaves answers nothing until it has left.
        blockers.retain(|blocker| {
            let asked = blocker.pod() == Some(node) && is_about_start(blocker);
            !asked && !is_about_leadership(blocker)
        });
        blockers.push(Blocker::SteppingDown { node: node.clone() });
    }
    if stepping_down(world).is_none()
        && let Err(leaderless) = leadership::leader(world.snapshot)
    {
        // Who was asked is gone, and its step-down with it.
        for blocker in &mut blockers {
            if matches!(blocker, Blocker::SteppingDown { .. }) {
                *blocker = leaderless.clone();
            }
        }
    }
    let starting: Vec<PodName> = blockers
        .iter()
        .filter(|blocker| matches!(blocker, Blocker::PodNotReady { .. }))
        .filter_map(|blocker| blocker.pod().cloned())
        .collect();
    blockers.retain(|blocker| {
        matches!(blocker, Blocker::PodNotReady { .. })
            || !is_about_start(blocker)
            || blocker.pod().is_none_or(|pod| !starting.contains(pod))
    });
    blockers
}

/// The node whose step-down is open, while it is still there to carry it out.
fn stepping_down<'w>(world: &World<'w>) -> Option<&'w PodName> {
    let node = &world.track.pending_step_down()?.node;
    let pod = world.pod(&node.name).filter(|pod| pod.pod == *node)?;
    // Its own word that it leads no more: it was carried out.
    let left = world
        .snapshot
        .node(&node.name)
        .and_then(|view| view.leader.known())
        .is_some_and(|answer| !answer.is_self);
    let open = !left && !pod.terminating && stuck::class(pod).is_none();
    (open && others_could_elect(world, &node.name)).then_some(&node.name)
}

/// Enough of the others answer to elect one of them once the leader lets go. Where
/// they do not, it is not the step-down that is waited for: nobody could follow.
fn others_could_elect(world: &World<'_>, leader: &PodName) -> bool {
    let snapshot = world.snapshot;
    let Some(voters) = snapshot.voters.known() else {
        return false;
    };
    let others = snapshot
        .candidates_for_leader()
        .filter(|pod| pod.pod.name != *leader)
        .filter_map(|pod| snapshot.node(&pod.pod.name))
        .filter(|node| node.leader.known().is_some())
        .count();
    // Its own vote counts: what hangs is its API.
    others + 1 >= quorum(voters.replicas as usize)
}

const fn is_about_leadership(blocker: &Blocker) -> bool {
    matches!(
        blocker,
        Blocker::NoLeader
            | Blocker::TwoLeaders { .. }
            | Blocker::LeaderDisputed { .. }
            | Blocker::SteppingDown { .. }
    )
}

const fn is_about_start(blocker: &Blocker) -> bool {
    matches!(
        blocker,
        Blocker::PodNotReady { .. }
            | Blocker::NodeSilent { .. }
            | Blocker::NotVoter { .. }
            | Blocker::NotCaughtUp { .. }
    )
}
