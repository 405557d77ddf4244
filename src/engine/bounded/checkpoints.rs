//! The resource, each call within its time.

use crate::{
    model::{
        cluster::Cluster, fact::Fact, halt::Halt, pause::PauseRequest, record::RunRecord,
        survey::Permission,
    },
    ports::{Checkpoints, Clock, Freshness, PortError, Progress, WriteMode, within, within_or},
};

use super::Bounded;

impl<P: Checkpoints, C: Clock> Checkpoints for Bounded<'_, P, C> {
    async fn cluster(&self, freshness: Freshness) -> Result<Cluster, PortError> {
        within(self.clock, self.api, self.port.cluster(freshness)).await
    }

    async fn take_lock(
        &self,
        cluster: &Cluster,
        holder: &str,
        message: &str,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(
            self.clock,
            self.api,
            self.port.take_lock(cluster, holder, message, mode),
        )
        .await
    }

    async fn begin(
        &self,
        cluster: &Cluster,
        record: &RunRecord,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(self.clock, self.api, self.port.begin(cluster, record, mode)).await
    }

    async fn record(
        &self,
        cluster: &Cluster,
        record: &RunRecord,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(
            self.clock,
            self.api,
            self.port.record(cluster, record, mode),
        )
        .await
    }

    async fn declare(
        &self,
        cluster: &Cluster,
        version: &str,
        image: &str,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(
            self.clock,
            self.api,
            self.port.declare(cluster, version, image, mode),
        )
        .await
    }

    async fn publish(
        &self,
        cluster: &Cluster,
        progress: &Progress,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(
            self.clock,
            self.api,
            self.port.publish(cluster, progress, mode),
        )
        .await
    }

    async fn publish_halt(&self, cluster: &Cluster, halt: &Halt) -> Result<(), PortError> {
        within(self.clock, self.api, self.port.publish_halt(cluster, halt)).await
    }

    async fn complete(
        &self,
        cluster: &Cluster,
        version: &str,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(
            self.clock,
            self.api,
            self.port.complete(cluster, version, mode),
        )
        .await
    }

    async fn relinquish(
        &self,
        cluster: &Cluster,
        paused_before: Option<bool>,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(
            self.clock,
            self.api,
            self.port.relinquish(cluster, paused_before, mode),
        )
        .await
    }

    async fn request_pause(
        &self,
        cluster: &Cluster,
        request: &PauseRequest,
    ) -> Result<(), PortError> {
        within(
            self.clock,
            self.api,
            self.port.request_pause(cluster, request),
        )
        .await
    }

    async fn clear_pause(
        &self,
        cluster: &Cluster,
        paused: Option<Option<bool>>,
    ) -> Result<(), PortError> {
        within(self.clock, self.api, self.port.clear_pause(cluster, paused)).await
    }

    async fn review(&self, permissions: &[Permission]) -> Vec<(Permission, Fact<bool>)> {
        within_or(self.clock, self.api, self.port.review(permissions), |why| {
            permissions
                .iter()
                .map(|permission| (permission.clone(), Fact::Unknown(why.clone())))
                .collect()
        })
        .await
    }

    async fn config(&self, cluster: &Cluster) -> Result<String, PortError> {
        within(self.clock, self.api, self.port.config(cluster)).await
    }

    async fn server(&self) -> Result<(String, Fact<i64>), PortError> {
        within(self.clock, self.api, self.port.server()).await
    }
}
