//! `OpenBaoCluster` as the API server stores it, read into the model.

use jiff::Timestamp;
use kube::core::DynamicObject;
use serde_json::Value;

use super::{
    blue_green,
    errors::clean,
    fields::{LONGEST, at, flag, number, raw, text, time},
    names::PAUSE_REQUESTED,
    ownership,
};
use crate::{
    model::{
        cluster::{
            Backup, Cluster, ClusterSpec, ClusterStatus, Condition, OperationLock, OwnershipMarks,
            UpgradeStatus,
        },
        fact::Fact,
        legible::legible,
        names::{ClusterRef, ResourceVersion},
        pause::PauseRequest,
        record::RunRecord,
        waiver::Waiver,
    },
    ports::PortError,
};

/// The role the operator makes when none is named (`contracts/operator.md` 5.2).
const DEFAULT_ROLE: &str = "openbao-operator-upgrade";

/// The longest text taken over as it is from a run record, which has file
/// names: `PATH_MAX` on Linux.
const LONGEST_IN_RECORD: usize = 4096;

/// Reads the resource. Both generations of the operator are understood at once:
/// a field is looked for under each of its names.
pub(super) fn parse(object: &DynamicObject) -> Result<Cluster, PortError> {
    let missing = |field: &str| PortError::Other(format!("the OpenBaoCluster has no {field}"));
    let meta = &object.metadata;
    let spec = object.data.get("spec").ok_or_else(|| missing("spec"))?;
    let null = Value::Null;
    let status = object.data.get("status").unwrap_or(&null);
    let known = |text: &Option<String>, field| {
        let text = text.as_ref().ok_or_else(|| missing(field))?;
        Ok::<_, PortError>(legible(text, LONGEST))
    };
    let status = status_of(status)?;
    let annotation = |key: &str| meta.annotations.as_ref().and_then(|all| all.get(key));
    Ok(Cluster {
        reference: ClusterRef {
            namespace: known(&meta.namespace, "namespace")?,
            name: known(&meta.name, "name")?,
        },
        uid: known(&meta.uid, "uid")?,
        resource_version: ResourceVersion(known(&meta.resource_version, "resourceVersion")?),
        generation: meta.generation.unwrap_or_default(),
        deleting: meta.deletion_timestamp.is_some(),
        spec: spec_of(spec).ok_or_else(|| missing("spec.version"))?,
        status,
        run: annotation(RunRecord::ANNOTATION).map_or(Fact::Known(None), |text| run_of(text)),
        pause_requested: annotation(PAUSE_REQUESTED).map(|text| pause_of(text)),
        unpaused_by: ownership::unpaused_by(object),
        ownership_marks: OwnershipMarks {
            restore_hold: annotation("openbao.org/restore-hold").map(|text| clean(text)),
            restore_origin: annotation("openbao.org/restore-origin").map(|text| clean(text)),
            claimed: meta
                .labels
                .as_ref()
                .and_then(|all| all.get("openbao.org/ownership-mode"))
                .is_some_and(|mode| mode == "ClaimManaged"),
            reconciles_policies: flag(spec, "/reconcilePolicies").unwrap_or_default(),
        },
        version_owners: ownership::version_owners(object),
        foreign_managers: ownership::foreign(object),
    })
}

fn spec_of(spec: &Value) -> Option<ClusterSpec> {
    Some(ClusterSpec {
        version: text(spec, "/version")?,
        image: text(spec, "/image"),
        replicas: number(spec, "/replicas").unwrap_or(3),
        paused: flag(spec, "/paused"),
        profile: text(spec, "/profile"),
        plain_http: flag(spec, "/tls/enabled") == Some(false)
            || flag(spec, "/configuration/listener/tlsDisable") == Some(true),
        acme_domain: (text(spec, "/tls/mode").as_deref() == Some("ACME"))
            .then(|| text(spec, "/tls/acme/domains/0").or_else(|| text(spec, "/tls/acme/domain")))
            .flatten(),
        proxy_protocol: text(spec, "/configuration/listener/proxyProtocolBehavior"),
        blue_green: text(spec, "/upgrade/strategy").as_deref() == Some("BlueGreen"),
        blue_green_spec: blue_green::spec(at(spec, "/upgrade/blueGreen").unwrap_or(&Value::Null)),
        pre_upgrade_snapshot: flag(spec, "/upgrade/preUpgradeSnapshot").unwrap_or_default(),
        backup_schedule: text(spec, "/backup/schedule"),
        executor_image: text(spec, "/upgrade/image")
            .or_else(|| text(spec, "/upgrade/executorImage")),
        jwt_role: text(spec, "/upgrade/jwtAuthRole").unwrap_or_else(|| DEFAULT_ROLE.to_owned()),
        unseal: text(spec, "/unseal/type").unwrap_or_else(|| "static".to_owned()),
        read_replicas: number(spec, "/readReplicas/replicas").unwrap_or_default(),
    })
}

fn status_of(status: &Value) -> Result<ClusterStatus, PortError> {
    let break_glass = flag(status, "/breakGlass/active").unwrap_or_default()
        && text(status, "/breakGlass/acknowledgedAt").is_none();
    Ok(ClusterStatus {
        phase: text(status, "/phase"),
        initialized: flag(status, "/initialized").unwrap_or_default(),
        current_version: text(status, "/currentVersion"),
        active_leader: text(status, "/activeLeader"),
        upgrade: status.get("upgrade").and_then(upgrade_of),
        operation_lock: status.get("operationLock").and_then(lock_of),
        backup: status.get("backup").and_then(backup_of),
        break_glass,
        blue_green: blue_green::status(status)?,
        accepted_strategy: text(status, "/acceptedUpgradeStrategy"),
        admin_ops_error: last_error(status, "adminOps"),
        workload_error: last_error(status, "workload"),
        conditions: status
            .get("conditions")
            .and_then(Value::as_array)
            .map(|all| all.iter().filter_map(condition_of).collect())
            .unwrap_or_default(),
    })
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
        failure_message: raw(upgrade, "/failure/message")
            .or_else(|| raw(upgrade, "/lastErrorMessage"))
            .map(clean),
    })
}

fn backup_of(backup: &Value) -> Option<Backup> {
    Some(Backup {
        at: time(backup, "/lastBackupTime")?,
        bytes: backup.get("lastBackupSize").and_then(Value::as_u64),
        failures: number(backup, "/consecutiveFailures").unwrap_or_default(),
        failed: raw(backup, "/lastFailureReason").map(clean),
    })
}

fn lock_of(lock: &Value) -> Option<OperationLock> {
    Some(OperationLock {
        operation: text(lock, "/operation")?,
        holder: text(lock, "/holder").unwrap_or_default(),
        message: raw(lock, "/message").map(clean),
        renewed_at: time(lock, "/renewedAt").or_else(|| time(lock, "/acquiredAt")),
    })
}

fn condition_of(condition: &Value) -> Option<Condition> {
    Some(Condition {
        kind: text(condition, "/type")?,
        status: text(condition, "/status")?,
        reason: text(condition, "/reason").unwrap_or_default(),
        message: raw(condition, "/message").map(clean).unwrap_or_default(),
        observed_generation: condition.get("observedGeneration").and_then(Value::as_i64),
    })
}

fn last_error(status: &Value, plane: &str) -> Option<String> {
    let error = status.get(plane)?.get("lastError")?;
    if !error.is_object() {
        return None;
    }
    let reason = raw(error, "/reason").unwrap_or("Error");
    let message = raw(error, "/message").unwrap_or_default();
    Some(clean(&format!("{reason}: {message}")))
}

/// A record that cannot be read, or is of another format, is unknown and not
/// absent: a run may be unfinished.
fn run_of(text: &str) -> Fact<Option<RunRecord>> {
    match serde_json::from_str::<RunRecord>(text) {
        Ok(record) if record.v == RunRecord::FORMAT => Fact::Known(Some(legible_record(record))),
        Ok(record) => Fact::Unknown(format!(
            "annotation {} has format {}, this program reads {}",
            RunRecord::ANNOTATION,
            record.v,
            RunRecord::FORMAT
        )),
        Err(error) => Fact::Unknown(format!(
            "annotation {} cannot be read: {}",
            RunRecord::ANNOTATION,
            // It quotes what it found.
            clean(&error.to_string())
        )),
    }
}

/// The record with nothing in its texts that was not meant to be read. What
/// baoctl wrote stays as it is.
fn legible_record(mut record: RunRecord) -> RunRecord {
    let snapshot = record.snapshot.as_mut();
    let texts = [
        &mut record.id,
        &mut record.user,
        &mut record.target.image,
        &mut record.target.cluster_uid,
    ]
    .into_iter()
    .chain(&mut record.from_image)
    .chain(&mut record.target.admitted_image)
    .chain(&mut record.target.cluster_id)
    .chain(&mut record.snapshot_wanted)
    .chain(
        snapshot
            .into_iter()
            .flat_map(|snapshot| [&mut snapshot.file, &mut snapshot.sha256]),
    )
    .chain(record.waivers.iter_mut().filter_map(|waiver| match waiver {
        Waiver::IgnoreCheck(id) => Some(id),
        _ => None,
    }));
    for text in texts {
        *text = legible(text, LONGEST_IN_RECORD);
    }
    record
}

/// A request that cannot be read is honoured all the same: stopping is safe.
fn pause_of(text: &str) -> PauseRequest {
    match serde_json::from_str::<PauseRequest>(text) {
        Ok(request) => PauseRequest {
            by: clean(&request.by),
            reason: request.reason.as_deref().map(clean),
            ..request
        },
        Err(_) => PauseRequest {
            by: "unknown".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            reason: Some(clean(text)),
            paused_before: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cluster(status: &Value, annotations: &Value) -> Result<Cluster, PortError> {
        let object = json!({
            "apiVersion": "openbao.org/v1alpha1", "kind": "OpenBaoCluster",
            "metadata": { "name": "prod", "namespace": "vault", "uid": "1",
                "resourceVersion": "1", "annotations": annotations },
            "spec": { "version": "2.6.2" },
            "status": status,
        });
        parse(&serde_json::from_value(object).expect("an object"))
    }

    #[test]
    fn a_revision_is_part_of_a_name_and_of_nothing_else() {
        let revision = |text: &str| {
            cluster(
                &json!({ "blueGreen": { "blueRevision": text } }),
                &json!({}),
            )
        };
        let found = revision("abc").expect("a cluster");
        assert_eq!(found.config_map(), "prod-config-abc");
        for text in ["x/../../../secrets/a", "x?dryRun=All", "A", "x\n"] {
            assert!(revision(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn no_text_steers_a_terminal_or_fills_it() {
        let found = cluster(
            &json!({ "phase": "\u{1b}[2J", "activeLeader": "x".repeat(9000),
                "conditions": [{ "type": "A", "status": "True", "message": "a\nb" }] }),
            &json!({
                RunRecord::ANNOTATION: format!("{{\"v\":1,\"id\":\"1\",\"order\":\"\\u001b{}\"}}", "x".repeat(9000)),
                PAUSE_REQUESTED: "{\"by\":\"\\u001bjane\",\"at\":\"2026-11-23T10:00:00Z\"}",
            }),
        )
        .expect("a cluster");
        assert_eq!(found.status.phase.as_deref(), Some("\u{fffd}[2J"));
        let leader = found.status.active_leader.expect("a text");
        assert_eq!(leader.chars().count(), LONGEST);
        assert_eq!(found.status.conditions[0].message, "a b");
        let why = found.run.unknown().expect("no record");
        assert!(
            why.chars().count() < 500 && !why.contains('\u{1b}'),
            "{why}"
        );
        assert_eq!(found.pause_requested.expect("a request").by, "jane");
    }

    #[test]
    fn a_backup_and_a_restore_are_read_where_the_operator_puts_them() {
        let found = cluster(
            &json!({ "backup": {
                "lastBackupTime": "2026-11-23T03:00:00Z", "lastBackupSize": 1_048_576,
                "consecutiveFailures": 2, "lastFailureReason": "upload\nfailed",
            } }),
            &json!({ "openbao.org/restore-hold": "vault/r1" }),
        )
        .expect("a cluster");
        let backup = found.status.backup.expect("a backup");
        assert_eq!(backup.at.to_string(), "2026-11-23T03:00:00Z");
        assert_eq!((backup.bytes, backup.failures), (Some(1_048_576), 2));
        assert!(backup.failed.is_some_and(|why| !why.contains('\n')));
        let marks = found.ownership_marks;
        assert_eq!(marks.restore_hold.as_deref(), Some("vault/r1"));
        assert_eq!((marks.restore_origin, marks.claimed), (None, false));
    }
}
