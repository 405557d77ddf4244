//! Which run this is: a new one, an unfinished one, or an unfinished one with
//! another target.

use jiff::Timestamp;

use crate::{
    decide::resting::at_rest_with,
    error::Error,
    model::{
        cluster::Cluster,
        exit_code::ExitCode,
        fact::Fact,
        intent::Order,
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
    /// `resume`.
    Resume { take_over: bool },
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
    EndPause(Option<bool>),
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
        (Goal::Resume { .. }, Some(run)) => Ok(resumed(run.clone())),
        (Goal::To { version, image }, Some(run)) => {
            retarget(run, version, image.as_deref(), cluster)
        }
        (Goal::Resume { take_over }, None) => match &cluster.status.upgrade {
            Some(upgrade) if *take_over => {
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
            None => Ok(match &cluster.pause_requested {
                Some(request) => Adopted::EndPause(request.paused_before),
                None => Adopted::Nothing(
                    "there is no unfinished upgrade and no pause to end".to_owned(),
                ),
            }),
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

fn resumed(run: RunRecord) -> Adopted {
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
    let mut changed = run.clone();
    if same {
        image
            .unwrap_or_default()
            .clone_into(&mut changed.target.image);
        return Ok(resumed(changed));
    }
    if *version == run.from {
        changed.abandoned = Some(run.target.version.clone());
        changed.target.version = version.clone();
        changed.target.image = image
            .map(ToOwned::to_owned)
            .or_else(|| run.from_image.clone())
            .unwrap_or_default();
        return Ok(resumed(changed));
    }
    let on = format!(
        "{} -n {}",
        cluster.reference.name, cluster.reference.namespace
    );
    Err(Error::new(
        ExitCode::Usage,
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

fn fresh(
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
            replicas: cluster.spec.replicas,
            cluster_uid: cluster.uid.clone(),
            cluster_id,
        },
        order: Order::LeaderLast,
        paused_before: None,
        snapshot_wanted: None,
        snapshot: None,
        waivers: Vec::new(),
        newest_active,
        abandoned: None,
        took_over: false,
    }
}

/// The image of the pods that are not of the template's revision, or of all
/// where they are of one.
fn old_image(snapshot: &Snapshot) -> Option<String> {
    let voters = snapshot.voters.known()?;
    voters
        .pods
        .iter()
        .find(|pod| pod.revision != voters.update_revision)
        .or(voters.pods.first())?
        .image
        .clone()
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

/// The present image with the target's tag, when its tag is the present
/// version; `None` for anything else, a digest above all.
fn derive(cluster: &Cluster, snapshot: &Snapshot, from: &Version, to: &Version) -> Option<String> {
    let present = cluster.spec.image.clone().or_else(|| {
        snapshot
            .voters
            .known()
            .and_then(|voters| voters.image.clone())
    })?;
    swap_tag(&present, from, to)
}

fn swap_tag(image: &str, from: &Version, to: &Version) -> Option<String> {
    if image.contains('@') {
        return None;
    }
    let (repository, tag) = image.rsplit_once(':')?;
    let prefix = if tag.starts_with('v') { "v" } else { "" };
    let same = tag.parse::<Version>().is_ok_and(|tag| tag == *from);
    (same && !tag.contains('/')).then(|| format!("{repository}:{prefix}{to}"))
}

fn parse(what: &str, text: &str) -> Result<Version, Error> {
    text.parse().map_err(|error| {
        Error::new(ExitCode::PreflightFailed, format!("{what} cannot be read")).because(error)
    })
}

#[cfg(test)]
mod tests {
    use super::swap_tag;

    #[test]
    fn only_a_tag_that_is_the_present_version_is_replaced() {
        let v = |text: &str| text.parse().expect("a version");
        let swap = |image: &str| swap_tag(image, &v("2.6.2"), &v("2.7.2"));
        assert_eq!(
            swap("openbao/openbao:2.6.2").as_deref(),
            Some("openbao/openbao:2.7.2")
        );
        assert_eq!(
            swap("r.io:5000/bao:v2.6.2").as_deref(),
            Some("r.io:5000/bao:v2.7.2")
        );
        assert_eq!(swap("openbao/openbao:latest"), None);
        assert_eq!(swap("r.io:5000/bao"), None);
        assert_eq!(swap("openbao/openbao@sha256:0123"), None);
        assert_eq!(swap("openbao/openbao:2.6.2@sha256:0123"), None);
    }
}
