//! The next step of a blue/green upgrade, and of the way back.
//!
//! Two colours: one rises, one falls. Forward green rises; on the way back
//! (`RunRecord::abandoned`) blue does, by the same steps, as many of them as
//! are left to undo. Nothing remembers which step it was at: the members, the
//! leader, the Service and the StatefulSets show it.

mod colours;
mod cutover;
mod farewell;
mod front;
mod green;
mod handover;
mod hook;
mod member;
mod phase;
mod replicas;
mod synced;

#[cfg(feature = "seeded-bugs")]
mod wrong;

#[cfg(test)]
mod tests;

use crate::model::{
    action::Action,
    blue_green_run::{BlueGreenRun, Until},
    cluster::Cluster,
    halt::{Halt, HaltReason},
};

pub(super) use self::handover::is_changing_over;
#[cfg(feature = "seeded-bugs")]
pub(super) use self::wrong::bent;

use self::colours::Colours;
use super::{Decision, done::is_declared, gates, leadership, world::World};

/// Decides, once the cluster is this run's to drive.
#[must_use]
pub(super) fn next(world: &World<'_>, cluster: &Cluster, run: &BlueGreenRun) -> Decision {
    let colours = match Colours::of(world, cluster, run) {
        Ok(colours) => colours,
        Err(unseen) => return led_unlisted(world, cluster).unwrap_or(unseen),
    };
    // Only the end is left.
    if phase::is_at_rest(&colours) && is_declared(world.run, cluster) {
        return farewell::last(world, cluster, &colours);
    }
    if colours.back && colours.status.removes_blue(&colours.run.green) {
        return Decision::Halt(Halt::new(
            HaltReason::NoWayBack,
            format!("blue ({}) is being removed", colours.run.blue),
        ));
    }
    if !colours.back {
        if let Some(halt) = taken_back(world, cluster, &colours) {
            return Decision::Halt(halt);
        }
        if let Some(decision) = begun(world, cluster) {
            return decision;
        }
        if let Some(decision) = phase::entered(world, &colours) {
            return decision;
        }
        if let Some(decision) = green::made(world, cluster, &colours) {
            return decision;
        }
    }
    if let Some(decision) = front::led(world, cluster) {
        return decision;
    }
    if let Some(decision) = cutover::next(world, &colours) {
        return decision;
    }
    if colours.back
        && let Some(decision) = replicas::moved(world)
    {
        return decision;
    }
    if let Some(decision) = farewell::soaked(world, &colours) {
        return decision;
    }
    if !colours.back && run.until < Until::Done {
        return Decision::Reached(Until::Cutover);
    }
    farewell::next(world, cluster, &colours)
}

/// Clients follow a new leader that the others do not name yet: its member list
/// is read only once they do, and writes fail all that time.
fn led_unlisted(world: &World<'_>, cluster: &Cluster) -> Option<Decision> {
    let snapshot = world.snapshot;
    // One that says so alone is alone only among both colours.
    let both = snapshot.voters.known().and(snapshot.other_colour.known());
    both?.as_ref()?;
    let claims = leadership::sole_claimant(snapshot)?;
    let health = snapshot.node(&claims.pod.name)?.health.known()?;
    let pinned = &world.run.target.cluster_id;
    let declared = world.run.abandoned.is_some() || is_declared(world.run, cluster);
    if !declared || pinned.is_none() || health.cluster_id != *pinned {
        return None;
    }
    front::led(world, cluster).filter(|decision| matches!(decision, Decision::Act(_)))
}

/// The snapshot, then the declaration: from then on green's revision is the one
/// that the operator would compute.
fn begun(world: &World<'_>, cluster: &Cluster) -> Option<Decision> {
    let run = world.run;
    if let Some(file) = run
        .snapshot_wanted
        .as_ref()
        .filter(|_| run.snapshot.is_none())
    {
        return Some(
            match gates::settled_leader(world.snapshot, world.track, world.now) {
                Ok(leader) => Decision::Act(Action::TakeSnapshot {
                    node: leader.pod.pod.clone(),
                    file: file.clone(),
                }),
                Err(blocker) => Decision::wait(blocker),
            },
        );
    }
    declared(world, cluster)
}

/// Each phase is written after the declaration: where the target stands there no
/// more, somebody took it back (S9). An operator that finds the version that is
/// current with a phase under way deletes green (`contracts/operator.md` 3.2.7).
fn taken_back(world: &World<'_>, cluster: &Cluster, colours: &Colours<'_>) -> Option<Halt> {
    let under_way = !colours.status.is_idle()
        && colours.status.green_revision.as_ref() == Some(&colours.run.green);
    (under_way && !is_declared(world.run, cluster)).then(|| {
        let (target, spec) = (&world.run.target, &cluster.spec);
        Halt::new(
            HaltReason::TargetChanged,
            format!(
                "the resource asks for {} ({}) and the run goes to {} ({})",
                spec.version,
                spec.image.as_deref().unwrap_or("no image"),
                target.version,
                target.image
            ),
        )
    })
}

/// The declaration of the run's target, where another one stands there.
fn declared(world: &World<'_>, cluster: &Cluster) -> Option<Decision> {
    let target = &world.run.target;
    (!is_declared(world.run, cluster)).then(|| {
        Decision::Act(Action::Declare {
            version: target.version.clone(),
            image: target.image.clone(),
        })
    })
}
