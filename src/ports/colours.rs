//! What the engine needs of the two colours of a blue/green upgrade beside
//! their pods.

use serde_json::Value;

use super::{Freshness, PodEvidence, PortError, WriteMode};
use crate::model::{
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
};

/// The objects of each colour, the Service in front of them and the status that
/// tells them apart.
#[expect(
    async_fn_in_trait,
    reason = "only called on one thread, by generic code"
)]
pub trait Colours {
    /// The revisions that have a StatefulSet of this cluster's, in order. Tells
    /// blue where the status does not: before the first blue/green upgrade.
    async fn revisions(&self, cluster: &Cluster) -> Result<Vec<Revision>, PortError>;

    /// The StatefulSet of a revision with its pods; `None` when there is none.
    async fn coloured(
        &self,
        cluster: &Cluster,
        revision: &Revision,
        freshness: Freshness,
    ) -> Result<Option<Workload>, PortError>;

    /// The StatefulSet of a revision as it is stored, to make another from.
    async fn pattern(
        &self,
        cluster: &Cluster,
        revision: &Revision,
    ) -> Result<Option<Value>, PortError>;

    /// The server configuration of a revision; `None` when there is none.
    async fn config_of(
        &self,
        cluster: &Cluster,
        revision: &Revision,
    ) -> Result<Option<ConfigFile>, PortError>;

    /// The configuration of the self-initialisation; `None` on a cluster that
    /// has none.
    async fn self_init(&self, cluster: &Cluster) -> Result<Option<ConfigFile>, PortError>;

    /// The volumes of a revision, by ordinal; of pods that are gone too.
    async fn volumes(
        &self,
        cluster: &Cluster,
        revision: &Revision,
    ) -> Result<Vec<Volume>, PortError>;

    /// The public Service with its endpoints; `None` when the cluster has no
    /// such Service.
    async fn front(&self, cluster: &Cluster) -> Result<Option<Front>, PortError>;

    /// What the namespace's quotas leave for more pods like this one.
    async fn room(&self, like: &PodName) -> Result<Room, PortError>;

    /// The Job of the pre-promotion hook's name, whoever made it.
    async fn hook_job(&self, cluster: &Cluster) -> Result<Option<HookJob>, PortError>;

    /// Why that Job failed: its own events, and the last lines of its pod.
    async fn hook_evidence(&self, job: &HookJob) -> PodEvidence;

    /// Makes it, as of this run. A conflict when there is one.
    async fn make_hook(
        &self,
        cluster: &Cluster,
        hook: &PromotionHook,
        run: &str,
        mode: WriteMode,
    ) -> Result<(), PortError>;

    /// Deletes exactly this one, with its pod.
    async fn delete_hook(&self, job: &HookJob, mode: WriteMode) -> Result<(), PortError>;

    /// Makes the configuration of a revision, as the operator. A conflict when
    /// there is one.
    async fn make_config(
        &self,
        cluster: &Cluster,
        revision: &Revision,
        text: &str,
        mode: WriteMode,
    ) -> Result<(), PortError>;

    /// Makes a StatefulSet of these contents, as the operator. A conflict when
    /// there is one of its name. Returns the image that was stored, which
    /// admission may have written otherwise.
    async fn make_set(
        &self,
        cluster: &Cluster,
        set: &Value,
        mode: WriteMode,
    ) -> Result<Option<String>, PortError>;

    /// Leads the public Service to a revision. Conditional on the
    /// resourceVersion of `front`.
    async fn turn_front(
        &self,
        front: &Front,
        revision: &Revision,
        mode: WriteMode,
    ) -> Result<(), PortError>;

    /// Empties the configuration of the self-initialisation, so that green's
    /// first pod founds no cluster of its own. The operator writes it anew
    /// within a second of being un-paused (`contracts/operator-live.md` 8.3).
    /// Conditional on the resourceVersion of `file`.
    async fn empty_self_init(&self, file: &ConfigFile, mode: WriteMode) -> Result<(), PortError>;

    /// Sets the number of pods. Conditional on the resourceVersion of
    /// `workload`.
    async fn scale(
        &self,
        workload: &Workload,
        replicas: u32,
        mode: WriteMode,
    ) -> Result<(), PortError>;

    /// Deletes exactly this StatefulSet; its pods go with it, its volumes stay.
    async fn delete_set(&self, workload: &Workload, mode: WriteMode) -> Result<(), PortError>;

    /// Deletes exactly this configuration.
    async fn delete_config(&self, file: &ConfigFile, mode: WriteMode) -> Result<(), PortError>;

    /// Deletes exactly this volume with all that is on it.
    async fn delete_volume(&self, volume: &Volume, mode: WriteMode) -> Result<(), PortError>;

    /// `status.blueGreen`, under the name of the operator's controller that owns
    /// it, so that an un-paused operator could go on from it
    /// (`contracts/operator-live.md` 8.4.8).
    async fn publish_colours(
        &self,
        cluster: &Cluster,
        status: &BlueGreenStatus,
        mode: WriteMode,
    ) -> Result<(), PortError>;
}
