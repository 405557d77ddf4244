//! Everything one pass observed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    cluster::Cluster,
    fact::Fact,
    names::{PodName, Pool},
    node::NodeView,
    raft::Membership,
    workload::Workload,
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

    /// A node's answers; unknown when the pod was not asked.
    #[must_use]
    pub fn node(&self, pod: &PodName) -> Option<&NodeView> {
        self.nodes.get(pod)
    }
}
