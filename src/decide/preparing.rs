//! What comes before and beside the pods: leadership at ordinal 0 where the
//! order needs it, the raft snapshot, the declaration, the published progress.

use crate::{
    bugs::{self, Bug},
    model::{
        action::Action,
        blocker::Blocker,
        cluster::Cluster,
        fact::Fact,
        halt::{Halt, HaltReason},
        intent::Order,
        names::Pool,
        workload::{Pod, Workload},
    },
};

use super::{
    Decision,
    disturbing::{disturbing, in_step},
    gates, heirs, leadership, pool,
    rules::TRIES_TO_LEAD_FIRST,
    versions::is,
    world::World,
};

/// What comes before the first change to a pod: leadership at ordinal 0 where
/// the order needs it, the snapshot, the declaration.
pub(super) fn prepare(world: &World<'_>, cluster: &Cluster) -> Option<Decision> {
    let run = world.run;
    let declared = is(&cluster.spec.version, &run.target.version)
        && cluster
            .spec
            .image
            .as_ref()
            .is_none_or(|image| *image == run.target.image);
    if cluster
        .status
        .current_version
        .as_deref()
        .is_some_and(|current| is(current, &run.target.version))
        && cluster.status.upgrade.is_none()
        && declared
    {
        // The status was completed, by this process or an earlier one: only the
        // end is left.
        return None;
    }
    if !declared
        && run.order == Order::ReverseOrdinal
        && let Some(decision) = lead_first(world)
    {
        return Some(decision);
    }
    if let Some(file) = run
        .snapshot_wanted
        .as_ref()
        .filter(|_| run.snapshot.is_none())
    {
        return Some(
            match gates::settled_leader(world.snapshot, world.track, world.now) {
                Ok(leader) => Decision::Act(Action::TakeSnapshot {
                    node: leader.pod.pod.clone(),
                    file: file.clone(),
                }),
                Err(blocker) => Decision::wait(blocker),
            },
        );
    }
    if !declared {
        if let Some(decision) = pool::hold(world).filter(|_| !bugs::has(Bug::ImageBeforeHold)) {
            return Some(decision);
        }
        return Some(Decision::Act(Action::Declare {
            version: run.target.version.clone(),
            image: run.target.image.clone(),
        }));
    }
    publish(world, cluster)
}

/// Leadership must sit on ordinal 0 while all nodes are old; each attempt is a
/// step-down that cannot be aimed.
fn lead_first(world: &World<'_>) -> Option<Decision> {
    let voters = match &world.snapshot.voters {
        Fact::Known(voters) => voters,
        Fact::Unknown(why) => return Some(Decision::unseen("the voters", why)),
    };
    if voters.replicas == 1 || world.run.target.is_image(voters.image.as_deref()) {
        return None;
    }
    if let Some(pending) = world.track.pending_step_down() {
        return Some(Decision::wait(Blocker::SteppingDown {
            node: pending.node.name.clone(),
        }));
    }
    let leader = match leadership::leader(world.snapshot) {
        Ok(leader) => leader,
        Err(blocker) => return Some(Decision::wait(blocker)),
    };
    if leader.pod.ordinal == 0 {
        return None;
    }
    let tries = world.track.step_downs.len();
    if tries >= TRIES_TO_LEAD_FIRST {
        return Some(Decision::Halt(Halt::new(
            HaltReason::LeaderNotFirst,
            format!(
                "after {tries} step-downs {} leads, not ordinal 0: a step-down cannot be aimed",
                leader.pod.pod.name
            ),
        )));
    }
    let blockers = disturbing(world, voters, Pool::Voters);
    Some(if blockers.is_empty() {
        let step_down = heirs::step_down(world, voters, leader.pod);
        in_step(world, step_down, None)
    } else {
        Decision::Wait { blockers }
    })
}

/// Keeps `status.upgrade` in step with what is seen. Each value is written once
/// by a process: whoever rewrites it afterwards is not fought with.
fn publish(world: &World<'_>, cluster: &Cluster) -> Option<Decision> {
    let (partition, completed) = progress(world)?;
    let upgrade = cluster.status.upgrade.as_ref();
    let stored = upgrade.is_some_and(|upgrade| {
        is(&upgrade.target_version, &world.run.target.version)
            && upgrade.current_partition == partition
            && same_set(&upgrade.completed_pods, &completed)
            && upgrade.failure_reason.is_none()
    });
    let mut order = upgrade
        .map(|upgrade| upgrade.completed_pods.clone())
        .unwrap_or_default();
    order.retain(|ordinal| completed.contains(ordinal));
    order.extend(
        completed
            .iter()
            .rev()
            .filter(|ordinal| !order.contains(ordinal))
            .copied()
            .collect::<Vec<_>>(),
    );
    let wanted = (partition, order);
    // As a set: once `status.upgrade` is gone its order is gone with it.
    let told = world
        .track
        .published
        .as_ref()
        .is_some_and(|(at, done)| *at == partition && same_set(done, &wanted.1));
    if told || (stored && world.track.published.is_some()) {
        return None;
    }
    Some(Decision::Act(Action::Publish {
        current_partition: wanted.0,
        completed_pods: wanted.1,
    }))
}

fn same_set(a: &[u32], b: &[u32]) -> bool {
    a.len() == b.len() && a.iter().all(|ordinal| b.contains(ordinal))
}

/// The lowest ordinal from which on every voter is done, and all that are.
/// A voter counts as done once it was, for as long as it is on the target.
#[must_use]
pub fn progress(world: &World<'_>) -> Option<(u32, Vec<u32>)> {
    // Which revision is the target's shows once the controller has acted.
    let voters = world
        .snapshot
        .voters
        .known()
        .filter(|voters| voters.is_observed())?;
    let published = world.track.published.as_ref();
    let done: Vec<u32> = voters
        .pods
        .iter()
        .filter(|pod| {
            let let_go = world.track.released.contains_key(&pod.pod.uid);
            (let_go && bugs::has(Bug::RecordsBeforeAct))
                || gates::on_target(pod, voters, world.run, world.snapshot)
                    && (published.is_some_and(|(_, before)| before.contains(&pod.ordinal))
                        || gates::trouble(
                            Pool::Voters,
                            pod,
                            world.run,
                            world.snapshot,
                            world.track,
                        )
                        .is_empty()
                            && is_in_step(pod, voters, world))
        })
        .map(|pod| pod.ordinal)
        .collect();
    let mut partition = voters.replicas;
    while partition > 0 && done.contains(&(partition - 1)) {
        partition -= 1;
    }
    Some((partition, done))
}

/// It is not only that the pod was caught up: it has not been cut off since (S7).
fn is_in_step(pod: &Pod, voters: &Workload, world: &World<'_>) -> bool {
    voters.replicas <= 1
        || gates::step_trouble(pod, world.snapshot, world.track, world.now).is_none()
}
