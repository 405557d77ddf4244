//! Which old pod goes next, and by which write.

use crate::model::{
    action::{Action, Hold, ReleaseBy},
    blocker::Blocker,
    fact::Fact,
    halt::{Halt, HaltReason},
    intent::Order,
    names::Pool,
    node::NodeView,
    workload::{Pod, UpdateStrategy, Workload},
};

use super::{
    Decision,
    disturbing::{disturbing, in_step},
    gates, heirs, leadership, pod_state, quorum,
    rules::{
        AFTER_CONFLICTING_EVICTION, AFTER_REFUSED_EVICTION, BETWEEN_STEP_DOWNS,
        REPLACEMENTS_OF_ONE_POD, TRIES_TO_STEP_DOWN,
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
    let decision = match old
        .iter()
        .find(|pod| kind == Pool::ReadReplicas || pod.pod != leader.pod)
    {
        Some(pod) => {
            let blockers = heirs::unproven_successors(world, workload);
            if kind == Pool::Voters && !blockers.is_empty() {
                return Decision::Wait { blockers };
            }
            release(world, workload, kind, pod, old)
        }
        None if workload.replicas == 1 => release(world, workload, kind, leader, old),
        None => step_down(world, workload, leader),
    };
    in_step(world, decision, None)
}

/// An old pod that was let go already, by this run or the one before it.
fn released(world: &World<'_>, workload: &Workload, kind: Pool, old: &[&Pod]) -> Option<Decision> {
    let past = |pod: &Pod| is_past(workload, pod);
    for pod in old {
        let ours = world.track.released.contains_key(&pod.pod.uid);
        let let_go = past(pod) || (ours && workload.strategy == UpdateStrategy::OnDelete);
        // OrderedReady never replaces a broken pod by itself
        // (kubernetes#67250): it is down already, so taking it costs nothing.
        if stuck::class(pod).is_some() && !(ours && workload.strategy == UpdateStrategy::OnDelete) {
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
                hold: Hold::Partition(pod.ordinal + 1),
            }));
        }
        return Some(Decision::wait(Blocker::AwaitingReplacement {
            pod: pod.pod.name.clone(),
        }));
    }
    None
}

/// Evicts a pod that cannot come up by itself, when all others are fine and its
/// replacement could: one on the target's revision, where it is OpenBao's own
/// container that fails, not a node, a volume, or another container. Below the partition it would come back as it is, for ever.
fn replace_broken(world: &World<'_>, workload: &Workload, kind: Pool, pod: &Pod) -> Decision {
    if !stuck::may_be_mended_by_the_template(pod) {
        return Decision::wait(pod_state::not_ready(pod));
    }
    let mut blockers = disturbing(world, workload, kind);
    blockers.retain(|blocker| {
        blocker.pod() != Some(&pod.pod.name) && !matches!(blocker, Blocker::NoQuorumMargin { .. })
    });
    // It carries no quorum: taking it costs none.
    blockers.extend(quorum::margin(world, Some(&pod.pod.name)));
    if !blockers.is_empty() {
        return Decision::Wait { blockers };
    }
    let eviction = in_step(world, evict(world, kind, pod, false), Some(&pod.pod.name));
    passed_over(workload, kind, pod, eviction)
}

/// Replaces a pod in which no process was ever started, where nobody leads: it
/// votes for nobody, and its replacement may be the vote that is missing, the
/// only one included. No other pod can be fine without a leader.
pub(super) fn where_nobody_leads(
    world: &World<'_>,
    workload: &Workload,
    kind: Pool,
    old: &[&Pod],
) -> Option<Decision> {
    let pod = old.iter().find(|pod| {
        let let_go = world.track.released.contains_key(&pod.pod.uid)
            && workload.strategy == UpdateStrategy::OnDelete;
        !let_go && pod.restarts == 0 && stuck::own(pod) == Some(stuck::Class::Image)
    })?;
    if !leadership::nobody_leads_but_for(world.snapshot, workload, pod) {
        return None;
    }
    let eviction = evict(world, kind, pod, false);
    Some(passed_over(workload, kind, pod, eviction))
}

fn release(
    world: &World<'_>,
    workload: &Workload,
    kind: Pool,
    pod: &Pod,
    old: &[&Pod],
) -> Decision {
    let highest = old.iter().all(|other| other.ordinal <= pod.ordinal);
    match workload.strategy {
        UpdateStrategy::RollingUpdate { partition, .. } if pod.ordinal + 1 == partition => {
            // The partition asks no budget, so this run does; the operator's own
            // order never did.
            if world.run.order == Order::LeaderLast
                && let Some(wait) = no_budget(world, kind)
            {
                return wait;
            }
            Decision::Act(Action::Release {
                pool: kind,
                pod: pod.pod.clone(),
                by: ReleaseBy::Partition(pod.ordinal),
            })
        }
        // All above it are new: the partition follows, and lets nothing go.
        UpdateStrategy::RollingUpdate { .. } if highest => Decision::Act(Action::Hold {
            pool: kind,
            hold: Hold::Partition(pod.ordinal + 1),
        }),
        UpdateStrategy::RollingUpdate { .. } | UpdateStrategy::OnDelete => {
            passed_over(workload, kind, pod, evict(world, kind, pod, true))
        }
    }
}

/// Whether the partition has let a pod go.
fn is_past(workload: &Workload, pod: &Pod) -> bool {
    match workload.strategy {
        UpdateStrategy::RollingUpdate { partition, .. } => pod.ordinal >= partition,
        UpdateStrategy::OnDelete => false,
    }
}

/// The eviction, or what has to come before it where the partition still holds
/// the pod, which would come back as it is. An old pod above it stays, and a
/// partition cannot pass over that: `OnDelete` can, from right before the
/// eviction until the pod is back.
fn passed_over(workload: &Workload, kind: Pool, pod: &Pod, eviction: Decision) -> Decision {
    let is_held = workload.strategy != UpdateStrategy::OnDelete && !is_past(workload, pod);
    match eviction {
        Decision::Act(_) if is_held => Decision::Act(Action::Hold {
            pool: kind,
            hold: Hold::OnDelete,
        }),
        other => other,
    }
}

fn evict(world: &World<'_>, kind: Pool, pod: &Pod, healthy: bool) -> Decision {
    if world.track.times_replaced(&pod.pod.name) >= REPLACEMENTS_OF_ONE_POD {
        return Decision::Halt(
            Halt::new(
                HaltReason::NotReplaced,
                format!(
                    "{} was replaced {REPLACEMENTS_OF_ONE_POD} times and is not on the target: {}",
                    pod.pod.name,
                    pod_state::state(pod)
                ),
            )
            .about(&pod.pod.name),
        );
    }
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
    let no_budget = no_budget(world, kind).filter(|wait| healthy || !is_exhausted(wait));
    no_budget.unwrap_or_else(|| {
        Decision::Act(Action::Release {
            pool: kind,
            pod: pod.pod.clone(),
            by: ReleaseBy::Eviction,
        })
    })
}

/// A pod that is down already costs no budget.
fn is_exhausted(wait: &Decision) -> bool {
    matches!(wait, Decision::Wait { blockers } if blockers.contains(&Blocker::BudgetExhausted))
}

/// The wait for the disruption budget, where it has no room or was not seen.
fn no_budget(world: &World<'_>, kind: Pool) -> Option<Decision> {
    match &world.snapshot.disruptions_allowed {
        Fact::Unknown(why) => Some(Decision::unseen("the disruption budget", why)),
        Fact::Known(Some(allowed)) if *allowed < 1 && kind == Pool::Voters => {
            Some(Decision::wait(Blocker::BudgetExhausted))
        }
        Fact::Known(_) => None,
    }
}

/// Only the leader is left on the old version, every other voter is on the
/// target: leadership moves now, once.
fn step_down(world: &World<'_>, workload: &Workload, leader: &Pod) -> Decision {
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
            .about(heirs::suspect(HaltReason::StepDownFailed, world).unwrap_or(&leader.pod.name)),
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
    heirs::step_down(world, workload, leader)
}
