//! The API server's workloads, each call within its time.

use crate::{
    model::{
        action::Hold,
        claim::MountedClaim,
        cluster::Cluster,
        kube_node::KubeNode,
        names::{PodName, PodRef, Pool},
        other_container::OtherContainer,
        warning::Warning,
        workload::{Pod, Workload},
    },
    ports::{Clock, Freshness, PodEvidence, PortError, Workloads, WriteMode, within, within_or},
};

use super::Bounded;
use crate::engine::deadline::JOB;

impl<P: Workloads, C: Clock> Workloads for Bounded<'_, P, C> {
    async fn workload(
        &self,
        cluster: &Cluster,
        pool: Pool,
        freshness: Freshness,
    ) -> Result<Option<Workload>, PortError> {
        within(
            self.clock,
            self.api,
            self.port.workload(cluster, pool, freshness),
        )
        .await
    }

    async fn disruptions_allowed(&self, cluster: &Cluster) -> Result<Option<i32>, PortError> {
        within(self.clock, self.api, self.port.disruptions_allowed(cluster)).await
    }

    async fn active_jobs(&self, cluster: &Cluster) -> Result<Vec<String>, PortError> {
        within(self.clock, self.api, self.port.active_jobs(cluster)).await
    }

    async fn claims(&self, pods: &[PodName]) -> Result<Vec<MountedClaim>, PortError> {
        within(self.clock, self.api, self.port.claims(pods)).await
    }

    async fn kube_nodes(&self, names: &[String]) -> Result<Option<Vec<KubeNode>>, PortError> {
        within(self.clock, self.api, self.port.kube_nodes(names)).await
    }

    async fn changed(&self) {
        self.port.changed().await;
    }

    async fn hold(
        &self,
        workload: &Workload,
        hold: Hold,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(self.clock, self.api, self.port.hold(workload, hold, mode)).await
    }

    async fn set_image(
        &self,
        workload: &Workload,
        image: &str,
        mode: WriteMode,
    ) -> Result<Option<String>, PortError> {
        within(
            self.clock,
            self.api,
            self.port.set_image(workload, image, mode),
        )
        .await
    }

    async fn set_partition(
        &self,
        workload: &Workload,
        partition: u32,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(
            self.clock,
            self.api,
            self.port.set_partition(workload, partition, mode),
        )
        .await
    }

    async fn evict(&self, pod: &PodRef, mode: WriteMode) -> Result<(), PortError> {
        within(self.clock, self.api, self.port.evict(pod, mode)).await
    }

    async fn unhold(&self, workload: &Workload, mode: WriteMode) -> Result<(), PortError> {
        within(self.clock, self.api, self.port.unhold(workload, mode)).await
    }

    async fn step_down_job(&self, cluster: &Cluster, leader: &PodName) -> Result<(), PortError> {
        within(self.clock, JOB, self.port.step_down_job(cluster, leader)).await
    }

    async fn evidence(&self, pod: &Pod, container: Option<&OtherContainer>) -> PodEvidence {
        within_or(
            self.clock,
            self.api,
            self.port.evidence(pod, container),
            |_| PodEvidence::default(),
        )
        .await
    }

    async fn warnings(&self, uid: &str) -> Vec<Warning> {
        within_or(self.clock, self.api, self.port.warnings(uid), |_| {
            Vec::new()
        })
        .await
    }
}
