//! Checks of the StatefulSets.

use crate::model::{
    fact::Fact,
    finding::Finding,
    intent::Order,
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
