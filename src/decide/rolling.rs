//! The next step of a rolling upgrade.

use crate::{
    bugs::{self, Bug},
    model::{
        action::Action,
        cluster::Cluster,
        fact::Fact,
        halt::{Halt, HaltReason},
        names::Pool,
        record::RunRecord,
    },
};

use super::{
    Decision, blue_green, door,
    owning::{own, quiet, target_changed},
    patience, pool,
    preparing::prepare,
    resting::{at_rest_with, complete, unheld},
    world::World,
};

/// Decides. Every rule is asked in the same order in every pass, from what is
/// seen now: nothing remembers which step it was at.
#[must_use]
pub fn decide(world: &World<'_>) -> Decision {
    let decision = next(world);
    #[cfg(feature = "seeded-bugs")]
    let decision = super::wrong::bent(decision, world);
    patience::bounded(decision, world)
}

fn next(world: &World<'_>) -> Decision {
    let cluster = match &world.snapshot.cluster {
        Fact::Known(cluster) => cluster,
        Fact::Unknown(why) => return Decision::unseen("the resource", why),
    };
    if cluster.deleting || cluster.uid != world.run.target.cluster_uid {
        return Decision::Halt(Halt::new(
            HaltReason::ClusterGone,
            "the resource is being deleted, or another one has its name",
        ));
    }
    if let Some(decision) = own(world, cluster) {
        return decision;
    }
    if let Some(halt) = target_changed(world, cluster) {
        return Decision::Halt(halt);
    }
    if let Some(decision) = quiet(world, cluster) {
        return decision;
    }
    if let Some(decision) = learned(world) {
        return decision;
    }
    if let Some(halt) = door::halt(world) {
        return Decision::Halt(halt);
    }
    if let Some(wait) = door::unknown(world) {
        return wait;
    }
    if let Some(run) = &world.run.blue_green {
        return blue_green::next(world, cluster, run);
    }
    let untouched = world
        .snapshot
        .voters
        .known()
        .is_some_and(|voters| !world.run.target.is_image(voters.image.as_deref()));
    if !(untouched && bugs::has(Bug::ActsBeforeRecord))
        && let Some(decision) = prepare(world, cluster)
    {
        return decision;
    }
    for kind in [Pool::ReadReplicas, Pool::Voters] {
        match pool::next(world, kind) {
            pool::Next::Done => {}
            pool::Next::Decided(decision) => return decision,
        }
    }
    finish(world, cluster)
}

/// Facts that no later run could observe go into the record as soon as they are
/// seen.
fn learned(world: &World<'_>) -> Option<Decision> {
    let run = world.run;
    let stored = world.snapshot.cluster.known()?.run.known()?.as_ref();
    if stored.is_some_and(|stored| stored.target.admitted_image != run.target.admitted_image) {
        return Some(Decision::Act(Action::Record {
            record: Box::new(run.clone()),
        }));
    }
    let newest = door::newest_leading(run, world.snapshot)?;
    if run
        .newest_active
        .as_ref()
        .is_none_or(|known| known < newest)
    {
        return Some(Decision::Act(Action::Record {
            record: Box::new(RunRecord {
                newest_active: Some(newest.clone()),
                ..run.clone()
            }),
        }));
    }
    None
}

/// Every pod was verified in this one observation (S8): strategy, status,
/// ownership.
fn finish(world: &World<'_>, cluster: &Cluster) -> Decision {
    for kind in [Pool::ReadReplicas, Pool::Voters] {
        if let Some(decision) = unheld(world, kind) {
            return decision;
        }
    }
    if at_rest_with(cluster, &world.run.target.version.to_string()) {
        return Decision::Act(Action::Relinquish);
    }
    complete(world)
}
