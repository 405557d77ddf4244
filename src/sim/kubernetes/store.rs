//! All objects under one counter of revisions.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{
    history::{Change, History},
    kind::Kind,
    object::{Key, Object},
    selector::Filter,
};

/// The objects and their history.
#[derive(Debug, Default)]
pub(super) struct Store {
    objects: BTreeMap<Key, Arc<Object>>,
    pub(super) history: History,
    revision: u64,
}

impl Store {
    /// The revision of the last change.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Arc<Object>> {
        self.objects.get(key)
    }

    /// All of a kind in a namespace (empty: in all).
    pub(super) fn all<'a>(
        &'a self,
        kind: Kind,
        namespace: &str,
    ) -> impl Iterator<Item = (&'a Key, &'a Arc<Object>)> + use<'a> {
        let first = Key::new(kind, namespace, "");
        let namespace = first.namespace.clone();
        self.objects.range(first..).take_while(move |(key, _)| {
            key.kind == kind && (namespace.is_empty() || key.namespace == namespace)
        })
    }

    /// Those of them that are selected.
    pub(super) fn list<'a>(
        &'a self,
        kind: Kind,
        namespace: &str,
        filter: &'a Filter,
    ) -> impl Iterator<Item = (&'a Key, &'a Arc<Object>)> + use<'a> {
        self.all(kind, namespace)
            .filter(|(_, object)| filter.matches(object))
    }

    /// Stores a new state under the next revision.
    pub(super) fn put(&mut self, key: &Key, mut value: Value) -> Arc<Object> {
        self.revision += 1;
        value["metadata"]["resourceVersion"] = Value::String(self.revision.to_string());
        let after = Arc::new(Object::new(value, self.revision));
        let before = self.objects.insert(key.clone(), Arc::clone(&after));
        self.history.push(Change {
            key: key.clone(),
            before,
            after: Arc::clone(&after),
            deleted: false,
        });
        after
    }

    /// Removes an object; its last state, under the revision of the removal.
    pub(super) fn remove(&mut self, key: &Key) -> Option<Arc<Object>> {
        let before = self.objects.remove(key)?;
        self.revision += 1;
        let mut value = before.value.clone();
        value["metadata"]["resourceVersion"] = Value::String(self.revision.to_string());
        let after = Arc::new(Object::new(value, self.revision));
        self.history.push(Change {
            key: key.clone(),
            before: Some(before),
            after: Arc::clone(&after),
            deleted: true,
        });
        Some(after)
    }
}
