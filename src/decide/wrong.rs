//! Decisions that are wrong on purpose, in builds with the feature
//! `seeded-bugs` only.

use std::time::Duration;

use crate::{
    bugs::{self, Bug},
    model::{
        action::{Action, ReleaseBy},
        blocker::Blocker,
        halt::{Halt, HaltReason},
        names::{PodRef, Pool},
        workload::{UpdateStrategy, Workload},
    },
};

use super::{Decision, blue_green, leadership, stuck, world::World};

/// How long the operator's step-down may take, counted from the beginning.
const STEP_DOWN: Duration = Duration::from_secs(60);

/// The decision as the bug that is switched on makes it.
pub(super) fn bent(decision: Decision, world: &World<'_>) -> Decision {
    let Some(voters) = world.snapshot.voters.known() else {
        return decision;
    };
    blue_green::bent(&decision, world)
        .or_else(|| rolled_back(world, voters))
        .or_else(|| asked_early(&decision, world, voters))
        .or_else(|| taken_early(&decision, world, voters))
        .or_else(|| given_up(&decision, world))
        .unwrap_or(decision)
}

fn rolled_back(world: &World<'_>, voters: &Workload) -> Option<Decision> {
    let broken = voters.pods.iter().any(|pod| stuck::class(pod).is_some());
    let forward = world.run.target.is_image(voters.image.as_deref());
    let image = world.run.from_image.clone()?;
    (bugs::has(Bug::RollsBackAnywhere) && broken && forward).then_some(Decision::Act(
        Action::SetImage {
            pool: Pool::Voters,
            image,
        },
    ))
}

/// A step-down where a pod should be let go.
fn asked_early(decision: &Decision, world: &World<'_>, voters: &Workload) -> Option<Decision> {
    if !matches!(decision, Decision::Act(Action::Release { .. }))
        || !world.track.step_downs.is_empty()
    {
        return None;
    }
    let leader = leadership::claimants(world.snapshot).next()?;
    let new = |image: &Option<String>| world.run.target.is_image(image.as_deref());
    let begun = voters.pods.iter().any(|pod| new(&pod.image));
    let asks = (bugs::has(Bug::StepsDownWhoever) && voters.replicas > 1)
        || (bugs::has(Bug::StepsDownEarly) && begun && !new(&leader.image))
        || (bugs::has(Bug::StepsDownTheOnly) && voters.replicas == 1);
    asks.then(|| {
        Decision::Act(Action::StepDown {
            node: leader.pod.clone(),
        })
    })
}

/// A release where leadership should move first.
fn taken_early(decision: &Decision, world: &World<'_>, voters: &Workload) -> Option<Decision> {
    let asked = world.track.step_downs.last().map(|last| &last.node);
    let unled = leadership::leader(world.snapshot).is_err();
    let node = match decision {
        Decision::Act(Action::StepDown { node }) => {
            let again = world.track.step_downs.iter().any(|past| past.node == *node);
            let taken =
                bugs::has(Bug::TakesTheLeader) || (bugs::has(Bug::OldStepDownWillDo) && again);
            taken.then_some(node)?
        }
        Decision::Wait { .. } => {
            let taken = bugs::has(Bug::QueuedForMoved) || (bugs::has(Bug::NobodyForMoved) && unled);
            let there = |node: &&PodRef| voters.pods.iter().any(|pod| pod.pod == **node);
            let let_go = |node: &&PodRef| world.track.released.contains_key(&node.uid);
            asked.filter(|node| taken && there(node) && !let_go(node))?
        }
        _ => return None,
    };
    let ordinal = voters.pods.iter().find(|pod| pod.pod == *node)?.ordinal;
    Some(Decision::Act(Action::Release {
        pool: Pool::Voters,
        pod: node.clone(),
        by: match voters.strategy {
            UpdateStrategy::RollingUpdate { .. } => ReleaseBy::Partition(ordinal),
            UpdateStrategy::OnDelete => ReleaseBy::Eviction,
        },
    }))
}

/// No step-down where there should be one.
fn given_up(decision: &Decision, world: &World<'_>) -> Option<Decision> {
    let Decision::Act(Action::StepDown { node }) = decision else {
        return None;
    };
    let age = world.snapshot.at.duration_since(world.run.started_at);
    let late = Duration::try_from(age).is_ok_and(|age| age > STEP_DOWN);
    let gives_up = (bugs::has(Bug::StepDownDeadlineOfRun) && late)
        || (bugs::has(Bug::NeverAsksAgain) && !world.track.step_downs.is_empty());
    gives_up.then(|| {
        let blocker = Blocker::SteppingDown {
            node: node.name.clone(),
        };
        Decision::Halt(Halt::new(HaltReason::StepDownFailed, blocker.to_string()))
    })
}
