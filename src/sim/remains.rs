//! What a run leaves behind, to be compared with what another one left.

use serde_json::{Map, Value, json};

use super::{
    kubernetes::{Key, Kind},
    world::World,
};

/// Fields that differ between two runs which did the same.
const TIMES: [&str; 6] = [
    "time",
    "lastTransitionTime",
    "lastUpdateTime",
    "resourceVersion",
    "generation",
    "observedGeneration",
];

impl World {
    /// Spec and managers of the voters' StatefulSets, the resource's spec,
    /// status, annotations and managers, the lease, and what runs; where there
    /// are colours, what belongs to them as well. Without times, counters, and
    /// who happens to lead.
    #[must_use]
    pub fn remains(&self) -> Value {
        let of = |kind, name: &str| {
            let key = Key::new(kind, &self.namespace, name);
            self.kubernetes.object(&key).cloned().unwrap_or_default()
        };
        let cluster = of(Kind::OpenBaoCluster, &self.cluster);
        let sets = self.sets.iter().map(|name| {
            let set = of(Kind::StatefulSet, name);
            let kept = json!({
                "annotations": set.pointer("/metadata/annotations"),
                "managers": managers(&set),
                "spec": set.get("spec"),
            });
            (name.clone(), kept)
        });
        let sets: Map<String, Value> = sets.collect();
        // One that has ended binds nobody.
        let lease = self.lease_seen().filter(|(_, left)| *left > 0);
        let mut pods: Vec<(String, String, bool)> = self
            .kubernetes
            .pods()
            .into_iter()
            .map(|pod| (pod.key.name, pod.image, pod.ready))
            .collect();
        pods.sort();
        let mut remains = json!({
            "cluster": {
                "annotations": cluster.pointer("/metadata/annotations"),
                "finalizers": cluster.pointer("/metadata/finalizers"),
                "managers": managers(&cluster),
                "spec": cluster.get("spec"),
                "status": cluster.get("status"),
            },
            "sets": sets,
            "colours": self.remains_of_colours(),
            "lease": lease,
            "pods": pods,
        });
        if let Some(status) = remains.pointer_mut("/cluster/status") {
            forget_leader(status);
        }
        forget_times(&mut remains);
        remains
    }

    /// Settings, volumes, and where clients are led.
    fn remains_of_colours(&self) -> Option<Value> {
        if self.sets.len() == 1 {
            return None;
        }
        let listed = |kind, kept: fn(&Value) -> Value| -> Map<String, Value> {
            let found = self.kubernetes.objects(kind, &self.namespace);
            found
                .map(|(key, object)| (key.name.clone(), kept(object)))
                .collect()
        };
        Some(json!({
            "settings": listed(Kind::ConfigMap, |object| json!({
                "annotations": object.pointer("/metadata/annotations"),
                "managers": managers(object),
                "data": object["data"],
            })),
            "jobs": listed(Kind::Job, |_| Value::Bool(true)),
            "volumes": listed(Kind::PersistentVolumeClaim, |object| {
                json!(object.pointer("/metadata/deletionTimestamp").is_some())
            }),
            "services": listed(Kind::Service, |object| json!({
                "annotations": object.pointer("/metadata/annotations"),
                "selector": object["spec"]["selector"],
            })),
        }))
    }
}

/// The managers of an object's fields, in an order of their own.
fn managers(object: &Value) -> Value {
    let mut managers = object
        .pointer("/metadata/managedFields")
        .cloned()
        .unwrap_or_default();
    forget_times(&mut managers);
    if let Value::Array(managers) = &mut managers {
        managers.sort_by_key(ToString::to_string);
    }
    managers
}

/// Who leads at the end is the election's affair.
fn forget_leader(status: &mut Value) {
    if let Some(status) = status.as_object_mut() {
        status.remove("activeLeader");
        let conditions = status.get_mut("conditions").and_then(Value::as_array_mut);
        for condition in conditions.into_iter().flatten() {
            if condition["type"] == "OpenBaoLeader"
                && let Some(condition) = condition.as_object_mut()
            {
                condition.remove("message");
            }
        }
    }
}

fn forget_times(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !TIMES.contains(&key.as_str()));
            map.values_mut().for_each(forget_times);
        }
        Value::Array(list) => list.iter_mut().for_each(forget_times),
        _ => {}
    }
}

/// Where two of them differ, as paths with both values.
#[must_use]
pub fn differences(one: &Value, other: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", one, other, &mut found);
    found
}

fn compare(path: &str, one: &Value, other: &Value, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(left), Value::Object(right)) => {
            let mut keys: Vec<&String> = left.keys().chain(right.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let null = Value::Null;
                compare(
                    &format!("{path}/{key}"),
                    left.get(key).unwrap_or(&null),
                    right.get(key).unwrap_or(&null),
                    found,
                );
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (at, (left, right)) in left.iter().zip(right).enumerate() {
                compare(&format!("{path}/{at}"), left, right, found);
            }
        }
        _ if one == other => {}
        _ => found.push(format!("{path} is {other} and not {one}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_do_not_count_and_everything_else_does() {
        let mut one = json!({"a": [{"type": "Ready", "lastTransitionTime": "1"}], "b": 1});
        let mut other = json!({"a": [{"type": "Ready", "lastTransitionTime": "2"}], "b": 2});
        forget_times(&mut one);
        forget_times(&mut other);
        assert_eq!(differences(&one, &other), ["/b is 2 and not 1"]);
        assert_eq!(differences(&one, &one), Vec::<String>::new());
    }
}
