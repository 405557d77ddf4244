//! Who leads after a step-down: whether each of them could, and what it makes
//! of the one-way door.
//!
//! A new node whose setup fails is Ready, unsealed, caught up and a voter. When
//! it is elected it fails to become active, and has shut the door behind it all
//! the same (`contracts/openbao-live.md` 0.1).

use crate::{
    bugs::{self, Bug},
    model::{
        action::Action,
        blocker::Blocker,
        fact::Fact,
        halt::HaltReason,
        names::PodName,
        record::RunRecord,
        snapshot::Snapshot,
        version::Version,
        workload::{Pod, Workload},
    },
};

use super::{
    Decision, door, gates, leadership, track::Track, versions::standbys_read, world::World,
};

/// Steps the leader down, once everybody who may be elected then has shown that
/// it could lead.
#[must_use]
pub(super) fn step_down(world: &World<'_>, workload: &Workload, leader: &Pod) -> Decision {
    let heirs = || heirs(workload, leader);
    let blockers: Vec<Blocker> = heirs().filter_map(|pod| unproven(world, pod)).collect();
    if !blockers.is_empty() && !bugs::has(Bug::TrustsTheReady) {
        return Decision::Wait { blockers };
    }
    // None of them need ever say that it leads for the door to be shut: whoever
    // asks later must find it in the record.
    let newest = heirs().filter_map(|pod| version(world, pod)).max();
    if let Some(newest) = newest
        && world
            .run
            .newest_active
            .as_ref()
            .is_none_or(|known| known < newest)
    {
        return Decision::Act(Action::Record {
            record: Box::new(RunRecord {
                newest_active: Some(newest.clone()),
                ..world.run.clone()
            }),
        });
    }
    Decision::Act(Action::StepDown {
        node: leader.pod.clone(),
    })
}

/// The new nodes that have not shown that they could lead, while an old one
/// does. Each pod that is let go before they have takes away somebody who could
/// take over, should the leader fail.
#[must_use]
pub(super) fn unproven_successors(world: &World<'_>, workload: &Workload) -> Vec<Blocker> {
    let Ok(leader) = leadership::leader(world.snapshot) else {
        return Vec::new();
    };
    if gates::is_new(leader.pod, workload, world.run) || bugs::has(Bug::TrustsTheReady) {
        return Vec::new();
    }
    heirs(workload, leader.pod)
        .filter(|pod| gates::is_new(pod, workload, world.run))
        // Its setup is done once: asked again before a step-down alone.
        .filter(|pod| !world.track.could_lead.contains(&pod.pod.uid))
        .filter_map(|pod| unproven(world, pod))
        .collect()
}

/// Remembers which nodes have shown that they could lead.
pub fn remember(track: &mut Track, snapshot: &Snapshot) {
    for pod in snapshot.candidates_for_leader() {
        if snapshot.candidates.get(&pod.pod.name) == Some(&Fact::Known(true)) {
            track.could_lead.insert(pod.pod.uid.clone());
        }
    }
}

/// The pods whose nodes a decision waits to ask.
#[must_use]
pub fn to_be_asked(decision: &Decision) -> Vec<PodName> {
    let Decision::Wait { blockers } = decision else {
        return Vec::new();
    };
    blockers
        .iter()
        .filter_map(|blocker| match blocker {
            Blocker::NotAsked { pod } => Some(pod.clone()),
            _ => None,
        })
        .collect()
}

/// Whose log tells why leadership went where nobody wanted it after a step-down
/// of ours: a node of the target that was to take over, not the one that had
/// led well. Or why nobody leads, where all could.
#[must_use]
pub(super) fn suspect<'a>(reason: HaltReason, world: &World<'a>) -> Option<&'a PodName> {
    if !matches!(reason, HaltReason::StepDownFailed | HaltReason::NoLeader) {
        return None;
    }
    let stranded = door::stranded(world.run, world.snapshot);
    if let Some(pod) = stranded.filter(|_| reason == HaltReason::NoLeader) {
        return Some(&pod.pod.name);
    }
    let asked = &world.track.step_downs.last()?.node;
    let voters = world.snapshot.voters.known()?;
    let mut pods = voters.pods.iter();
    let new = |pod: &&Pod| pod.pod != *asked && gates::is_new(pod, voters, world.run);
    pods.find(new).map(|pod| &pod.pod.name)
}

fn heirs<'a>(workload: &'a Workload, leader: &'a Pod) -> impl Iterator<Item = &'a Pod> {
    workload.pods.iter().filter(|pod| pod.pod != leader.pod)
}

fn version<'a>(world: &World<'a>, pod: &Pod) -> Option<&'a Version> {
    world.snapshot.node(&pod.pod.name)?.version()
}

pub(super) fn unproven(world: &World<'_>, pod: &Pod) -> Option<Blocker> {
    let name = &pod.pod.name;
    if version(world, pod).is_some_and(|version| !standbys_read(version)) {
        return None;
    }
    match world.snapshot.candidates.get(name) {
        Some(Fact::Known(true)) => None,
        Some(Fact::Known(false)) => Some(Blocker::CannotLead { pod: name.clone() }),
        Some(Fact::Unknown(why)) => Some(Blocker::Unseen {
            what: format!("whether {name} could lead"),
            why: why.clone(),
        }),
        None => Some(Blocker::NotAsked { pod: name.clone() }),
    }
}
