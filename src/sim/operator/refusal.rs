//! Whether the operator could still write its status: asked with dry runs, for
//! the oracle.

use serde_json::{Map, Value, json};

use crate::sim::{kubernetes::Kubernetes, moment::Moment, scenario::OperatorState};

use super::{
    Operator,
    client::{Client, Manner, Told},
    plane::{self, Plane},
};

impl Operator {
    /// Who stands in the way of its controllers: each tries, without force, to
    /// change every field of its own.
    #[must_use]
    pub fn refusals(&self, kubernetes: &mut Kubernetes, now: Moment) -> Vec<String> {
        let Some(object) = kubernetes.object(&self.key) else {
            return Vec::new();
        };
        let status = plane::status(object);
        let mut told = Told::default();
        let mut client = Client {
            kubernetes,
            key: &self.key,
            now,
            told: &mut told,
        };
        plane::all(self.shape.operator == OperatorState::Today)
            .iter()
            .filter_map(|plane| {
                let wanted = changed(plane, &status);
                let refused = client.apply_status(plane.manager, &wanted, Manner::Trying);
                let refused = refused.err().filter(|refused| refused.code == 409)?;
                Some(format!("{}: {}", plane.manager, refused.message))
            })
            .collect()
    }
}

/// A plane with another value in each field that it may have to change.
fn changed(plane: &Plane, status: &Map<String, Value>) -> Map<String, Value> {
    let mut mine = plane.of(status);
    for field in plane.fields {
        match *field {
            "phase" => set(&mut mine, field, json!("Initializing")),
            "activeLeader" | "currentVersion" => set(&mut mine, field, json!("0.0.1")),
            "readyReplicas" | "observedGeneration" => set(&mut mine, field, json!(-1)),
            "acceptedUpgradeStrategy" => set(&mut mine, field, json!("BlueGreen")),
            "readReplicas" => set(&mut mine, field, json!({ "readyReplicas": -1 })),
            "upgradeRequests" => {
                set(&mut mine, field, json!({ "lastHandledRetry": "tried" }));
            }
            "workload" | "adminOps" => {
                let error =
                    json!({ "reason": "Tried", "message": "tried", "at": "1970-01-01T00:00:00Z" });
                set(&mut mine, field, json!({ "lastError": error }));
            }
            "upgrade" => {
                let upgrade = json!({
                    "fromVersion": "0.0.1", "targetVersion": "0.0.2", "currentPartition": 99,
                });
                set(&mut mine, field, upgrade);
            }
            "operationLock" => {
                let lock = json!({ "operation": "Backup", "holder": "tried", "message": "tried" });
                set(&mut mine, field, lock);
            }
            _ => {}
        }
    }
    let conditions = mine.get_mut("conditions").and_then(Value::as_array_mut);
    for condition in conditions.into_iter().flatten() {
        for field in ["reason", "message", "lastTransitionTime"] {
            condition[field] = json!("1970-01-01T00:00:00Z");
        }
        condition["status"] = json!("Unknown");
        condition["observedGeneration"] = json!(-1);
    }
    mine
}

fn set(map: &mut Map<String, Value>, field: &str, value: Value) {
    map.insert(field.to_owned(), value);
}
