//! After the cutover: the time of watching, then the colour that falls goes,
//! members first, and the resource is given back.

use std::time::Duration;

use crate::model::{
    action::{Action, ColourPart},
    blocker::Blocker,
    blue_green::{BlueGreenPhase, BlueGreenStatus},
    cluster::Cluster,
    workload::Workload,
};

use super::{colours::Colours, cutover, hook, member, phase, replicas, synced};
use crate::decide::{
    Decision, gates, pod_state, quorum,
    resting::{self, at_rest_with},
    world::World,
};

/// The verification period; `None` once it is over, and on the way back.
pub(super) fn soaked(world: &World<'_>, colours: &Colours<'_>) -> Option<Decision> {
    if colours.back {
        return None;
    }
    if let Some(decision) = cutover::remembered(world, colours) {
        return Some(decision);
    }
    let needed = Duration::from_secs(colours.run.soak_s);
    let since = colours.run.cut_over_at?;
    let soaked = Duration::try_from(world.snapshot.at.duration_since(since)).unwrap_or_default();
    (soaked < needed).then(|| {
        Decision::wait(Blocker::Soaking {
            soaked_ms: gates::millis(soaked),
            needed_ms: gates::millis(needed),
        })
    })
}

/// The members of the colour that falls go, then its pods, then it is the
/// other's name that the resource calls blue.
pub(super) fn next(world: &World<'_>, cluster: &Cluster, colours: &Colours<'_>) -> Decision {
    let run = world.run;
    if colours.back {
        // Not before blue leads and green has no vote: an operator that finds
        // the version put back deletes green at once (`contracts/operator.md`
        // 3.2.7).
        if let Some(decision) = super::declared(world, cluster) {
            return decision;
        }
    } else if colours.status.phase != Some(BlueGreenPhase::Cleanup) {
        // From here on there is no way back.
        let blockers = sound(world, colours);
        if !blockers.is_empty() {
            return Decision::Wait { blockers };
        }
        return phase::write(world, colours, BlueGreenPhase::Cleanup);
    }
    if let Some(decision) = member::removed(world, colours) {
        return decision;
    }
    if let Some(set) = colours.falling.set {
        if set.replicas > 0 {
            return Decision::Act(Action::ScaleToNone {
                revision: colours.falling.revision.clone(),
            });
        }
        if let Some(wait) = stopping(set) {
            return wait;
        }
    }
    Decision::Act(Action::WritePhase {
        status: Box::new(BlueGreenStatus::at_rest(
            colours.rising.revision.clone(),
            Some(run.target.image.clone()),
        )),
    })
}

/// What speaks against the colour that rose carrying the cluster alone.
fn sound(world: &World<'_>, colours: &Colours<'_>) -> Vec<Blocker> {
    let trouble = synced::trouble(world, colours);
    if trouble.is_empty() {
        synced::out_of_step(world, colours)
    } else {
        trouble
    }
}

fn stopping(set: &Workload) -> Option<Decision> {
    let blockers: Vec<Blocker> = set
        .pods
        .iter()
        .map(|pod| Blocker::PodTerminating {
            pod: pod.pod.name.clone(),
            why: pod_state::kept_by(pod),
        })
        .collect();
    (!blockers.is_empty()).then_some(Decision::Wait { blockers })
}

/// The colour that rose is the cluster's; what is left is the version that is
/// current, the remains of the other, and the resource itself.
pub(super) fn last(world: &World<'_>, cluster: &Cluster, colours: &Colours<'_>) -> Decision {
    let version = world.run.target.version.to_string();
    if !at_rest_with(cluster, &version) {
        // Every pod of the colour that rose is fine in this one observation, and
        // nobody else is in the list (S8).
        let mut blockers = sound(world, colours);
        blockers.extend(quorum::margin(world, None));
        if !blockers.is_empty() {
            return Decision::Wait { blockers };
        }
        if let Some(decision) = replicas::at_rest(world) {
            return decision;
        }
        return resting::complete(world);
    }
    let falling = &colours.falling;
    let delete = |part| {
        Decision::Act(Action::DeletePart {
            revision: falling.revision.clone(),
            part,
        })
    };
    if falling.set.is_some() {
        return delete(ColourPart::StatefulSet);
    }
    if colours.config(falling).is_some() {
        return delete(ColourPart::ConfigMap);
    }
    // Green's are of no use to anybody, and a trap for the next try
    // (`contracts/operator-live.md` 8.4.3).
    let mut volumes = colours.volumes(falling).iter();
    let any_stays = volumes.any(|volume| !volume.terminating);
    if (colours.back || colours.run.delete_blue_volumes) && any_stays {
        return delete(ColourPart::Volumes);
    }
    hook::cleared(world).unwrap_or(Decision::Act(Action::Relinquish))
}
