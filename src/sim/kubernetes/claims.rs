//! Claims: made with a StatefulSet's pods, left behind by them and by the set,
//! and with the last use of one that is deleted its data goes.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Kubernetes,
    kind::Kind,
    object::{Key, Object},
    pod::Stage,
    set_view::Set,
    timers::Task,
};

/// Keeps a claim as long as a pod uses it.
const PROTECTION: &str = "kubernetes.io/pvc-protection";

/// The controller that takes it away looks after this.
const REACTION: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(40)];

/// What is known of claims.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// Pods whose data is gone, not yet told to whoever runs the servers.
    wiped: Vec<String>,
}

impl Claims {
    /// Pods whose data is gone since the last call.
    pub(super) fn take_wiped(&mut self) -> Vec<String> {
        std::mem::take(&mut self.wiped)
    }

    pub(super) fn has_wiped(&self) -> bool {
        !self.wiped.is_empty()
    }
}

impl Kubernetes {
    /// Makes the claims of a pod that are not there.
    pub(super) fn claim(&mut self, set: &Set, pod: &str) {
        let Some(spec) = self.store.get(&set.key).map(|set| &set.value["spec"]) else {
            return;
        };
        let selector = spec["selector"]["matchLabels"].clone();
        let templates = spec["volumeClaimTemplates"].as_array().cloned();
        for template in templates.into_iter().flatten() {
            let volume = super::object::meta(&template, "name");
            let name = format!("{volume}-{pod}");
            let key = Key::new(Kind::PersistentVolumeClaim, &set.key.namespace, &name);
            if self.store.get(&key).is_none() {
                self.bind(&key, &template, &selector);
            }
        }
    }

    fn bind(&mut self, key: &Key, template: &Value, selector: &Value) {
        let mut labels = template["metadata"]["labels"].clone();
        for (name, value) in selector.as_object().into_iter().flatten() {
            labels[name] = value.clone();
        }
        let mut claim = json!({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {
                "annotations": {
                    "pv.kubernetes.io/bind-completed": "yes",
                    "pv.kubernetes.io/bound-by-controller": "yes",
                },
                "finalizers": [PROTECTION],
                "labels": labels,
            },
            "spec": template["spec"],
            "status": {
                "accessModes": template["spec"]["accessModes"],
                "capacity": template["spec"]["resources"]["requests"],
                "phase": "Bound",
            },
        });
        self.complete(key, &mut claim);
        let uid = super::object::meta(&claim, "uid");
        let volume = format!("pv-{}", uid.get(..13).unwrap_or(uid));
        claim["spec"]["volumeName"] = json!(volume);
        self.commit(key, claim);
    }

    /// Whether a pod waits for a claim: one that is being deleted is not used
    /// again, and one that is gone is made anew.
    pub(super) fn waits_for_claims(&mut self, uid: &str) -> bool {
        let Some(pod) = self.pods.get(uid) else {
            return false;
        };
        let (name, set) = (pod.key.name.clone(), self.sets.get(&pod.set).cloned());
        let namespace = pod.key.namespace.clone();
        let Some(set) = set else { return false };
        let going = set.volumes.iter().any(|volume| {
            let name = format!("{volume}-{name}");
            let key = Key::new(Kind::PersistentVolumeClaim, &namespace, &name);
            self.store.get(&key).is_some_and(|claim| claim.deleting())
        });
        if !going {
            self.claim(&set, &name);
        }
        going
    }

    pub(super) fn noticed_claim(&mut self, key: &Key, object: &Object, deleted: bool) {
        if deleted {
            self.claims.wiped.push(user(key).to_owned());
        } else if object.deleting() {
            self.release_claim(key);
        }
    }

    /// A pod is gone: its claims may be, too.
    pub(super) fn release_claims(&mut self, pod: &Key) {
        let all = super::selector::Filter::default();
        let claims: Vec<Key> = self
            .store
            .list(Kind::PersistentVolumeClaim, &pod.namespace, &all)
            .filter(|(key, claim)| user(key) == pod.name && claim.deleting())
            .map(|(key, _)| key.clone())
            .collect();
        for claim in claims {
            self.release_claim(&claim);
        }
    }

    fn release_claim(&mut self, key: &Key) {
        let at = self.now + self.dice.between(REACTION[0], REACTION[1]);
        self.timers.add(at, Task::Claim(key.clone()));
    }

    /// Takes the protection away from a deleted claim that nobody uses.
    pub(super) fn sync_claim(&mut self, key: &Key) {
        let deleting = self.store.get(key).is_some_and(|claim| claim.deleting());
        let used = self.pods.values().any(|pod| {
            pod.key.namespace == key.namespace
                && pod.key.name == user(key)
                && pod.stage != Stage::Pending
        });
        if deleting && !used {
            self.erase(key);
        }
    }
}

/// The pod a claim is for: `prod-2` of `data-prod-2`.
fn user(claim: &Key) -> &str {
    claim.name.split_once('-').map_or("", |(_, pod)| pod)
}
