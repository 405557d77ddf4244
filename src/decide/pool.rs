//! The next step within one StatefulSet.

use std::collections::BTreeSet;

use crate::{
    bugs::{self, Bug},
    model::{
        action::{Action, Hold},
        blocker::Blocker,
        fact::Fact,
        halt::{Halt, HaltReason},
        names::{PodName, Pool},
        workload::{UpdateStrategy, Workload},
    },
};

use super::{
    Decision,
    disturbing::out_of_step,
    gates,
    holding::held,
    leadership, quorum,
    releasing::{choose, where_nobody_leads},
    resting::at_rest_with,
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
pub fn next(world: &World<'_>, kind: Pool) -> Next {
    let workload = match (kind, &world.snapshot.voters, &world.snapshot.read_replicas) {
        (Pool::Voters, Fact::Known(workload), _)
        | (Pool::ReadReplicas, _, Fact::Known(Some(workload))) => workload,
        (Pool::ReadReplicas, _, Fact::Known(None)) => return Next::Done,
        (Pool::Voters, Fact::Unknown(why), _) | (Pool::ReadReplicas, _, Fact::Unknown(why)) => {
            return Next::Decided(Decision::unseen(
                &format!("the StatefulSet of the {kind}"),
                why,
            ));
        }
    };
    if workload.replicas == 0 {
        return Next::Done;
    }
    if !world.run.target.is_image(workload.image.as_deref()) {
        return Next::Decided(template(world, workload, kind));
    }
    if !workload.is_observed() && !bugs::has(Bug::OldPodForNew) {
        return Next::Decided(Decision::wait(Blocker::NotObserved { pool: kind }));
    }
    pods(world, workload, kind)
}

/// The first write on every StatefulSet, before the target is declared: from
/// then on a template that the operator applies, should somebody un-pause it,
/// replaces nothing.
#[must_use]
pub fn hold(world: &World<'_>) -> Option<Decision> {
    for kind in [Pool::ReadReplicas, Pool::Voters] {
        let Some(workload) = world.snapshot.workload(kind) else {
            continue;
        };
        if !is_held(workload) {
            return Some(Decision::Act(Action::Hold {
                pool: kind,
                hold: Hold::Partition(workload.replicas),
            }));
        }
        if !workload.is_observed() && !bugs::has(Bug::ActsUnobserved) {
            return Some(Decision::wait(Blocker::NotObserved { pool: kind }));
        }
    }
    None
}

pub(super) fn is_held(workload: &Workload) -> bool {
    match workload.strategy {
        UpdateStrategy::OnDelete => true,
        UpdateStrategy::RollingUpdate { partition, .. } => partition >= workload.replicas,
    }
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
    if !is_held(workload) && !bugs::has(Bug::ImageBeforeHold) {
        return Decision::Act(Action::Hold {
            pool: kind,
            hold: Hold::Partition(workload.replicas),
        });
    }
    if !workload.is_observed() && !bugs::has(Bug::ActsUnobserved) {
        return Decision::wait(Blocker::NotObserved { pool: kind });
    }
    Decision::Act(Action::SetImage {
        pool: kind,
        image: world.run.target.image.clone(),
    })
}

fn pods(world: &World<'_>, workload: &Workload, kind: Pool) -> Next {
    let all = matches!(
        workload.strategy,
        UpdateStrategy::RollingUpdate { partition: 0, .. }
    );
    if all && bugs::has(Bug::PartitionForDone) {
        return Next::Done;
    }
    let mut in_flight = Vec::new();
    let mut old = Vec::new();
    for ordinal in (0..workload.replicas).rev() {
        let Some(pod) = workload.pod(ordinal) else {
            let name = PodName::of(&workload.name, ordinal);
            in_flight.push(gates::missing(&name, Some(workload)));
            continue;
        };
        let let_go = world.track.released.contains_key(&pod.pod.uid);
        if (bugs::has(Bug::OldPodForNew) && let_go && pod.ready && !pod.terminating)
            || (bugs::has(Bug::TerminatingForGone) && pod.terminating)
        {
            continue;
        }
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
            (Pool::Voters, Err(blocker)) => Next::Decided(Decision::wait(blocker)),
            (Pool::Voters, Ok(_)) if !is_completed(world) => {
                // All in one observation, none of them cut off since, and the
                // voter list holds nobody else (S8).
                let mut blockers = out_of_step(world, None);
                blockers.extend(quorum::stranger(world));
                if blockers.is_empty() {
                    Next::Done
                } else {
                    Next::Decided(Decision::Wait { blockers })
                }
            }
            _ => Next::Done,
        };
    }
    let decision = if let Some(decision) = where_nobody_leads(world, workload, kind, &old) {
        decision
    } else if in_flight.is_empty() {
        choose(world, workload, kind, &old)
    } else {
        Decision::Wait {
            blockers: in_flight,
        }
    };
    Next::Decided(held(world, workload, kind, &old, decision))
}

/// The status at rest was written: what is left gives the resource back.
fn is_completed(world: &World<'_>) -> bool {
    world
        .snapshot
        .cluster
        .known()
        .is_some_and(|cluster| at_rest_with(cluster, &world.run.target.version.to_string()))
}

/// The pods of all pools that are verified on the target now.
#[must_use]
pub fn done(world: &World<'_>) -> BTreeSet<PodName> {
    let mut done = BTreeSet::new();
    for kind in [Pool::ReadReplicas, Pool::Voters] {
        let Some(workload) = world.snapshot.workload(kind) else {
            continue;
        };
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
