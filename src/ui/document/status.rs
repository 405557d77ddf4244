//! How a cluster stands, as one observation showed it.

use serde::{Deserialize, Serialize};

use crate::model::{
    blue_green::{BlueGreenPhase, Colour},
    blue_green_run::Until,
    cluster::{Condition, OperationLock},
    exit_code::ExitCode,
    fact::Fact,
    halt::Standing,
    names::{ClusterRef, PodName, Pool},
    node::NodeView,
    pause::PauseRequest,
    record::RunRecord,
    revision::Revision,
    snapshot::Snapshot,
    version::Version,
    workload::{ContainerState, Pod, Workload},
};

use super::{API_VERSION, ErrorBody};

/// The result of `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpgradeStatus {
    /// Version of the schema.
    pub api_version: String,
    /// One word for how it ended.
    pub outcome: String,
    /// The process's exit code.
    pub exit_code: ExitCode,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorBody>,
    /// The cluster, once known.
    pub cluster: Option<ClusterRef>,
    /// `spec.version`.
    pub spec_version: Option<String>,
    /// `status.currentVersion`.
    pub current_version: Option<String>,
    /// `status.phase`.
    pub phase: Option<String>,
    /// `spec.paused`.
    pub paused: Option<bool>,
    /// Voters that Kubernetes would replace at once, the leader included, if
    /// somebody un-paused the operator now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced_by_unpausing: Vec<PodName>,
    /// A person's request to stop.
    pub pause_requested: Option<PauseRequest>,
    /// `status.operationLock`.
    pub operation_lock: Option<OperationLock>,
    /// The baoctl run that is at work now.
    pub lease_holder: Option<String>,
    /// The record of an unfinished baoctl run.
    pub run: Option<RunRecord>,
    /// Why that record cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_unreadable: Option<String>,
    /// The target of an upgrade the operator has not finished.
    pub operator_upgrade: Option<String>,
    /// The colours of an unfinished blue/green run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colours: Option<ColoursStatus>,
    /// Condition Degraded, when True.
    pub degraded: Option<Condition>,
    /// Leader and quorum.
    pub standing: Option<Standing>,
    /// The pods, voters first.
    pub pods: Vec<PodStatus>,
    /// What could not be observed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// What to type next, when something is unfinished.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<String>,
}

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

/// Where a blue/green run stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColoursStatus {
    /// Blue's revision.
    pub blue: Revision,
    /// Green's revision.
    pub green: Revision,
    /// `status.blueGreen.phase`.
    pub phase: Option<BlueGreenPhase>,
    /// The colour the public Service sends clients to; `None` where it is
    /// neither, or not known.
    pub serves: Option<Colour>,
    /// How far the run goes by itself.
    pub until: Until,
    /// It is on its way back.
    pub back: bool,
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

impl UpgradeStatus {
    /// A status of which nothing is known yet.
    #[must_use]
    pub fn new(exit_code: ExitCode) -> Self {
        Self {
            api_version: API_VERSION.to_owned(),
            outcome: exit_code.outcome().to_owned(),
            exit_code,
            error: None,
            cluster: None,
            spec_version: None,
            current_version: None,
            phase: None,
            paused: None,
            replaced_by_unpausing: Vec::new(),
            pause_requested: None,
            operation_lock: None,
            lease_holder: None,
            run: None,
            run_unreadable: None,
            operator_upgrade: None,
            colours: None,
            degraded: None,
            standing: None,
            pods: Vec::new(),
            unknown: Vec::new(),
            next: Vec::new(),
        }
    }

    /// The status that one observation shows.
    #[must_use]
    pub fn of(
        snapshot: &Snapshot,
        lease_holder: &Fact<Option<String>>,
        standing: Standing,
    ) -> Self {
        let mut view = Self::new(ExitCode::Ok);
        match &snapshot.cluster {
            Fact::Known(cluster) => {
                let status = &cluster.status;
                view.cluster = Some(cluster.reference.clone());
                view.spec_version = Some(cluster.spec.version.clone());
                view.current_version.clone_from(&status.current_version);
                view.phase.clone_from(&status.phase);
                view.paused = cluster.spec.paused;
                view.pause_requested.clone_from(&cluster.pause_requested);
                view.operation_lock.clone_from(&status.operation_lock);
                view.degraded = status
                    .condition("Degraded")
                    .filter(|condition| condition.status == "True")
                    .cloned();
                match &cluster.run {
                    Fact::Known(run) => view.run.clone_from(run),
                    Fact::Unknown(why) => view.run_unreadable = Some(why.clone()),
                }
                if view.run.is_none() {
                    view.operator_upgrade = status
                        .upgrade
                        .as_ref()
                        .map(|upgrade| upgrade.target_version.clone());
                }
            }
            Fact::Unknown(why) => view.unseen("the resource", why),
        }
        match lease_holder {
            Fact::Known(holder) => view.lease_holder.clone_from(holder),
            Fact::Unknown(why) => view.unseen("the lease", why),
        }
        if let Fact::Unknown(why) = &snapshot.voters {
            view.unseen("the voters' StatefulSet", why);
        }
        if let Fact::Unknown(why) = &snapshot.read_replicas {
            view.unseen("the read replicas' StatefulSet", why);
        }
        view.colours = colours(snapshot);
        view.pods = pods(snapshot);
        view.standing = Some(standing);
        view
    }

    fn unseen(&mut self, what: &str, why: &str) {
        self.unknown.push(format!("{what}: {why}"));
    }
}

fn colours(snapshot: &Snapshot) -> Option<ColoursStatus> {
    let cluster = snapshot.cluster.known()?;
    let run = cluster.run.known()?.as_ref()?;
    let colours = run.blue_green.as_ref()?;
    let parts = snapshot.colour_parts.known().and_then(Option::as_ref);
    let selected = parts.and_then(|parts| parts.front.as_ref()?.revision.as_ref());
    let serves = match selected {
        Some(revision) if *revision == colours.blue => Some(Colour::Blue),
        Some(revision) if *revision == colours.green => Some(Colour::Green),
        _ => None,
    };
    let status = cluster.status.blue_green.as_ref();
    Some(ColoursStatus {
        blue: colours.blue.clone(),
        green: colours.green.clone(),
        phase: status.and_then(|status| status.phase.clone()),
        serves,
        until: colours.until,
        back: run.abandoned.is_some(),
    })
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

fn pods(snapshot: &Snapshot) -> Vec<PodStatus> {
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
