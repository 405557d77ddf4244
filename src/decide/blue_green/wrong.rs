//! Decisions about two colours that are wrong on purpose, in builds with the
//! feature `seeded-bugs` only.

use crate::{
    bugs::{self, Bug},
    model::{
        action::{Action, ColourPart, MemberChange},
        blocker::Blocker,
        blue_green::BlueGreenPhase,
        names::PodName,
    },
};

use super::colours::Colours;
use crate::decide::{Decision, leadership, stuck, world::World};

/// The decision as the bug that is switched on makes it.
pub(in crate::decide) fn bent(decision: &Decision, world: &World<'_>) -> Option<Decision> {
    let run = world.run.blue_green.as_ref()?;
    let cluster = world.snapshot.cluster.known()?;
    let colours = Colours::of(world, cluster, run).ok()?;
    emptied(world, &colours)
        .or_else(|| promoted_early(decision, world, &colours))
        .or_else(|| demoted_early(decision, world, &colours))
        .or_else(|| removed(decision, world, &colours))
        .or_else(|| served_early(decision, &colours))
        .or_else(|| stepped_down_early(decision, world, &colours))
        .or_else(|| dropped(decision, &colours))
}

/// A pod of green is broken, and green goes.
fn emptied(world: &World<'_>, colours: &Colours<'_>) -> Option<Decision> {
    let broken = |pod| stuck::class(pod).is_some();
    let set = colours.rising.set.filter(|set| set.replicas > 0)?;
    let gives_up = bugs::has(Bug::DropsBrokenGreen)
        && world.run.abandoned.is_none()
        && set.pods.iter().any(broken);
    gives_up.then(|| {
        Decision::Act(Action::ScaleToNone {
            revision: colours.rising.revision.clone(),
        })
    })
}

fn change(world: &World<'_>, member: &PodName, change: MemberChange) -> Option<Decision> {
    let leader = leadership::leader(world.snapshot).ok()?;
    Some(Decision::Act(Action::ChangeMember {
        leader: leader.pod.pod.clone(),
        member: member.clone(),
        change,
    }))
}

/// A vote for the first of green that is there, whoever is not.
fn promoted_early(
    decision: &Decision,
    world: &World<'_>,
    colours: &Colours<'_>,
) -> Option<Decision> {
    let runs_hook = matches!(decision, Decision::Act(Action::RunHook { .. }));
    if !runs_hook && !matches!(decision, Decision::Wait { .. } | Decision::Halt(_)) {
        return None;
    }
    let mut pods = colours.rising.pods().iter();
    let is_member = |name: &PodName| colours.vote(name) == Some(false);
    let pod = if bugs::has(Bug::PromotesAsTheyJoin)
        || (runs_hook && bugs::has(Bug::PromotesBeforeTheHook))
    {
        pods.find(|pod| is_member(&pod.pod.name))?
    } else if bugs::has(Bug::ReadyForJoined) {
        pods.find(|pod| pod.ready && colours.vote(&pod.pod.name).is_none())?
    } else {
        return None;
    };
    change(world, &pod.pod.name, MemberChange::Promote)
}

/// Blue's votes are taken while green's are only asked for; and green's are
/// taken back when some of blue is gone.
fn demoted_early(
    decision: &Decision,
    world: &World<'_>,
    colours: &Colours<'_>,
) -> Option<Decision> {
    let leader = leadership::leader(world.snapshot).ok()?;
    let votes = |pod: &&PodName| **pod != leader.pod.pod.name && colours.vote(pod) == Some(true);
    let asked = |blocker: &Blocker| matches!(blocker, Blocker::VotePending { vote: true, .. });
    let pod = match decision {
        Decision::Wait { blockers }
            if bugs::has(Bug::AskedForPromoted) && blockers.iter().all(asked) =>
        {
            colours.falling.names.iter().find(votes)?
        }
        Decision::Act(Action::ChangeMember {
            change: MemberChange::Remove,
            ..
        }) if bugs::has(Bug::BackFromCleanup)
            && colours.members_of(&colours.falling).count() < colours.falling.names.len() =>
        {
            colours.rising.names.iter().find(votes)?
        }
        _ => return None,
    };
    change(world, pod, MemberChange::Demote)
}

/// The wrong member goes, or one that still votes, or none.
fn removed(decision: &Decision, world: &World<'_>, colours: &Colours<'_>) -> Option<Decision> {
    let Decision::Act(Action::ChangeMember {
        member,
        change: kind,
        ..
    }) = decision
    else {
        return None;
    };
    let falls = colours.falling.owns(member);
    match kind {
        MemberChange::Demote if falls && bugs::has(Bug::RemovesVoters) => {
            change(world, member, MemberChange::Remove)
        }
        MemberChange::Remove if colours.back && bugs::has(Bug::RemovesBlueAnyway) => {
            change(world, colours.rising.names.first()?, MemberChange::Remove)
        }
        MemberChange::Remove if bugs::has(Bug::LeavesPeers) => {
            let set = colours.falling.set?;
            Some(Decision::Act(if set.replicas > 0 {
                Action::ScaleToNone {
                    revision: colours.falling.revision.clone(),
                }
            } else {
                Action::Relinquish
            }))
        }
        _ => None,
    }
}

/// Clients go to green with the phase, whoever leads.
fn served_early(decision: &Decision, colours: &Colours<'_>) -> Option<Decision> {
    let front = colours.parts.front.as_ref()?;
    let early = bugs::has(Bug::ServesByPhase)
        && matches!(decision, Decision::Act(Action::ChangeMember { .. }))
        && colours.status.phase == Some(BlueGreenPhase::DemotingBlue)
        && front.revision.as_ref() != Some(colours.rising.revision);
    early.then(|| {
        Decision::Act(Action::MoveService {
            revision: colours.rising.revision.clone(),
        })
    })
}

/// The leader steps down while others of its colour vote.
fn stepped_down_early(
    decision: &Decision,
    world: &World<'_>,
    colours: &Colours<'_>,
) -> Option<Decision> {
    let Decision::Act(Action::ChangeMember {
        leader,
        change: MemberChange::Demote,
        ..
    }) = decision
    else {
        return None;
    };
    let early = bugs::has(Bug::StepsDownAmongBlue)
        && colours.falling.owns(&leader.name)
        && world.track.step_downs.is_empty();
    early.then(|| {
        Decision::Act(Action::StepDown {
            node: leader.clone(),
        })
    })
}

/// The volumes go before their members.
fn dropped(decision: &Decision, colours: &Colours<'_>) -> Option<Decision> {
    let early = bugs::has(Bug::VolumesFirst)
        && matches!(
            decision,
            Decision::Act(Action::ChangeMember {
                change: MemberChange::Remove,
                ..
            })
        )
        && colours
            .volumes(&colours.falling)
            .iter()
            .any(|volume| !volume.terminating);
    early.then(|| {
        Decision::Act(Action::DeletePart {
            revision: colours.falling.revision.clone(),
            part: ColourPart::Volumes,
        })
    })
}
