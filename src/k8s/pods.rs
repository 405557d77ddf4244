//! One pod, read into the model.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{ContainerState as State, Pod, PodCondition, PodStatus};
use kube::ResourceExt;

use super::{errors::clean, names::CONTAINER};
use crate::model::{
    legible::legible,
    names::{PodName, PodRef},
    workload::{self, ContainerState},
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
        restarts: container
            .and_then(|container| u32::try_from(container.restart_count).ok())
            .unwrap_or_default(),
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
}
