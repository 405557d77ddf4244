//! What speaks against taking a pod or moving leadership now.

use std::collections::BTreeSet;

use crate::{
    bugs::{self, Bug},
    model::{
        blocker::Blocker,
        names::{PodName, Pool},
        raft::quorum as majority,
        workload::Workload,
    },
};

use super::{Decision, gates, quorum, world::World};

/// Everything that speaks against taking a pod or moving leadership now
/// (invariants S2, S5, R8): every voter must be fine, not merely a majority,
/// for three nodes tolerate exactly the restart we are about to cause.
#[must_use]
pub fn disturbing(world: &World<'_>, workload: &Workload, kind: Pool) -> Vec<Blocker> {
    if let Some(pending) = world.track.pending_step_down() {
        return vec![Blocker::SteppingDown {
            node: pending.node.name.clone(),
        }];
    }
    let mut blockers = Vec::new();
    let mut pools = vec![(kind, workload)];
    if kind == Pool::ReadReplicas
        && let Some(voters) = world.snapshot.voters.known()
    {
        pools.push((Pool::Voters, voters));
    }
    for (kind, workload) in pools {
        for ordinal in 0..workload.replicas {
            match workload.pod(ordinal) {
                None => {
                    let name = PodName::of(&workload.name, ordinal);
                    blockers.push(gates::missing(&name, Some(workload)));
                }
                Some(pod) => blockers.extend(gates::trouble(
                    kind,
                    pod,
                    world.run,
                    world.snapshot,
                    world.track,
                )),
            }
        }
    }
    // A voter that is down is told by its own reason.
    if blockers.is_empty() {
        blockers.extend(quorum::margin(world, None));
    }
    if bugs::has(Bug::MajorityIsEnough) {
        let unwell: BTreeSet<_> = blockers.iter().filter_map(Blocker::pod).collect();
        if workload.replicas as usize - unwell.len() >= majority(workload.replicas as usize) {
            blockers.clear();
        }
    }
    if let Err(blocker) = gates::settled_leader(world.snapshot, world.track, world.now) {
        blockers.push(blocker);
    }
    blockers
}

/// The disturbance, or the wait for voters that may be cut off by now though they
/// were caught up a while ago. Asked last, when nothing else speaks against it:
/// it needs an entry that is younger than the last few looks. `down` is a pod that
/// follows nobody anyhow.
#[must_use]
pub fn in_step(world: &World<'_>, decision: Decision, down: Option<&PodName>) -> Decision {
    if !matches!(decision, Decision::Act(_)) {
        return decision;
    }
    let blockers = out_of_step(world, down);
    if blockers.is_empty() {
        decision
    } else {
        Decision::Wait { blockers }
    }
}

/// The voters that have applied no entry younger than the last few looks.
#[must_use]
pub fn out_of_step(world: &World<'_>, down: Option<&PodName>) -> Vec<Blocker> {
    let voters = world.snapshot.voters.known();
    voters
        .into_iter()
        .filter(|voters| voters.replicas > 1)
        .flat_map(|voters| &voters.pods)
        .filter(|pod| Some(&pod.pod.name) != down)
        .filter_map(|pod| gates::step_trouble(pod, world.snapshot, world.track, world.now))
        .collect()
}
