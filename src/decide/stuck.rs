//! What is wrong with a pod that does not come up, by its own state.

use std::time::Duration;

use crate::model::{
    halt::HaltReason,
    other_container::OtherContainer,
    warning::Warning,
    workload::{ContainerState, Pod},
};

/// Classes of broken pods. Each has its own patience: an image that is missing
/// stays missing, a volume may take minutes to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The image cannot be pulled.
    Image,
    /// The process keeps exiting.
    CrashLoop,
    /// The container cannot be created from its configuration.
    Config,
    /// No node takes it.
    Unschedulable,
    /// A volume cannot be attached or mounted.
    Volume,
    /// Its network cannot be set up.
    Network,
    /// Its node reports nothing.
    NodeLost,
}

impl Class {
    /// How long it may last.
    #[must_use]
    pub const fn patience(self) -> Duration {
        match self {
            // Long enough for one slow registry answer, or for two restarts
            // with their back-off of 10 s.
            Self::Image | Self::CrashLoop | Self::Config => Duration::from_secs(30),
            // A cluster autoscaler needs minutes for a node.
            Self::Unschedulable | Self::Network => Duration::from_secs(300),
            // A node that restarts is back by then; after 340 s Kubernetes deletes
            // its pods, and they stay as they are.
            Self::NodeLost => Duration::from_secs(240),
            // A volume that moves is let go by force only after six minutes
            // (kube-controller-manager, `maxWaitForUnmountDuration`).
            Self::Volume => Duration::from_secs(480),
        }
    }

    /// The halt it ends in.
    #[must_use]
    pub const fn reason(self) -> HaltReason {
        match self {
            Self::Image => HaltReason::ImagePullFailed,
            Self::CrashLoop | Self::Config => HaltReason::CrashLoop,
            Self::Unschedulable => HaltReason::Unschedulable,
            Self::Volume => HaltReason::VolumeFailed,
            Self::Network => HaltReason::NetworkFailed,
            Self::NodeLost => HaltReason::NodeLost,
        }
    }
}

/// The class of a pod, when its state is one that does not pass by itself.
#[must_use]
pub fn class(pod: &Pod) -> Option<Class> {
    if pod.terminating || pod.ready {
        return None;
    }
    if pod.unschedulable.is_some() {
        return Some(Class::Unschedulable);
    }
    own(pod)
        .or_else(|| to_blame(pod).and_then(of_other))
        .or_else(|| told(pod).map(|(class, _)| class))
}

/// The same by OpenBao's own container alone.
#[must_use]
pub fn own(pod: &Pod) -> Option<Class> {
    if pod.terminating || pod.ready {
        return None;
    }
    of(&pod.container, pod.restarts)
}

/// Whether a pod of another template could come up where this one does not: the
/// container that gets another image is the one that fails, and not for an object
/// that its configuration names.
#[must_use]
pub fn may_be_mended_by_the_template(pod: &Pod) -> bool {
    pod.unschedulable.is_none() && matches!(own(pod), Some(Class::Image | Class::CrashLoop))
}

/// The container that keeps the pod from being Ready, where it is not OpenBao's
/// own: one that is broken before one that is only not ready.
#[must_use]
pub fn to_blame(pod: &Pod) -> Option<&OtherContainer> {
    if pod.ready || pod.terminating || own(pod).is_some() {
        return None;
    }
    let others = || pod.other_containers.iter();
    others()
        .find(|other| of_other(other).is_some())
        .or_else(|| {
            // An init container that runs is the reason while OpenBao's waits for it;
            // a sidecar is one once OpenBao's own is ready.
            let started = |other: &&OtherContainer| {
                !matches!(
                    other.state,
                    ContainerState::Absent | ContainerState::Waiting { .. }
                )
            };
            let waits = matches!(
                pod.container,
                ContainerState::Absent | ContainerState::Waiting { .. }
            );
            others().find(|other| (waits || pod.container_ready) && started(other))
        })
}

fn of_other(other: &OtherContainer) -> Option<Class> {
    of(&other.state, other.restarts)
}

fn of(state: &ContainerState, restarts: u32) -> Option<Class> {
    match state {
        ContainerState::Waiting { reason, .. } => match reason.as_str() {
            "ErrImagePull"
            | "ImagePullBackOff"
            | "InvalidImageName"
            | "ErrImageNeverPull"
            | "ImageInspectError"
            | "RegistryUnavailable" => Some(Class::Image),
            "CrashLoopBackOff" => Some(Class::CrashLoop),
            "CreateContainerConfigError"
            | "CreateContainerError"
            | "RunContainerError"
            | "StartError" => Some(Class::Config),
            _ => None,
        },
        ContainerState::Terminated { .. } if restarts > 0 => Some(Class::CrashLoop),
        ContainerState::Absent
        | ContainerState::Running { .. }
        | ContainerState::Terminated { .. } => None,
    }
}

/// What only its warnings tell: nothing of it was started yet, or its node is lost.
/// The newest such warning counts.
pub(super) fn told(pod: &Pod) -> Option<(Class, &Warning)> {
    let waits = |state: &ContainerState| {
        matches!(
            state,
            ContainerState::Absent | ContainerState::Waiting { .. }
        )
    };
    let not_begun =
        waits(&pod.container) && pod.other_containers.iter().all(|other| waits(&other.state));
    pod.warnings.iter().find_map(|warning| {
        let class = match warning.reason.as_str() {
            "FailedMount" | "FailedAttachVolume" | "FailedMapVolume" if not_begun => Class::Volume,
            "FailedCreatePodSandBox" if not_begun => Class::Network,
            "NodeNotReady" => Class::NodeLost,
            _ => return None,
        };
        Some((class, warning))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{decide::example::Example, model::other_container::ContainerKind};

    /// A pod that is not Ready, in a state.
    fn not_ready(container: ContainerState) -> Pod {
        let mut pod = Example::three("2.6.2").voters().pods[0].clone();
        pod.ready = false;
        pod.container = container;
        pod
    }

    fn waiting(reason: &str) -> Pod {
        not_ready(ContainerState::Waiting {
            reason: reason.to_owned(),
            message: None,
        })
    }

    fn exited() -> Pod {
        not_ready(ContainerState::Terminated {
            exit_code: 1,
            reason: Some("Error".to_owned()),
        })
    }

    #[test]
    fn each_state_that_does_not_pass_by_itself_has_its_class_and_its_halt() {
        for (reason, class_of, halt) in [
            ("ErrImagePull", Class::Image, HaltReason::ImagePullFailed),
            (
                "InvalidImageName",
                Class::Image,
                HaltReason::ImagePullFailed,
            ),
            ("CrashLoopBackOff", Class::CrashLoop, HaltReason::CrashLoop),
            (
                "CreateContainerConfigError",
                Class::Config,
                HaltReason::CrashLoop,
            ),
        ] {
            let found = class(&waiting(reason));
            assert_eq!(found, Some(class_of), "{reason}");
            assert_eq!(found.map(Class::reason), Some(halt), "{reason}");
        }
        let mut pod = not_ready(ContainerState::Absent);
        pod.unschedulable = Some("0/3 nodes are available".to_owned());
        assert_eq!(class(&pod), Some(Class::Unschedulable));
        assert_eq!(Class::Unschedulable.reason(), HaltReason::Unschedulable);
    }

    #[test]
    fn what_is_on_its_way_is_not_broken() {
        assert_eq!(class(&waiting("ContainerCreating")), None);
        assert_eq!(class(&waiting("PodInitializing")), None);
        assert_eq!(class(&not_ready(ContainerState::Absent)), None);
        let running = ContainerState::Running { since: None };
        assert_eq!(class(&not_ready(running)), None);
        let mut going = waiting("CrashLoopBackOff");
        going.terminating = true;
        assert_eq!(class(&going), None, "it is on its way out");
        let mut serving = waiting("CrashLoopBackOff");
        serving.ready = true;
        assert_eq!(class(&serving), None);
    }

    fn other(kind: ContainerKind, state: ContainerState) -> OtherContainer {
        OtherContainer {
            name: "beside".to_owned(),
            kind,
            state,
            restarts: 0,
        }
    }

    #[test]
    fn an_init_container_that_fails_is_a_class_and_no_other_template_mends_it() {
        let mut pod = waiting("PodInitializing");
        let pull = waiting("ErrImagePull").container;
        pod.other_containers = vec![other(ContainerKind::Init, pull)];
        assert_eq!(class(&pod), Some(Class::Image));
        assert!(!may_be_mended_by_the_template(&pod));
        assert!(may_be_mended_by_the_template(&waiting("ErrImagePull")));
        let mut homeless = waiting("ErrImagePull");
        homeless.unschedulable = Some("0/3 nodes are available".to_owned());
        assert!(!may_be_mended_by_the_template(&homeless));
    }

    #[test]
    fn openbaos_own_trouble_goes_before_a_sidecars() {
        let mut pod = waiting("CrashLoopBackOff");
        let pull = waiting("ImagePullBackOff").container;
        pod.other_containers = vec![other(ContainerKind::Sidecar, pull)];
        assert_eq!(class(&pod), Some(Class::CrashLoop));
        assert_eq!(to_blame(&pod), None);
        pod.container = ContainerState::Running { since: None };
        assert_eq!(class(&pod), Some(Class::Image));
        assert!(to_blame(&pod).is_some());
    }

    #[test]
    fn a_warning_counts_while_it_can_be_the_reason() {
        let warning = |reason: &str| Warning {
            reason: reason.to_owned(),
            message: "why".to_owned(),
            last_seen: None,
        };
        for (reason, expected) in [
            ("FailedMount", Class::Volume),
            ("FailedAttachVolume", Class::Volume),
            ("FailedCreatePodSandBox", Class::Network),
            ("NodeNotReady", Class::NodeLost),
        ] {
            let mut pod = waiting("ContainerCreating");
            pod.warnings = vec![warning("Unhealthy"), warning(reason)];
            assert_eq!(class(&pod), Some(expected), "{reason}");
        }
        // The volume came in the end, and the server runs.
        let mut pod = not_ready(ContainerState::Running { since: None });
        pod.warnings = vec![warning("FailedMount")];
        assert_eq!(class(&pod), None);
    }

    #[test]
    fn one_exit_is_not_a_loop_and_the_second_is() {
        let mut pod = exited();
        assert_eq!(class(&pod), None);
        pod.restarts = 1;
        assert_eq!(class(&pod), Some(Class::CrashLoop));
    }

    #[test]
    fn a_node_may_take_minutes_to_appear_and_an_image_may_not() {
        assert_eq!(Class::Image.patience(), Duration::from_secs(30));
        assert_eq!(Class::Unschedulable.patience(), Duration::from_secs(300));
    }
}
