//! Whether green is fit to be given votes, and whether it may be by now.

use std::time::Duration;

use crate::model::{
    blocker::Blocker, blue_green::BlueGreenPhase, blue_green_run::Until, names::Pool,
};

use super::{colours::Colours, hook};
use crate::decide::{Decision, gates, leadership, world::World};

/// Everything that speaks against the colour that rises being in step: its pods,
/// their nodes, the leader's list, the indexes.
///
/// Ready and healthy prove nothing of it: a node that has founded a cluster of
/// its own is both, and so is one on an old volume
/// (`contracts/operator-live.md` 8.4.2, 8.4.3).
pub(super) fn trouble(world: &World<'_>, colours: &Colours<'_>) -> Vec<Blocker> {
    let side = &colours.rising;
    let mut found = Vec::new();
    for name in &side.names {
        let Some(pod) = side.pods().iter().find(|pod| pod.pod.name == *name) else {
            // Under OrderedReady it comes once those before it are Ready.
            let is_next = side.set.is_none_or(|set| !set.ordered_ready) || found.is_empty();
            if is_next {
                found.push(gates::missing(name, side.set));
            }
            continue;
        };
        // Its vote is asked for separately, as a read replica's is.
        let mut own = gates::trouble(
            Pool::ReadReplicas,
            pod,
            world.run,
            world.snapshot,
            world.track,
        );
        own.extend(gates::version_trouble(pod, world.run, world.snapshot));
        if own.is_empty() && colours.vote(name).is_none() {
            own.push(Blocker::NotMember { pod: name.clone() });
        }
        found.extend(own);
    }
    if let Err(blocker) = leadership::leader(world.snapshot) {
        found.push(blocker);
    }
    found
}

/// What else has to be before green gets its first vote: time in step, the hook,
/// and somebody's word. `None` when it may.
pub(super) fn gate(world: &World<'_>, colours: &Colours<'_>) -> Option<Decision> {
    if colours.back || is_opened(colours) {
        return None;
    }
    if colours.votes(&colours.rising) && !is_held(colours) {
        return None;
    }
    let needed = Duration::from_secs(colours.run.min_sync_s);
    let synced = colours
        .status
        .start_time
        .filter(|_| colours.status.phase == Some(BlueGreenPhase::Syncing))
        .map(|since| world.snapshot.at.duration_since(since))
        .and_then(|synced| Duration::try_from(synced).ok())
        .unwrap_or_default();
    if synced < needed {
        return Some(Decision::wait(Blocker::Syncing {
            synced_ms: gates::millis(synced),
            needed_ms: gates::millis(needed),
        }));
    }
    if let Some(decision) = hook::passed(world, colours) {
        return Some(decision);
    }
    (colours.run.until == Until::Ready).then_some(Decision::Reached(Until::Ready))
}

/// The gate is behind the run, by the phase that was written.
fn is_opened(colours: &Colours<'_>) -> bool {
    let phase = colours.status.phase.as_ref();
    phase.is_some_and(|phase| phase.rank() > BlueGreenPhase::Syncing.rank())
}

/// The run is to stop at the gate, and whoever gave green a vote was not this
/// run: blue loses none for it.
pub(super) fn is_held(colours: &Colours<'_>) -> bool {
    !colours.back
        && colours.run.until == Until::Ready
        && !is_opened(colours)
        && colours.votes(&colours.falling)
}

/// The nodes of the colour that rises which may be cut off by now.
pub(super) fn out_of_step(world: &World<'_>, colours: &Colours<'_>) -> Vec<Blocker> {
    colours
        .rising
        .pods()
        .iter()
        .filter_map(|pod| gates::step_trouble(pod, world.snapshot, world.track, world.now))
        .collect()
}
