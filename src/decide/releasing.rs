//! Which old pod goes next, and by which write.

use crate::model::{
    action::{Action, Hold, ReleaseBy},
    blocker::Blocker,
    fact::Fact,
    halt::{Halt, HaltReason},
    names::Pool,
    node::NodeView,
    workload::{Pod, UpdateStrategy, Workload},
};

use super::{
    Decision, gates, leadership,
    pool::disturbing,
    rolling::unseen,
    rules::{
        AFTER_CONFLICTING_EVICTION, AFTER_REFUSED_EVICTION, BETWEEN_STEP_DOWNS, TRIES_TO_STEP_DOWN,
    },
    stuck,
    world::World,
};

/// Which of the old pods goes next, and how.
pub(super) fn choose(world: &World<'_>, workload: &Workload, kind: Pool, old: &[&Pod]) -> Decision {
    if let Some(decision) = released(world, workload, kind, old) {
        return decision;
    }
    let blockers = disturbing(world, workload, kind);
    if !blockers.is_empty() {
        return Decision::Wait { blockers };
    }
    let leader = match leadership::leader(world.snapshot) {
        Ok(leader) => leader.pod,
        Err(blocker) => return Decision::wait(blocker),
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
            .is_some_and(NodeView::is_active);
        if past(pod) && active && kind == Pool::Voters && workload.replicas > 1 {
            // It became active after the partition had let it go (R4): take the
            // release back at once, before the controller acts on it.
            return Some(Decision::Act(Action::Hold {
                pool: kind,
                hold: Hold::OnDelete,
            }));
        }
        return Some(Decision::wait(Blocker::AwaitingReplacement {
            pod: pod.pod.name.clone(),
        }));
    }
    None
}

/// Evicts a pod that cannot come up by itself, when all others are fine.
fn replace_broken(world: &World<'_>, workload: &Workload, kind: Pool, pod: &Pod) -> Decision {
    let mut blockers = disturbing(world, workload, kind);
    blockers.retain(|blocker| blocker.pod() != Some(&pod.pod.name));
    if !blockers.is_empty() {
        return Decision::Wait { blockers };
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
            return Decision::wait(Blocker::EvictionRefused {
                pod: pod.pod.name.clone(),
                why: refusal.why.clone(),
            });
        }
    }
    match &world.snapshot.disruptions_allowed {
        Fact::Unknown(why) => unseen("the disruption budget", why),
        Fact::Known(Some(allowed)) if *allowed < 1 && healthy && kind == Pool::Voters => {
            Decision::wait(Blocker::BudgetExhausted)
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
        return Decision::wait(Blocker::LeaderUnsettled {
            leader: leader.pod.name.clone(),
            active_ms: gates::millis(world.now.saturating_sub(last.at)),
            needed_ms: gates::millis(BETWEEN_STEP_DOWNS),
        });
    }
    Decision::Act(Action::StepDown {
        node: leader.pod.clone(),
    })
}
