//! The in-cluster operator, as far as a paused one goes: its status controller
//! answers (`contracts/operator.md` 8.1).

use std::time::Duration;

use http::Request;
use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use super::{
    dice::Dice,
    fixture::condition,
    kubernetes::{Caller, Key, Kind, Kubernetes},
    moment::Moment,
    scenario::{OperatorState, Shape},
    servers::Servers,
};

/// Until its controllers have noticed a change and answered: 0.1 s was seen
/// (`contracts/operator-live.md` 8.1).
const REACTION: (Duration, Duration) = (Duration::from_millis(40), Duration::from_millis(160));

/// The manager its status controller applies under.
const STATUS: &str = "openbao-status-controller";

/// The parts of the status that controller applies.
const PLANE: [&str; 6] = [
    "phase",
    "activeLeader",
    "readyReplicas",
    "currentVersion",
    "lastBackupTime",
    "conditions",
];

/// The operator.
#[derive(Debug)]
pub struct Operator {
    state: OperatorState,
    key: Key,
    dice: Dice,
    /// What it last acted on: generation and `status.upgrade`.
    seen: (i64, Value),
    acts_at: Option<Moment>,
    revision: u64,
}

impl Operator {
    /// The operator of a cluster.
    #[must_use]
    pub fn new(shape: &Shape, dice: Dice) -> Self {
        Self {
            state: shape.operator,
            key: Key::new(Kind::OpenBaoCluster, &shape.namespace, &shape.name),
            dice,
            seen: (1, Value::Null),
            acts_at: None,
            revision: 0,
        }
    }

    /// When it next does something.
    #[must_use]
    pub const fn due(&self) -> Option<Moment> {
        self.acts_at
    }

    /// Does what is due, and notices what has changed.
    pub fn advance(&mut self, now: Moment, kubernetes: &mut Kubernetes, _servers: &Servers) {
        if self.state == OperatorState::Absent {
            return;
        }
        if self.acts_at.is_some_and(|at| at <= now) {
            self.acts_at = None;
            self.reconcile(kubernetes, now);
        }
        if kubernetes.revision() == self.revision {
            return;
        }
        self.revision = kubernetes.revision();
        let Some(object) = kubernetes.object(&self.key) else {
            return;
        };
        if seen(object) != self.seen && self.acts_at.is_none() {
            self.acts_at = Some(now + self.dice.between(REACTION.0, REACTION.1));
        }
    }

    fn reconcile(&mut self, kubernetes: &mut Kubernetes, now: Moment) {
        let Some(object) = kubernetes.object(&self.key) else {
            return;
        };
        self.seen = seen(object);
        let generation = self.seen.0;
        let paused = object.pointer("/spec/paused") == Some(&Value::Bool(true));
        let mut plane: Map<String, Value> = PLANE
            .iter()
            .filter_map(|field| {
                let value = object.pointer("/status")?.get(*field)?;
                Some(((*field).to_owned(), value.clone()))
            })
            .collect();
        let replicas = object
            .pointer("/spec/replicas")
            .and_then(Value::as_u64)
            .unwrap_or(0);
        let text = if paused {
            let why = "Reconciliation is paused".to_owned();
            [
                ("Available", "Unknown", "Paused", why.clone()),
                ("Degraded", "False", "Paused", why.clone()),
                ("TLSReady", "Unknown", "Paused", why),
            ]
        } else {
            [
                (
                    "Available",
                    "True",
                    "AllReplicasReady",
                    format!("All {replicas} replicas are ready"),
                ),
                (
                    "Degraded",
                    "False",
                    "Reconciling",
                    "No degradation has been recorded by the controller".to_owned(),
                ),
                (
                    "TLSReady",
                    "True",
                    "Ready",
                    "TLS assets are provisioned".to_owned(),
                ),
            ]
        };
        if let Some(conditions) = plane.get_mut("conditions").and_then(Value::as_array_mut) {
            for found in conditions.iter_mut() {
                found["observedGeneration"] = json!(generation);
                let wanted = text.iter().find(|(kind, ..)| found["type"] == *kind);
                if let Some((kind, status, reason, message)) = wanted {
                    let since = found["lastTransitionTime"].clone();
                    let changed = found["status"] != *status;
                    *found = condition(kind, status, reason, message, generation, now);
                    if !changed {
                        found["lastTransitionTime"] = since;
                    }
                }
            }
        }
        if self.state == OperatorState::Today {
            plane.insert("observedGeneration".to_owned(), json!(generation));
        }
        self.apply(kubernetes, &plane, now);
    }
}

/// Resource of the operator's kind.
const PATH: &str = "/apis/openbao.org/v1alpha1/namespaces";

impl Operator {
    /// Applies its part of the status as its controller does: without force,
    /// so that a foreign owner of a field stops it.
    fn apply(&self, kubernetes: &mut Kubernetes, plane: &Map<String, Value>, now: Moment) {
        let (namespace, name) = (&self.key.namespace, &self.key.name);
        let body = json!({
            "apiVersion": "openbao.org/v1alpha1",
            "kind": "OpenBaoCluster",
            "metadata": { "name": name, "namespace": namespace },
            "status": plane,
        });
        let request = Request::patch(format!(
            "{PATH}/{namespace}/openbaoclusters/{name}/status?fieldManager={STATUS}"
        ))
        .header("content-type", "application/apply-patch+yaml")
        .body(Bytes::from(body.to_string()));
        if let Ok(request) = request {
            // A refusal is tried again with the next change, as it does.
            let _ = kubernetes.handle(&request, &Caller::operator(), now);
        }
    }
}

fn seen(object: &Value) -> (i64, Value) {
    let generation = object
        .pointer("/metadata/generation")
        .and_then(Value::as_i64);
    let upgrade = object
        .pointer("/status/upgrade")
        .cloned()
        .unwrap_or_default();
    (generation.unwrap_or(0), upgrade)
}
