//! Whether the cluster is this run's to drive: lock, record, pause, a pinned
//! target and a quiet operator.

use crate::{
    bugs::{self, Bug},
    model::{
        action::Action,
        blocker::Blocker,
        cluster::Cluster,
        fact::Fact,
        halt::{Halt, HaltReason},
        record::RunRecord,
    },
};

use super::{
    Decision, gates, holding,
    resting::at_rest_with,
    rules::{STILL_ACKNOWLEDGED, STILL_UNACKNOWLEDGED},
    versions::is,
    world::World,
};

/// Lock, record and pause. `None` when all three are ours.
pub(super) fn own(world: &World<'_>, cluster: &Cluster) -> Option<Decision> {
    let run = world.run;
    let stored = match &cluster.run {
        Fact::Known(stored) => stored.as_ref(),
        Fact::Unknown(why) => {
            return Some(Decision::Halt(Halt::new(
                HaltReason::RecordLost,
                format!("the run record on the resource cannot be read: {why}"),
            )));
        }
    };
    if world.track.begun
        && stored.is_none()
        && at_rest_with(cluster, &run.target.version.to_string())
    {
        return Some(Decision::Done);
    }
    if let Some(other) = stored.filter(|stored| stored.id != run.id) {
        return Some(Decision::Halt(Halt::new(
            HaltReason::LockLost,
            format!("run {} by {} has taken the cluster", other.id, other.user),
        )));
    }
    if world.track.begun && stored.is_none() {
        return Some(Decision::Halt(Halt::new(
            HaltReason::RecordLost,
            format!("somebody removed the annotation {}", RunRecord::ANNOTATION),
        )));
    }
    if let Some(decision) = lock(world, cluster) {
        return Some(decision);
    }
    let paused = cluster.spec.paused == Some(true);
    if world.track.begun {
        return unpaused(world, cluster, paused);
    }
    let asked_to_pause = cluster.pause_requested.is_some();
    if !paused || asked_to_pause || stored != Some(run) {
        return Some(Decision::Act(Action::Begin {
            record: Box::new(RunRecord {
                paused_before: match (stored, &cluster.pause_requested) {
                    (Some(stored), _) => stored.paused_before,
                    (None, Some(request)) => request.paused_before,
                    (None, None) => cluster.spec.paused,
                },
                ..run.clone()
            }),
        }));
    }
    None
}

/// Somebody un-paused the operator: pods are held with the partition, which its
/// controllers leave alone, before it is paused again; then a person has to say
/// who drives.
fn unpaused(world: &World<'_>, cluster: &Cluster, paused: bool) -> Option<Decision> {
    let unpaused = world.track.unpaused.as_ref()?;
    if !bugs::has(Bug::LeavesUnpaused) {
        if let Some(hold) = holding::before_leaving(world) {
            return Some(Decision::Act(hold));
        }
        if !paused {
            return Some(Decision::Act(Action::Begin {
                record: Box::new(world.run.clone()),
            }));
        }
    }
    let who = unpaused.by.as_deref().unwrap_or("somebody");
    let holds = if world.run.blue_green.is_some() {
        ""
    } else {
        ", and the partition holds what is not upgraded"
    };
    Some(Decision::Halt(
        Halt::new(
            HaltReason::Unpaused,
            format!(
                "{who} un-paused the operator in the middle of the run; it is paused again{holds}"
            ),
        )
        .next(format!(
            "to see who writes spec.paused: kubectl -n {} get openbaocluster {} -o yaml --show-managed-fields",
            cluster.reference.namespace, cluster.reference.name
        )),
    ))
}

fn lock(world: &World<'_>, cluster: &Cluster) -> Option<Decision> {
    let holder = world.run.holder();
    match &cluster.status.operation_lock {
        Some(lock) if lock.holder == holder => None,
        Some(lock) => {
            // The lease is ours, so a baoctl holder is a run that is dead.
            let may = world.take_over || lock.is_baoctl();
            if may && !world.track.begun {
                return Some(Decision::Act(Action::TakeLock {
                    displaced: Some(lock.holder.clone()),
                }));
            }
            Some(Decision::Halt(Halt::new(
                HaltReason::LockLost,
                format!(
                    "the operation lock ({}) is held by {}",
                    lock.operation, lock.holder
                ),
            )))
        }
        None if world.track.begun
            && at_rest_with(cluster, &world.run.target.version.to_string()) =>
        {
            None
        }
        None => Some(Decision::Act(Action::TakeLock { displaced: None })),
    }
}

/// Invariant S9: what the run aims at is pinned.
pub(super) fn target_changed(world: &World<'_>, cluster: &Cluster) -> Option<Halt> {
    let run = world.run;
    if bugs::has(Bug::FollowsTheSpec) {
        return None;
    }
    let halt = |what: String| Some(Halt::new(HaltReason::TargetChanged, what));
    if cluster.spec.replicas != run.target.replicas {
        return halt(format!(
            "spec.replicas is {} and was {} when the run began",
            cluster.spec.replicas, run.target.replicas
        ));
    }
    let version = cluster.spec.version.as_str();
    let declared = is(version, &run.target.version);
    let expected = is(version, &run.from)
        || run
            .abandoned
            .as_ref()
            .is_some_and(|abandoned| is(version, abandoned));
    let begun = has_begun(world, cluster) && !bugs::has(Bug::RevertForBeginning);
    if !declared && (!expected || begun) {
        return halt(format!(
            "spec.version is {version} and the run goes to {}",
            run.target.version
        ));
    }
    // An unfinished run may have been given another image; until this process
    // has declared it, the earlier one still stands there.
    let image = cluster.spec.image.as_deref();
    if declared
        && world.track.published.is_some()
        && image.is_some_and(|image| image != run.target.image)
    {
        return halt(format!(
            "spec.image is {} and the run goes to {}",
            image.unwrap_or_default(),
            run.target.image
        ));
    }
    None
}

/// Whether the target was declared and published, by this process or an earlier
/// one of the same run.
fn has_begun(world: &World<'_>, cluster: &Cluster) -> bool {
    cluster
        .status
        .upgrade
        .as_ref()
        .is_some_and(|upgrade| is(&upgrade.target_version, &world.run.target.version))
}

/// Whether the run is under way on the resource as it is: its record, its lock,
/// the pause. A process that resumes one need not write any of them again.
#[must_use]
pub fn is_under_way(run: &RunRecord, cluster: &Cluster) -> bool {
    let locked = cluster
        .status
        .operation_lock
        .as_ref()
        .is_some_and(|lock| lock.holder == run.holder());
    locked
        && cluster.spec.paused == Some(true)
        && cluster.pause_requested.is_none()
        && matches!(&cluster.run, Fact::Known(Some(stored)) if stored == run)
}

/// The operator has stopped: it said so or left no trace for a pass length.
pub(super) fn quiet(world: &World<'_>, cluster: &Cluster) -> Option<Decision> {
    if world.track.operator_quiet {
        return None;
    }
    if let Some(blocker) = unquiet(world, cluster) {
        return Some(Decision::wait(blocker));
    }
    None
}

/// Why the operator does not count as stopped yet.
#[must_use]
pub fn unquiet(world: &World<'_>, cluster: &Cluster) -> Option<Blocker> {
    match &world.snapshot.active_jobs {
        Fact::Unknown(why) => {
            return Some(Blocker::Unseen {
                what: "the operator's Jobs".to_owned(),
                why: why.clone(),
            });
        }
        Fact::Known(jobs) if !jobs.is_empty() => {
            return Some(Blocker::JobsRunning { jobs: jobs.clone() });
        }
        Fact::Known(_) => {}
    }
    let needed = if acknowledged(cluster) {
        STILL_ACKNOWLEDGED
    } else {
        STILL_UNACKNOWLEDGED
    };
    let still = world.track.still_for(world.now);
    (still < needed).then(|| {
        if acknowledged(cluster) {
            Blocker::NotStill {
                still_ms: gates::millis(still),
                needed_ms: gates::millis(needed),
            }
        } else {
            Blocker::OperatorNotPaused
        }
    })
}

/// The operator's status controller says Available=Unknown/Paused for this
/// generation (`contracts/operator.md` 8.1).
#[must_use]
pub fn acknowledged(cluster: &Cluster) -> bool {
    cluster
        .status
        .condition("Available")
        .is_some_and(|available| {
            available.status == "Unknown"
                && available.reason == "Paused"
                && available
                    .observed_generation
                    .is_none_or(|seen| seen >= cluster.generation)
        })
}
