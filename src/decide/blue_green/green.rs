//! Making green: never on old volumes, never with content that founds a cluster.

use crate::model::{
    action::{Action, ColourPart},
    blocker::Blocker,
    cluster::Cluster,
    halt::{Halt, HaltReason},
};

use super::colours::Colours;
use crate::decide::{Decision, world::World};

/// The next write that makes green; `None` once its StatefulSet is there, and
/// no pod of it can found a cluster.
pub(super) fn made(
    world: &World<'_>,
    cluster: &Cluster,
    colours: &Colours<'_>,
) -> Option<Decision> {
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
    if colours.parts.founds() {
        return Some(Decision::Act(Action::EmptySelfInit));
    }
    let wanted = colours
        .parts
        .green_text(&cluster.reference.name, &colours.run.blue)
        .and_then(Result::ok);
    Some(Decision::Act(match (colours.config(green), wanted) {
        (Some(config), Some(wanted)) if config.text == wanted => Action::CreateStatefulSet {
            revision,
            image: world.run.target.image.clone(),
        },
        // An operator leaves those of earlier revisions behind
        // (`contracts/operator.md` 3.1), in the form of one that serves: a pod
        // that starts with it joins with a vote.
        (Some(_), Some(_)) => Action::DeletePart {
            revision,
            part: ColourPart::ConfigMap,
        },
        // Without a text to compare with, the act says why there is none.
        (None, _) | (_, None) => Action::CreateConfig { revision },
    }))
}
