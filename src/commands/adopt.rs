//! Which run this is: a new one, an unfinished one, or an unfinished one with
//! another target.

use jiff::Timestamp;

use super::{
    adopt_colours::{Beginning, ColourGoal, adopt_colours, of_other_strategy},
    image::{derive, old_image},
};
use crate::{
    decide::resting::at_rest_with,
    error::Error,
    model::{
        cluster::{Cluster, UpgradeStatus},
        exit_code::ExitCode,
        fact::Fact,
        intent::Order,
        pause::PauseRequest,
        record::{PinnedTarget, RunRecord},
        snapshot::Snapshot,
        version::Version,
    },
};

/// What the user wants of the cluster.
#[derive(Debug, Clone)]
pub(super) enum Goal {
    /// `upgrade rolling --to`.
    To {
        version: Version,
        image: Option<String>,
    },
    /// The commands of a blue/green upgrade.
    Colours(ColourGoal),
    /// `resume`.
    Resume { take_over: bool, end_pause: bool },
}

/// What that comes to.
#[derive(Debug)]
pub(super) enum Adopted {
    /// There is something to do.
    Run {
        run: Box<RunRecord>,
        /// The resource has it already.
        resumed: bool,
    },
    /// There is nothing to do; why.
    Nothing(String),
    /// Nothing is unfinished, but a pause is in force.
    EndPause(PauseRequest),
}

/// Looks at the resource and decides which run this is.
pub(super) fn adopt(
    goal: &Goal,
    cluster: &Cluster,
    snapshot: &Snapshot,
    user: &str,
    now: Timestamp,
) -> Result<Adopted, Error> {
    let stored = match &cluster.run {
        Fact::Known(stored) => stored.as_ref(),
        Fact::Unknown(why) => {
            return Err(Error::new(
                ExitCode::PreflightFailed,
                format!("the run record on the resource cannot be read: {why}"),
            )
            .hint(format!(
                "it may be of a newer baoctl; to give it up: kubectl -n {} annotate openbaocluster {} {}-",
                cluster.reference.namespace,
                cluster.reference.name,
                RunRecord::ANNOTATION
            )));
        }
    };
    match (goal, stored) {
        (Goal::Colours(goal), stored) => adopt_colours(
            goal,
            stored,
            &Beginning {
                cluster,
                snapshot,
                user,
                now,
            },
        ),
        (Goal::To { .. }, Some(run)) if run.blue_green.is_some() => {
            Err(of_other_strategy(run, &cluster.reference))
        }
        (Goal::Resume { .. }, Some(run)) => Ok(resumed(run.clone())),
        (Goal::To { version, image }, Some(run)) => {
            retarget(run, version, image.as_deref(), cluster)
        }
        (
            Goal::Resume {
                take_over,
                end_pause,
            },
            None,
        ) => match &cluster.status.upgrade {
            Some(upgrade) if *take_over => taken_over(upgrade, cluster, snapshot, user, now),
            Some(upgrade) => Err(Error::new(
                ExitCode::PreflightFailed,
                format!(
                    "the unfinished upgrade from {} to {} is the operator's",
                    upgrade.from_version, upgrade.target_version
                ),
            )
            .hint(format!(
                "to finish it from here: baoctl resume {} -n {} --take-over",
                cluster.reference.name, cluster.reference.namespace
            ))),
            None => ending_pause(cluster, user, *end_pause),
        },
        (Goal::To { version, image }, None) => {
            let current = cluster.status.current_version.as_deref().ok_or_else(|| {
                Error::new(
                    ExitCode::PreflightFailed,
                    "status.currentVersion is empty: the version it runs is not known",
                )
            })?;
            let from = parse("status.currentVersion", current)?;
            if from == *version && image.is_none() && at_rest_with(cluster, current) {
                return Ok(Adopted::Nothing(format!(
                    "{} runs {version} already",
                    cluster.reference
                )));
            }
            let image = image
                .clone()
                .or_else(|| derive(cluster, snapshot, &from, version));
            Ok(Adopted::Run {
                run: Box::new(fresh(
                    cluster,
                    snapshot,
                    user,
                    now,
                    from,
                    version.clone(),
                    image.unwrap_or_default(),
                )),
                resumed: false,
            })
        }
    }
}

/// The run that finishes what the operator left unfinished.
fn taken_over(
    upgrade: &UpgradeStatus,
    cluster: &Cluster,
    snapshot: &Snapshot,
    user: &str,
    now: Timestamp,
) -> Result<Adopted, Error> {
    let from = parse("status.upgrade.fromVersion", &upgrade.from_version)?;
    let target = parse("spec.version", &cluster.spec.version)?;
    let image = cluster.spec.image.clone().or_else(|| {
        snapshot
            .voters
            .known()
            .and_then(|voters| voters.image.clone())
    });
    let mut run = fresh(
        cluster,
        snapshot,
        user,
        now,
        from,
        target,
        image.unwrap_or_default(),
    );
    run.took_over = true;
    Ok(Adopted::Run {
        run: Box::new(run),
        resumed: false,
    })
}

/// A pause is ended by who asked for it, or by name.
fn ending_pause(cluster: &Cluster, user: &str, end_pause: bool) -> Result<Adopted, Error> {
    match &cluster.pause_requested {
        Some(request) if request.is_for(user, end_pause) => Ok(Adopted::EndPause(request.clone())),
        Some(request) => Err(
            Error::new(ExitCode::PreflightFailed, format!("paused by {request}"))
                .hint("it is theirs to resume; --end-pause ends it all the same"),
        ),
        None => Ok(Adopted::Nothing(
            "there is no unfinished upgrade and no pause to end".to_owned(),
        )),
    }
}

pub(super) fn resumed(run: RunRecord) -> Adopted {
    Adopted::Run {
        run: Box::new(run),
        resumed: true,
    }
}

/// The same run towards the same target, with a mended image, or back to where
/// it came from; nothing else.
fn retarget(
    run: &RunRecord,
    version: &Version,
    image: Option<&str>,
    cluster: &Cluster,
) -> Result<Adopted, Error> {
    let same = *version == run.target.version;
    if same && image.is_none_or(|image| image == run.target.image) {
        return Ok(resumed(run.clone()));
    }
    if same {
        let mut changed = run.clone();
        changed.target.ask_for(image.unwrap_or_default().to_owned());
        return Ok(resumed(changed));
    }
    if *version == run.from {
        return Ok(resumed(turned_back(run, image)));
    }
    let on = format!(
        "{} -n {}",
        cluster.reference.name, cluster.reference.namespace
    );
    Err(Error::new(
        ExitCode::PreflightFailed,
        format!(
            "run {} from {} to {} is unfinished; it cannot be turned towards {version}",
            run.id, run.from, run.target.version
        ),
    )
    .hint(format!("to finish it: baoctl resume {on}"))
    .hint(format!(
        "to go back: baoctl upgrade rolling {on} --to {}",
        run.from
    )))
}

/// The run on its way back to where it came from.
pub(super) fn turned_back(run: &RunRecord, image: Option<&str>) -> RunRecord {
    let mut changed = run.clone();
    changed.abandoned = Some(run.target.version.clone());
    changed.target.version = run.from.clone();
    let image = image
        .map(ToOwned::to_owned)
        .or_else(|| run.from_image.clone());
    changed.target.ask_for(image.unwrap_or_default());
    changed
}

pub(super) fn fresh(
    cluster: &Cluster,
    snapshot: &Snapshot,
    user: &str,
    now: Timestamp,
    from: Version,
    version: Version,
    image: String,
) -> RunRecord {
    let cluster_id = snapshot
        .nodes
        .values()
        .find_map(|node| node.health.known()?.cluster_id.clone());
    let newest_active = snapshot
        .nodes
        .values()
        .filter(|node| node.is_active())
        .filter_map(|node| node.version().cloned())
        .max();
    RunRecord {
        v: RunRecord::FORMAT,
        id: run_id(now, &nonce()),
        user: user.to_owned(),
        started_at: now,
        from,
        // An unfinished upgrade of the operator's has the new one there already.
        from_image: cluster
            .spec
            .image
            .clone()
            .filter(|_| cluster.status.upgrade.is_none())
            .or_else(|| old_image(snapshot)),
        target: PinnedTarget {
            version,
            image,
            admitted_image: None,
            replicas: cluster.spec.replicas,
            cluster_uid: cluster.uid.clone(),
            cluster_id,
        },
        order: Order::LeaderLast,
        paused_before: match &cluster.pause_requested {
            Some(request) => request.paused_before,
            None => cluster.spec.paused,
        },
        snapshot_wanted: None,
        snapshot: None,
        waivers: Vec::new(),
        newest_active,
        abandoned: None,
        took_over: false,
        blue_green: None,
    }
}

/// The identity of a run that begins now, in the process with this nonce.
pub(super) fn run_id(now: Timestamp, nonce: &str) -> String {
    format!("{}-{nonce}", now.strftime("%Y%m%dT%H%M%SZ"))
}

/// Eight hex digits no other process has.
pub(super) fn nonce() -> String {
    let mut bytes = [0_u8; 4];
    if getrandom::fill(&mut bytes).is_err() {
        // Only uniqueness among processes counts here.
        bytes = std::process::id().to_be_bytes();
    }
    bytes.iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn parse(what: &str, text: &str) -> Result<Version, Error> {
    text.parse().map_err(|error| {
        Error::new(ExitCode::PreflightFailed, format!("{what} cannot be read")).because(error)
    })
}
