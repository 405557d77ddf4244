//! Pods that outlive their StatefulSet, and the set that takes them over.

use serde_json::json;

use super::{Kubernetes, selector::Filter, set_view::Set};

impl Kubernetes {
    /// The pods of an owner that is gone have none from here on.
    pub(super) fn orphan(&mut self, owner: &str) {
        let pods = self.pods.values_mut();
        let mut keys: Vec<_> = pods
            .filter(|pod| pod.set_uid == owner)
            .map(|pod| {
                pod.set_uid.clear();
                pod.key.clone()
            })
            .collect();
        keys.sort();
        for key in keys {
            if let Some(mut value) = self.store.get(&key).map(|pod| pod.value.clone()) {
                if let Some(metadata) = value["metadata"].as_object_mut() {
                    metadata.remove("ownerReferences");
                }
                self.commit(&key, value);
            }
        }
    }

    /// A set takes over the pods that have no owner, its selector's labels and
    /// its name (`contracts/operator-live.md` 8.4.1).
    pub(super) fn adopt(&mut self, set: &Set) {
        let without = self.pods.values().filter(|pod| pod.set_uid.is_empty());
        let mut found: Vec<_> = without
            .filter(|pod| pod.key.namespace == set.key.namespace)
            .filter(|pod| pod.key.name == format!("{}-{}", set.key.name, pod.ordinal))
            .map(|pod| (pod.key.clone(), pod.uid.clone()))
            .collect();
        if found.is_empty() {
            return;
        }
        found.sort();
        let Some(object) = self.store.get(&set.key) else {
            return;
        };
        let filter = Filter::of_spec(&object.value["spec"]["selector"]);
        for (key, uid) in found {
            let Some(pod) = self.store.get(&key).filter(|pod| filter.matches(pod)) else {
                continue;
            };
            let mut value = pod.value.clone();
            value["metadata"]["ownerReferences"] = json!([{
                "apiVersion": "apps/v1", "kind": "StatefulSet", "name": set.key.name,
                "uid": set.uid, "controller": true, "blockOwnerDeletion": true,
            }]);
            if let Some(pod) = self.pods.get_mut(&uid) {
                pod.set_uid.clone_from(&set.uid);
                pod.set = set.key.clone();
            }
            self.commit(&key, value);
        }
    }
}
