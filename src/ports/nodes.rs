//! What the engine needs of the nodes.

use std::path::Path;

use super::PortError;
use crate::model::{
    certificate::ServerCertificate,
    fact::Fact,
    names::PodName,
    node::NodeView,
    raft::{Autopilot, Membership},
    record::SnapshotRecord,
    survey::Login,
    workload::Pod,
};

/// The nodes of the cluster, each asked by itself.
#[expect(
    async_fn_in_trait,
    reason = "only called on one thread, by generic code"
)]
pub trait BaoNodes {
    /// `sys/health` and `sys/leader` of one node. Never an error: what could
    /// not be learned is a [`Fact::Unknown`].
    async fn probe(&self, pod: &Pod) -> NodeView;

    /// The members by the active node's list.
    async fn membership(&self, leader: &Pod, pods: &[PodName]) -> Result<Membership, PortError>;

    /// Whether a standby has set itself up as a leader has to: one that has
    /// answers a read by itself, one that failed would have it forwarded. The
    /// leader's answer comes first and tells that the token is good.
    async fn could_lead(&self, pod: &Pod, leader: &Pod) -> Result<bool, PortError>;

    /// `PUT sys/step-down` to this node, never forwarded. Success means queued.
    async fn step_down(&self, leader: &Pod) -> Result<(), PortError>;

    /// Asks the active node, never another by forwarding, to give this member
    /// a vote. Success means that it is noted: autopilot acts in its next round,
    /// at most 10 s later by default. An error says nothing about the
    /// membership, which has to be looked at again.
    async fn promote(&self, leader: &Pod, id: &PodName) -> Result<(), PortError>;

    /// The same to take a vote away; a node that leads keeps its vote until it
    /// leads no more. An id that is no member's may be noted all the same, and
    /// a later member of that name then stays without a vote
    /// (`contracts/openbao-api.md` 5).
    async fn demote(&self, leader: &Pod, id: &PodName) -> Result<(), PortError>;

    /// Autopilot's summary, as the active node has it. A list of members comes
    /// without one where the configuration may be read.
    async fn autopilot(&self, leader: &Pod) -> Result<Autopilot, PortError>;

    /// Asks the active node, never another by forwarding, to strike a member
    /// off, at once. The removed node goes on running and answers as a standby.
    /// [`PortError::Invalid`], and nothing is sent, when that is the leader
    /// itself: it would hang for good.
    async fn remove_peer(&self, leader: &Pod, id: &PodName) -> Result<(), PortError>;

    /// Makes the active node commit an entry that changes nothing (it renews
    /// the token in use, or wraps nothing for a second): on an idle cluster only
    /// a new entry shows whether a restarted node is being sent any.
    /// [`PortError::Forbidden`] or [`PortError::Invalid`] when the token has no
    /// way to.
    async fn touch(&self, leader: &Pod) -> Result<(), PortError>;

    /// The same through a standby, which has to send the write on to its leader:
    /// health, member lists and reads answer as well where it cannot.
    async fn forward(&self, standby: &Pod, leader: &Pod) -> Result<(), PortError>;

    /// Downloads a raft snapshot from the active node, verifies it member by
    /// member, and makes it durable under `file`. `at_least` is the raft index
    /// it must contain; `progress` is told the bytes so far.
    async fn snapshot(
        &self,
        leader: &Pod,
        file: &Path,
        at_least: u64,
        progress: &dyn Fn(u64),
    ) -> Result<SnapshotRecord, PortError>;

    /// Logs in if need be and says what the token may do with these paths.
    async fn login(&self, leader: &Pod, paths: &[&str]) -> Result<Login, PortError>;

    /// Revokes a token baoctl itself obtained; does nothing for a given one.
    async fn revoke(&self);

    /// The certificate this node presents, and which of these pods it has no
    /// name for.
    async fn certificate(&self, pod: &Pod, pods: &[PodName]) -> Fact<ServerCertificate>;

    /// Requests sent so far.
    fn requests(&self) -> u64;
}
