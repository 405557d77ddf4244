//! A pod's status as the kubelet writes it.

use serde_json::{Value, json};

use super::{
    Kubernetes, injected,
    object::stamp,
    pod::{Ending, PodWork, Stage},
    timers::Task,
};
use crate::sim::moment::Moment;

/// The node every pod runs on.
pub const NODE: &str = "node-1";
const HOST: &str = "10.244.0.1";

impl Kubernetes {
    /// Writes the status of a pod from what is known of it.
    pub(super) fn report_pod(&mut self, uid: &str) {
        if let Some(back) = self.kubelet_is_back() {
            self.timers.add(back, Task::Report(uid.to_owned()));
            return;
        }
        let Some(pod) = self.pods.get(uid) else {
            return;
        };
        let Some(object) = self.store.get(&pod.key) else {
            return;
        };
        let shown = Shown::of(pod);
        // Most probes change nothing of it.
        if pod.reported == Some((object.revision, shown)) {
            return;
        }
        let key = pod.key.clone();
        let mut revision = object.revision;
        let status = status(pod);
        let node = pod.scheduled_at.map(|_| json!(NODE));
        let node = node.filter(|node| object.value["spec"]["nodeName"] != *node);
        if node.is_some() || object.value["status"] != status {
            let mut value = object.value.clone();
            value["status"] = status;
            if let Some(node) = node {
                value["spec"]["nodeName"] = node;
            }
            revision = self.commit(&key, value).revision;
        }
        if let Some(pod) = self.pods.get_mut(uid) {
            pod.reported = Some((revision, shown));
        }
    }
}

/// What a pod's status is made of, without what a pod keeps for life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of a pod")]
pub(super) struct Shown {
    ended: bool,
    exit_code: Option<i32>,
    stage: Stage,
    scheduled_at: Option<Moment>,
    started_at: Option<Moment>,
    addressed: bool,
    ready: bool,
    ready_changed: Moment,
    restarts: u32,
    crashes: u32,
    last_run: Option<(Moment, Moment, i32)>,
    trouble: Option<&'static str>,
    init_failures: u32,
    taint_evicted: bool,
    container_ready: bool,
}

impl Shown {
    fn of(pod: &PodWork) -> Self {
        Self {
            ended: has_ended(pod),
            exit_code: pod.exit_code,
            stage: pod.stage,
            scheduled_at: pod.scheduled_at,
            started_at: pod.started_at,
            // It has one address in its life.
            addressed: pod.ip.is_some(),
            ready: pod.ready,
            ready_changed: pod.ready_changed,
            restarts: pod.restarts,
            crashes: pod.crashes,
            last_run: pod.last_run,
            trouble: pod.trouble,
            init_failures: pod.init_failures,
            taint_evicted: pod.taint_evicted,
            container_ready: pod.container_ready,
        }
    }
}

pub(super) fn has_ended(pod: &PodWork) -> bool {
    matches!(pod.ending, Some((Ending::Ended, _))) || pod.ended
}

fn status(pod: &PodWork) -> Value {
    let ended = has_ended(pod);
    let phase = match (ended, pod.exit_code) {
        (true, Some(0)) => "Succeeded",
        (true, Some(_)) => "Failed",
        _ if pod.stage.started() => "Running",
        _ => "Pending",
    };
    let mut status = json!({
        "phase": phase,
        "qosClass": "Burstable",
        "conditions": conditions(pod),
        "observedGeneration": 1,
    });
    let Some(scheduled) = pod.scheduled_at else {
        return status;
    };
    status["hostIP"] = json!(HOST);
    status["hostIPs"] = json!([{ "ip": HOST }]);
    status["startTime"] = stamp(scheduled);
    if let Some(ip) = &pod.ip {
        status["podIP"] = json!(ip);
        status["podIPs"] = json!([{ "ip": ip }]);
    }
    let mut container = json!({
        "name": "openbao",
        "image": pod.image,
        "imageID": "",
        "ready": pod.container_ready,
        "started": pod.stage == Stage::Running && !ended,
        "restartCount": pod.restarts,
        "state": state(pod, ended),
        "lastState": {},
    });
    if pod.stage.started() {
        container["imageID"] = json!(format!("sha256:{}", digest(&pod.image)));
        container["containerID"] = json!(format!("containerd://{}-{}", pod.uid, pod.restarts));
    }
    if let Some((from, to, code)) = pod.last_run {
        container["lastState"] = json!({ "terminated": terminated(from, to, code) });
    }
    status["containerStatuses"] = json!([container]);
    injected::complete(pod, &mut status);
    status
}

fn state(pod: &PodWork, ended: bool) -> Value {
    let started = pod.started_at.unwrap_or(pod.created);
    if ended && let Some(code) = pod.exit_code {
        return json!({ "terminated": terminated(started, pod.ready_changed, code) });
    }
    match pod.stage {
        Stage::Running => json!({ "running": { "startedAt": stamp(started) } }),
        // The first end is shown as such; later ones wait.
        Stage::Backoff { code } if pod.crashes <= 1 => {
            let end = pod.last_run.map_or(started, |(_, end, _)| end);
            json!({ "terminated": terminated(started, end, code) })
        }
        stage => {
            let mut waiting = json!({ "reason": stage.waiting().unwrap_or("ContainerCreating") });
            if let Some(message) = message(pod) {
                waiting["message"] = json!(message);
            }
            json!({ "waiting": waiting })
        }
    }
}

fn message(pod: &PodWork) -> Option<String> {
    let image = &pod.image;
    match pod.stage {
        Stage::PullFailed { backing_off: false } => Some(format!(
            "failed to pull and unpack image \"{image}\": failed to resolve reference \
             \"{image}\": {image}: not found"
        )),
        Stage::PullFailed { backing_off: true } => {
            Some(format!("Back-off pulling image \"{image}\""))
        }
        Stage::Backoff { .. } => Some(format!(
            "back-off restarting failed container=openbao pod={}_{}({})",
            pod.key.name, pod.key.namespace, pod.uid
        )),
        _ => None,
    }
}

fn terminated(from: Moment, to: Moment, code: i32) -> Value {
    let reason = if code == 0 { "Completed" } else { "Error" };
    json!({
        "exitCode": code, "reason": reason, "startedAt": stamp(from), "finishedAt": stamp(to),
    })
}

fn conditions(pod: &PodWork) -> Value {
    let condition = |kind: &str, holds: bool, since: Moment| {
        json!({
            "type": kind, "status": if holds { "True" } else { "False" },
            "lastProbeTime": null, "lastTransitionTime": stamp(since), "observedGeneration": 1,
        })
    };
    let Some(scheduled) = pod.scheduled_at else {
        let mut condition = condition("PodScheduled", false, pod.created);
        if pod.trouble == Some("FailedScheduling") {
            condition["reason"] = json!("Unschedulable");
            condition["message"] = json!(UNSCHEDULABLE);
        }
        return json!([condition]);
    };
    let started = pod.started_at.unwrap_or(scheduled);
    let mut ready = condition("Ready", pod.ready, pod.ready_changed);
    let mut containers = condition("ContainersReady", pod.ready, pod.ready_changed);
    if !pod.ready {
        let unready = if pod.container_ready {
            injected::SIDECAR
        } else {
            "openbao"
        };
        for condition in [&mut ready, &mut containers] {
            condition["reason"] = json!("ContainersNotReady");
            condition["message"] = json!(format!("containers with unready status: [{unready}]"));
        }
    }
    let sandbox = pod.stage.started();
    let mut conditions = json!([
        condition("PodReadyToStartContainers", sandbox, started),
        condition("Initialized", pod.stage != Stage::Initializing, scheduled),
        ready,
        containers,
        condition("PodScheduled", true, scheduled),
    ]);
    if pod.taint_evicted
        && let Some(all) = conditions.as_array_mut()
    {
        let mut disrupted = condition("DisruptionTarget", true, pod.ready_changed);
        disrupted["reason"] = json!("DeletionByTaintManager");
        disrupted["message"] = json!("Taint manager: deleting due to NoExecute taint");
        all.push(disrupted);
    }
    conditions
}

/// What the scheduler says of a full node (`contracts/operator-live.md` 8.4.10).
pub(super) const UNSCHEDULABLE: &str = "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 \
     nodes are available: 1 No preemption victims found for incoming pod.";

/// A stand-in for an image's digest: the same for the same image.
pub(super) fn digest(image: &str) -> String {
    let hash = image.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}").repeat(4)
}
