//! Votes and leadership from the colour that falls to the one that rises.

use jiff::Timestamp;

use crate::model::{
    action::{Action, MemberChange},
    blocker::Blocker,
    blue_green_run::BlueGreenRun,
    halt::{Halt, HaltReason},
    names::PodName,
    record::RunRecord,
};

use super::{colours::Colours, front, member, replicas, synced};
use crate::decide::{
    Decision, gates, heirs, leadership,
    rules::{BETWEEN_STEP_DOWNS, TRIES_TO_STEP_DOWN},
    world::World,
};

/// The next step; `None` once the colour that rises votes, leads and serves, and
/// the other has no vote.
pub(super) fn next(world: &World<'_>, colours: &Colours<'_>) -> Option<Decision> {
    let (rising, falling) = (&colours.rising, &colours.falling);
    let leader = leadership::leader(world.snapshot);
    let falling_leads = leader
        .as_ref()
        .is_ok_and(|leader| falling.owns(&leader.pod.pod.name));
    let rising_leads = leader
        .as_ref()
        .is_ok_and(|leader| rising.owns(&leader.pod.pod.name));
    let nothing_left = rising_leads
        && !colours.votes(falling)
        && rising
            .names
            .iter()
            .all(|pod| colours.vote(pod) == Some(true));
    if nothing_left {
        return front::followed(colours);
    }
    let trouble = synced::trouble(world, colours);
    if !trouble.is_empty() {
        return Some(Decision::Wait { blockers: trouble });
    }
    if let Some(decision) = synced::gate(world, colours) {
        return Some(decision);
    }
    if !colours.back
        && !colours.votes(rising)
        && let Some(decision) = replicas::moved(world)
    {
        return Some(decision);
    }
    if let Some(decision) = member::changed(world, colours, &rising.names, MemberChange::Promote) {
        return Some(decision);
    }
    let leader = match leader {
        Ok(leader) => leader,
        Err(blocker) => return Some(Decision::wait(blocker)),
    };
    let standbys: Vec<PodName> = falling
        .names
        .iter()
        .filter(|name| **name != leader.pod.pod.name)
        .cloned()
        .collect();
    // A voter of the colour that falls, were there one beside the leader, might
    // take over: 9 s without a leader, measured (`contracts/operator-live.md` 8.1).
    if let Some(decision) = member::changed(world, colours, &standbys, MemberChange::Demote) {
        return Some(decision);
    }
    falling_leads.then(|| stepped_down(world, colours))
}

/// Steps the last leader of the colour that falls down: whoever votes besides is
/// of the other.
fn stepped_down(world: &World<'_>, colours: &Colours<'_>) -> Decision {
    if let Some(pending) = world.track.pending_step_down() {
        return Decision::wait(Blocker::SteppingDown {
            node: pending.node.name.clone(),
        });
    }
    let leader = match gates::settled_leader(world.snapshot, world.track, world.now) {
        Ok(leader) => leader,
        Err(blocker) => return Decision::wait(blocker),
    };
    // A vote that the way forward asked for would make another heir of green.
    let seen = member::seen_leading(world);
    if colours.back && seen < member::ASK_AGAIN {
        return Decision::wait(Blocker::LeaderUnsettled {
            leader: leader.pod.pod.name.clone(),
            active_ms: gates::millis(seen),
            needed_ms: gates::millis(member::ASK_AGAIN),
        });
    }
    let tries = world.track.step_downs.len();
    if let Some(last) = world.track.step_downs.last() {
        if tries >= TRIES_TO_STEP_DOWN {
            return Decision::Halt(Halt::new(
                HaltReason::StepDownFailed,
                format!("{} leads after {tries} step-downs", leader.pod.pod.name),
            ));
        }
        if world.now.saturating_sub(last.at) < BETWEEN_STEP_DOWNS {
            return Decision::wait(Blocker::SteppingDown {
                node: leader.pod.pod.name.clone(),
            });
        }
    }
    let blockers = synced::out_of_step(world, colours);
    if !blockers.is_empty() {
        return Decision::Wait { blockers };
    }
    match colours.rising.set {
        Some(set) => heirs::step_down(world, set, leader.pod),
        None => Decision::wait(Blocker::NoLeader),
    }
}

/// The record with the moment of the cutover, where it is not in it yet.
pub(super) fn remembered(world: &World<'_>, colours: &Colours<'_>) -> Option<Decision> {
    if colours.run.cut_over_at.is_some() {
        return None;
    }
    Some(Decision::Act(Action::Record {
        record: Box::new(with_cutover(world.run, colours.run, world.snapshot.at)),
    }))
}

fn with_cutover(run: &RunRecord, colours: &BlueGreenRun, at: Timestamp) -> RunRecord {
    RunRecord {
        blue_green: Some(BlueGreenRun {
            cut_over_at: Some(at),
            ..colours.clone()
        }),
        ..run.clone()
    }
}
