//! A container of a pod that is not OpenBao's.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::workload::ContainerState;

/// One that keeps its pod from being Ready: an init container that has not
/// ended well, or a sidecar that is not ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OtherContainer {
    /// Its name in the pod.
    pub name: String,
    /// What it is to the pod.
    pub kind: ContainerKind,
    /// Its state.
    pub state: ContainerState,
    /// How often it has been restarted.
    pub restarts: u32,
}

/// What a container that is not OpenBao's is to its pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ContainerKind {
    /// Runs before OpenBao's; one of `initContainers`.
    Init,
    /// Runs beside OpenBao's: a mesh's proxy, an agent.
    Sidecar,
}

impl fmt::Display for ContainerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Init => "init container",
            Self::Sidecar => "sidecar",
        })
    }
}
