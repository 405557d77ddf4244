//! The next step of a rolling upgrade.

use crate::model::{
    action::Action,
    blocker::Blocker,
    cluster::Cluster,
    fact::Fact,
    halt::{Halt, HaltReason},
    intent::Order,
    names::Pool,
    record::RunRecord,
    snapshot::Snapshot,
    workload::UpdateStrategy,
};

use super::{
    Decision, gates, leadership, patience, pool,
    resting::at_rest_with,
    rules::{
        RECHECK, RECHECK_LEADER, RECHECK_POD, STILL_ACKNOWLEDGED, STILL_UNACKNOWLEDGED,
        TRIES_TO_LEAD_FIRST,
    },
    world::World,
};

/// Decides. Every rule is asked in the same order in every pass, from what is
/// seen now: nothing remembers which step it was at.
#[must_use]
pub fn decide(world: &World<'_>) -> Decision {
    patience::bounded(next(world), world)
}

fn next(world: &World<'_>) -> Decision {
    let cluster = match &world.snapshot.cluster {
        Fact::Known(cluster) => cluster,
        Fact::Unknown(why) => return unseen("the resource", why),
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
    if let Some(decision) = prepare(world, cluster) {
        return decision;
    }
    for kind in [Pool::ReadReplicas, Pool::Voters] {
        match pool::next(world, cluster, kind) {
            pool::Next::Done => {}
            pool::Next::Decided(decision) => return decision,
        }
    }
    finish(world, cluster)
}

/// Lock, record and pause. `None` when all three are ours.
fn own(world: &World<'_>, cluster: &Cluster) -> Option<Decision> {
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
        return (!paused).then(|| {
            Decision::Halt(Halt::new(
                HaltReason::Unpaused,
                "somebody set spec.paused to false: the operator may be driving now",
            ))
        });
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
fn target_changed(world: &World<'_>, cluster: &Cluster) -> Option<Halt> {
    let run = world.run;
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
    if !declared && (!expected || has_begun(world, cluster)) {
        return halt(format!(
            "spec.version is {version} and the run goes to {}",
            run.target.version
        ));
    }
    let image = cluster.spec.image.as_deref();
    if declared && has_begun(world, cluster) && image.is_some_and(|image| image != run.target.image)
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

fn is(text: &str, version: &crate::model::version::Version) -> bool {
    text.parse()
        .is_ok_and(|parsed: crate::model::version::Version| parsed == *version)
}

/// The operator has stopped: it said so or left no trace for a pass length.
fn quiet(world: &World<'_>, cluster: &Cluster) -> Option<Decision> {
    if world.track.operator_quiet {
        return None;
    }
    if let Some(blocker) = unquiet(world, cluster) {
        return Some(Decision::wait(blocker, RECHECK_POD));
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

/// Facts that no later run could observe go into the record as soon as they are
/// seen.
fn learned(world: &World<'_>) -> Option<Decision> {
    let run = world.run;
    let newest = leadership::claimants(world.snapshot, world.snapshot.voters.known()?)
        .filter_map(|pod| world.snapshot.node(&pod.pod.name)?.version())
        .max()?;
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

/// What comes before the first change to a pod: leadership at ordinal 0 where
/// the order needs it, the snapshot, the declaration.
fn prepare(world: &World<'_>, cluster: &Cluster) -> Option<Decision> {
    let run = world.run;
    let declared = is(&cluster.spec.version, &run.target.version)
        && cluster
            .spec
            .image
            .as_ref()
            .is_none_or(|image| *image == run.target.image);
    if cluster
        .status
        .current_version
        .as_deref()
        .is_some_and(|current| is(current, &run.target.version))
        && cluster.status.upgrade.is_none()
        && declared
        && world.track.published.is_none()
    {
        // Resumed after the status was completed: only the end is left.
        return None;
    }
    if !declared && run.order == Order::ReverseOrdinal {
        if let Some(decision) = lead_first(world) {
            return Some(decision);
        }
    }
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
                Err(blocker) => Decision::wait(blocker, RECHECK),
            },
        );
    }
    if !declared {
        return Some(Decision::Act(Action::Declare {
            version: run.target.version.clone(),
            image: run.target.image.clone(),
        }));
    }
    publish(world, cluster)
}

/// Leadership must sit on ordinal 0 while all nodes are old; each attempt is a
/// step-down that cannot be aimed.
fn lead_first(world: &World<'_>) -> Option<Decision> {
    let voters = match &world.snapshot.voters {
        Fact::Known(voters) => voters,
        Fact::Unknown(why) => return Some(unseen("the voters", why)),
    };
    if let Some(pending) = world.track.pending_step_down() {
        return Some(Decision::wait(
            Blocker::SteppingDown {
                node: pending.node.name.clone(),
            },
            RECHECK_LEADER,
        ));
    }
    let leader = match leadership::leader(world.snapshot) {
        Ok(leader) => leader,
        Err(blocker) => return Some(Decision::wait(blocker, RECHECK_POD)),
    };
    let already = voters.image.as_deref() == Some(world.run.target.image.as_str());
    if leader.pod.ordinal == 0 || already || voters.replicas == 1 {
        return None;
    }
    let tries = world.track.step_downs.len();
    if tries >= TRIES_TO_LEAD_FIRST {
        return Some(Decision::Halt(
            Halt::new(
                HaltReason::LeaderNotFirst,
                format!(
                    "after {tries} step-downs {} leads, not ordinal 0: a step-down cannot be aimed",
                    leader.pod.pod.name
                ),
            )
            .next("use --order leader-last, which needs no particular leader".to_owned()),
        ));
    }
    let blockers = pool::disturbing(world, voters, Pool::Voters);
    Some(if blockers.is_empty() {
        Decision::Act(Action::StepDown {
            node: leader.pod.pod.clone(),
        })
    } else {
        Decision::Wait {
            blockers,
            recheck: RECHECK_POD,
        }
    })
}

/// Keeps `status.upgrade` in step with what is seen. Each value is written once
/// by a process: whoever rewrites it afterwards is not fought with.
fn publish(world: &World<'_>, cluster: &Cluster) -> Option<Decision> {
    let (partition, completed) = progress(world)?;
    let upgrade = cluster.status.upgrade.as_ref();
    let stored = upgrade.is_some_and(|upgrade| {
        is(&upgrade.target_version, &world.run.target.version)
            && upgrade.current_partition == partition
            && same_set(&upgrade.completed_pods, &completed)
            && upgrade.failure_reason.is_none()
    });
    let mut order = upgrade
        .map(|upgrade| upgrade.completed_pods.clone())
        .unwrap_or_default();
    order.retain(|ordinal| completed.contains(ordinal));
    order.extend(
        completed
            .iter()
            .rev()
            .filter(|ordinal| !order.contains(ordinal))
            .copied()
            .collect::<Vec<_>>(),
    );
    let wanted = (partition, order);
    if world.track.published.as_ref() == Some(&wanted)
        || (stored && world.track.published.is_some())
    {
        return None;
    }
    Some(Decision::Act(Action::Publish {
        current_partition: wanted.0,
        completed_pods: wanted.1,
    }))
}

fn same_set(a: &[u32], b: &[u32]) -> bool {
    a.len() == b.len() && a.iter().all(|ordinal| b.contains(ordinal))
}

/// The lowest ordinal from which on every voter is done, and all that are.
/// A voter counts as done once it was, for as long as it is on the target.
#[must_use]
pub fn progress(world: &World<'_>) -> Option<(u32, Vec<u32>)> {
    let voters = world.snapshot.voters.known()?;
    let published = world.track.published.as_ref();
    let done: Vec<u32> = voters
        .pods
        .iter()
        .filter(|pod| {
            voters.image.as_deref() == Some(world.run.target.image.as_str())
                && gates::on_target(pod, voters, world.run, world.snapshot)
                && (published.is_some_and(|(_, before)| before.contains(&pod.ordinal))
                    || gates::trouble(Pool::Voters, pod, world.run, world.snapshot, world.track)
                        .is_empty())
        })
        .map(|pod| pod.ordinal)
        .collect();
    let mut partition = voters.replicas;
    while partition > 0 && done.contains(&(partition - 1)) {
        partition -= 1;
    }
    Some((partition, done))
}

/// Every pod was verified in this one observation (S8): strategy, status,
/// ownership.
fn finish(world: &World<'_>, cluster: &Cluster) -> Decision {
    for kind in [Pool::ReadReplicas, Pool::Voters] {
        let Some(workload) = world.snapshot.workload(kind) else {
            continue;
        };
        if !matches!(
            workload.strategy,
            UpdateStrategy::RollingUpdate { partition: 0, .. }
        ) {
            return Decision::Act(Action::Unhold { pool: kind });
        }
        if !workload.is_observed() {
            return Decision::wait(Blocker::NotObserved { pool: kind }, RECHECK_POD);
        }
    }
    if at_rest_with(cluster, &world.run.target.version.to_string()) {
        Decision::Act(Action::Relinquish)
    } else {
        Decision::Act(Action::Complete)
    }
}

/// A wait for something that could not be seen.
pub(super) fn unseen(what: &str, why: &str) -> Decision {
    Decision::wait(
        Blocker::Unseen {
            what: what.to_owned(),
            why: why.to_owned(),
        },
        RECHECK,
    )
}

/// Whether a person's wish to stop may be granted now: no pod is between two
/// versions, no step-down is open, and the cluster is not past a point of no
/// return with an old voter left, which would make it less tolerant than it
/// looks.
#[must_use]
pub fn safe_point(
    run: &RunRecord,
    snapshot: &Snapshot,
    track: &super::track::Track,
    one_way: bool,
) -> bool {
    if track.pending_step_down().is_some() {
        return false;
    }
    let Some(voters) = snapshot.voters.known() else {
        return true;
    };
    let pools = [
        (Pool::Voters, Some(voters)),
        (Pool::ReadReplicas, snapshot.workload(Pool::ReadReplicas)),
    ];
    for (kind, workload) in pools
        .into_iter()
        .filter_map(|(kind, workload)| Some((kind, workload?)))
    {
        let in_flight = workload.pods.len() < workload.replicas as usize
            || workload.pods.iter().any(|pod| {
                track.released.contains_key(&pod.pod.uid)
                    || pod.terminating
                    || (!pod.ready && pod.image.as_deref() == Some(run.target.image.as_str()))
                    || (kind == Pool::Voters
                        && pod.image.as_deref() == Some(run.target.image.as_str())
                        && !gates::trouble(kind, pod, run, snapshot, track).is_empty())
            });
        if in_flight {
            return false;
        }
    }
    let old_left = voters
        .pods
        .iter()
        .any(|pod| pod.image.as_deref() != Some(run.target.image.as_str()));
    let passed = run
        .newest_active
        .as_ref()
        .is_some_and(|newest| *newest >= run.target.version);
    !(one_way && old_left && passed)
}
