//! The one place that decides a change of members.
//!
//! Promotions and demotions are asked for and take effect with autopilot's next
//! round. So that they take one round together instead of one each
//! (`contracts/operator-live.md` 8.4.5), the next may be asked for before the
//! last is seen, where the quorum of the voter list keeps a margin of one node
//! through every membership in between.

use std::time::Duration;

use crate::model::{
    action::{Action, MemberChange},
    blocker::Blocker,
    names::PodName,
    node::NodeView,
    raft::quorum as majority,
};

use super::{colours::Colours, synced};
use crate::decide::{Decision, heirs, leadership, quorum, world::World};

/// After this a change that is not seen is asked for again: one of autopilot's
/// rounds and a half. Of three promotions sent within 0.3 s to a real leader one
/// was once acknowledged and never carried out.
pub(super) const ASK_AGAIN: Duration = Duration::from_secs(15);

/// Asks for the next of these changes, or waits for them to be seen. `None` when
/// each is as it should be.
pub(super) fn changed(
    world: &World<'_>,
    colours: &Colours<'_>,
    pods: &[PodName],
    change: MemberChange,
) -> Option<Decision> {
    let wanted = change == MemberChange::Promote;
    let left: Vec<&PodName> = pods
        .iter()
        .filter(|pod| colours.vote(pod) == Some(!wanted))
        .collect();
    let first = left.iter().find(|pod| !is_asked(world, pod, change));
    let pending: Vec<Blocker> = left
        .iter()
        .map(|pod| Blocker::VotePending {
            pod: (**pod).clone(),
            vote: wanted,
        })
        .collect();
    if left.is_empty() {
        return None;
    }
    let Some(pod) = first.copied() else {
        return Some(Decision::Wait { blockers: pending });
    };
    if !wanted && may_lose_others(world, colours) {
        return Some(Decision::Wait { blockers: pending });
    }
    // However long ago: without a leader nothing is carried out.
    let was_asked = |pod: &PodName| {
        let asked = world.track.members_asked.get(pod);
        asked.is_some_and(|(asked, _)| *asked == change)
    };
    let asked = || {
        left.iter()
            .filter(|other| **other != pod && was_asked(other))
    };
    // A voter that is down carries nothing: without its vote less is needed.
    let counts = |pod: &PodName| wanted || is_alive(world, pod);
    let changes = asked().chain([&pod]).filter(|pod| counts(pod)).count();
    if !keeps_margin(world, colours, changes, change) {
        // Those that were asked for before it have to be seen first; without any
        // the list itself is in the way.
        return Some(match quorum::margin(world, None) {
            Some(blocker) if asked().next().is_none() => Decision::wait(blocker),
            _ => Decision::Wait { blockers: pending },
        });
    }
    Some(ask(world, colours, pod, change))
}

/// Removes the next of these members; none of them votes.
pub(super) fn removed(world: &World<'_>, colours: &Colours<'_>) -> Option<Decision> {
    let peer = colours.members_of(&colours.falling).next()?;
    let pod = PodName(peer.id.clone());
    if peer.voter {
        return Some(Decision::wait(Blocker::VotePending { pod, vote: false }));
    }
    // One without a vote takes none away: all it needs is somebody to ask.
    Some(match leadership::leader(world.snapshot) {
        Ok(leader) => Decision::Act(Action::ChangeMember {
            leader: leader.pod.pod.clone(),
            member: pod,
            change: MemberChange::Remove,
        }),
        Err(blocker) => Decision::wait(blocker),
    })
}

/// The request, once nothing speaks against any change of members.
fn ask(
    world: &World<'_>,
    colours: &Colours<'_>,
    member: &PodName,
    change: MemberChange,
) -> Decision {
    let mut blockers = synced::trouble(world, colours);
    if blockers.is_empty() {
        blockers = synced::out_of_step(world, colours);
    }
    // While the colour that falls leads, whoever of the other has a vote may
    // have to take over (S2).
    if blockers.is_empty() && change == MemberChange::Demote {
        let unproven = |pod| heirs::unproven(world, pod);
        blockers = colours.rising.pods().iter().filter_map(unproven).collect();
    }
    if let Some(pending) = world.track.pending_step_down() {
        blockers.push(Blocker::SteppingDown {
            node: pending.node.name.clone(),
        });
    }
    // One that has only begun to lead takes the request as well as any; the old
    // leader's vote is best taken before it may stand for election again.
    match leadership::leader(world.snapshot) {
        Ok(leader) if blockers.is_empty() => Decision::Act(Action::ChangeMember {
            leader: leader.pod.pod.clone(),
            member: member.clone(),
            change,
        }),
        Ok(_) => Decision::Wait { blockers },
        Err(blocker) => {
            blockers.push(blocker);
            Decision::Wait { blockers }
        }
    }
}

fn is_asked(world: &World<'_>, pod: &PodName, change: MemberChange) -> bool {
    world
        .track
        .members_asked
        .get(pod)
        .is_some_and(|(asked, at)| *asked == change && world.now.saturating_sub(*at) < ASK_AGAIN)
}

/// Whether demotions that an earlier process asked for may be still to come, and
/// with these too few voters be left: on the way back they are blue's, without
/// which green's leave a single voter. Under one leader they are seen after a
/// round and a half.
fn may_lose_others(world: &World<'_>, colours: &Colours<'_>) -> bool {
    let track = world.track;
    let demotes = |(change, _): &(MemberChange, Duration)| *change == MemberChange::Demote;
    if track.members_asked.values().any(demotes) {
        return false;
    }
    let voters = colours.members.voters().count();
    let is_one_down = quorum::alive(colours.members, world.snapshot).count() < voters;
    seen_leading(world) < ASK_AGAIN && (colours.back || is_one_down)
}

/// How long this process has seen the present leader lead: what others asked it
/// for is done after [`ASK_AGAIN`].
pub(super) fn seen_leading(world: &World<'_>) -> Duration {
    let reign = world.track.leader.as_ref();
    reign.map_or(Duration::ZERO, |reign| {
        world.now.saturating_sub(reign.since)
    })
}

fn is_alive(world: &World<'_>, pod: &PodName) -> bool {
    let node = world.snapshot.node(pod);
    node.is_some_and(NodeView::is_unsealed)
}

/// Whether one more node may fail in each of the memberships that so many of
/// these changes, seen one after the other, lead through.
fn keeps_margin(
    world: &World<'_>,
    colours: &Colours<'_>,
    changes: usize,
    change: MemberChange,
) -> bool {
    if !quorum::strangers(colours.members, world.snapshot).is_empty() {
        return false;
    }
    let voters = colours.members.voters().count();
    let alive = quorum::alive(colours.members, world.snapshot).count();
    (1..=changes).all(|count| {
        let (voters, alive) = match change {
            MemberChange::Promote => (voters + count, alive + count),
            MemberChange::Demote | MemberChange::Remove => {
                (voters.saturating_sub(count), alive.saturating_sub(count))
            }
        };
        bears_a_loss(voters, alive)
    })
}

/// Whether a majority of so many voters is left when one of those alive fails.
/// With one or two voters none can be; all of them have to be alive then.
fn bears_a_loss(voters: usize, alive: usize) -> bool {
    if voters <= 2 {
        return voters > 0 && alive >= voters;
    }
    alive > majority(voters)
}
