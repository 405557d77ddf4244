//! A StatefulSet with its pods, as one pass saw them.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    names::{PodName, PodRef, ResourceVersion},
    other_container::OtherContainer,
    warning::Warning,
};

/// One StatefulSet of the cluster and the pods it owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workload {
    /// The StatefulSet's name.
    pub name: String,
    /// Its UID.
    pub uid: String,
    /// Its resourceVersion in this view.
    pub resource_version: ResourceVersion,
    /// `metadata.generation`.
    pub generation: i64,
    /// The generation its controller has acted on.
    pub observed_generation: i64,
    /// `spec.replicas`.
    pub replicas: u32,
    /// Its update strategy.
    pub strategy: UpdateStrategy,
    /// Whether `spec.podManagementPolicy` is `OrderedReady`.
    pub ordered_ready: bool,
    /// Image of the container `openbao` in the template.
    pub image: Option<String>,
    /// Revision the pods below the partition belong to.
    pub current_revision: String,
    /// Revision of the present template.
    pub update_revision: String,
    /// `spec.template.spec.terminationGracePeriodSeconds`.
    pub grace_seconds: i64,
    /// `spec.minReadySeconds`: a Ready pod counts as available, and the next one
    /// is replaced by the partition, only after as many seconds.
    pub min_ready_seconds: u32,
    /// The annotation `openbao.org/maintenance` is `"true"`.
    pub maintenance: bool,
    /// That annotation was put there by baoctl, which takes it off again.
    pub maintenance_ours: bool,
    /// The pods it owns, by ordinal.
    pub pods: Vec<Pod>,
    /// Fresh warnings about the StatefulSet itself, newest first. Asked for only
    /// while a pod is missing: why none can be made is said here, for there is no
    /// pod to say it of (kubernetes#47002).
    pub warnings: Vec<Warning>,
}

impl Workload {
    /// Whether the StatefulSet's controller has seen the present spec.
    #[must_use]
    pub const fn is_observed(&self) -> bool {
        self.observed_generation >= self.generation
    }

    /// The pod at an ordinal, if there is one now.
    #[must_use]
    pub fn pod(&self, ordinal: u32) -> Option<&Pod> {
        self.pods.iter().find(|pod| pod.ordinal == ordinal)
    }

    /// The names its pods have, whether they exist now or not.
    pub fn pod_names(&self) -> impl Iterator<Item = PodName> + '_ {
        (0..self.replicas).map(|ordinal| PodName::of(&self.name, ordinal))
    }
}

/// `spec.updateStrategy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UpdateStrategy {
    /// The controller replaces pods from the highest ordinal down to the
    /// partition.
    RollingUpdate {
        /// Ordinals below it stay on the current revision; absent means 0.
        partition: u32,
        /// Absent means 1; a larger number lets one write take several pods.
        max_unavailable_above_one: bool,
    },
    /// The controller replaces nothing; a pod that goes comes back on the
    /// update revision.
    OnDelete,
}

impl fmt::Display for UpdateStrategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RollingUpdate { partition, .. } => {
                write!(f, "RollingUpdate, partition {partition}")
            }
            Self::OnDelete => f.write_str("OnDelete"),
        }
    }
}

/// One pod of a StatefulSet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pod {
    /// Name and UID.
    pub pod: PodRef,
    /// Its ordinal in the StatefulSet.
    pub ordinal: u32,
    /// The label `controller-revision-hash`.
    pub revision: String,
    /// `metadata.creationTimestamp`.
    pub created: Option<Timestamp>,
    /// It has a deletionTimestamp. Under the operator's wrapper such a pod
    /// passes through phase Failed, which is no crash (`operator-live.md` 7.3).
    pub terminating: bool,
    /// Condition Ready is True.
    pub ready: bool,
    /// When condition Ready last changed.
    pub ready_since: Option<Timestamp>,
    /// Condition PodScheduled is False: the scheduler's message.
    pub unschedulable: Option<String>,
    /// Image of the container `openbao` in the pod's spec.
    pub image: Option<String>,
    /// State of the container `openbao`.
    pub container: ContainerState,
    /// Whether that container alone is ready.
    pub container_ready: bool,
    /// How often that container has been restarted.
    pub restarts: u32,
    /// The other containers that keep the pod from being Ready.
    pub other_containers: Vec<OtherContainer>,
    /// Readiness gates of the pod's that are not True.
    pub unmet_gates: Vec<String>,
    /// Why Kubernetes itself takes the pod away.
    pub disruption: Option<Disruption>,
    /// Finalizers: the pod does not go before they are taken off.
    pub finalizers: Vec<String>,
    /// Warnings about it, newest first. Asked for only once it has not been Ready
    /// for a while.
    pub warnings: Vec<Warning>,
    /// The node it runs on.
    pub node: Option<String>,
    /// The pod's IP address.
    pub ip: Option<String>,
}

impl Pod {
    /// One that was only just made: no node has it, nothing of it has started.
    #[must_use]
    pub const fn made(pod: PodRef, ordinal: u32) -> Self {
        Self {
            pod,
            ordinal,
            revision: String::new(),
            created: None,
            terminating: false,
            ready: false,
            ready_since: None,
            unschedulable: None,
            image: None,
            container: ContainerState::Absent,
            container_ready: false,
            restarts: 0,
            other_containers: Vec::new(),
            unmet_gates: Vec::new(),
            disruption: None,
            finalizers: Vec::new(),
            warnings: Vec::new(),
            node: None,
            ip: None,
        }
    }
}

/// Condition DisruptionTarget of a pod that Kubernetes itself takes away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Disruption {
    /// For instance `EvictionByEvictionAPI` or `DeletionByTaintManager`.
    pub reason: String,
    /// Its text.
    pub message: String,
}

impl Disruption {
    /// The taint of a node that reports nothing has evicted the pod, and nobody on
    /// that node carries it out.
    #[must_use]
    pub fn is_by_taint(&self) -> bool {
        self.reason == "DeletionByTaintManager"
    }

    /// Somebody evicted the pod, which is no news to whoever did.
    #[must_use]
    pub fn is_an_eviction(&self) -> bool {
        self.reason == "EvictionByEvictionAPI"
    }
}

/// The state of the container `openbao`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ContainerState {
    /// No status yet.
    Absent,
    /// Waiting, for instance `ContainerCreating`, `ErrImagePull`,
    /// `CrashLoopBackOff`.
    Waiting {
        /// The kubelet's reason.
        reason: String,
        /// The kubelet's message.
        message: Option<String>,
    },
    /// Running since.
    Running {
        /// When it started.
        since: Option<Timestamp>,
    },
    /// Ended.
    Terminated {
        /// Its exit code.
        exit_code: i32,
        /// The kubelet's reason.
        reason: Option<String>,
    },
}
