//! What is wrong with a pod that does not come up, by its own state.

use std::time::Duration;

use crate::model::{
    halt::HaltReason,
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
            Self::Unschedulable => Duration::from_secs(300),
        }
    }

    /// Whether a pod of another template could come up where this one does not:
    /// no node is missing, and no object that its configuration names.
    #[must_use]
    pub const fn may_be_mended_by_the_template(self) -> bool {
        matches!(self, Self::Image | Self::CrashLoop)
    }

    /// The halt it ends in.
    #[must_use]
    pub const fn reason(self) -> HaltReason {
        match self {
            Self::Image => HaltReason::ImagePullFailed,
            Self::CrashLoop | Self::Config => HaltReason::CrashLoop,
            Self::Unschedulable => HaltReason::Unschedulable,
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
    match &pod.container {
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
        ContainerState::Terminated { .. } if pod.restarts > 0 => Some(Class::CrashLoop),
        ContainerState::Absent
        | ContainerState::Running { .. }
        | ContainerState::Terminated { .. } => None,
    }
}

/// The kubelet's own words for it.
#[must_use]
pub fn detail(pod: &Pod) -> Option<String> {
    match &pod.container {
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
        ContainerState::Absent | ContainerState::Running { .. } => pod.unschedulable.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::example::Example;

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

    #[test]
    fn the_kubelet_is_quoted_with_what_it_says() {
        assert_eq!(
            detail(&exited()).as_deref(),
            Some("the process exited with 1 (Error)")
        );
        assert_eq!(
            detail(&waiting("ErrImagePull")).as_deref(),
            Some("ErrImagePull")
        );
        let mut pod = not_ready(ContainerState::Absent);
        assert_eq!(detail(&pod), None);
        pod.unschedulable = Some("0/3 nodes are available".to_owned());
        assert_eq!(detail(&pod).as_deref(), Some("0/3 nodes are available"));
    }
}
