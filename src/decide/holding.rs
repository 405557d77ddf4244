//! Which hold fits the pods that are still old.
//!
//! Two things may undo a hold. An operator that somebody un-pauses turns
//! `OnDelete` into `RollingUpdate` without a partition within 2 s, and
//! Kubernetes then replaces every old pod, an old leader included, without a
//! step-down; a partition it leaves alone, for it does not own that field
//! (`contracts/operator-live.md` 9). And a pod that is lost below a partition
//! comes back on the old revision, which past a one-way door cannot lead.
//!
//! So the partition holds for as long as an old node leads, but for the moments
//! in which a pod below it is away and must come back new. Once a new node
//! leads beyond the door, `OnDelete` holds where a new pod would come back old:
//! whatever an operator then replaces is no leader.
//!
//! Tried on paper and left: `minReadySeconds` as a brake, which the operator
//! does not own either. `OrderedReady` makes no pod before all below it are
//! available, so a brake that outlives its run would keep a lost pod from
//! coming back.

use crate::model::{
    action::{Action, Hold, ReleaseBy},
    blocker::Blocker,
    names::{PodName, Pool},
    workload::{Pod, UpdateStrategy, Workload},
};

use super::{
    Decision, leadership,
    versions::{is, is_one_way},
    world::World,
};

/// The hold for a pool in which these pods are old; `None` without any.
#[must_use]
pub fn fitting(world: &World<'_>, workload: &Workload, kind: Pool, old: &[&Pod]) -> Option<Hold> {
    let partition = old.iter().map(|pod| pod.ordinal).max()? + 1;
    let would_come_back_old = workload
        .pods
        .iter()
        .any(|pod| pod.ordinal < partition && !old.iter().any(|old| old.ordinal == pod.ordinal));
    Some(
        if kind == Pool::Voters && would_come_back_old && beyond_the_door(world) {
            Hold::OnDelete
        } else {
            Hold::Partition(partition)
        },
    )
}

/// No node of the version the run came from can lead any more, by what was
/// recorded; while one does all the same, the record is of a step-down that is
/// still to be sent.
fn beyond_the_door(world: &World<'_>) -> bool {
    let run = world.run;
    let target = &run.target.version;
    let old_leads = leadership::leader(world.snapshot)
        .ok()
        .and_then(|leader| leader.node.version())
        .is_some_and(|version| version < target);
    is_one_way(&run.from, target)
        && run
            .newest_active
            .as_ref()
            .is_some_and(|newest| newest >= target)
        && !old_leads
}

/// The decision, or the change of the hold that has to come before it.
#[must_use]
pub(super) fn held(
    world: &World<'_>,
    workload: &Workload,
    kind: Pool,
    old: &[&Pod],
    decision: Decision,
) -> Decision {
    // A refused eviction is tried again in seconds, one that waits for an entry
    // comes with it, and a question is asked in this same pass.
    let evicts = match &decision {
        Decision::Act(Action::Release { by, .. }) => *by == ReleaseBy::Eviction,
        Decision::Wait { blockers } => blockers.iter().all(|blocker| {
            matches!(
                blocker,
                Blocker::EvictionRefused { .. }
                    | Blocker::NotCaughtUp { readings: 2, .. }
                    | Blocker::NotAsked { .. }
            )
        }),
        Decision::Act(_) | Decision::Reached(_) | Decision::Done | Decision::Halt(_) => false,
    };
    match (workload.strategy, fitting(world, workload, kind, old)) {
        (UpdateStrategy::OnDelete, Some(hold @ Hold::Partition(_)))
            if !evicts && !is_anyone_away(world, workload) =>
        {
            Decision::Act(Action::Hold { pool: kind, hold })
        }
        (UpdateStrategy::RollingUpdate { .. }, Some(hold @ Hold::OnDelete)) => {
            Decision::Act(Action::Hold { pool: kind, hold })
        }
        _ => decision,
    }
}

/// A pod that was let go is still to come back.
fn is_anyone_away(world: &World<'_>, workload: &Workload) -> bool {
    (0..workload.replicas).any(|ordinal| {
        workload
            .pod(ordinal)
            .is_none_or(|pod| pod.terminating || world.track.released.contains_key(&pod.pod.uid))
    })
}

/// The hold that has to be written before a run leaves the cluster alone, or
/// once somebody has un-paused the operator: `None` where every pod that is not
/// on the target is held by the partition already.
///
/// A pod that is away for its replacement then comes back on the old revision:
/// it is replaced once more by whoever goes on.
#[must_use]
pub fn before_leaving(world: &World<'_>) -> Option<Action> {
    if world.run.blue_green.is_some() {
        // `OnDelete` is those sets' own strategy, and no template of theirs ever
        // changes: a hold would be the one thing that could release a pod.
        return None;
    }
    let cluster = world.snapshot.cluster.known()?;
    let declared = is(&cluster.spec.version, &world.run.target.version);
    if !declared && cluster.status.upgrade.is_none() {
        // No template can be the target's yet.
        return None;
    }
    [Pool::ReadReplicas, Pool::Voters]
        .into_iter()
        .find_map(|kind| {
            let workload = world.snapshot.workload(kind)?;
            let hold = fitting(world, workload, kind, &not_on_target(world, workload))?;
            let holds = match (workload.strategy, hold) {
                (UpdateStrategy::OnDelete, Hold::OnDelete) => true,
                (UpdateStrategy::RollingUpdate { partition, .. }, Hold::Partition(needed)) => {
                    partition >= needed || is_let_go(world, workload, partition)
                }
                _ => false,
            };
            (!holds).then_some(Action::Hold { pool: kind, hold })
        })
}

/// The voters that Kubernetes would replace at once, the leader included and
/// without a step-down, if somebody un-paused the operator now
/// (`contracts/operator-live.md` 9).
#[must_use]
pub fn replaced_by_unpausing(workload: &Workload) -> Vec<PodName> {
    let lowest = match workload.strategy {
        UpdateStrategy::OnDelete => 0,
        UpdateStrategy::RollingUpdate { partition, .. } => partition,
    };
    workload
        .pods
        .iter()
        .filter(|pod| pod.ordinal >= lowest && pod.revision != workload.update_revision)
        .map(|pod| pod.pod.name.clone())
        .collect()
}

/// What is above the partition and old was let go by this run: one pod, which
/// went through every gate.
fn is_let_go(world: &World<'_>, workload: &Workload, partition: u32) -> bool {
    not_on_target(world, workload)
        .iter()
        .filter(|pod| pod.ordinal >= partition)
        .all(|pod| world.track.released.contains_key(&pod.pod.uid))
}

/// Pods that the next template, or the present one, would replace.
fn not_on_target<'a>(world: &World<'_>, workload: &'a Workload) -> Vec<&'a Pod> {
    workload
        .pods
        .iter()
        .filter(|pod| {
            pod.revision != workload.update_revision
                || !world.run.target.is_image(workload.image.as_deref())
        })
        .collect()
}
