//! The names by which a cluster and its parts are known.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One `OpenBaoCluster` resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClusterRef {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl fmt::Display for ClusterRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// A pod's name. OpenBao's raft `node_id` is the same text on clusters of the
/// operator (`node_id = ${HOSTNAME}`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PodName(pub String);

impl PodName {
    /// The pod of a StatefulSet at an ordinal.
    #[must_use]
    pub fn of(statefulset: &str, ordinal: u32) -> Self {
        Self(format!("{statefulset}-{ordinal}"))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PodName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One incarnation of a pod: the name comes back after a restart, the UID
/// never does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PodRef {
    /// Its name.
    pub name: PodName,
    /// Its UID.
    pub uid: String,
}

impl fmt::Display for PodRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

/// A `metadata.resourceVersion`: every write carries the one its decision was
/// made on, so that a write based on an outdated view is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceVersion(pub String);

/// Which of the cluster's StatefulSets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pool {
    /// The raft voters.
    Voters,
    /// Permanent non-voters in a StatefulSet of their own
    /// (`contracts/operator-today.md` 1).
    ReadReplicas,
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Voters => "voters",
            Self::ReadReplicas => "read replicas",
        })
    }
}
