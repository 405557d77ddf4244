//! Which blue/green run this is: a new one, the unfinished one, or the way back.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    adopt::{Adopted, fresh, parse, resumed, turned_back},
    image::derive,
};
use crate::{
    decide::resting::at_rest_with,
    error::Error,
    model::{
        blue_green::BlueGreenPhase,
        blue_green_run::{BlueGreenRun, Until},
        cluster::Cluster,
        exit_code::ExitCode,
        fact::Fact,
        names::ClusterRef,
        record::RunRecord,
        revision::Revision,
        snapshot::Snapshot,
        version::Version,
    },
};

/// What the user wants of the colours.
#[derive(Debug, Clone)]
pub(super) enum ColourGoal {
    /// `upgrade bluegreen`.
    To {
        version: Version,
        image: Option<String>,
        wish: Wish,
    },
    /// `upgrade promote`.
    Promote { until: Until },
    /// `upgrade abort`.
    Abort,
    /// `upgrade rollback`.
    Rollback,
}

/// The flags of `upgrade bluegreen`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) until: Option<Until>,
    pub(super) soak: Duration,
    pub(super) delete_blue_volumes: bool,
    pub(super) delete_leftover_volumes: bool,
}

/// What a run begins from.
pub(super) struct Beginning<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) snapshot: &'a Snapshot,
    pub(super) user: &'a str,
    pub(super) now: Timestamp,
}

/// Looks at the unfinished run, where there is one, and decides.
pub(super) fn adopt_colours(
    goal: &ColourGoal,
    stored: Option<&RunRecord>,
    beginning: &Beginning<'_>,
) -> Result<Adopted, Error> {
    let reference = &beginning.cluster.reference;
    let on = format!("{} -n {}", reference.name, reference.namespace);
    let Some(run) = stored else {
        return match goal {
            ColourGoal::To {
                version,
                image,
                wish,
            } => begun(version, image.as_deref(), *wish, beginning),
            ColourGoal::Promote { .. } | ColourGoal::Abort | ColourGoal::Rollback => {
                Err(none_under_way(beginning.cluster, &on))
            }
        };
    };
    let Some(colours) = &run.blue_green else {
        return Err(of_other_strategy(run, reference));
    };
    let back = run.abandoned.is_some();
    let with = |until: Until, wish: Option<Wish>| {
        let mut changed = run.clone();
        let wish = wish.unwrap_or(Wish {
            until: None,
            soak: Duration::from_secs(colours.soak_s),
            delete_blue_volumes: false,
            delete_leftover_volumes: false,
        });
        changed.blue_green = Some(BlueGreenRun {
            until,
            soak_s: colours.soak_s.max(wish.soak.as_secs()),
            delete_blue_volumes: colours.delete_blue_volumes || wish.delete_blue_volumes,
            delete_leftover_volumes: colours.delete_leftover_volumes
                || wish.delete_leftover_volumes,
            ..colours.clone()
        });
        resumed(changed)
    };
    match goal {
        ColourGoal::Promote { until } if !back => Ok(with(*until, None)),
        ColourGoal::To {
            version,
            image,
            wish,
        } if !back && *version == run.target.version => {
            if image
                .as_ref()
                .is_some_and(|image| *image != run.target.image)
            {
                return Err(Error::new(
                    ExitCode::PreflightFailed,
                    "another image is another green: its name comes from version and image",
                )
                .hint(format!(
                    "to remove this green first: baoctl upgrade abort {on}"
                )));
            }
            Ok(with(wish.until.unwrap_or(colours.until), Some(*wish)))
        }
        ColourGoal::Promote { .. } | ColourGoal::To { .. } => Err(Error::new(
            ExitCode::PreflightFailed,
            format!(
                "run {} to {} is unfinished{}",
                run.id,
                run.target.version,
                if back { ", on its way back" } else { "" }
            ),
        )
        .hint(format!("to finish it: baoctl resume {on}"))),
        ColourGoal::Abort | ColourGoal::Rollback if back => Ok(resumed(run.clone())),
        ColourGoal::Abort | ColourGoal::Rollback if is_going(beginning, colours) => {
            Err(Error::new(
                ExitCode::PreflightFailed,
                "blue is being removed: it cannot be gone back to",
            )
            .hint(format!("to finish it: baoctl resume {on}"))
            .hint("to come back to the old version then: an upgrade of its own, where the versions allow it".to_owned()))
        }
        ColourGoal::Abort if has_votes(beginning, colours) => Err(Error::new(
            ExitCode::PreflightFailed,
            "green has votes: removing it now would take them from the cluster",
        )
        .hint(format!(
            "to give them back to blue first: baoctl upgrade rollback {on}"
        ))),
        ColourGoal::Abort | ColourGoal::Rollback => Ok(resumed(turned_back(run, None))),
    }
}

/// There is no record. A run that was killed before it wrote one may have left
/// its lock.
fn none_under_way(cluster: &Cluster, on: &str) -> Error {
    let error = Error::new(
        ExitCode::PreflightFailed,
        "no blue/green upgrade is under way on this cluster",
    );
    let lock = cluster.status.operation_lock.as_ref();
    match lock.filter(|lock| lock.is_baoctl()) {
        None => error.hint(format!(
            "to begin one: baoctl upgrade bluegreen {on} --to VERSION"
        )),
        Some(lock) => error
            .hint(format!(
                "{} was killed before it changed anything but the operation lock; to go on: baoctl upgrade bluegreen {on} --to VERSION",
                lock.holder
            ))
            .hint(format!(
                "to give it up: kubectl -n {} patch openbaocluster {} --subresource status --type merge -p '{{\"status\":{{\"operationLock\":null}}}}'",
                cluster.reference.namespace, cluster.reference.name
            )),
    }
}

/// An unfinished run of one strategy is no run of the other.
pub(super) fn of_other_strategy(run: &RunRecord, cluster: &ClusterRef) -> Error {
    let strategy = if run.blue_green.is_some() {
        "blue/green"
    } else {
        "rolling"
    };
    Error::new(
        ExitCode::PreflightFailed,
        format!(
            "run {} from {} to {} is unfinished, and it is a {strategy} upgrade",
            run.id, run.from, run.target.version
        ),
    )
    .hint(format!(
        "to finish it: baoctl resume {} -n {}",
        cluster.name, cluster.namespace
    ))
}

/// Whether the removal of blue has begun.
fn is_going(beginning: &Beginning<'_>, colours: &BlueGreenRun) -> bool {
    let status = beginning.cluster.status.blue_green.as_ref();
    status.is_some_and(|status| status.removes_blue(&colours.green))
}

/// Whether green may have a vote: by the leader's list, or because it was asked
/// for. What cannot be seen may be.
fn has_votes(beginning: &Beginning<'_>, colours: &BlueGreenRun) -> bool {
    let begun = beginning
        .cluster
        .status
        .blue_green
        .as_ref()
        .and_then(|status| status.phase.as_ref())
        .is_some_and(|phase| {
            !matches!(
                phase,
                BlueGreenPhase::Idle
                    | BlueGreenPhase::DeployingGreen
                    | BlueGreenPhase::JoiningMesh
                    | BlueGreenPhase::Syncing
            )
        });
    let prefix = format!(
        "{}-",
        colours.green.statefulset(&beginning.cluster.reference.name)
    );
    let votes = match &beginning.snapshot.membership {
        Fact::Known(membership) => membership.voters().any(|peer| peer.id.starts_with(&prefix)),
        Fact::Unknown(_) => begun,
    };
    votes || begun
}

fn begun(
    version: &Version,
    image: Option<&str>,
    wish: Wish,
    beginning: &Beginning<'_>,
) -> Result<Adopted, Error> {
    let Beginning {
        cluster,
        snapshot,
        user,
        now,
    } = beginning;
    let refused = |text: String| Error::new(ExitCode::PreflightFailed, text);
    if !cluster.spec.blue_green {
        return Err(
            refused("spec.upgrade.strategy is not BlueGreen: there is no way from one strategy to the other".to_owned())
                .hint(format!(
                    "for this cluster: baoctl upgrade rolling {} -n {} --to {version}",
                    cluster.reference.name, cluster.reference.namespace
                )),
        );
    }
    let current = cluster.status.current_version.as_deref().ok_or_else(|| {
        refused("status.currentVersion is empty: the version it runs is not known".to_owned())
    })?;
    let from = parse("status.currentVersion", current)?;
    if from == *version && image.is_none() && at_rest_with(cluster, current) {
        return Ok(Adopted::Nothing(format!(
            "{} runs {version} already",
            cluster.reference
        )));
    }
    let blue = cluster.status.blue_revision().cloned().ok_or_else(|| {
        refused("which StatefulSet serves is not known: status.blueGreen does not say it, and there is not exactly one".to_owned())
    })?;
    let spec = &cluster.spec.blue_green_spec;
    let min_sync = match &spec.min_sync_duration {
        Fact::Known(duration) => *duration,
        Fact::Unknown(why) => {
            return Err(refused(format!(
                "spec.upgrade.blueGreen.verification.minSyncDuration cannot be read: {why}"
            )));
        }
    };
    let image = image
        .map(ToOwned::to_owned)
        .or_else(|| derive(cluster, snapshot, &from, version))
        .unwrap_or_default();
    let mut run = fresh(cluster, snapshot, user, *now, from, version.clone(), image);
    let green = Revision::of(
        &version.to_string(),
        &run.target.image,
        cluster.spec.replicas,
    );
    if green == blue {
        return Err(refused(format!(
            "green would have blue's own name ({blue}): version, image and replicas are the same"
        )));
    }
    let until = if spec.auto_promote {
        Until::Done
    } else {
        Until::Ready
    };
    run.blue_green = Some(BlueGreenRun {
        blue,
        green,
        until: wish.until.unwrap_or(until),
        min_sync_s: min_sync.as_secs(),
        soak_s: wish.soak.as_secs(),
        hook_passed_at: None,
        cut_over_at: None,
        delete_leftover_volumes: wish.delete_leftover_volumes,
        delete_blue_volumes: wish.delete_blue_volumes,
    });
    Ok(Adopted::Run {
        run: Box::new(run),
        resumed: false,
    })
}
