//! What the engine needs of the world: the workloads, the nodes, the resource
//! it checkpoints on, a lease, and time. Adapters under `k8s` and `bao`
//! implement these; none of them waits or retries, that is the engine's.

mod colours;
mod deadline;
mod error;
mod nodes;

pub use colours::Colours;
pub use deadline::{within, within_or};
pub use error::{PortError, dry_run_of};
pub use nodes::BaoNodes;

use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::model::{
    action::Hold,
    claim::MountedClaim,
    cluster::Cluster,
    fact::Fact,
    halt::Halt,
    kube_node::KubeNode,
    names::{PodName, PodRef, Pool, ResourceVersion},
    other_container::OtherContainer,
    pause::PauseRequest,
    record::RunRecord,
    survey::Permission,
    warning::Warning,
    workload::{Pod, Workload},
};

/// Whether a write is meant or only tried (`dryRun=All`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteMode {
    /// For real.
    Real,
    /// Server-side dry run: admission and authorization answer, nothing is
    /// stored.
    DryRun,
}

/// Whether a read may come from the watch's copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// The copy the watches keep.
    Watched,
    /// A read from the API server.
    Fresh,
}

/// What a pod's events and last log lines say about why it does not come up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PodEvidence {
    /// Warnings about the pod, newest first.
    pub events: Vec<Warning>,
    /// The last lines of the container asked for, and of its run before.
    pub log: Vec<String>,
}

/// StatefulSets, pods and what belongs to them.
#[expect(
    async_fn_in_trait,
    reason = "only called on one thread, by generic code"
)]
pub trait Workloads {
    /// The StatefulSet of a pool with its pods; `None` when the cluster has no
    /// such pool.
    async fn workload(
        &self,
        cluster: &Cluster,
        pool: Pool,
        freshness: Freshness,
    ) -> Result<Option<Workload>, PortError>;

    /// `status.disruptionsAllowed` of the cluster's budget; `None` without one.
    async fn disruptions_allowed(&self, cluster: &Cluster) -> Result<Option<i32>, PortError>;

    /// Names of unfinished Jobs of the operator's for this cluster.
    async fn active_jobs(&self, cluster: &Cluster) -> Result<Vec<String>, PortError>;

    /// The claims of the volumes that these pods mount.
    async fn claims(&self, pods: &[PodName]) -> Result<Vec<MountedClaim>, PortError>;

    /// The nodes of Kubernetes of these names; `None` where they may not be read.
    async fn kube_nodes(&self, names: &[String]) -> Result<Option<Vec<KubeNode>>, PortError>;

    /// Resolves when a watch has seen something change since the last call.
    async fn changed(&self);

    /// Holds all pods back: `OnDelete`, or `RollingUpdate` with the partition at
    /// `replicas`. Conditional on the resourceVersion of `workload`.
    async fn hold(&self, workload: &Workload, hold: Hold, mode: WriteMode)
    -> Result<(), PortError>;

    /// Puts an image into the container `openbao` of the template. Returns the
    /// image that was stored, which admission may have written otherwise.
    async fn set_image(
        &self,
        workload: &Workload,
        image: &str,
        mode: WriteMode,
    ) -> Result<Option<String>, PortError>;

    /// Lowers the partition.
    async fn set_partition(
        &self,
        workload: &Workload,
        partition: u32,
        mode: WriteMode,
    ) -> Result<(), PortError>;

    /// Evicts exactly this incarnation of a pod; a plain delete with the same
    /// precondition where the API server has no eviction.
    async fn evict(&self, pod: &PodRef, mode: WriteMode) -> Result<(), PortError>;

    /// `RollingUpdate` with partition 0, and no maintenance annotation of ours.
    async fn unhold(&self, workload: &Workload, mode: WriteMode) -> Result<(), PortError>;

    /// Runs the operator's executor Job that steps the leader down, after
    /// removing a finished one of the same name, until it has ended.
    async fn step_down_job(&self, cluster: &Cluster, leader: &PodName) -> Result<(), PortError>;

    /// Why a pod does not come up: its warnings, and the log of OpenBao's
    /// container, or of another one where that is to blame.
    async fn evidence(&self, pod: &Pod, container: Option<&OtherContainer>) -> PodEvidence;

    /// The warnings about an object, newest first. Without any where they cannot
    /// be read: they only explain.
    async fn warnings(&self, uid: &str) -> Vec<Warning>;
}

/// The resource as a checkpoint.
#[expect(
    async_fn_in_trait,
    reason = "only called on one thread, by generic code"
)]
pub trait Checkpoints {
    /// The resource.
    async fn cluster(&self, freshness: Freshness) -> Result<Cluster, PortError>;

    /// `status.operationLock = {Upgrade, holder}`.
    async fn take_lock(
        &self,
        cluster: &Cluster,
        holder: &str,
        message: &str,
        mode: WriteMode,
    ) -> Result<(), PortError>;

    /// The run record and `spec.paused=true`, in one write. Removes a pause
    /// request, which the start of a run answers.
    async fn begin(
        &self,
        cluster: &Cluster,
        record: &RunRecord,
        mode: WriteMode,
    ) -> Result<(), PortError>;

    /// The run record.
    async fn record(
        &self,
        cluster: &Cluster,
        record: &RunRecord,
        mode: WriteMode,
    ) -> Result<(), PortError>;

    /// `spec.version` and `spec.image`.
    async fn declare(
        &self,
        cluster: &Cluster,
        version: &str,
        image: &str,
        mode: WriteMode,
    ) -> Result<(), PortError>;

    /// `status.upgrade` for a run in progress (no failure), phase `Upgrading`,
    /// condition Upgrading True, Degraded False.
    async fn publish(
        &self,
        cluster: &Cluster,
        progress: &Progress,
        mode: WriteMode,
    ) -> Result<(), PortError>;

    /// `status.upgrade` failure and condition Degraded True with the reason.
    async fn publish_halt(&self, cluster: &Cluster, halt: &Halt) -> Result<(), PortError>;

    /// The status at rest: `currentVersion`, no `upgrade`, no lock, no
    /// `adminOps.lastError`, phase `Running`, conditions.
    async fn complete(
        &self,
        cluster: &Cluster,
        version: &str,
        mode: WriteMode,
    ) -> Result<(), PortError>;

    /// Strips foreign ownership, puts `spec.paused` back unless a pause is asked
    /// for, removes the run record: one write.
    async fn relinquish(
        &self,
        cluster: &Cluster,
        paused_before: Option<bool>,
        mode: WriteMode,
    ) -> Result<(), PortError>;

    /// Writes a pause request and `spec.paused=true`.
    async fn request_pause(
        &self,
        cluster: &Cluster,
        request: &PauseRequest,
    ) -> Result<(), PortError>;

    /// Removes a pause request and, when given, puts `spec.paused` back.
    async fn clear_pause(
        &self,
        cluster: &Cluster,
        paused: Option<Option<bool>>,
    ) -> Result<(), PortError>;

    /// Whether the caller may do each of these.
    async fn review(&self, permissions: &[Permission]) -> Vec<(Permission, Fact<bool>)>;

    /// The text of the voters' server configuration.
    async fn config(&self, cluster: &Cluster) -> Result<String, PortError>;

    /// The API server's version, and its clock minus ours in seconds.
    async fn server(&self) -> Result<(String, Fact<i64>), PortError>;
}

/// The progress written to `status.upgrade`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where the upgrade came from.
    pub from: String,
    /// Where it goes.
    pub target: String,
    /// When it began.
    pub started_at: Timestamp,
    /// Ordinals at or above it are done.
    pub current_partition: u32,
    /// The ordinals that are done.
    pub completed_pods: Vec<u32>,
}

/// A lease as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Its holder, `None` when released.
    pub holder: Option<String>,
    /// The holder's last renewal, by the holder's clock. Never compared with
    /// ours: a lease is dead when it was not renewed for its duration while we
    /// watched.
    pub renewed_at: Option<Timestamp>,
    /// How long it is good for without renewal.
    pub duration: Duration,
    /// Its resourceVersion.
    pub resource_version: ResourceVersion,
}

/// The lease `baoctl-<cluster>`.
#[expect(
    async_fn_in_trait,
    reason = "only called on one thread, by generic code"
)]
pub trait Leases {
    /// The lease; `None` when there is none yet.
    async fn lease(&self) -> Result<Option<Lease>, PortError>;

    /// Writes holder and renewal time; creates it where there is none. With
    /// `current`, conditional on it. Returns the stored lease.
    async fn write_lease(
        &self,
        current: Option<&Lease>,
        holder: Option<&str>,
        duration: Duration,
        now: Timestamp,
        mode: WriteMode,
    ) -> Result<Lease, PortError>;
}

/// Time. The only source of it below `commands`.
#[expect(
    async_fn_in_trait,
    reason = "only called on one thread, by generic code"
)]
pub trait Clock {
    /// Wall-clock time, for what people and resources read.
    fn wall(&self) -> Timestamp;

    /// Time since some fixed moment, never going back: for every duration.
    fn monotonic(&self) -> Duration;

    /// Waits.
    async fn sleep(&self, duration: Duration);
}

/// A byte stream to a node's API port.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Opens streams to pods: a port-forward, or a connection from inside the
/// cluster's network.
#[expect(
    async_fn_in_trait,
    reason = "only called on one thread, by generic code"
)]
pub trait Dial {
    /// A stream to port 8200 of exactly this incarnation of the pod.
    async fn dial(&self, pod: &Pod) -> Result<Box<dyn Stream>, PortError>;
}
