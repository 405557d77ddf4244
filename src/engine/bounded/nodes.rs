//! The nodes, each call within its time.

use std::path::Path;

use crate::{
    model::{
        certificate::ServerCertificate,
        fact::Fact,
        names::PodName,
        node::NodeView,
        raft::{Autopilot, Membership},
        record::SnapshotRecord,
        survey::Login,
        workload::Pod,
    },
    ports::{BaoNodes, Clock, PortError, within, within_or},
};

use super::Bounded;
use crate::engine::deadline::{NODE, PROBE};

impl<P: BaoNodes, C: Clock> BaoNodes for Bounded<'_, P, C> {
    async fn probe(&self, pod: &Pod) -> NodeView {
        within_or(self.clock, PROBE, self.port.probe(pod), |why| {
            NodeView::unknown(&why)
        })
        .await
    }

    async fn membership(&self, leader: &Pod, pods: &[PodName]) -> Result<Membership, PortError> {
        within(self.clock, NODE, self.port.membership(leader, pods)).await
    }

    async fn could_lead(&self, pod: &Pod, leader: &Pod) -> Result<bool, PortError> {
        within(self.clock, NODE, self.port.could_lead(pod, leader)).await
    }

    async fn step_down(&self, leader: &Pod) -> Result<(), PortError> {
        within(self.clock, NODE, self.port.step_down(leader)).await
    }

    async fn promote(&self, leader: &Pod, id: &PodName) -> Result<(), PortError> {
        within(self.clock, NODE, self.port.promote(leader, id)).await
    }

    async fn demote(&self, leader: &Pod, id: &PodName) -> Result<(), PortError> {
        within(self.clock, NODE, self.port.demote(leader, id)).await
    }

    async fn remove_peer(&self, leader: &Pod, id: &PodName) -> Result<(), PortError> {
        within(self.clock, NODE, self.port.remove_peer(leader, id)).await
    }

    async fn autopilot(&self, leader: &Pod) -> Result<Autopilot, PortError> {
        within(self.clock, NODE, self.port.autopilot(leader)).await
    }

    async fn touch(&self, leader: &Pod) -> Result<(), PortError> {
        within(self.clock, NODE, self.port.touch(leader)).await
    }

    async fn forward(&self, standby: &Pod, leader: &Pod) -> Result<(), PortError> {
        within(self.clock, NODE, self.port.forward(standby, leader)).await
    }

    async fn snapshot(
        &self,
        leader: &Pod,
        file: &Path,
        at_least: u64,
        progress: &dyn Fn(u64),
    ) -> Result<SnapshotRecord, PortError> {
        self.port.snapshot(leader, file, at_least, progress).await
    }

    async fn login(&self, leader: &Pod, paths: &[&str]) -> Result<Login, PortError> {
        within(self.clock, NODE * 2, self.port.login(leader, paths)).await
    }

    async fn revoke(&self) {
        within_or(self.clock, NODE, self.port.revoke(), |why| {
            tracing::debug!("token not revoked: {why}");
        })
        .await;
    }

    async fn certificate(&self, pod: &Pod, pods: &[PodName]) -> Fact<ServerCertificate> {
        within_or(
            self.clock,
            NODE,
            self.port.certificate(pod, pods),
            Fact::Unknown,
        )
        .await
    }

    fn requests(&self) -> u64 {
        self.port.requests()
    }
}
