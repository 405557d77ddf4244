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
