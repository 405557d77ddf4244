//! `status.blueGreen` beside what is done: an operator that is un-paused goes on
//! from each of these (`contracts/operator.md` 8.7).

use crate::model::{
    action::Action,
    blue_green::{BlueGreenPhase, BlueGreenStatus},
};

use super::{colours::Colours, synced};
use crate::decide::{Decision, world::World};

/// The phase of the way forward, written before its first act.
///
/// `Cleanup` is not written before blue is to be removed: an operator found in
/// it would remove blue at once.
pub(super) fn entered(world: &World<'_>, colours: &Colours<'_>) -> Option<Decision> {
    let phase = present(world, colours);
    if colours.status.phase.as_ref() == Some(&phase)
        && colours.status.green_revision.as_ref() == Some(&colours.run.green)
    {
        return None;
    }
    Some(write(world, colours, phase))
}

/// The write of a phase of this run.
pub(super) fn write(world: &World<'_>, colours: &Colours<'_>, phase: BlueGreenPhase) -> Decision {
    let status = BlueGreenStatus {
        blue_revision: Some(colours.run.blue.clone()),
        // A cluster that was never upgraded has none there yet.
        blue_image: colours
            .status
            .blue_image
            .clone()
            .or_else(|| world.run.from_image.clone()),
        green_revision: Some(colours.run.green.clone()),
        ..colours.status.clone()
    };
    Decision::Act(Action::WritePhase {
        status: Box::new(status.entering(phase, world.snapshot.at)),
    })
}

/// How far it is by what is seen, and never less than was written before: what
/// goes wrong in a phase is told, it does not undo the phase.
fn present(world: &World<'_>, colours: &Colours<'_>) -> BlueGreenPhase {
    let seen = seen(world, colours);
    match &colours.status.phase {
        Some(written)
            if colours.status.green_revision.as_ref() == Some(&colours.run.green)
                && written.rank() > seen.rank() =>
        {
            written.clone()
        }
        _ => seen,
    }
}

fn seen(world: &World<'_>, colours: &Colours<'_>) -> BlueGreenPhase {
    let (rising, falling) = (&colours.rising, &colours.falling);
    let all = |has: fn(Option<bool>) -> bool| rising.names.iter().all(|pod| has(colours.vote(pod)));
    let held = synced::is_held(colours);
    if !held && all(|vote| vote == Some(true)) {
        return BlueGreenPhase::DemotingBlue;
    }
    if !held && colours.votes(rising) || !colours.votes(falling) {
        return BlueGreenPhase::Promoting;
    }
    if !all(|vote| vote.is_some()) {
        return BlueGreenPhase::DeployingGreen;
    }
    if !synced::trouble(world, colours).is_empty() {
        return BlueGreenPhase::JoiningMesh;
    }
    let is_syncing = colours.status.phase == Some(BlueGreenPhase::Syncing);
    if is_syncing && synced::gate(world, colours).is_none() {
        BlueGreenPhase::Promoting
    } else {
        BlueGreenPhase::Syncing
    }
}

/// The status at rest with the colour that rose was written.
pub(super) fn is_at_rest(colours: &Colours<'_>) -> bool {
    colours.status.is_idle()
        && colours.status.green_revision.is_none()
        && colours.status.blue_revision.as_ref() == Some(colours.rising.revision)
        && (colours.back || colours.rising.set.is_some())
        && colours
            .falling
            .set
            .is_none_or(|set| set.replicas == 0 && set.pods.is_empty())
        && colours.members_of(&colours.falling).next().is_none()
}
