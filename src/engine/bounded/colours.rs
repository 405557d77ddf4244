//! The two colours, each call within its time.

use serde_json::Value;

use crate::{
    model::{
        blue_green::{BlueGreenStatus, PromotionHook},
        cluster::Cluster,
        config_file::ConfigFile,
        front::Front,
        hook::HookJob,
        names::PodName,
        revision::Revision,
        room::Room,
        volume::Volume,
        workload::Workload,
    },
    ports::{Clock, Colours, Freshness, PodEvidence, PortError, WriteMode, within, within_or},
};

use super::Bounded;

impl<P: Colours, C: Clock> Colours for Bounded<'_, P, C> {
    async fn revisions(&self, cluster: &Cluster) -> Result<Vec<Revision>, PortError> {
        within(self.clock, self.api, self.port.revisions(cluster)).await
    }

    async fn coloured(
        &self,
        cluster: &Cluster,
        revision: &Revision,
        freshness: Freshness,
    ) -> Result<Option<Workload>, PortError> {
        within(
            self.clock,
            self.api,
            self.port.coloured(cluster, revision, freshness),
        )
        .await
    }

    async fn pattern(
        &self,
        cluster: &Cluster,
        revision: &Revision,
    ) -> Result<Option<Value>, PortError> {
        within(self.clock, self.api, self.port.pattern(cluster, revision)).await
    }

    async fn config_of(
        &self,
        cluster: &Cluster,
        revision: &Revision,
    ) -> Result<Option<ConfigFile>, PortError> {
        within(self.clock, self.api, self.port.config_of(cluster, revision)).await
    }

    async fn self_init(&self, cluster: &Cluster) -> Result<Option<ConfigFile>, PortError> {
        within(self.clock, self.api, self.port.self_init(cluster)).await
    }

    async fn volumes(
        &self,
        cluster: &Cluster,
        revision: &Revision,
    ) -> Result<Vec<Volume>, PortError> {
        within(self.clock, self.api, self.port.volumes(cluster, revision)).await
    }

    async fn front(&self, cluster: &Cluster) -> Result<Option<Front>, PortError> {
        within(self.clock, self.api, self.port.front(cluster)).await
    }

    async fn room(&self, like: &PodName) -> Result<Room, PortError> {
        within(self.clock, self.api, self.port.room(like)).await
    }

    async fn hook_job(&self, cluster: &Cluster) -> Result<Option<HookJob>, PortError> {
        within(self.clock, self.api, self.port.hook_job(cluster)).await
    }

    async fn hook_evidence(&self, job: &HookJob) -> PodEvidence {
        within_or(self.clock, self.api, self.port.hook_evidence(job), |_| {
            PodEvidence::default()
        })
        .await
    }

    async fn make_hook(
        &self,
        cluster: &Cluster,
        hook: &PromotionHook,
        run: &str,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(
            self.clock,
            self.api,
            self.port.make_hook(cluster, hook, run, mode),
        )
        .await
    }

    async fn delete_hook(&self, job: &HookJob, mode: WriteMode) -> Result<(), PortError> {
        within(self.clock, self.api, self.port.delete_hook(job, mode)).await
    }

    async fn make_config(
        &self,
        cluster: &Cluster,
        revision: &Revision,
        text: &str,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(
            self.clock,
            self.api,
            self.port.make_config(cluster, revision, text, mode),
        )
        .await
    }

    async fn make_set(
        &self,
        cluster: &Cluster,
        set: &Value,
        mode: WriteMode,
    ) -> Result<Option<String>, PortError> {
        within(self.clock, self.api, self.port.make_set(cluster, set, mode)).await
    }

    async fn turn_front(
        &self,
        front: &Front,
        revision: &Revision,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(
            self.clock,
            self.api,
            self.port.turn_front(front, revision, mode),
        )
        .await
    }

    async fn empty_self_init(&self, file: &ConfigFile, mode: WriteMode) -> Result<(), PortError> {
        within(self.clock, self.api, self.port.empty_self_init(file, mode)).await
    }

    async fn scale(
        &self,
        workload: &Workload,
        replicas: u32,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(
            self.clock,
            self.api,
            self.port.scale(workload, replicas, mode),
        )
        .await
    }

    async fn delete_set(&self, workload: &Workload, mode: WriteMode) -> Result<(), PortError> {
        within(self.clock, self.api, self.port.delete_set(workload, mode)).await
    }

    async fn delete_config(&self, file: &ConfigFile, mode: WriteMode) -> Result<(), PortError> {
        within(self.clock, self.api, self.port.delete_config(file, mode)).await
    }

    async fn delete_volume(&self, volume: &Volume, mode: WriteMode) -> Result<(), PortError> {
        within(self.clock, self.api, self.port.delete_volume(volume, mode)).await
    }

    async fn publish_colours(
        &self,
        cluster: &Cluster,
        status: &BlueGreenStatus,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        within(
            self.clock,
            self.api,
            self.port.publish_colours(cluster, status, mode),
        )
        .await
    }
}
