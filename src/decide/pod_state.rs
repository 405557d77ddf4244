//! A pod's own state in words, for whoever waits for it.

use std::borrow::Cow;

use crate::model::{
    blocker::Blocker,
    workload::{ContainerState, Pod},
};

use super::stuck;

/// The wait for a pod that is not Ready.
#[must_use]
pub fn not_ready(pod: &Pod) -> Blocker {
    Blocker::PodNotReady {
        pod: pod.pod.name.clone(),
        state: state(pod),
        trouble: stuck::class(pod)
            .map(|class| format!("{class:?}"))
            .or_else(|| beside(pod).map(str::to_owned)),
    }
}

/// What is not OpenBao's and keeps a pod back in which OpenBao is ready: that may
/// pass by itself, but not by OpenBao's doing.
fn beside(pod: &Pod) -> Option<&'static str> {
    if !pod.container_ready {
        None
    } else if stuck::to_blame(pod).is_some() {
        Some("Sidecar")
    } else if pod.unmet_gates.is_empty() {
        None
    } else {
        Some("ReadinessGate")
    }
}

/// What keeps a pod from being Ready in a few words.
#[must_use]
pub fn state(pod: &Pod) -> String {
    if let Some(message) = &pod.unschedulable {
        return format!("unschedulable: {message}");
    }
    if let Some(other) = stuck::to_blame(pod) {
        return format!("{} {}: {}", other.kind, other.name, in_short(&other.state));
    }
    if let Some((_, warning)) = stuck::told(pod) {
        return warning.to_string();
    }
    if pod.container_ready && !pod.unmet_gates.is_empty() {
        return format!("readiness gate {} is not True", pod.unmet_gates.join(", "));
    }
    in_short(&pod.container).into_owned()
}

fn in_short(state: &ContainerState) -> Cow<'_, str> {
    match state {
        ContainerState::Absent => "no container yet".into(),
        ContainerState::Waiting { reason, .. } => reason.as_str().into(),
        ContainerState::Running { .. } => "running, probe not passed yet".into(),
        ContainerState::Terminated { exit_code, reason } => format!(
            "exited with {exit_code}{}",
            reason
                .as_ref()
                .map(|reason| format!(" ({reason})"))
                .unwrap_or_default()
        )
        .into(),
    }
}

/// The kubelet's own words for it, where it has any.
#[must_use]
pub fn detail(pod: &Pod) -> Option<String> {
    if let Some(message) = &pod.unschedulable {
        return Some(message.clone());
    }
    if let Some(other) = stuck::to_blame(pod) {
        let words = words(&other.state).unwrap_or_else(|| in_short(&other.state).into_owned());
        return Some(format!("{} {}: {words}", other.kind, other.name));
    }
    stuck::told(pod)
        .map(|(_, warning)| warning.to_string())
        .or_else(|| words(&pod.container))
        .or_else(|| (!pod.unmet_gates.is_empty()).then(|| state(pod)))
}

fn words(state: &ContainerState) -> Option<String> {
    match state {
        ContainerState::Waiting { reason, message } => Some(match message {
            Some(message) => format!("{reason}: {message}"),
            None => reason.clone(),
        }),
        ContainerState::Terminated { exit_code, reason } => Some(format!(
            "the process exited with {exit_code}{}",
            reason
                .as_ref()
                .map(|reason| format!(" ({reason})"))
                .unwrap_or_default()
        )),
        ContainerState::Absent | ContainerState::Running { .. } => None,
    }
}

/// What keeps a pod that should go.
#[must_use]
pub fn kept_by(pod: &Pod) -> Option<String> {
    let finalizers = (!pod.finalizers.is_empty())
        .then(|| format!("kept by the finalizer {}", pod.finalizers.join(", ")));
    // An eviction explains nothing: it has only to be carried out.
    let lost = pod
        .disruption
        .as_ref()
        .filter(|disruption| !disruption.is_an_eviction())
        .map(|disruption| format!("{}: {}", disruption.reason, disruption.message));
    match (finalizers, lost) {
        (Some(finalizers), Some(lost)) => Some(format!("{finalizers}; {lost}")),
        (finalizers, lost) => finalizers.or(lost),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        decide::example::Example,
        model::{
            other_container::{ContainerKind, OtherContainer},
            warning::Warning,
            workload::Disruption,
        },
    };

    fn not_ready(container: ContainerState) -> Pod {
        let mut pod = Example::three("2.6.2").voters().pods[0].clone();
        pod.ready = false;
        pod.container_ready = false;
        pod.container = container;
        pod
    }

    fn waiting(reason: &str) -> ContainerState {
        ContainerState::Waiting {
            reason: reason.to_owned(),
            message: None,
        }
    }

    fn other(kind: ContainerKind, name: &str, state: ContainerState) -> OtherContainer {
        OtherContainer {
            name: name.to_owned(),
            kind,
            state,
            restarts: 0,
        }
    }

    #[test]
    fn the_kubelet_is_quoted_with_what_it_says() {
        let exited = ContainerState::Terminated {
            exit_code: 1,
            reason: Some("Error".to_owned()),
        };
        assert_eq!(
            detail(&not_ready(exited)).as_deref(),
            Some("the process exited with 1 (Error)")
        );
        assert_eq!(
            detail(&not_ready(waiting("ErrImagePull"))).as_deref(),
            Some("ErrImagePull")
        );
        let mut pod = not_ready(ContainerState::Absent);
        assert_eq!(detail(&pod), None);
        pod.unschedulable = Some("0/3 nodes are available".to_owned());
        assert_eq!(detail(&pod).as_deref(), Some("0/3 nodes are available"));
    }

    #[test]
    fn the_container_to_blame_is_named_as_what_it_is() {
        let mut pod = not_ready(waiting("PodInitializing"));
        let pull = ContainerState::Waiting {
            reason: "ErrImagePull".to_owned(),
            message: Some("not found".to_owned()),
        };
        pod.other_containers = vec![other(ContainerKind::Init, "mesh-init", pull)];
        assert_eq!(state(&pod), "init container mesh-init: ErrImagePull");
        assert_eq!(
            detail(&pod).as_deref(),
            Some("init container mesh-init: ErrImagePull: not found")
        );

        let mut pod = not_ready(ContainerState::Running { since: None });
        pod.container_ready = true;
        let running = ContainerState::Running { since: None };
        pod.other_containers = vec![other(ContainerKind::Sidecar, "mesh-proxy", running)];
        assert_eq!(
            state(&pod),
            "sidecar mesh-proxy: running, probe not passed yet"
        );
        let trouble = |pod: &Pod| super::not_ready(pod).trouble().map(str::to_owned);
        assert_eq!(trouble(&pod).as_deref(), Some("Sidecar"));
        pod.container_ready = false;
        assert_eq!(state(&pod), "running, probe not passed yet");
        assert_eq!(trouble(&pod), None);
    }

    #[test]
    fn a_gate_counts_once_the_containers_are_ready() {
        let mut pod = not_ready(ContainerState::Running { since: None });
        pod.unmet_gates = vec!["target-health.example.com/prod".to_owned()];
        assert_eq!(state(&pod), "running, probe not passed yet");
        pod.container_ready = true;
        assert_eq!(
            state(&pod),
            "readiness gate target-health.example.com/prod is not True"
        );
        assert_eq!(super::not_ready(&pod).trouble(), Some("ReadinessGate"));
    }

    #[test]
    fn a_warning_tells_what_the_container_does_not() {
        let mut pod = not_ready(waiting("ContainerCreating"));
        pod.warnings = vec![Warning {
            reason: "FailedMount".to_owned(),
            message: "secret \"prod-tls\" not found".to_owned(),
            last_seen: None,
        }];
        assert_eq!(state(&pod), "FailedMount: secret \"prod-tls\" not found");
        pod.container = ContainerState::Running { since: None };
        assert_eq!(state(&pod), "running, probe not passed yet");
    }

    #[test]
    fn what_keeps_a_pod_is_a_finalizer_or_its_node() {
        let mut pod = not_ready(ContainerState::Absent);
        assert_eq!(kept_by(&pod), None);
        let disruption = |reason: &str, message: &str| {
            Some(Disruption {
                reason: reason.to_owned(),
                message: message.to_owned(),
            })
        };
        pod.disruption = disruption("EvictionByEvictionAPI", "Eviction API: evicting");
        assert_eq!(kept_by(&pod), None);
        pod.finalizers = vec!["example.com/drain".to_owned()];
        pod.disruption = disruption("DeletionByTaintManager", "Taint manager: deleting");
        assert_eq!(
            kept_by(&pod).as_deref(),
            Some(
                "kept by the finalizer example.com/drain; \
                 DeletionByTaintManager: Taint manager: deleting"
            )
        );
    }
}
