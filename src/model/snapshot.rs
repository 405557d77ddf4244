//! Everything one pass observed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    cluster::Cluster,
    colour_parts::ColourParts,
    fact::Fact,
    hook::HookJob,
    names::{PodName, Pool},
    node::NodeView,
    raft::Membership,
    workload::{Pod, Workload},
};

/// One observation of the world. (Not to be confused with a raft snapshot,
/// which is a [`super::record::SnapshotRecord`].)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// When it was complete, wall clock.
    pub at: Timestamp,
    /// The resource.
    pub cluster: Fact<Cluster>,
    /// The voters' StatefulSet.
    pub voters: Fact<Workload>,
    /// The read replicas' StatefulSet; `None` where the cluster has none.
    pub read_replicas: Fact<Option<Workload>>,
    /// The StatefulSet of the other colour, where the run has one: green beside
    /// the voters until the resource names green as theirs, what is left of
    /// blue from then on. `None` where it does not exist.
    pub other_colour: Fact<Option<Workload>>,
    /// What belongs to the colours beside their StatefulSets; `None` for a run
    /// that has no colours.
    pub colour_parts: Fact<Option<ColourParts>>,
    /// The Job of the pre-promotion hook; `None` where there is none, and for a
    /// cluster or a run that has no hook.
    pub hook: Fact<Option<HookJob>>,
    /// Each pod's own answers.
    pub nodes: BTreeMap<PodName, NodeView>,
    /// The membership by the active node.
    pub membership: Fact<Membership>,
    /// Whether each pod's node could lead, by its own answer: asked only where a
    /// step-down comes next.
    pub candidates: BTreeMap<PodName, Fact<bool>>,
    /// Evictions the disruption budget allows now; `None` without a budget.
    pub disruptions_allowed: Fact<Option<i32>>,
    /// Unfinished Jobs of the operator for this cluster (component upgrade or
    /// backup).
    pub active_jobs: Fact<Vec<String>>,
}

impl Snapshot {
    /// The workload of a pool, if it is there and was seen.
    #[must_use]
    pub fn workload(&self, pool: Pool) -> Option<&Workload> {
        match pool {
            Pool::Voters => self.voters.known(),
            Pool::ReadReplicas => self.read_replicas.known().and_then(Option::as_ref),
        }
    }

    /// The StatefulSet of the other colour, if it is there and was seen.
    #[must_use]
    pub fn other_colour(&self) -> Option<&Workload> {
        self.other_colour.known().and_then(Option::as_ref)
    }

    /// The same, to complete them.
    pub fn workloads_mut(&mut self) -> impl Iterator<Item = &mut Workload> {
        let voters = match &mut self.voters {
            Fact::Known(set) => Some(set),
            Fact::Unknown(_) => None,
        };
        let others = [&mut self.read_replicas, &mut self.other_colour];
        let others = others.into_iter().filter_map(|fact| match fact {
            Fact::Known(set) => set.as_mut(),
            Fact::Unknown(_) => None,
        });
        voters.into_iter().chain(others)
    }

    /// The StatefulSets that were seen.
    pub fn workloads(&self) -> impl Iterator<Item = &Workload> {
        self.colours().chain(self.workload(Pool::ReadReplicas))
    }

    /// The StatefulSets of both colours, as far as they were seen.
    fn colours(&self) -> impl Iterator<Item = &Workload> {
        self.voters.known().into_iter().chain(self.other_colour())
    }

    /// The pods whose nodes may lead: those of either colour.
    pub fn candidates_for_leader(&self) -> impl Iterator<Item = &Pod> {
        let pods = self.colours().flat_map(|workload| &workload.pods);
        pods.filter(|pod| !self.has_founded_another(pod))
    }

    /// Under blue/green, a node that leads a cluster of its own founding
    /// (`contracts/operator-live.md` 8.4.2) says nothing about who leads this
    /// one, and has opened no door of its.
    fn has_founded_another(&self, pod: &Pod) -> bool {
        let run = self.cluster.known().and_then(|cluster| cluster.run.known());
        let run = run.and_then(Option::as_ref);
        let pinned = run
            .filter(|run| run.blue_green.is_some())
            .and_then(|run| run.target.cluster_id.as_ref());
        let health = self.node(&pod.pod.name).map(|node| &node.health);
        let own = health.and_then(|health| health.known()?.cluster_id.as_ref());
        matches!((pinned, own), (Some(pinned), Some(own)) if pinned != own)
    }

    /// The names of the pods that may be voters, whether they exist now or not.
    pub fn possible_voters(&self) -> impl Iterator<Item = PodName> {
        self.colours().flat_map(Workload::pod_names)
    }

    /// The pod of that name, of whichever StatefulSet.
    #[must_use]
    pub fn pod(&self, name: &PodName) -> Option<&Pod> {
        self.workloads()
            .flat_map(|workload| &workload.pods)
            .find(|pod| pod.pod.name == *name)
    }

    /// The StatefulSet a pod of that name belongs to, whether it exists now or not.
    #[must_use]
    pub fn set_of(&self, name: &PodName) -> Option<&Workload> {
        self.workloads()
            .find(|workload| workload.pod_names().any(|pod| pod == *name))
    }

    /// A node's answers; unknown when the pod was not asked.
    #[must_use]
    pub fn node(&self, pod: &PodName) -> Option<&NodeView> {
        self.nodes.get(pod)
    }
}
