//! The controller of EndpointSlices: which pods a Service leads to.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::{
    Kubernetes,
    kind::Kind,
    object::{Key, Object, stamp},
    pod::PodWork,
    pod_status::{NODE, has_ended},
    selector::Filter,
    timers::Task,
};

/// A change is taken up after this: from a new selector to the new endpoints
/// 0.35-0.5 s were seen, most of them two calls of kubectl
/// (`contracts/operator-live.md` 8.2).
const REACTION: [Duration; 2] = [Duration::from_millis(30), Duration::from_millis(150)];

/// The slices of this world.
#[derive(Debug, Default)]
pub(super) struct Slices {
    /// Whether there are any.
    kept: bool,
    services: BTreeMap<Key, Service>,
}

/// A Service as the controller sees it.
#[derive(Debug)]
struct Service {
    /// Its slice.
    slice: Key,
    scheduled: bool,
    /// The pods that connections go to, by the slice.
    ready: Vec<String>,
}

impl Kubernetes {
    /// From here on Services have slices.
    pub fn keep_slices(&mut self) {
        self.slices.kept = true;
    }

    pub(super) fn noticed_service(&mut self, key: &Key, object: &Object, deleted: bool) {
        if !self.slices.kept {
            return;
        }
        if deleted {
            if let Some(service) = self.slices.services.remove(key) {
                self.erase(&service.slice);
            }
            return;
        }
        if !self.slices.services.contains_key(key) {
            let letters = super::revision::name(&key.name, &json!(object.uid()));
            let slice = letters.get(..key.name.len() + 6).unwrap_or(&letters);
            let service = Service {
                slice: Key::new(Kind::EndpointSlice, &key.namespace, slice),
                scheduled: false,
                ready: Vec::new(),
            };
            self.slices.services.insert(key.clone(), service);
        }
        self.wake_slice(key);
    }

    /// Has the controller look at every Service a pod may be behind.
    pub(super) fn wake_slices(&mut self, namespace: &str) {
        let services = self.slices.services.keys();
        let services = services.filter(|key| key.namespace == namespace).cloned();
        for key in services.collect::<Vec<Key>>() {
            self.wake_slice(&key);
        }
    }

    fn wake_slice(&mut self, key: &Key) {
        let waiting = self.slices.services.get_mut(key);
        if let Some(service) = waiting.filter(|service| !service.scheduled) {
            service.scheduled = true;
            let at = self.now + self.dice.between(REACTION[0], REACTION[1]);
            self.timers.add(at, Task::Slice(key.clone()));
        }
    }

    /// Brings all of them up to date at once.
    pub(super) fn settle_slices(&mut self) {
        let services: Vec<Key> = self.slices.services.keys().cloned().collect();
        for key in services {
            self.sync_slice(&key);
        }
    }

    /// Writes a Service's slice when it differs.
    pub(super) fn sync_slice(&mut self, key: &Key) {
        let Some(service) = self.slices.services.get_mut(key) else {
            return;
        };
        service.scheduled = false;
        let slice = service.slice.clone();
        let Some(object) = self.store.get(key).cloned() else {
            return;
        };
        let spec = &object.value["spec"];
        let selector = &spec["selector"];
        if selector.as_object().is_none_or(serde_json::Map::is_empty) {
            // Its endpoints are somebody else's.
            return;
        }
        let anyway = spec["publishNotReadyAddresses"] == true;
        let filter = Filter::of_spec(&json!({ "matchLabels": selector }));
        let mut pods: Vec<&PodWork> = self
            .pods
            .values()
            .filter(|pod| pod.key.namespace == key.namespace)
            .filter(|pod| pod.ip.is_some() && !has_ended(pod))
            .filter(|pod| {
                let stored = self.store.get(&pod.key);
                stored.is_some_and(|stored| filter.matches(stored))
            })
            .collect();
        pods.sort_by(|one, other| one.key.cmp(&other.key));
        let leads = |pod: &PodWork| anyway || (pod.ready && !pod.terminating());
        let endpoints: Vec<Value> = pods
            .iter()
            .map(|pod| endpoint(pod, leads(pod), anyway))
            .collect();
        let ready = pods.iter().filter(|pod| leads(pod));
        let ready = ready.map(|pod| pod.key.name.clone()).collect();
        if let Some(service) = self.slices.services.get_mut(key) {
            service.ready = ready;
        }
        let stored = self.store.get(&slice);
        if stored.is_some_and(|stored| stored.value["endpoints"] == json!(endpoints)) {
            return;
        }
        let mut value = match stored {
            Some(stored) => stored.value.clone(),
            None => self.new_slice(&slice, &object),
        };
        value["endpoints"] = json!(endpoints);
        value["metadata"]["annotations"] = json!({
            "endpoints.kubernetes.io/last-change-trigger-time": stamp(self.now),
        });
        let generation = value["metadata"]["generation"].as_i64().unwrap_or(0);
        value["metadata"]["generation"] = json!(generation + 1);
        self.commit(&slice, value);
    }

    fn new_slice(&mut self, key: &Key, service: &Object) -> Value {
        let name = super::object::meta(&service.value, "name");
        let mut labels = service.value["metadata"]["labels"].clone();
        labels["endpointslice.kubernetes.io/managed-by"] = json!("endpointslice-controller.k8s.io");
        labels["kubernetes.io/service-name"] = json!(name);
        if service.value["spec"]["clusterIP"] == "None" {
            labels["service.kubernetes.io/headless"] = json!("");
        }
        let mut ports = service.value["spec"]["ports"].clone();
        for port in ports.as_array_mut().into_iter().flatten() {
            if let Some(port) = port.as_object_mut() {
                port.remove("targetPort");
            }
        }
        let mut value = json!({
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "addressType": "IPv4",
            "metadata": {
                "generateName": format!("{name}-"),
                "labels": labels,
                "ownerReferences": [{
                    "apiVersion": "v1", "kind": "Service", "name": name, "uid": service.uid(),
                    "controller": true, "blockOwnerDeletion": true,
                }],
            },
            "ports": ports,
        });
        self.complete(key, &mut value);
        value
    }

    /// The pods that connections to a Service go to.
    #[must_use]
    pub fn endpoints(&self, namespace: &str, service: &str) -> &[String] {
        let key = Key::new(Kind::Service, namespace, service);
        let service = self.slices.services.get(&key);
        service.map_or(&[], |service| &service.ready)
    }
}

fn endpoint(pod: &PodWork, ready: bool, named: bool) -> Value {
    let mut endpoint = json!({
        "addresses": [pod.ip],
        "conditions": {
            "ready": ready, "serving": ready || pod.ready, "terminating": pod.terminating(),
        },
        "nodeName": NODE,
        "targetRef": {
            "kind": "Pod", "name": pod.key.name, "namespace": pod.key.namespace, "uid": pod.uid,
        },
    });
    // A headless Service gives every pod its name.
    if named {
        endpoint["hostname"] = json!(pod.key.name);
    }
    endpoint
}
