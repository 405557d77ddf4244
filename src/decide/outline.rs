//! The plan for people: what will happen, in order. A projection that nothing
//! is driven by.

use crate::model::{
    intent::Order,
    names::{ClusterRef, PodName, Pool},
    plan::{Plan, PlanStep},
    record::RunRecord,
    snapshot::Snapshot,
    survey::Survey,
    workload::{Pod, Workload},
};

use super::{
    done::{is_declared, is_locked, is_recorded, seen},
    gates, leadership,
    order::expected_moves,
    outline_colours,
    pool::is_held,
    versions::is_one_way,
};

/// Lays out what is left to do for a run.
#[must_use]
pub fn outline(run: &RunRecord, survey: &Survey, order_reason: &str) -> Plan {
    let snapshot = &survey.snapshot;
    let leader = leadership::leader(snapshot).ok().map(|leader| leader.pod);
    let reference = snapshot.cluster.known().map_or_else(
        || ClusterRef {
            namespace: String::new(),
            name: String::new(),
        },
        |cluster| cluster.reference.clone(),
    );
    if let Some(colours) = &run.blue_green {
        return outline_colours::outline(run, colours, snapshot, reference);
    }
    let mut draft = Draft {
        run,
        snapshot,
        resource: format!("openbaocluster/{}", reference.name),
        leader,
        steps: Vec::new(),
        point_of_no_return: None,
    };
    let held = [Pool::ReadReplicas, Pool::Voters]
        .into_iter()
        .filter_map(|kind| Some((kind, snapshot.workload(kind)?)))
        .filter(|(_, workload)| {
            // Once the image is set, the partition is what moves.
            let begun = run.target.is_image(workload.image.as_deref());
            workload.replicas > 0 && !is_held(workload) && !begun
        })
        .map(|(kind, workload)| (kind, workload.name.clone()))
        .collect();
    draft.prepare(held);
    for kind in [Pool::ReadReplicas, Pool::Voters] {
        if let Some(workload) = snapshot
            .workload(kind)
            .filter(|workload| workload.replicas > 0)
        {
            draft.pool(kind, workload);
        }
    }
    draft.finish();
    let led_by_the_new = leader.is_some_and(|leader| draft.is_done(leader));
    Plan {
        cluster: reference,
        from: run.leaves().clone(),
        to: run.target.version.clone(),
        image: run.target.image.clone(),
        order: run.order,
        order_reason: order_reason.to_owned(),
        leader: leader.map(|leader| leader.pod.name.clone()),
        leader_moves: if led_by_the_new {
            0
        } else {
            let ordinal = leader.map(|leader| leader.ordinal);
            expected_moves(run.order, ordinal, run.target.replicas)
        },
        steps: draft.steps,
        point_of_no_return: draft.point_of_no_return,
        colours: None,
        waivers: run.waivers.clone(),
    }
}

/// A plan as it grows.
struct Draft<'a> {
    run: &'a RunRecord,
    snapshot: &'a Snapshot,
    resource: String,
    leader: Option<&'a Pod>,
    steps: Vec<PlanStep>,
    point_of_no_return: Option<usize>,
}

impl Draft<'_> {
    fn prepare(&mut self, held: Vec<(Pool, String)>) {
        let (run, resource) = (self.run, self.resource.clone());
        if !is_locked(run, self.snapshot) {
            self.write(
                "take the operation lock",
                format!("{resource} status.operationLock"),
            );
        }
        if !is_recorded(run, self.snapshot) {
            self.write(
                "record the run and pause the operator",
                format!(
                    "{resource} metadata.annotations[{}], spec.paused",
                    RunRecord::ANNOTATION
                ),
            );
        }
        if run.order == Order::ReverseOrdinal
            && self
                .leader
                .is_some_and(|leader| leader.ordinal != 0 && !self.is_done(leader))
        {
            self.say("bring leadership to ordinal 0, by up to 4 step-downs 12 s apart".to_owned());
        }
        if let Some(file) = run
            .snapshot_wanted
            .as_ref()
            .filter(|_| run.snapshot.is_none())
        {
            self.say(format!("take a raft snapshot to {file} and verify it"));
        }
        for (kind, name) in held {
            self.write(
                &format!(
                    "hold the {kind} with the partition: un-pausing the operator then moves no pod"
                ),
                format!("statefulset/{name} spec.updateStrategy"),
            );
        }
        if !seen(self.snapshot, |cluster| is_declared(run, cluster)) {
            self.write(
                &format!(
                    "declare version {} and image {}",
                    run.target.version, run.target.image
                ),
                format!("{resource} spec.version, spec.image, status.upgrade, status.conditions"),
            );
        }
    }

    /// Whether a voter runs the target.
    fn is_done(&self, pod: &Pod) -> bool {
        let voters = self.snapshot.workload(Pool::Voters);
        voters.is_some_and(|voters| gates::on_target(pod, voters, self.run, self.snapshot))
    }

    fn pool(&mut self, kind: Pool, workload: &Workload) {
        let run = self.run;
        let statefulset = format!("statefulset/{}", workload.name);
        if !run.target.is_image(workload.image.as_deref()) {
            self.write(
                &format!("set the image of the {kind}"),
                format!("{statefulset} spec.template image"),
            );
        }
        let alone = kind == Pool::Voters && workload.replicas == 1;
        let ordinals = self.ordinals(kind, workload);
        let last = ordinals.last().copied();
        for ordinal in ordinals {
            let pod = PodName::of(&workload.name, ordinal);
            let done = workload
                .pod(ordinal)
                .is_some_and(|pod| gates::on_target(pod, workload, run, self.snapshot));
            if done {
                continue;
            }
            if kind == Pool::Voters && last == Some(ordinal) {
                self.last_voter(&pod, alone);
            }
            let downtime = if alone {
                ": the cluster is down while it restarts"
            } else {
                ""
            };
            let evicted = kind == Pool::Voters && self.is_passed_over(ordinal);
            self.steps.push(PlanStep {
                text: format!("replace {pod}{downtime}"),
                writes: Some(if evicted {
                    format!("pod/{pod} eviction, {statefulset} OnDelete until it is back")
                } else {
                    format!("{statefulset} partition {ordinal}")
                }),
                pod: Some(pod),
                pool: Some(kind),
            });
        }
    }

    /// Whether a voter goes by eviction: past the leader above it, or last where
    /// new pods below it must not come back old.
    fn is_passed_over(&self, ordinal: u32) -> bool {
        let one_way = is_one_way(&self.run.from, &self.run.target.version);
        self.run.order == Order::LeaderLast
            && self.leader.is_some_and(|leader| {
                ordinal < leader.ordinal || (one_way && ordinal == leader.ordinal && ordinal > 0)
            })
    }

    /// The order of a pool's ordinals: the leader, or ordinal 0, last.
    fn ordinals(&self, kind: Pool, workload: &Workload) -> Vec<u32> {
        let mut ordinals: Vec<u32> = (0..workload.replicas).rev().collect();
        if let (Pool::Voters, Some(leader)) = (kind, self.leader) {
            let last = match self.run.order {
                Order::LeaderLast => leader.ordinal,
                Order::ReverseOrdinal => 0,
            };
            ordinals.retain(|ordinal| *ordinal != last);
            ordinals.push(last);
        }
        ordinals
    }

    /// Before the last old voter goes, leadership moves to the new version.
    fn last_voter(&mut self, pod: &PodName, alone: bool) {
        let one_way = is_one_way(&self.run.from, &self.run.target.version);
        if one_way {
            self.point_of_no_return = Some(self.steps.len());
        }
        if !alone {
            let forward = if one_way {
                "; from here on only forward"
            } else {
                ""
            };
            self.say(format!(
                "step {pod} down, see another node active, wait 12 s{forward}"
            ));
        }
    }

    fn finish(&mut self) {
        let resource = self.resource.clone();
        self.write(
            "back to RollingUpdate, partition 0; write the status at rest",
            format!("{resource} status.currentVersion, status.upgrade, status.operationLock"),
        );
        let paused = self.run.paused_before.unwrap_or(false);
        self.write(
            "give the resource back to the operator",
            format!("{resource} metadata.managedFields, spec.paused={paused}"),
        );
    }

    fn say(&mut self, text: String) {
        self.steps.push(PlanStep::says(text));
    }

    fn write(&mut self, text: &str, writes: String) {
        self.steps.push(PlanStep::writing(text, writes));
    }
}
