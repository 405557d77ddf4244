//! Checks of the StatefulSets.

use crate::model::{
    fact::Fact,
    finding::Finding,
    intent::Order,
    kube_node::KubeNode,
    names::Pool,
    waiver::Waiver,
    workload::{UpdateStrategy, Workload},
};

use super::{Preflight, judge};

pub(super) fn check(preflight: &Preflight<'_>, findings: &mut Vec<Finding>) {
    let snapshot = &preflight.survey.snapshot;
    let voters = &snapshot.voters;
    let mut ask = |id: &str, question: fn(&Preflight<'_>, &Workload) -> Finding| {
        findings.push(judge(id, "the StatefulSet", voters, |workload| {
            question(preflight, workload)
        }));
    };
    ask("workload.statefulset", shape);
    ask("workload.replicas-ready", replicas_ready);
    ask("workload.revisions-clean", revisions_clean);
    ask("workload.termination-grace", grace);
    ask("workload.downtime", |preflight, workload| {
        let allowed = preflight.intent.waives(&Waiver::AllowDowntime)
            || preflight.run.waivers.contains(&Waiver::AllowDowntime);
        match (workload.replicas, allowed) {
            // Green serves before blue goes.
            _ if preflight.run.blue_green.is_some() => {
                Finding::pass("workload.downtime", "the cluster keeps serving")
            }
            (1, false) => Finding::fail(
                "workload.downtime",
                "one voter only: the cluster is down while it restarts",
            )
            .remedy("accept it with --allow-downtime"),
            (1, true) => Finding::warn("workload.downtime", "one voter only: downtime accepted"),
            _ => Finding::pass("workload.downtime", "the cluster keeps serving"),
        }
    });
    findings.push(node_drain(preflight));
    findings.push(volumes(preflight));
    findings.push(budget(preflight));
}

fn shape(preflight: &Preflight<'_>, workload: &Workload) -> Finding {
    const ID: &str = "workload.statefulset";
    if workload.image.is_none() {
        return Finding::fail(
            ID,
            format!("{} has no container named openbao", workload.name),
        );
    }
    let coloured = preflight.run.blue_green.is_some();
    if coloured && preflight.resuming && workload.replicas == 0 {
        return Finding::pass(ID, format!("{} is being removed", workload.name));
    }
    if workload.replicas != preflight.run.target.replicas {
        return Finding::fail(
            ID,
            format!(
                "{} has {} replicas, spec.replicas is {}",
                workload.name, workload.replicas, preflight.run.target.replicas
            ),
        )
        .remedy("let scaling finish first");
    }
    if !workload.ordered_ready {
        return Finding::fail(ID, format!("{} is not OrderedReady", workload.name))
            .remedy("with parallel pod management one write may take several pods");
    }
    if !workload.is_observed() {
        return Finding::fail(
            ID,
            format!(
                "the controller has not acted on the latest spec of {}",
                workload.name
            ),
        );
    }
    match workload.strategy {
        UpdateStrategy::RollingUpdate {
            max_unavailable_above_one: true,
            ..
        } => Finding::fail(
            ID,
            "updateStrategy.rollingUpdate.maxUnavailable is larger than 1",
        )
        .remedy("set it to 1: one partition step would take several pods"),
        // So the operator makes every StatefulSet of a colour.
        UpdateStrategy::OnDelete if coloured => {
            Finding::pass(ID, format!("{}, OnDelete", workload.name))
        }
        UpdateStrategy::RollingUpdate { partition: 0, .. } => {
            Finding::pass(ID, format!("{}, RollingUpdate", workload.name))
        }
        UpdateStrategy::RollingUpdate { .. } | UpdateStrategy::OnDelete
            if preflight.resuming || preflight.intent.take_over =>
        {
            Finding::pass(
                ID,
                format!(
                    "{}, {} by the unfinished run",
                    workload.name, workload.strategy
                ),
            )
        }
        UpdateStrategy::RollingUpdate { .. } | UpdateStrategy::OnDelete => Finding::warn(
            ID,
            format!(
                "{} is held back already: {}",
                workload.name, workload.strategy
            ),
        ),
    }
}

fn replicas_ready(preflight: &Preflight<'_>, workload: &Workload) -> Finding {
    const ID: &str = "workload.replicas-ready";
    let read = preflight.survey.snapshot.workload(Pool::ReadReplicas);
    let mut waiting = Vec::new();
    let mut total = 0;
    for workload in [Some(workload), read].into_iter().flatten() {
        total += workload.replicas;
        for ordinal in 0..workload.replicas {
            match workload.pod(ordinal) {
                Some(pod) if pod.ready && !pod.terminating => {}
                Some(pod) => {
                    waiting.push(format!(
                        "{}: {}",
                        pod.pod,
                        crate::decide::pod_state::state(pod)
                    ));
                }
                None => waiting.push(format!("{}-{ordinal} does not exist", workload.name)),
            }
        }
    }
    if waiting.is_empty() {
        Finding::pass(ID, format!("{total} of {total}"))
    } else if preflight.resuming {
        Finding::warn(
            ID,
            format!("{}; the run waits for them", waiting.join(", ")),
        )
    } else {
        Finding::fail(ID, waiting.join(", "))
            .remedy("bring every pod up before an upgrade takes one down")
    }
}

fn revisions_clean(preflight: &Preflight<'_>, workload: &Workload) -> Finding {
    const ID: &str = "workload.revisions-clean";
    if preflight.resuming || preflight.intent.take_over {
        return Finding::skipped(ID, "an unfinished upgrade has two revisions");
    }
    let odd: Vec<String> = workload
        .pods
        .iter()
        .filter(|pod| pod.revision != workload.update_revision)
        .map(|pod| format!("{} is of {}", pod.pod, pod.revision))
        .collect();
    if odd.is_empty() {
        Finding::pass(ID, workload.update_revision.clone())
    } else {
        Finding::fail(
            ID,
            format!(
                "the template is {}, {}",
                workload.update_revision,
                odd.join(", ")
            ),
        )
        .remedy("let the present roll-out finish, or finish it with `baoctl resume --take-over`")
    }
}

fn grace(_: &Preflight<'_>, workload: &Workload) -> Finding {
    const ID: &str = "workload.termination-grace";
    // A node that stepped down exits up to 10 s after SIGTERM (openbao-live.md
    // 0.2); baoctl waits those out, so a shorter grace is no danger by itself.
    if workload.grace_seconds >= 30 {
        Finding::pass(ID, format!("{} s", workload.grace_seconds))
    } else {
        Finding::warn(
            ID,
            format!(
                "{} s; an unplanned failover may end in SIGKILL",
                workload.grace_seconds
            ),
        )
        .remedy("30 s or more")
    }
}

/// An upgrade beside a drain would be two who take pods away, and a pod whose
/// volume is on a cordoned node has nowhere to come back to.
fn node_drain(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "workload.node-drain";
    let survey = preflight.survey;
    let voters = &survey.snapshot.voters;
    judge(ID, "the StatefulSet", voters, |workload| {
        let evicted: Vec<String> = workload
            .pods
            .iter()
            .filter_map(|pod| {
                let why = pod.disruption.as_ref()?;
                Some(format!("{}: {}", pod.pod.name, why.reason))
            })
            .collect();
        if !evicted.is_empty() && !preflight.resuming {
            return Finding::fail(ID, format!("being taken away: {}", evicted.join(", ")))
                .remedy("let the drain finish first");
        }
        let nodes = match &survey.kube_nodes {
            Fact::Known(Some(nodes)) => nodes,
            Fact::Known(None) => {
                return Finding::skipped(ID, "nodes may not be read");
            }
            Fact::Unknown(why) => {
                return Finding::unknown(ID, format!("the nodes could not be read: {why}"));
            }
        };
        let told = |wrong: fn(&&KubeNode) -> bool| {
            let names = nodes.iter().filter(wrong).map(|node| node.name.as_str());
            let names: Vec<&str> = names.collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        if let Some(away) = told(|node| !node.ready) {
            let message = format!("not Ready: {away}");
            if preflight.resuming {
                return Finding::warn(ID, message);
            }
            return Finding::fail(ID, message)
                .remedy("bring the node back, or move its pod, before this upgrade");
        }
        match told(|node| node.cordoned) {
            Some(cordoned) => Finding::warn(
                ID,
                format!("cordoned: {cordoned}; a pod from there has to find another node"),
            )
            .remedy("uncordon it, or see that the pods' volumes can move"),
            None => Finding::pass(ID, format!("{} nodes Ready, none cordoned", nodes.len())),
        }
    })
}

/// A claim that was deleted under a running pod goes when the pod does, and the
/// pod that comes after it starts without data.
fn volumes(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "workload.volumes";
    let survey = preflight.survey;
    // Whose volumes they are must be known.
    if let Fact::Unknown(why) = &survey.snapshot.voters {
        return Finding::unknown(ID, format!("the StatefulSet could not be read: {why}"));
    }
    judge(ID, "the volumes' claims", &survey.claims, |claims| {
        let wrong: Vec<String> = claims
            .iter()
            .filter_map(|claim| {
                let what = match &claim.found {
                    None => "does not exist",
                    Some(found) if found.terminating => "was deleted, and goes with its pod",
                    Some(found) if found.phase != "Bound" => "is not Bound",
                    Some(_) => return None,
                };
                Some(format!("{} of {} {what}", claim.name, claim.pod))
            })
            .collect();
        if wrong.is_empty() {
            return Finding::pass(ID, format!("{} Bound", claims.len()));
        }
        let message = wrong.join(", ");
        if preflight.resuming {
            return Finding::warn(ID, message);
        }
        Finding::fail(ID, message).remedy(
            "each such server would come back without data: replace them one at a time by hand, \
             with a snapshot at hand, before this upgrade",
        )
    })
}

fn budget(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "workload.disruption-budget";
    let evicts = preflight.run.order == Order::LeaderLast;
    match &preflight.survey.snapshot.disruptions_allowed {
        Fact::Unknown(why) => Finding::unknown(ID, format!("the budget could not be read: {why}")),
        Fact::Known(None) if preflight.run.target.replicas >= 3 => {
            Finding::warn(ID, "there is no disruption budget for the cluster's pods")
        }
        Fact::Known(None) => Finding::skipped(ID, "no budget below three replicas"),
        Fact::Known(Some(allowed)) if *allowed >= 1 => {
            Finding::pass(ID, format!("{allowed} disruption allowed"))
        }
        Fact::Known(Some(_)) if preflight.resuming || !evicts => {
            Finding::warn(ID, "the budget allows no disruption now")
        }
        Fact::Known(Some(_)) => Finding::fail(ID, "the budget allows no disruption now")
            .remedy("a drain or another eviction may be under way; see `kubectl get pdb`"),
    }
}
