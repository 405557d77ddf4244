//! The public Service, through which clients come: it follows the leader's
//! colour.

use crate::model::{action::Action, blocker::Blocker, cluster::Cluster, names::PodName};

use super::colours::{Colours, Side};
use crate::decide::{Decision, gates, leadership, pod_state, world::World};

/// Sends the clients to the colour that rises as soon as one of its nodes leads.
///
/// Until then they meet standbys whose connection to their leader is gone
/// (`contracts/operator-live.md` 8.4.6), and writes fail. The new leader's own
/// word is enough, where nobody else says the same of itself: the others name it
/// 14-370 ms later, at 6 of 11 step-downs on real servers, and its member list is
/// not read before they do.
pub(super) fn led(world: &World<'_>, cluster: &Cluster) -> Option<Decision> {
    let (revision, _) = world.run.rising_and_falling()?;
    let rising = Side::of(world, cluster, revision);
    let leader = leadership::sole_claimant(world.snapshot)?;
    if !rising.owns(&leader.pod.name) {
        return None;
    }
    let parts = world.snapshot.colour_parts.known()?.as_ref()?;
    let front = parts.front.as_ref()?;
    if front.revision.as_ref() == Some(revision) {
        return None;
    }
    let away: Vec<Blocker> = rising
        .names
        .iter()
        .filter_map(|name| unready(&rising, name))
        .collect();
    Some(if away.is_empty() {
        Decision::Act(Action::MoveService {
            revision: revision.clone(),
        })
    } else {
        Decision::Wait { blockers: away }
    })
}

/// The endpoints are those of the colour that rises, and no others.
pub(super) fn followed(colours: &Colours<'_>) -> Option<Decision> {
    let front = colours.parts.front.as_ref()?;
    let rising = &colours.rising;
    let serves = |pod: &PodName| {
        let mut endpoints = front.endpoints.iter();
        endpoints.any(|endpoint| endpoint.ready && endpoint.pod.name == *pod)
    };
    let missing = rising
        .names
        .iter()
        .filter(|pod| unready(rising, pod).is_none() && !serves(pod));
    let strange = front
        .endpoints
        .iter()
        .map(|endpoint| &endpoint.pod.name)
        .filter(|pod| !rising.owns(pod));
    let pods: Vec<PodName> = missing.chain(strange).cloned().collect();
    (!pods.is_empty()).then(|| Decision::wait(Blocker::EndpointsLag { pods }))
}

/// What keeps a pod of this name from taking clients.
fn unready(rising: &Side<'_>, name: &PodName) -> Option<Blocker> {
    let mut pods = rising.pods().iter();
    match pods.find(|pod| pod.pod.name == *name) {
        None => Some(gates::missing(name, rising.set)),
        Some(pod) if pod.terminating => Some(Blocker::PodTerminating {
            pod: name.clone(),
            why: pod_state::kept_by(pod),
        }),
        Some(pod) if !pod.ready => Some(pod_state::not_ready(pod)),
        Some(_) => None,
    }
}
