//! How the pods of a cluster stand, as one observation showed them.

use serde::{Deserialize, Serialize};

use crate::model::{
    blue_green::Colour,
    names::{PodName, Pool},
    node::NodeView,
    snapshot::Snapshot,
    version::Version,
    workload::{ContainerState, Pod, Workload},
};

/// One pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PodStatus {
    /// Which.
    pub pod: PodName,
    /// What it is in the cluster, by its own word.
    pub role: PodRole,
    /// The version its process says.
    pub version: Option<Version>,
    /// Its image.
    pub image: Option<String>,
    /// It is of the template's revision.
    pub updated: bool,
    /// Condition Ready.
    pub ready: bool,
    /// In words: Ready, sealed, terminating, what the kubelet says.
    pub state: String,
    /// Entries the leader has committed that it has not applied.
    pub lag: Option<u64>,
    /// Its colour, in a blue/green run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
}

/// What a pod is in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PodRole {
    /// It says it is active.
    Leader,
    /// A voter that is not.
    Standby,
    /// A permanent non-voter.
    ReadReplica,
    /// A pod of either colour that has no vote.
    NonVoter,
    /// It does not answer.
    Unknown,
}

impl PodRole {
    /// The role in a table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Leader => "leader",
            Self::Standby => "standby",
            Self::ReadReplica => "read replica",
            Self::NonVoter => "non-voter",
            Self::Unknown => "unknown",
        }
    }
}

/// The colour of a pod, by the name of its StatefulSet.
fn colour(snapshot: &Snapshot, workload: &Workload) -> Option<Colour> {
    let cluster = snapshot.cluster.known()?;
    let run = cluster.run.known()?.as_ref()?.blue_green.as_ref()?;
    let name = &cluster.reference.name;
    if run.blue.statefulset(name) == workload.name {
        Some(Colour::Blue)
    } else if run.green.statefulset(name) == workload.name {
        Some(Colour::Green)
    } else {
        None
    }
}

/// The pods, voters first.
pub(super) fn pods(snapshot: &Snapshot) -> Vec<PodStatus> {
    let committed = snapshot
        .nodes
        .values()
        .find(|node| node.is_active())
        .and_then(|node| node.leader.known())
        .and_then(|leader| leader.committed_index);
    let votes = |pod: &PodName| {
        let membership = snapshot.membership.known();
        membership.is_none_or(|list| list.peer(pod).is_some_and(|peer| peer.voter))
    };
    let read = snapshot.workload(Pool::ReadReplicas);
    snapshot
        .workloads()
        .flat_map(|workload| {
            let is_read = read.is_some_and(|read| read.name == workload.name);
            workload.pods.iter().map(move |pod| {
                let node = snapshot.node(&pod.pod.name);
                PodStatus {
                    pod: pod.pod.name.clone(),
                    role: match node.and_then(|node| node.leader.known()) {
                        Some(leader) if leader.is_self => PodRole::Leader,
                        _ if is_read => PodRole::ReadReplica,
                        Some(_) if !votes(&pod.pod.name) => PodRole::NonVoter,
                        Some(_) => PodRole::Standby,
                        None => PodRole::Unknown,
                    },
                    version: node.and_then(NodeView::version).cloned(),
                    image: pod.image.clone(),
                    updated: pod.revision == workload.update_revision,
                    ready: pod.ready,
                    state: state(
                        pod,
                        node.and_then(|node| node.health.known())
                            .is_some_and(|health| health.sealed),
                    ),
                    lag: node
                        .and_then(NodeView::applied_index)
                        .zip(committed)
                        .map(|(applied, committed)| committed.saturating_sub(applied)),
                    colour: colour(snapshot, workload),
                }
            })
        })
        .collect()
}

fn state(pod: &Pod, sealed: bool) -> String {
    if pod.terminating {
        return "terminating".to_owned();
    }
    if sealed {
        return "sealed".to_owned();
    }
    if pod.ready {
        return "Ready".to_owned();
    }
    if let Some(why) = &pod.unschedulable {
        return format!("unschedulable: {why}");
    }
    match &pod.container {
        ContainerState::Absent => "pending".to_owned(),
        ContainerState::Waiting { reason, .. } => reason.clone(),
        ContainerState::Running { .. } => "running, not Ready".to_owned(),
        ContainerState::Terminated { exit_code, .. } => format!("exited with {exit_code}"),
    }
}
