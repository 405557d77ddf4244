//! The plan for people: what will happen, in order. A projection that nothing
//! is driven by.

use crate::model::{
    intent::Order,
    names::{PodName, Pool},
    plan::{Plan, PlanStep},
    record::RunRecord,
    survey::Survey,
};

use super::{gates, leadership, order::expected_moves, versions::is_one_way};

/// Lays out what is left to do for a run.
#[must_use]
pub fn outline(run: &RunRecord, survey: &Survey, order_reason: &str) -> Plan {
    let snapshot = &survey.snapshot;
    let leader = leadership::leader(snapshot).ok().map(|leader| leader.pod);
    let cluster = snapshot.cluster.known();
    let resource = cluster.map_or_else(String::new, |cluster| {
        format!("openbaocluster/{}", cluster.reference.name)
    });
    let one_way = is_one_way(&run.from, &run.target.version);
    let mut steps = vec![
        write(
            "take the operation lock",
            format!("{resource} status.operationLock"),
        ),
        write(
            "record the run and pause the operator",
            format!(
                "{resource} metadata.annotations[{}], spec.paused",
                RunRecord::ANNOTATION
            ),
        ),
    ];
    if run.order == Order::ReverseOrdinal && leader.is_some_and(|leader| leader.ordinal != 0) {
        steps.push(step(
            "bring leadership to ordinal 0, by up to 4 step-downs 12 s apart",
        ));
    }
    if let Some(file) = run
        .snapshot_wanted
        .as_ref()
        .filter(|_| run.snapshot.is_none())
    {
        steps.push(step(&format!(
            "take a raft snapshot to {file} and verify it"
        )));
    }
    steps.push(write(
        &format!(
            "declare version {} and image {}",
            run.target.version, run.target.image
        ),
        format!("{resource} spec.version, spec.image, status.upgrade, status.conditions"),
    ));
    let mut point_of_no_return = None;
    for kind in [Pool::ReadReplicas, Pool::Voters] {
        let Some(workload) = snapshot
            .workload(kind)
            .filter(|workload| workload.replicas > 0)
        else {
            continue;
        };
        let statefulset = format!("statefulset/{}", workload.name);
        let on_delete = kind == Pool::Voters && run.order == Order::LeaderLast;
        steps.push(write(
            &format!(
                "hold the {kind} with {}, then set the image",
                if on_delete {
                    "OnDelete"
                } else {
                    "the partition"
                }
            ),
            format!("{statefulset} spec.updateStrategy, then spec.template image"),
        ));
        let mut ordinals: Vec<u32> = (0..workload.replicas).rev().collect();
        if kind == Pool::Voters
            && let Some(leader) = leader
        {
            let last = if run.order == Order::LeaderLast {
                leader.ordinal
            } else {
                0
            };
            ordinals.retain(|ordinal| *ordinal != last);
            ordinals.push(last);
        }
        let count = ordinals.len();
        for (index, ordinal) in ordinals.into_iter().enumerate() {
            let pod = PodName::of(&workload.name, ordinal);
            let done = workload.pod(ordinal).is_some_and(|pod| {
                workload.image.as_deref() == Some(run.target.image.as_str())
                    && gates::on_target(pod, workload, run, snapshot)
            });
            if done {
                continue;
            }
            if kind == Pool::Voters && index + 1 == count && workload.replicas > 1 {
                if one_way {
                    point_of_no_return = Some(steps.len());
                }
                steps.push(step(&format!(
                    "step {pod} down, see another node active, wait 12 s{}",
                    if one_way {
                        "; from here on only forward"
                    } else {
                        ""
                    }
                )));
            } else if kind == Pool::Voters && workload.replicas == 1 && one_way {
                point_of_no_return = Some(steps.len());
            }
            steps.push(PlanStep {
                text: format!(
                    "replace {pod}{}",
                    if workload.replicas == 1 && kind == Pool::Voters {
                        ": the cluster is down while it restarts"
                    } else {
                        ""
                    }
                ),
                writes: Some(if on_delete {
                    format!("pod/{pod} eviction")
                } else {
                    format!("{statefulset} partition {ordinal}")
                }),
                pod: Some(pod),
                pool: Some(kind),
            });
        }
    }
    steps.push(write(
        "back to RollingUpdate, partition 0; write the status at rest",
        format!("{resource} status.currentVersion, status.upgrade, status.operationLock"),
    ));
    steps.push(write(
        "give the resource back to the operator",
        format!(
            "{resource} metadata.managedFields, spec.paused={}",
            run.paused_before.unwrap_or(false)
        ),
    ));
    Plan {
        cluster: cluster
            .map(|cluster| cluster.reference.clone())
            .unwrap_or_else(|| crate::model::names::ClusterRef {
                namespace: String::new(),
                name: String::new(),
            }),
        from: run.from.clone(),
        to: run.target.version.clone(),
        image: run.target.image.clone(),
        order: run.order,
        order_reason: order_reason.to_owned(),
        leader: leader.map(|leader| leader.pod.name.clone()),
        leader_moves: expected_moves(
            run.order,
            leader.map(|leader| leader.ordinal),
            run.target.replicas,
        ),
        steps,
        point_of_no_return,
        waivers: run.waivers.clone(),
    }
}

fn step(text: &str) -> PlanStep {
    PlanStep {
        text: text.to_owned(),
        writes: None,
        pod: None,
        pool: None,
    }
}

fn write(text: &str, writes: String) -> PlanStep {
    PlanStep {
        writes: Some(writes),
        ..step(text)
    }
}
