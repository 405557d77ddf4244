//! Making green: never on old volumes, never with content that founds a cluster.

use crate::model::{
    action::{Action, ColourPart},
    blocker::Blocker,
    halt::{Halt, HaltReason},
};

use super::colours::Colours;
use crate::decide::{Decision, world::World};

/// The next write that makes green; `None` once its StatefulSet is there, and
/// no pod of it can found a cluster.
pub(super) fn made(world: &World<'_>, colours: &Colours<'_>) -> Option<Decision> {
    let green = &colours.rising;
    let revision = green.revision.clone();
    if green.set.is_some() {
        // Restored by an operator that was un-paused meanwhile: a pod that has
        // yet to start would found a cluster (`contracts/operator-live.md`
        // 8.4.2).
        let joined = green.names.iter().all(|pod| colours.vote(pod).is_some());
        let empties = colours.parts.founds() && !joined;
        return empties.then_some(Decision::Act(Action::EmptySelfInit));
    }
    let volumes = colours.volumes(green);
    if !volumes.is_empty() {
        // A node on an old volume looks perfect and is no member
        // (`contracts/operator-live.md` 8.4.3).
        if !colours.run.delete_leftover_volumes {
            let names: Vec<&str> = volumes.iter().map(|volume| volume.name.as_str()).collect();
            return Some(Decision::Halt(Halt::new(
                HaltReason::VolumesLeft,
                format!(
                    "volumes of green's name lie there from before: {}",
                    names.join(", ")
                ),
            )));
        }
        if volumes.iter().all(|volume| volume.terminating) {
            return Some(Decision::wait(Blocker::VolumesGoing {
                volumes: volumes.iter().map(|volume| volume.name.clone()).collect(),
            }));
        }
        return Some(Decision::Act(Action::DeletePart {
            revision,
            part: ColourPart::Volumes,
        }));
    }
    Some(Decision::Act(if colours.parts.founds() {
        Action::EmptySelfInit
    } else if colours.config(green).is_none() {
        Action::CreateConfig { revision }
    } else {
        Action::CreateStatefulSet {
            revision,
            image: world.run.target.image.clone(),
        }
    }))
}
