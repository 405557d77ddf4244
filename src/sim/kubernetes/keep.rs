//! What a request does not write stays as it was.

use serde_json::Value;

use super::{
    Kubernetes,
    kind::Kind,
    object::{Key, Object},
};

/// Metadata only the server writes.
const FIXED: [&str; 7] = [
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "generation",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
];

impl Kubernetes {
    /// Puts back what this request does not write.
    pub(super) fn keep(&self, key: &Key, old: &Object, new: &mut Value, sub: &str) {
        let restore = |new: &mut Value, from: &Value, field: &str| match from.get(field) {
            Some(value) => new[field] = value.clone(),
            None => {
                if let Some(map) = new.as_object_mut() {
                    map.remove(field);
                }
            }
        };
        if sub == "status" {
            let status = new.as_object_mut().and_then(|map| map.remove("status"));
            put_back(new, &old.value);
            if let Some(status) = status {
                new["status"] = status;
            }
        } else {
            if key.kind.has_status() {
                restore(new, &old.value, "status");
            }
            for field in FIXED {
                restore(&mut new["metadata"], &old.value["metadata"], field);
            }
            drop_empty(&mut new["metadata"], "annotations");
            drop_empty(&mut new["metadata"], "labels");
        }
        if key.kind == Kind::OpenBaoCluster {
            self.generation.prune(new);
        }
    }
}

/// Makes all but the status what it was.
fn put_back(new: &mut Value, old: &Value) {
    let (Some(map), Some(old)) = (new.as_object_mut(), old.as_object()) else {
        *new = old.clone();
        if let Some(map) = new.as_object_mut() {
            map.remove("status");
        }
        return;
    };
    map.retain(|field, _| old.contains_key(field));
    for (field, value) in old.iter().filter(|(field, _)| *field != "status") {
        if map.get(field) != Some(value) {
            map.insert(field.clone(), value.clone());
        }
    }
}

fn drop_empty(metadata: &mut Value, field: &str) {
    if metadata[field]
        .as_object()
        .is_some_and(serde_json::Map::is_empty)
        && let Some(map) = metadata.as_object_mut()
    {
        map.remove(field);
    }
}
