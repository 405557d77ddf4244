//! The schema of `OpenBaoCluster` in each of its generations: what is refused
//! and what is pruned (`contracts/operator.md` 1, `operator-today.md`).

use serde_json::{Map, Value, json};

use super::kind::Kind;
use super::status_body::Refusal;

/// Which CustomResourceDefinition is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Generation {
    /// That of January 2026.
    #[default]
    January,
    /// That of later operators.
    Today,
}

const ERRORS: [&str; 3] = ["lastErrorReason", "lastErrorMessage", "lastErrorAt"];

impl Generation {
    /// Fields this schema does not have, by their parent's pointer.
    fn unknown(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Self::January => &[
                ("/status/upgrade", &["failure"]),
                (
                    "/status",
                    &[
                        "observedGeneration",
                        "acceptedUpgradeStrategy",
                        "upgradeRequests",
                        "restore",
                        "readReplicas",
                    ],
                ),
                ("/spec", &["readReplicas"]),
                ("/spec/upgrade", &["executorImage", "requests"]),
            ],
            Self::Today => &[("/spec/upgrade", &["executorImage"])],
        }
    }

    /// Drops silently what the schema does not know.
    pub(super) fn prune(self, object: &mut Value) {
        for (parent, fields) in self.unknown() {
            if let Some(Value::Object(map)) = object.pointer_mut(parent) {
                for field in *fields {
                    map.remove(*field);
                }
            }
        }
        // Nulls of fields that are not nullable are dropped, too.
        if let Some(Value::Object(status)) = object.get_mut("status") {
            for (key, value) in status.iter_mut() {
                if key != "adminOps" {
                    drop_nulls(value);
                }
            }
            status.retain(|key, value| !value.is_null() || key == "workload" || key == "adminOps");
        }
    }

    /// Refuses what the schema does.
    pub(super) fn check(object: &Value) -> Result<(), Refusal> {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let invalid = |field: &str, problem: &str| {
            Err(Refusal::invalid(Kind::OpenBaoCluster, name, field, problem))
        };
        let spec = &object["spec"];
        if spec["version"].as_str().is_none_or(str::is_empty) {
            return invalid("spec.version", "Required value");
        }
        let Some(status) = object.get("status").and_then(Value::as_object) else {
            return Ok(());
        };
        if status.get("adminOps").is_some_and(|ops| !ops.is_object()) {
            return invalid(
                "status.adminOps",
                "Invalid value: null: adminOps in body must be of type object: \"null\"",
            );
        }
        if let Some(upgrade) = status.get("upgrade") {
            for field in ["targetVersion", "fromVersion", "currentPartition"] {
                if upgrade.get(field).is_none() {
                    return invalid(&format!("status.upgrade.{field}"), "Required value");
                }
            }
        }
        let one_of = |pointer: &str, allowed: &[&str]| {
            object
                .pointer(&format!("/status{pointer}"))
                .is_none_or(|value| allowed.iter().any(|one| value == one))
        };
        if !one_of(
            "/operationLock/operation",
            &["Upgrade", "Backup", "Restore"],
        ) {
            return invalid("status.operationLock.operation", "Unsupported value");
        }
        let phases = [
            "Initializing",
            "Running",
            "Upgrading",
            "BackingUp",
            "Failed",
        ];
        if !one_of("/phase", &phases) {
            return invalid("status.phase", "Unsupported value");
        }
        let phases = [
            "Idle",
            "DeployingGreen",
            "JoiningMesh",
            "Syncing",
            "Promoting",
            "DemotingBlue",
            "Cleanup",
            "RollingBack",
            "RollbackCleanup",
        ];
        if !one_of("/blueGreen/phase", &phases) {
            return invalid("status.blueGreen.phase", "Unsupported value");
        }
        Ok(())
    }

    /// A schema with the fields that tell the generations apart.
    fn schema(self) -> Value {
        let text = || json!({ "type": "string" });
        let mut upgrade = Map::new();
        for field in ["targetVersion", "fromVersion", "startedAt"] {
            upgrade.insert(field.to_owned(), text());
        }
        upgrade.insert("currentPartition".to_owned(), json!({ "type": "integer" }));
        for field in ERRORS {
            upgrade.insert(field.to_owned(), text());
        }
        let mut status = json!({ "phase": text(), "currentVersion": text() });
        if self == Self::Today {
            upgrade.insert("failure".to_owned(), json!({ "type": "object" }));
            status["observedGeneration"] = json!({ "type": "integer" });
            status["acceptedUpgradeStrategy"] = text();
            status["upgradeRequests"] = json!({ "type": "object" });
        }
        status["upgrade"] = json!({ "type": "object", "properties": upgrade });
        let upgrade = json!({ "image": text(), "strategy": text() });
        json!({ "type": "object", "properties": {
            "spec": { "type": "object", "properties": {
                "version": text(), "image": text(),
                "upgrade": { "type": "object", "properties": upgrade },
            } },
            "status": { "type": "object", "properties": status },
        } })
    }

    /// The CustomResourceDefinition.
    pub(super) fn definition(self) -> Value {
        json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": { "name": "openbaoclusters.openbao.org" },
            "spec": {
                "group": "openbao.org",
                "scope": "Namespaced",
                "names": {
                    "kind": "OpenBaoCluster", "listKind": "OpenBaoClusterList",
                    "plural": "openbaoclusters", "singular": "openbaocluster",
                    "shortNames": ["bao", "baoc"],
                },
                "versions": [{
                    "name": "v1alpha1", "served": true, "storage": true,
                    "subresources": { "status": {} },
                    "schema": { "openAPIV3Schema": self.schema() },
                }],
            },
        })
    }

    /// The published OpenAPI document of the group.
    pub(super) fn document(self) -> Value {
        let mut schema = self.schema();
        schema["x-kubernetes-group-version-kind"] =
            json!([{ "group": "openbao.org", "kind": "OpenBaoCluster", "version": "v1alpha1" }]);
        json!({
            "openapi": "3.0.0",
            "components": { "schemas": { "org.openbao.v1alpha1.OpenBaoCluster": schema } },
        })
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, inner| !inner.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
