//! One pod, read into the model.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{
    ContainerState as State, ContainerStatus, Pod, PodCondition, PodStatus,
};
use kube::ResourceExt;

use super::{errors::clean, names::CONTAINER};
use crate::model::{
    legible::legible,
    names::{PodName, PodRef},
    other_container::{ContainerKind, OtherContainer},
    workload::{self, ContainerState, Disruption},
};

/// The longest text taken over as it is, in characters.
const LONGEST: usize = 400;

/// The pod, if this StatefulSet owns it. Labels prove nothing: the operator's
/// executor pods carry the same ones (`contracts/operator-live.md` 7.8).
pub(super) fn parse(pod: &Pod, set: &str, set_uid: &str) -> Option<workload::Pod> {
    if !pod
        .owner_references()
        .iter()
        .any(|owner| owner.uid == set_uid)
    {
        return None;
    }
    let name = pod.name_any();
    let ordinal = name.strip_prefix(set)?.strip_prefix('-')?.parse().ok()?;
    // `prod-01` is a number too, and the name of no pod of the controller's.
    if PodName::of(set, ordinal).as_str() != name {
        return None;
    }
    let text = |text: &String| legible(text, LONGEST);
    let status = pod.status.as_ref();
    let ready = condition(status, "Ready");
    let container = status
        .and_then(|status| status.container_statuses.as_ref())
        .and_then(|all| all.iter().find(|container| container.name == CONTAINER));
    Some(workload::Pod {
        ordinal,
        revision: pod
            .labels()
            .get("controller-revision-hash")
            .map(text)
            .unwrap_or_default(),
        created: pod.creation_timestamp().map(|time| time.0),
        terminating: pod.metadata.deletion_timestamp.is_some(),
        ready: ready.is_some_and(|ready| ready.status == "True"),
        ready_since: ready.and_then(|ready| ready.last_transition_time.as_ref().map(|t| t.0)),
        unschedulable: condition(status, "PodScheduled")
            .filter(|scheduled| scheduled.status == "False")
            .map(|scheduled| clean(scheduled.message.as_deref().unwrap_or("no reason given"))),
        image: pod.spec.as_ref().and_then(|spec| {
            spec.containers
                .iter()
                .find(|container| container.name == CONTAINER)
                .and_then(|container| container.image.as_ref())
                .map(text)
        }),
        container: container
            .and_then(|container| container.state.as_ref())
            .map_or(ContainerState::Absent, container_state),
        container_ready: container.is_some_and(|container| container.ready),
        restarts: container.map(restarts).unwrap_or_default(),
        other_containers: status.map(other_containers).unwrap_or_default(),
        unmet_gates: unmet_gates(pod),
        disruption: condition(status, "DisruptionTarget")
            .filter(|disrupted| disrupted.status == "True")
            .map(|disrupted| Disruption {
                reason: clean(disrupted.reason.as_deref().unwrap_or_default()),
                message: clean(disrupted.message.as_deref().unwrap_or_default()),
            }),
        finalizers: pod.finalizers().iter().map(text).collect(),
        warnings: Vec::new(),
        node: pod
            .spec
            .as_ref()
            .and_then(|spec| spec.node_name.as_ref())
            .map(text),
        ip: status.and_then(|status| status.pod_ip.as_ref()).map(text),
        pod: PodRef {
            uid: pod.uid().as_ref().map(text)?,
            name: PodName(name),
        },
    })
}

fn restarts(container: &ContainerStatus) -> u32 {
    u32::try_from(container.restart_count).unwrap_or_default()
}

/// The containers beside OpenBao's that are not as they should be: init
/// containers that have not ended well, and others that are not ready. An init
/// container that is restarted for ever is a sidecar (`restartPolicy: Always`);
/// it has started when it is told so.
fn other_containers(status: &PodStatus) -> Vec<OtherContainer> {
    let other = |container: &ContainerStatus, kind| OtherContainer {
        name: legible(&container.name, LONGEST),
        kind,
        state: container
            .state
            .as_ref()
            .map_or(ContainerState::Absent, container_state),
        restarts: restarts(container),
    };
    let init = status.init_container_statuses.iter().flatten();
    let ended_well = |container: &&ContainerStatus| {
        let ended = container.state.as_ref().and_then(|s| s.terminated.as_ref());
        ended.is_some_and(|ended| ended.exit_code == 0)
            || (container.started == Some(true) && container.ready)
    };
    let beside = status.container_statuses.iter().flatten();
    init.filter(|container| !ended_well(container))
        .map(|container| match container.started {
            // Init containers proper are never said to have started.
            Some(true) => other(container, ContainerKind::Sidecar),
            _ => other(container, ContainerKind::Init),
        })
        .chain(
            beside
                .filter(|container| container.name != CONTAINER && !container.ready)
                .map(|container| other(container, ContainerKind::Sidecar)),
        )
        .collect()
}

/// The readiness gates that hold a pod back whose containers are all ready.
fn unmet_gates(pod: &Pod) -> Vec<String> {
    let gates = pod.spec.iter().flat_map(|spec| spec.readiness_gates.iter());
    gates
        .flatten()
        .filter(|gate| {
            condition(pod.status.as_ref(), &gate.condition_type)
                .is_none_or(|condition| condition.status != "True")
        })
        .map(|gate| legible(&gate.condition_type, LONGEST))
        .collect()
}

fn condition<'a>(status: Option<&'a PodStatus>, kind: &str) -> Option<&'a PodCondition> {
    status?
        .conditions
        .as_ref()?
        .iter()
        .find(|condition| condition.type_ == kind)
}

fn container_state(state: &State) -> ContainerState {
    if let Some(running) = &state.running {
        let since: Option<Timestamp> = running.started_at.as_ref().map(|time| time.0);
        return ContainerState::Running { since };
    }
    if let Some(terminated) = &state.terminated {
        return ContainerState::Terminated {
            exit_code: terminated.exit_code,
            reason: terminated.reason.as_deref().map(clean),
        };
    }
    if let Some(waiting) = &state.waiting {
        return ContainerState::Waiting {
            reason: clean(waiting.reason.as_deref().unwrap_or_default()),
            message: waiting.message.as_deref().map(clean),
        };
    }
    ContainerState::Absent
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod(name: &str, image: &str) -> Option<workload::Pod> {
        let pod = json!({
            "metadata": { "name": name, "uid": "1", "ownerReferences": [
                { "apiVersion": "apps/v1", "kind": "StatefulSet", "name": "prod", "uid": "set" },
            ] },
            "spec": { "containers": [{ "name": CONTAINER, "image": image }] },
        });
        let pod: Pod = serde_json::from_value(pod).expect("a pod");
        parse(&pod, "prod", "set")
    }

    #[test]
    fn a_pod_is_of_the_set_by_its_exact_name_only() {
        assert_eq!(pod("prod-1", "a").map(|pod| pod.ordinal), Some(1));
        for name in ["prod-01", "prod-+1", "prod-", "prod-4294967296"] {
            assert_eq!(pod(name, "a"), None, "{name}");
        }
    }

    #[test]
    fn an_image_cannot_steer_a_terminal() {
        let image = pod("prod-1", "a\u{1b}[2J:1").and_then(|pod| pod.image);
        assert_eq!(image.as_deref(), Some("a\u{fffd}[2J:1"));
    }

    /// A pod with this spec and status beside what every pod has.
    fn with(mut more: serde_json::Value) -> workload::Pod {
        more["metadata"]["name"] = json!("prod-1");
        more["metadata"]["uid"] = json!("1");
        more["metadata"]["ownerReferences"] = json!([
            { "apiVersion": "apps/v1", "kind": "StatefulSet", "name": "prod", "uid": "set" },
        ]);
        more["spec"]["containers"] = json!([{ "name": CONTAINER, "image": "a" }]);
        let pod: Pod = serde_json::from_value(more).expect("a pod");
        parse(&pod, "prod", "set").expect("a pod of the set")
    }

    fn status(name: &str, ready: bool, state: &serde_json::Value) -> serde_json::Value {
        json!({
            "name": name, "image": "a", "imageID": "", "ready": ready, "restartCount": 3,
            "started": ready, "state": state, "lastState": {},
        })
    }

    #[test]
    fn containers_that_are_not_openbaos_are_told_when_they_hold_the_pod_back() {
        let running = json!({ "running": { "startedAt": "2026-11-23T09:00:00Z" } });
        let done = json!({ "terminated": { "exitCode": 0, "reason": "Completed" } });
        let failing = json!({ "waiting": { "reason": "CrashLoopBackOff" } });
        let mut native = status("agent", false, &running);
        native["started"] = json!(true);
        let pod = with(json!({ "status": {
            "initContainerStatuses": [
                status("done", false, &done),
                status("mesh-init", false, &failing),
                status("agent-ready", true, &running),
                native,
            ],
            "containerStatuses": [
                status(CONTAINER, true, &running),
                status("mesh-proxy", false, &running),
                status("exporter", true, &running),
            ],
        } }));
        let told: Vec<_> = pod
            .other_containers
            .iter()
            .map(|other| (other.name.as_str(), other.kind, other.restarts))
            .collect();
        assert_eq!(
            told,
            [
                ("mesh-init", ContainerKind::Init, 3),
                ("agent", ContainerKind::Sidecar, 3),
                ("mesh-proxy", ContainerKind::Sidecar, 3),
            ]
        );
        assert!(pod.container_ready);
        assert!(!pod.ready, "no condition says so");
    }

    #[test]
    fn gates_finalizers_and_a_disruption_are_read() {
        let pod = with(json!({
            "metadata": { "finalizers": ["example.com/drain"] },
            "spec": { "readinessGates": [
                { "conditionType": "example.com/met" },
                { "conditionType": "example.com/unmet" },
                { "conditionType": "example.com/unsaid" },
            ] },
            "status": { "conditions": [
                { "type": "example.com/met", "status": "True" },
                { "type": "example.com/unmet", "status": "False" },
                { "type": "DisruptionTarget", "status": "True", "reason": "DeletionByTaintManager",
                  "message": "Taint manager: deleting due to NoExecute taint" },
            ] },
        }));
        assert_eq!(pod.unmet_gates, ["example.com/unmet", "example.com/unsaid"]);
        assert_eq!(pod.finalizers, ["example.com/drain"]);
        let disruption = pod.disruption.expect("a disruption");
        assert!(disruption.is_by_taint() && !disruption.is_an_eviction());
        assert_eq!(
            disruption.message,
            "Taint manager: deleting due to NoExecute taint"
        );
    }
}
