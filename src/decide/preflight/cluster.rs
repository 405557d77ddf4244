//! Checks of the resource.

use crate::model::{cluster::Cluster, fact::Fact, finding::Finding};

use super::{Preflight, judge};

pub(super) fn check(preflight: &Preflight<'_>, findings: &mut Vec<Finding>) {
    let fact = &preflight.survey.snapshot.cluster;
    let mut ask = |id: &str, question: fn(&Preflight<'_>, &Cluster) -> Finding| {
        findings.push(judge(id, "the resource", fact, |cluster| {
            question(preflight, cluster)
        }));
    };
    ask("cluster.exists", |_, cluster| {
        if cluster.deleting {
            Finding::fail("cluster.exists", "the resource is being deleted")
        } else {
            Finding::pass("cluster.exists", cluster.reference.to_string())
        }
    });
    ask("cluster.initialized", |_, cluster| {
        if cluster.status.initialized {
            Finding::pass("cluster.initialized", "status.initialized")
        } else {
            Finding::fail("cluster.initialized", "status.initialized is not true")
                .remedy("let the operator initialize the cluster first")
        }
    });
    ask("cluster.profile-set", |_, cluster| {
        match &cluster.spec.profile {
            Some(profile) => Finding::pass("cluster.profile-set", profile),
            None => Finding::fail(
                "cluster.profile-set",
                "spec.profile is empty: the operator does nothing",
            )
            .remedy("set spec.profile to Hardened or Development"),
        }
    });
    ask("cluster.strategy", strategy);
    ask("cluster.operation-lock", operation_lock);
    ask("cluster.unfinished-upgrade", unfinished);
    ask("cluster.break-glass", |_, cluster| {
        if cluster.status.break_glass {
            Finding::fail(
                "cluster.break-glass",
                "the operator is in break-glass mode and waits for a person",
            )
            .remedy("follow status.breakGlass.steps, then set spec.breakGlassAck")
        } else {
            Finding::pass("cluster.break-glass", "not active")
        }
    });
    ask("cluster.paused-by", paused_by);
    ask("cluster.not-paused-by-other", |preflight, cluster| {
        let told = cluster.pause_requested.is_some();
        if cluster.spec.paused == Some(true) && !preflight.resuming && !told {
            Finding::warn(
                "cluster.not-paused-by-other",
                "spec.paused is true already; it stays true afterwards",
            )
        } else {
            Finding::pass("cluster.not-paused-by-other", "not paused by another")
        }
    });
    ask("cluster.gitops-owner", |_, cluster| {
        let gitops: Vec<&str> = cluster
            .version_owners
            .iter()
            .map(String::as_str)
            .filter(|owner| {
                owner.starts_with("argocd")
                    || owner.contains("flux")
                    || *owner == "kustomize-controller"
                    || *owner == "helm-controller"
            })
            .collect();
        if gitops.is_empty() {
            Finding::pass("cluster.gitops-owner", "no GitOps tool owns spec.version")
        } else {
            Finding::warn(
                "cluster.gitops-owner",
                format!(
                    "spec.version is owned by {}, which may set it back",
                    gitops.join(", ")
                ),
            )
            .remedy("change the version in the repository as well, or suspend its sync")
        }
    });
    findings.push(lease(preflight));
}

fn paused_by(preflight: &Preflight<'_>, cluster: &Cluster) -> Finding {
    const ID: &str = "cluster.paused-by";
    match &cluster.pause_requested {
        None => Finding::pass(ID, "nobody asked for a pause"),
        Some(request) if request.is_for(preflight.invoker.user, preflight.intent.end_pause) => {
            Finding::warn(ID, format!("paused by {request}; the run ends that pause"))
        }
        Some(request) => Finding::fail(ID, format!("paused by {request}")).remedy(
            "wait until they have resumed it; --end-pause takes the pause over, and the run ends it",
        ),
    }
}

fn strategy(preflight: &Preflight<'_>, cluster: &Cluster) -> Finding {
    const ID: &str = "cluster.strategy";
    let coloured = preflight.run.blue_green.is_some();
    if cluster.spec.blue_green && !coloured {
        return Finding::fail(ID, "spec.upgrade.strategy is BlueGreen").remedy(format!(
            "a rolling upgrade would fight its operator; for this cluster: baoctl upgrade bluegreen {} -n {} --to {}",
            cluster.reference.name, cluster.reference.namespace, preflight.run.target.version
        ));
    }
    if coloured && !cluster.spec.blue_green {
        return Finding::fail(ID, "spec.upgrade.strategy is not BlueGreen any more")
            .remedy("there is no way from one strategy to the other: put it back");
    }
    let wanted = if coloured {
        "BlueGreen"
    } else {
        "RollingUpdate"
    };
    match cluster.status.accepted_strategy.as_deref() {
        None => Finding::pass(ID, wanted),
        Some(accepted) if accepted == wanted => Finding::pass(ID, wanted),
        Some(other) => Finding::fail(
            ID,
            format!("spec says {wanted}, the operator has accepted {other}"),
        )
        .remedy("wait until the operator accepts the change of strategy"),
    }
}

fn operation_lock(preflight: &Preflight<'_>, cluster: &Cluster) -> Finding {
    const ID: &str = "cluster.operation-lock";
    match &cluster.status.operation_lock {
        None => Finding::pass(ID, "free"),
        Some(lock) if lock.holder == preflight.run.holder() || lock.is_baoctl() => {
            Finding::pass(ID, format!("held by {}", lock.holder))
        }
        Some(lock) if preflight.intent.take_over => {
            Finding::warn(ID, format!("held by {}, will be taken over", lock.holder))
        }
        Some(lock) => Finding::fail(
            ID,
            format!(
                "held by {} for {}{}",
                lock.holder,
                lock.operation,
                lock.message
                    .as_ref()
                    .map(|message| format!(": {message}"))
                    .unwrap_or_default()
            ),
        )
        .remedy("wait until it is done; if the operator is stuck, `baoctl resume --take-over`"),
    }
}

fn unfinished(preflight: &Preflight<'_>, cluster: &Cluster) -> Finding {
    const ID: &str = "cluster.unfinished-upgrade";
    if let Fact::Unknown(why) = &cluster.run {
        return Finding::unknown(ID, format!("the run record cannot be read: {why}"));
    }
    let blue_green = cluster
        .status
        .blue_green
        .as_ref()
        .filter(|status| !status.is_idle())
        .and_then(|status| status.phase.as_ref());
    let ours = preflight.resuming && preflight.run.blue_green.is_some();
    if let Some(phase) = blue_green.filter(|_| ours) {
        return Finding::pass(ID, format!("phase {phase}, to be finished"));
    }
    if let Some(phase) = blue_green {
        return Finding::fail(ID, format!("a blue/green upgrade is in phase {phase}"));
    }
    match &cluster.status.upgrade {
        None => Finding::pass(ID, "none"),
        Some(upgrade) if preflight.resuming || preflight.intent.take_over => Finding::pass(
            ID,
            format!(
                "{} to {}, to be finished",
                upgrade.from_version, upgrade.target_version
            ),
        ),
        Some(upgrade) => Finding::fail(
            ID,
            format!(
                "{} to {} was begun by the operator and is not finished (partition {})",
                upgrade.from_version, upgrade.target_version, upgrade.current_partition
            ),
        )
        .remedy("finish it with `baoctl resume --take-over`"),
    }
}

fn lease(preflight: &Preflight<'_>) -> Finding {
    judge(
        "cluster.lease",
        "the lease",
        &preflight.survey.lease_holder,
        |holder| match holder {
            None => Finding::pass("cluster.lease", "free"),
            // Whether its holder is alive is decided by watching it, when the run
            // starts.
            Some(holder) => Finding::warn("cluster.lease", format!("last held by {holder}")),
        },
    )
}
