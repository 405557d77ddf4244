//! `OpenBaoCluster` as the API server stores it, read into the model.

use jiff::Timestamp;
use kube::core::DynamicObject;
use serde_json::Value;

use super::{errors::clean, names::PAUSE_REQUESTED, ownership};
use crate::{
    model::{
        cluster::{Cluster, ClusterSpec, ClusterStatus, Condition, OperationLock, UpgradeStatus},
        fact::Fact,
        names::{ClusterRef, ResourceVersion},
        pause::PauseRequest,
        record::RunRecord,
    },
    ports::PortError,
};

/// The role the operator makes when none is named (`contracts/operator.md` 5.2).
const DEFAULT_ROLE: &str = "openbao-operator-upgrade";

/// Reads the resource. Both generations of the operator are understood at once:
/// a field is looked for under each of its names.
pub(super) fn parse(object: &DynamicObject) -> Result<Cluster, PortError> {
    let missing = |field: &str| PortError::Other(format!("the OpenBaoCluster has no {field}"));
    let meta = &object.metadata;
    let spec = object.data.get("spec").ok_or_else(|| missing("spec"))?;
    let null = Value::Null;
    let status = object.data.get("status").unwrap_or(&null);
    let annotation = |key: &str| meta.annotations.as_ref().and_then(|all| all.get(key));
    Ok(Cluster {
        reference: ClusterRef {
            namespace: meta.namespace.clone().ok_or_else(|| missing("namespace"))?,
            name: meta.name.clone().ok_or_else(|| missing("name"))?,
        },
        uid: meta.uid.clone().ok_or_else(|| missing("uid"))?,
        resource_version: ResourceVersion(
            meta.resource_version
                .clone()
                .ok_or_else(|| missing("resourceVersion"))?,
        ),
        generation: meta.generation.unwrap_or_default(),
        deleting: meta.deletion_timestamp.is_some(),
        spec: spec_of(spec).ok_or_else(|| missing("spec.version"))?,
        status: status_of(status),
        run: annotation(RunRecord::ANNOTATION).map_or(Fact::Known(None), |text| run_of(text)),
        pause_requested: annotation(PAUSE_REQUESTED).map(|text| pause_of(text)),
        version_owners: ownership::version_owners(object),
        foreign_managers: ownership::foreign(object),
    })
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value
        .pointer(pointer)?
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn number(value: &Value, pointer: &str) -> Option<u32> {
    u32::try_from(value.pointer(pointer)?.as_u64()?).ok()
}

fn flag(value: &Value, pointer: &str) -> Option<bool> {
    value.pointer(pointer)?.as_bool()
}

fn time(value: &Value, pointer: &str) -> Option<Timestamp> {
    value.pointer(pointer)?.as_str()?.parse().ok()
}

fn spec_of(spec: &Value) -> Option<ClusterSpec> {
    Some(ClusterSpec {
        version: text(spec, "/version")?,
        image: text(spec, "/image"),
        replicas: number(spec, "/replicas").unwrap_or(3),
        paused: flag(spec, "/paused"),
        profile: text(spec, "/profile"),
        blue_green: text(spec, "/upgrade/strategy").as_deref() == Some("BlueGreen"),
        pre_upgrade_snapshot: flag(spec, "/upgrade/preUpgradeSnapshot").unwrap_or_default(),
        executor_image: text(spec, "/upgrade/image")
            .or_else(|| text(spec, "/upgrade/executorImage")),
        jwt_role: text(spec, "/upgrade/jwtAuthRole").unwrap_or_else(|| DEFAULT_ROLE.to_owned()),
        unseal: text(spec, "/unseal/type").unwrap_or_else(|| "static".to_owned()),
        read_replicas: number(spec, "/readReplicas/replicas").unwrap_or_default(),
    })
}

fn status_of(status: &Value) -> ClusterStatus {
    let break_glass = flag(status, "/breakGlass/active").unwrap_or_default()
        && text(status, "/breakGlass/acknowledgedAt").is_none();
    ClusterStatus {
        phase: text(status, "/phase"),
        initialized: flag(status, "/initialized").unwrap_or_default(),
        current_version: text(status, "/currentVersion"),
        active_leader: text(status, "/activeLeader"),
        upgrade: status.get("upgrade").and_then(upgrade_of),
        operation_lock: status.get("operationLock").and_then(lock_of),
        break_glass,
        blue_green_phase: text(status, "/blueGreen/phase"),
        blue_revision: text(status, "/blueGreen/blueRevision"),
        accepted_strategy: text(status, "/acceptedUpgradeStrategy"),
        admin_ops_error: last_error(status, "adminOps"),
        workload_error: last_error(status, "workload"),
        conditions: status
            .get("conditions")
            .and_then(Value::as_array)
            .map(|all| all.iter().filter_map(condition_of).collect())
            .unwrap_or_default(),
    }
}

fn upgrade_of(upgrade: &Value) -> Option<UpgradeStatus> {
    if !upgrade.is_object() {
        return None;
    }
    Some(UpgradeStatus {
        target_version: text(upgrade, "/targetVersion").unwrap_or_default(),
        from_version: text(upgrade, "/fromVersion").unwrap_or_default(),
        started_at: time(upgrade, "/startedAt"),
        current_partition: number(upgrade, "/currentPartition").unwrap_or_default(),
        completed_pods: upgrade
            .get("completedPods")
            .and_then(Value::as_array)
            .map(|pods| {
                pods.iter()
                    .filter_map(|pod| u32::try_from(pod.as_u64()?).ok())
                    .collect()
            })
            .unwrap_or_default(),
        failure_reason: text(upgrade, "/failure/reason")
            .or_else(|| text(upgrade, "/lastErrorReason")),
        failure_message: text(upgrade, "/failure/message")
            .or_else(|| text(upgrade, "/lastErrorMessage"))
            .map(|text| clean(&text)),
    })
}

fn lock_of(lock: &Value) -> Option<OperationLock> {
    Some(OperationLock {
        operation: text(lock, "/operation")?,
        holder: text(lock, "/holder").unwrap_or_default(),
        message: text(lock, "/message").map(|text| clean(&text)),
        renewed_at: time(lock, "/renewedAt").or_else(|| time(lock, "/acquiredAt")),
    })
}

fn condition_of(condition: &Value) -> Option<Condition> {
    Some(Condition {
        kind: text(condition, "/type")?,
        status: text(condition, "/status")?,
        reason: text(condition, "/reason").unwrap_or_default(),
        message: text(condition, "/message")
            .map(|text| clean(&text))
            .unwrap_or_default(),
        observed_generation: condition.get("observedGeneration").and_then(Value::as_i64),
    })
}

fn last_error(status: &Value, plane: &str) -> Option<String> {
    let error = status.get(plane)?.get("lastError")?;
    if !error.is_object() {
        return None;
    }
    let reason = text(error, "/reason").unwrap_or_else(|| "Error".to_owned());
    let message = text(error, "/message").unwrap_or_default();
    Some(clean(&format!("{reason}: {message}")))
}

/// A record that cannot be read, or is of another format, is unknown and not
/// absent: a run may be unfinished.
fn run_of(text: &str) -> Fact<Option<RunRecord>> {
    match serde_json::from_str::<RunRecord>(text) {
        Ok(record) if record.v == RunRecord::FORMAT => Fact::Known(Some(record)),
        Ok(record) => Fact::Unknown(format!(
            "annotation {} has format {}, this program reads {}",
            RunRecord::ANNOTATION,
            record.v,
            RunRecord::FORMAT
        )),
        Err(error) => Fact::Unknown(format!(
            "annotation {} cannot be read: {error}",
            RunRecord::ANNOTATION
        )),
    }
}

/// A request that cannot be read is honoured all the same: stopping is safe.
fn pause_of(text: &str) -> PauseRequest {
    serde_json::from_str(text).unwrap_or_else(|_| PauseRequest {
        by: "unknown".to_owned(),
        at: Timestamp::UNIX_EPOCH,
        reason: Some(clean(text)),
        paused_before: None,
    })
}
