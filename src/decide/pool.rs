//! The next step within one StatefulSet.

use std::collections::BTreeSet;

use crate::model::{
    action::{Action, Hold, ReleaseBy},
    blocker::Blocker,
    cluster::Cluster,
    fact::Fact,
    halt::{Halt, HaltReason},
    intent::Order,
    names::{PodName, Pool},
    workload::{Pod, UpdateStrategy, Workload},
};

use super::{
    Decision, gates, leadership,
    rolling::unseen,
    rules::{
        AFTER_CONFLICTING_EVICTION, AFTER_REFUSED_EVICTION, BETWEEN_STEP_DOWNS, RECHECK,
        RECHECK_LEADER, RECHECK_POD, TRIES_TO_STEP_DOWN,
    },
    stuck,
    world::World,
};

/// Whether a pool needs anything.
#[derive(Debug)]
pub enum Next {
    /// All its pods were verified on the target in this observation.
    Done,
    /// This comes next.
    Decided(Decision),
}

/// Decides for one pool.
#[must_use]
pub fn next(world: &World<'_>, _cluster: &Cluster, kind: Pool) -> Next {
    let workload = match (kind, &world.snapshot.voters, &world.snapshot.read_replicas) {
        (Pool::Voters, Fact::Known(workload), _)
        | (Pool::ReadReplicas, _, Fact::Known(Some(workload))) => workload,
        (Pool::ReadReplicas, _, Fact::Known(None)) => return Next::Done,
        (Pool::Voters, Fact::Unknown(why), _) | (Pool::ReadReplicas, _, Fact::Unknown(why)) => {
            return Next::Decided(unseen(&format!("the StatefulSet of the {kind}"), why));
        }
    };
    if workload.replicas == 0 {
        return Next::Done;
    }
    if workload.image.as_deref() != Some(world.run.target.image.as_str()) {
        return Next::Decided(template(world, workload, kind));
    }
    if !workload.is_observed() {
        return Next::Decided(Decision::wait(
            Blocker::NotObserved { pool: kind },
            RECHECK_POD,
        ));
    }
    pods(world, workload, kind)
}

/// Hold first, observed; then the image (invariants R1, R7).
fn template(world: &World<'_>, workload: &Workload, kind: Pool) -> Decision {
    if world.track.image_set.contains(&kind) {
        return Decision::Halt(Halt::new(
            HaltReason::WorkloadChanged,
            format!(
                "somebody set the image of StatefulSet {} to {}",
                workload.name,
                workload.image.as_deref().unwrap_or("nothing")
            ),
        ));
    }
    let held = match workload.strategy {
        UpdateStrategy::OnDelete => true,
        UpdateStrategy::RollingUpdate { partition, .. } => partition >= workload.replicas,
    };
    if !held {
        return Decision::Act(Action::Hold {
            pool: kind,
            hold: match (kind, world.run.order) {
                (Pool::Voters, Order::LeaderLast) => Hold::OnDelete,
                (Pool::Voters, Order::ReverseOrdinal) | (Pool::ReadReplicas, _) => Hold::Partition,
            },
        });
    }
    if !workload.is_observed() {
        return Decision::wait(Blocker::NotObserved { pool: kind }, RECHECK_POD);
    }
    Decision::Act(Action::SetImage {
        pool: kind,
        image: world.run.target.image.clone(),
    })
}

fn pods(world: &World<'_>, workload: &Workload, kind: Pool) -> Next {
    let mut in_flight = Vec::new();
    let mut old = Vec::new();
    for ordinal in (0..workload.replicas).rev() {
        let Some(pod) = workload.pod(ordinal) else {
            in_flight.push(Blocker::PodMissing {
                pod: PodName::of(&workload.name, ordinal),
            });
            continue;
        };
        let target = pod.revision == workload.update_revision;
        if pod.terminating || target {
            in_flight.extend(gates::trouble(
                kind,
                pod,
                world.run,
                world.snapshot,
                world.track,
            ));
            if target && !pod.terminating {
                in_flight.extend(gates::version_trouble(pod, world.run, world.snapshot));
            }
        } else {
            old.push(pod);
        }
    }
    if in_flight.is_empty() && old.is_empty() {
        return match (kind, leadership::leader(world.snapshot)) {
            (Pool::Voters, Err(blocker)) => Next::Decided(Decision::wait(blocker, RECHECK_POD)),
            _ => Next::Done,
        };
    }
    Next::Decided(if in_flight.is_empty() {
        choose(world, workload, kind, &old)
    } else {
        Decision::Wait {
            blockers: in_flight,
            recheck: RECHECK_POD,
        }
    })
}

/// The pods of all pools that are verified on the target now.
#[must_use]
pub fn done(world: &World<'_>) -> BTreeSet<PodName> {
    let mut done = BTreeSet::new();
    for kind in [Pool::ReadReplicas, Pool::Voters] {
        let Some(workload) = world.snapshot.workload(kind) else {
            continue;
        };
        if workload.image.as_deref() != Some(world.run.target.image.as_str()) {
            continue;
        }
        for pod in &workload.pods {
            if gates::on_target(pod, workload, world.run, world.snapshot)
                && gates::trouble(kind, pod, world.run, world.snapshot, world.track).is_empty()
            {
                done.insert(pod.pod.name.clone());
            }
        }
    }
    done
}

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
                None => blockers.push(Blocker::PodMissing {
                    pod: PodName::of(&workload.name, ordinal),
                }),
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
    if let Err(blocker) = gates::settled_leader(world.snapshot, world.track, world.now) {
        blockers.push(blocker);
    }
    blockers
}

/// Which of the old pods goes next, and how.
fn choose(world: &World<'_>, workload: &Workload, kind: Pool, old: &[&Pod]) -> Decision {
    if let Some(decision) = released(world, workload, kind, old) {
        return decision;
    }
    let blockers = disturbing(world, workload, kind);
    if !blockers.is_empty() {
        let recheck = if blockers
            .iter()
            .any(|blocker| blocker.code() == "SteppingDown")
        {
            RECHECK_LEADER
        } else {
            RECHECK_POD
        };
        return Decision::Wait { blockers, recheck };
    }
    let leader = match leadership::leader(world.snapshot) {
        Ok(leader) => leader.pod,
        Err(blocker) => return Decision::wait(blocker, RECHECK_POD),
    };
    // The active node is the last voter to go: whoever leads next must run the
    // target already (R5), and a leader is never taken without a step-down (S4).
    match old
        .iter()
        .find(|pod| kind == Pool::ReadReplicas || pod.pod != leader.pod)
    {
        Some(pod) => release(world, workload, kind, pod),
        None if workload.replicas == 1 => release(world, workload, kind, leader),
        None => step_down(world, leader),
    }
}

/// An old pod that was let go already, by this run or the one before it.
fn released(world: &World<'_>, workload: &Workload, kind: Pool, old: &[&Pod]) -> Option<Decision> {
    let past = |pod: &Pod| match workload.strategy {
        UpdateStrategy::RollingUpdate { partition, .. } => pod.ordinal >= partition,
        UpdateStrategy::OnDelete => false,
    };
    for pod in old {
        let ours = world.track.released.contains_key(&pod.pod.uid);
        let let_go = past(pod) || (ours && workload.strategy == UpdateStrategy::OnDelete);
        // OrderedReady never replaces a broken pod by itself
        // (kubernetes#67250): it is down already, so taking it costs nothing.
        let broken = !pod.ready && stuck::class(pod).is_some();
        if broken && !(ours && workload.strategy == UpdateStrategy::OnDelete) {
            return Some(replace_broken(world, workload, kind, pod));
        }
        if !let_go {
            continue;
        }
        let active = world
            .snapshot
            .node(&pod.pod.name)
            .is_some_and(|node| node.is_active());
        if past(pod) && active && kind == Pool::Voters && workload.replicas > 1 {
            // It became active after the partition had let it go (R4): take the
            // release back at once, before the controller acts on it.
            return Some(Decision::Act(Action::Hold {
                pool: kind,
                hold: Hold::OnDelete,
            }));
        }
        return Some(Decision::wait(
            Blocker::AwaitingReplacement {
                pod: pod.pod.name.clone(),
            },
            RECHECK_POD,
        ));
    }
    None
}

/// Evicts a pod that cannot come up by itself, when all others are fine.
fn replace_broken(world: &World<'_>, workload: &Workload, kind: Pool, pod: &Pod) -> Decision {
    let mut blockers = disturbing(world, workload, kind);
    blockers.retain(|blocker| blocker.pod() != Some(&pod.pod.name));
    if !blockers.is_empty() {
        return Decision::Wait {
            blockers,
            recheck: RECHECK_POD,
        };
    }
    evict(world, kind, pod, false)
}

fn release(world: &World<'_>, workload: &Workload, kind: Pool, pod: &Pod) -> Decision {
    match workload.strategy {
        UpdateStrategy::RollingUpdate { partition, .. } if pod.ordinal + 1 == partition => {
            Decision::Act(Action::Release {
                pool: kind,
                pod: pod.pod.clone(),
                by: ReleaseBy::Partition(pod.ordinal),
            })
        }
        // The leader sits on the next ordinal: a partition cannot pass over it,
        // OnDelete can.
        UpdateStrategy::RollingUpdate { .. } => Decision::Act(Action::Hold {
            pool: kind,
            hold: Hold::OnDelete,
        }),
        UpdateStrategy::OnDelete => evict(world, kind, pod, true),
    }
}

fn evict(world: &World<'_>, kind: Pool, pod: &Pod, healthy: bool) -> Decision {
    if let Some(refusal) = world
        .track
        .refused
        .as_ref()
        .filter(|refusal| refusal.pod == pod.pod)
    {
        let pause = if refusal.conflict {
            AFTER_CONFLICTING_EVICTION
        } else {
            AFTER_REFUSED_EVICTION
        };
        if world.now.saturating_sub(refusal.at) < pause {
            return Decision::wait(
                Blocker::EvictionRefused {
                    pod: pod.pod.name.clone(),
                    why: refusal.why.clone(),
                },
                RECHECK_POD,
            );
        }
    }
    match &world.snapshot.disruptions_allowed {
        Fact::Unknown(why) => unseen("the disruption budget", why),
        Fact::Known(Some(allowed)) if *allowed < 1 && healthy && kind == Pool::Voters => {
            Decision::wait(Blocker::BudgetExhausted, RECHECK_POD)
        }
        Fact::Known(_) => Decision::Act(Action::Release {
            pool: kind,
            pod: pod.pod.clone(),
            by: ReleaseBy::Eviction,
        }),
    }
}

/// Only the leader is left on the old version, every other voter is on the
/// target: leadership moves now, once.
fn step_down(world: &World<'_>, leader: &Pod) -> Decision {
    let tries = world
        .track
        .step_downs
        .iter()
        .filter(|step_down| step_down.node == leader.pod)
        .count();
    if tries >= TRIES_TO_STEP_DOWN {
        return Decision::Halt(
            Halt::new(
                HaltReason::StepDownFailed,
                format!(
                    "{} was elected again after {tries} step-downs",
                    leader.pod.name
                ),
            )
            .about(&leader.pod.name),
        );
    }
    if let Some(last) = world.track.step_downs.last()
        && world.now.saturating_sub(last.at) < BETWEEN_STEP_DOWNS
    {
        return Decision::wait(
            Blocker::LeaderUnsettled {
                leader: leader.pod.name.clone(),
                active_ms: gates::millis(world.now.saturating_sub(last.at)),
                needed_ms: gates::millis(BETWEEN_STEP_DOWNS),
            },
            RECHECK,
        );
    }
    Decision::Act(Action::StepDown {
        node: leader.pod.clone(),
    })
}
