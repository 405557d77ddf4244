//! A StatefulSet as its controller sees it, read once per generation.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    object::{Key, Object, meta},
    revision,
};
use crate::sim::moment::Moment;

/// What the controller needs of the spec, and what it remembers.
#[derive(Debug, Clone)]
pub(super) struct Set {
    pub(super) key: Key,
    pub(super) uid: String,
    pub(super) generation: i64,
    pub(super) replicas: u32,
    pub(super) on_delete: bool,
    /// `None` without a `rollingUpdate` stanza.
    pub(super) partition: Option<u32>,
    pub(super) max_unavailable: u32,
    pub(super) ordered: bool,
    pub(super) service: String,
    pub(super) volumes: Vec<String>,
    /// Templates by revision: pods below the partition come back on an old one.
    pub(super) templates: BTreeMap<String, Arc<Value>>,
    pub(super) update_revision: String,
    pub(super) current_revision: String,
    pub(super) observed: i64,
    pub(super) scheduled: bool,
    /// A pod was refused: when it is tried again.
    pub(super) tries_again: Option<Moment>,
    /// A Ready pod is available only after this.
    pub(super) min_ready: Duration,
}

impl Set {
    /// Reads one for the first time.
    pub(super) fn read(key: &Key, object: &Object) -> Self {
        let mut set = Self {
            key: key.clone(),
            uid: object.uid().to_owned(),
            generation: 0,
            replicas: 0,
            on_delete: false,
            partition: None,
            max_unavailable: 1,
            ordered: true,
            service: String::new(),
            volumes: Vec::new(),
            templates: BTreeMap::new(),
            update_revision: String::new(),
            current_revision: String::new(),
            observed: 0,
            scheduled: false,
            tries_again: None,
            min_ready: Duration::ZERO,
        };
        set.follow(object);
        set.current_revision.clone_from(&set.update_revision);
        set
    }

    /// Takes over another generation.
    pub(super) fn follow(&mut self, object: &Object) {
        let spec = &object.value["spec"];
        let number = |value: &Value| value.as_u64().and_then(|n| u32::try_from(n).ok());
        self.generation = object.generation();
        self.replicas = number(&spec["replicas"]).unwrap_or(1);
        let strategy = &spec["updateStrategy"];
        self.on_delete = strategy["type"] == "OnDelete";
        let rolling = strategy.get("rollingUpdate").filter(|r| r.is_object());
        self.partition = rolling.map(|rolling| number(&rolling["partition"]).unwrap_or(0));
        self.max_unavailable = rolling
            .and_then(|rolling| number(&rolling["maxUnavailable"]))
            .unwrap_or(1)
            .max(1);
        self.min_ready = Duration::from_secs(spec["minReadySeconds"].as_u64().unwrap_or(0));
        self.ordered = spec["podManagementPolicy"] != "Parallel";
        let service = spec["serviceName"].as_str().unwrap_or_default();
        service.clone_into(&mut self.service);
        self.volumes = spec["volumeClaimTemplates"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|claim| meta(claim, "name").to_owned())
            .collect();
        let template = &spec["template"];
        self.update_revision = revision::name(&self.key.name, template);
        if !self.templates.contains_key(&self.update_revision) {
            let name = self.update_revision.clone();
            self.templates.insert(name, Arc::new(template.clone()));
        }
    }
}
