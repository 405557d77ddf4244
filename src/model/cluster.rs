//! The `OpenBaoCluster` resource, as far as an upgrade needs it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    blue_green::{BlueGreenSpec, BlueGreenStatus},
    fact::Fact,
    names::{ClusterRef, ResourceVersion},
    pause::PauseRequest,
    record::RunRecord,
    revision::Revision,
};

/// One view of the resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    /// Namespace and name.
    pub reference: ClusterRef,
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.resourceVersion`.
    pub resource_version: ResourceVersion,
    /// `metadata.generation`.
    pub generation: i64,
    /// It has a deletionTimestamp.
    pub deleting: bool,
    /// What the user wants.
    pub spec: ClusterSpec,
    /// What the operator says.
    pub status: ClusterStatus,
    /// The annotation `baoctl.openbao.org/run`; `Unknown` when it is there and
    /// cannot be read, which is a reason to stop and not to start anew.
    pub run: Fact<Option<RunRecord>>,
    /// The annotation `baoctl.openbao.org/pause-requested`.
    pub pause_requested: Option<PauseRequest>,
    /// The field manager, other than baoctl, that wrote `spec.paused` last.
    pub unpaused_by: Option<String>,
    /// Who else decides about it.
    #[serde(default)]
    pub ownership_marks: OwnershipMarks,
    /// Field managers that own `spec.version`, for the GitOps warning.
    pub version_owners: Vec<String>,
    /// Field managers whose entries must go before the operator may write
    /// again: baoctl's own, and after a stuck run `openbao-upgrade-manager`'s
    /// (`contracts/operator-live.md` 5).
    pub foreign_managers: Vec<String>,
}

impl Cluster {
    /// The ConfigMap with the servers' configuration: of the voters' revision,
    /// where they have one.
    #[must_use]
    pub fn config_map(&self) -> String {
        let name = &self.reference.name;
        match self.status.blue_revision() {
            Some(revision) => revision.config_map(name),
            None => format!("{name}-config"),
        }
    }
}

/// What the operator's newer releases mark a resource with that others decide
/// about (`contracts/operator-today.md` 5).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnershipMarks {
    /// The annotation `openbao.org/restore-hold`: a restore is under way, or has
    /// ended in a way that an administrator has to acknowledge.
    pub restore_hold: Option<String>,
    /// The annotation `openbao.org/restore-origin`: only the operator's
    /// controller may change its `spec`.
    pub restore_origin: Option<String>,
    /// The label `openbao.org/ownership-mode` is `ClaimManaged`.
    pub claimed: bool,
    /// `spec.reconcilePolicies`: edits to the operator's own policies are taken
    /// back.
    pub reconciles_policies: bool,
}

/// The parts of `spec` that matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterSpec {
    /// `spec.version`, verbatim.
    pub version: String,
    /// `spec.image`.
    pub image: Option<String>,
    /// `spec.replicas`.
    pub replicas: u32,
    /// `spec.paused`; `None` when absent.
    pub paused: Option<bool>,
    /// `spec.profile`; without one the operator does nothing.
    pub profile: Option<String>,
    /// The servers' listeners have no TLS: `spec.tls.enabled` is false, or
    /// `spec.configuration.listener.tlsDisable` true.
    #[serde(default)]
    pub plain_http: bool,
    /// The first name of the certificate that the servers get by ACME; they
    /// answer to no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acme_domain: Option<String>,
    /// `spec.configuration.listener.proxyProtocolBehavior`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy_protocol: Option<String>,
    /// `spec.upgrade.strategy` is `BlueGreen`.
    pub blue_green: bool,
    /// `spec.upgrade.blueGreen`, whatever the strategy is.
    pub blue_green_spec: BlueGreenSpec,
    /// `spec.upgrade.preUpgradeSnapshot`.
    pub pre_upgrade_snapshot: bool,
    /// `spec.backup.schedule`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup_schedule: Option<String>,
    /// `spec.upgrade.image`, or `executorImage` where that is the field.
    pub executor_image: Option<String>,
    /// The role baoctl logs in with: `spec.upgrade.jwtAuthRole`, or the
    /// operator's default.
    pub jwt_role: String,
    /// Whether `spec.unseal.type` needs no person; `None` for types unknown to
    /// baoctl.
    pub unseal: String,
    /// `spec.readReplicas.replicas`, 0 when absent.
    pub read_replicas: u32,
}

/// The parts of `status` that matter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterStatus {
    /// `status.phase`.
    pub phase: Option<String>,
    /// `status.initialized`.
    pub initialized: bool,
    /// `status.currentVersion`.
    pub current_version: Option<String>,
    /// `status.activeLeader`: a display value, never a proof.
    pub active_leader: Option<String>,
    /// `status.upgrade`.
    pub upgrade: Option<UpgradeStatus>,
    /// `status.operationLock`.
    pub operation_lock: Option<OperationLock>,
    /// The last backup that succeeded, of `status.backup`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<Backup>,
    /// `status.breakGlass.active` without acknowledgement.
    pub break_glass: bool,
    /// `status.blueGreen`, when it is there.
    pub blue_green: Option<BlueGreenStatus>,
    /// `status.acceptedUpgradeStrategy`.
    pub accepted_strategy: Option<String>,
    /// `status.adminOps.lastError`, as `reason: message`.
    pub admin_ops_error: Option<String>,
    /// `status.workload.lastError`, as `reason: message`.
    pub workload_error: Option<String>,
    /// `status.conditions`.
    pub conditions: Vec<Condition>,
}

impl ClusterStatus {
    /// `status.blueGreen.blueRevision`: names the voters' StatefulSet when set
    /// (`contracts/operator-today.md` 1).
    #[must_use]
    pub fn blue_revision(&self) -> Option<&Revision> {
        self.blue_green.as_ref()?.blue_revision.as_ref()
    }

    /// The condition of a type.
    #[must_use]
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.conditions
            .iter()
            .find(|condition| condition.kind == kind)
    }
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// Machine-readable reason.
    pub reason: String,
    /// Text for people.
    pub message: String,
    /// The generation it was made for.
    pub observed_generation: Option<i64>,
}

/// `status.upgrade`: the progress field both drivers write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpgradeStatus {
    /// Where the upgrade goes.
    pub target_version: String,
    /// Where it came from.
    pub from_version: String,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// Ordinals at or above it are done.
    pub current_partition: u32,
    /// The ordinals that are done, in the order they were.
    pub completed_pods: Vec<u32>,
    /// Why it stands still: `failure.reason` or `lastErrorReason`.
    pub failure_reason: Option<String>,
    /// The text that goes with the reason.
    pub failure_message: Option<String>,
}

/// `status.backup`: the last one that succeeded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Backup {
    /// When it was taken.
    pub at: Timestamp,
    /// Its size in bytes, where it is told.
    pub bytes: Option<u64>,
    /// How many have failed since.
    pub failures: u32,
    /// Why the last of those did.
    pub failed: Option<String>,
}

impl Backup {
    /// Whole hours since it was taken.
    #[must_use]
    pub fn hours(&self, now: Timestamp) -> i64 {
        now.duration_since(self.at).as_hours()
    }
}

/// `status.operationLock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OperationLock {
    /// `Upgrade`, `Backup` or `Restore`.
    pub operation: String,
    /// Who holds it; baoctl's holders begin with `baoctl/`.
    pub holder: String,
    /// What the holder says it does.
    pub message: Option<String>,
    /// When it was last renewed.
    pub renewed_at: Option<Timestamp>,
}

impl OperationLock {
    /// The prefix of every holder that is a baoctl run: `baoctl/<user>/<id>`.
    pub const OURS: &'static str = "baoctl/";

    /// Whether a baoctl run holds it.
    #[must_use]
    pub fn is_baoctl(&self) -> bool {
        self.holder.starts_with(Self::OURS)
    }
}
