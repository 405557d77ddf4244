//! Objects that are there when a scenario begins.

use serde_json::{Value, json};

use super::{
    Generation, Kubernetes, defaults,
    fields::{Difference, Fields},
    kind::Kind,
    object::{Key, meta},
    owners::{Owners, Writer},
    pod::Stage,
    timers::Task,
    write::shape,
};
use crate::sim::{
    moment::Moment,
    operator::plane::{self, Plane},
    processes::{Launch, Processes},
};

impl Kubernetes {
    /// Stores an object of a fixture as `manager` would have made it: an
    /// `OpenBaoCluster` by an update, with its status applied by the operator's
    /// controllers; anything else by an apply. Managed fields the object brings
    /// along stay. Of an unknown kind nothing is stored.
    pub fn insert(&mut self, mut object: Value, manager: &str, now: Moment) {
        self.now = self.now.max(now);
        let Some(kind) = object["kind"].as_str().and_then(Kind::named) else {
            return;
        };
        let namespace = if kind.namespaced() {
            meta(&object, "namespace")
        } else {
            ""
        };
        let key = Key::new(kind, namespace, meta(&object, "name"));
        object["apiVersion"] = json!(kind.api_version());
        self.complete(&key, &mut object);
        self.admit(kind, &mut object);
        defaults::fill(kind, &mut object);
        if object["metadata"].get("managedFields").is_none() {
            object["metadata"]["managedFields"] = self.owners_of(kind, &object, manager);
        }
        self.commit(&key, object);
    }

    fn owners_of(&self, kind: Kind, object: &Value, manager: &str) -> Value {
        let mut owners = Owners::default();
        let mut writer = Writer {
            manager: manager.to_owned(),
            apply: kind != Kind::OpenBaoCluster,
            sub: String::new(),
            api_version: kind.api_version(),
        };
        let mut main = object.clone();
        let status = main.as_object_mut().and_then(|map| map.remove("status"));
        if writer.apply {
            let claims = Fields::applied(&main, shape(kind));
            // Nobody else owns anything yet.
            let _ = owners.applied(&writer, &claims, &Difference::default(), true, self.now);
            return owners.write();
        }
        let changed = Difference::between(&json!({}), &main, shape(kind));
        owners.updated(&writer, &changed, self.now);
        for Plane { manager, fields } in plane::all(self.generation == Generation::Today) {
            let mut plane = status.clone().unwrap_or_else(|| json!({}));
            if let Some(map) = plane.as_object_mut() {
                map.retain(|key, _| fields.contains(&key.as_str()));
            }
            if plane.as_object().is_some_and(serde_json::Map::is_empty) {
                continue;
            }
            (*manager).clone_into(&mut writer.manager);
            writer.apply = true;
            "status".clone_into(&mut writer.sub);
            let claims = Fields::applied(&json!({ "status": plane }), shape(kind));
            let _ = owners.applied(&writer, &claims, &Difference::default(), true, self.now);
        }
        owners.write()
    }

    /// Brings a StatefulSet to rest at once: its pods exist, run and are Ready,
    /// and so say its status and its budgets.
    pub fn settle(&mut self, set: &Key, now: Moment, processes: &mut dyn Processes) {
        self.now = self.now.max(now);
        let Some(view) = self.sets.get(set).cloned() else {
            return;
        };
        for ordinal in 0..view.replicas {
            self.create_pod(&view, ordinal, &view.update_revision);
        }
        let new: Vec<String> = self
            .pods
            .values()
            .filter(|pod| pod.set_uid == view.uid && pod.stage == Stage::Pending)
            .map(|pod| pod.uid.clone())
            .collect();
        for uid in new {
            let ip = self.address();
            let settings = self.settings(&uid);
            let now = self.now;
            if let Some(pod) = self.pods.get_mut(&uid) {
                processes.start(
                    &Launch {
                        pod: &pod.key.name,
                        uid: &uid,
                        image: &pod.image,
                        settings,
                    },
                    now,
                );
                let next = now + pod.period;
                pod.stage = Stage::Running;
                pod.ip = Some(ip);
                pod.scheduled_at = Some(now);
                pod.started_at = Some(now);
                pod.ready = true;
                pod.container_ready = true;
                pod.ready_changed = now;
                pod.next = next;
                self.timers.add(next, Task::Pod(uid.clone()));
            }
            self.report_pod(&uid);
        }
        self.relist_soon();
        self.report_set(set);
        let budgets: Vec<Key> = self.budgets.keys().cloned().collect();
        for budget in budgets {
            self.sync_budget(&budget);
        }
        self.settle_slices();
    }
}
