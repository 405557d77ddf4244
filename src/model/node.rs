//! What one OpenBao node says of itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{fact::Fact, version::Version};

/// The answers of one node in one pass. Both are local to the node and need no
/// token (`contracts/openbao-api.md` 1 and 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeView {
    /// `sys/health`.
    pub health: Fact<Health>,
    /// `sys/leader`.
    pub leader: Fact<LeaderAnswer>,
}

impl NodeView {
    /// A node of which nothing could be learned, for one reason.
    #[must_use]
    pub fn unknown(why: &str) -> Self {
        Self {
            health: Fact::Unknown(why.to_owned()),
            leader: Fact::Unknown(why.to_owned()),
        }
    }

    /// Whether this node itself claims to be active. Health 200 is no proof:
    /// a wedged node may say it for ever (`contracts/openbao-live.md` 0.10).
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.leader.known().is_some_and(|leader| leader.is_self)
    }

    /// The version of the running process, if the node said it.
    #[must_use]
    pub fn version(&self) -> Option<&Version> {
        self.health
            .known()
            .and_then(|health| health.version.as_ref())
    }

    /// Whether the node answered that it is initialized and unsealed.
    #[must_use]
    pub fn is_unsealed(&self) -> bool {
        self.health
            .known()
            .is_some_and(|health| health.initialized && !health.sealed)
    }

    /// The raft index this node has applied, if it said so.
    #[must_use]
    pub fn applied_index(&self) -> Option<u64> {
        self.leader.known().and_then(|leader| leader.applied_index)
    }
}

/// The body of `sys/health`, which comes with every status code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Whether the cluster was ever initialized, as this node knows it.
    pub initialized: bool,
    /// Whether this node is sealed.
    pub sealed: bool,
    /// True on standbys, and on sealed nodes.
    pub standby: bool,
    /// The running binary's version; absent when it does not parse.
    pub version: Option<Version>,
    /// Absent while sealed or uninitialized.
    pub cluster_id: Option<String>,
    /// The node's own clock, whole seconds.
    pub server_time: Option<Timestamp>,
}

/// The body of `sys/leader`. Every field but `is_self` may be absent, and
/// which are differs between 2.4, 2.6 and 2.7 (`contracts/openbao-live.md` 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaderAnswer {
    /// This node is active. The one proof of leadership.
    pub is_self: bool,
    /// The API address of the node this one believes active: a hint, stale for
    /// seconds after a change.
    pub leader_address: Option<String>,
    /// When this node became active, by its own clock; only on the active node.
    pub active_time: Option<Timestamp>,
    /// This node's raft commit index.
    pub committed_index: Option<u64>,
    /// This node's applied raft index: exact and local.
    pub applied_index: Option<u64>,
}
