//! Sets of fields as managedFields keep them (`FieldsV1`).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::lists::{List, Shape, key};

/// A set of paths, as a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields {
    /// The path up to here is itself in the set.
    here: bool,
    inner: BTreeMap<String, Fields>,
}

impl Fields {
    fn leaf() -> Self {
        Self {
            here: true,
            inner: BTreeMap::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.here && self.inner.is_empty()
    }

    fn put(&mut self, key: String, fields: Self) {
        if !fields.is_empty() {
            self.inner.insert(key, fields);
        }
    }

    /// The part of the tree under a step.
    pub(super) fn under(&self, step: &str) -> Option<&Self> {
        self.inner.get(step)
    }

    /// Whether the whole of it is meant.
    pub(super) fn whole_here(&self) -> bool {
        self.here
    }

    /// Keeps only what is under this top-level field.
    pub(super) fn only(mut self, field: &str) -> Self {
        self.inner.retain(|key, _| key == field);
        self
    }

    /// Drops managedFields, whole: it is never itself owned.
    pub(super) fn without_own_record(mut self) -> Self {
        if let Some(metadata) = self.inner.get_mut("f:metadata") {
            metadata.inner.remove("f:managedFields");
            if metadata.is_empty() {
                self.inner.remove("f:metadata");
            }
        }
        self
    }

    pub(super) fn union(mut self, other: &Self) -> Self {
        self.add(other);
        self
    }

    fn add(&mut self, other: &Self) {
        self.here |= other.here;
        for (key, fields) in &other.inner {
            match self.inner.get_mut(key) {
                Some(own) => own.add(fields),
                None => {
                    self.inner.insert(key.clone(), fields.clone());
                }
            }
        }
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        let mut left = self.clone();
        left.subtract(other);
        left
    }

    /// Takes out what is in the other.
    pub(super) fn subtract(&mut self, other: &Self) {
        self.here &= !other.here;
        for (key, taken) in &other.inner {
            if let Some(fields) = self.inner.get_mut(key) {
                fields.subtract(taken);
                if fields.is_empty() {
                    self.inner.remove(key);
                }
            }
        }
    }

    pub(super) fn both(&self, other: &Self) -> Self {
        let mut both = Self {
            here: self.here && other.here,
            inner: BTreeMap::new(),
        };
        for (key, fields) in &self.inner {
            if let Some(others) = other.inner.get(key) {
                both.put(key.clone(), fields.both(others));
            }
        }
        both
    }

    /// The paths as messages spell them: `.status.phase`.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        self.collect("", &mut paths);
        paths
    }

    fn collect(&self, at: &str, paths: &mut Vec<String>) {
        if self.here {
            paths.push(at.to_owned());
        }
        for (key, fields) in &self.inner {
            let step = match key.split_once(':') {
                Some(("f", name)) => format!(".{name}"),
                Some((_, rest)) => {
                    let rest = rest.trim_matches(['{', '}']).replacen("\":", "=", 1);
                    format!("[{}]", rest.trim_start_matches('"'))
                }
                None => key.clone(),
            };
            fields.collect(&format!("{at}{step}"), paths);
        }
    }

    /// Reads `fieldsV1`.
    pub(super) fn read(value: &Value) -> Self {
        let mut fields = Self::default();
        let Some(map) = value.as_object() else {
            return fields;
        };
        for (key, inner) in map {
            if key == "." {
                fields.here = true;
            } else {
                let mut child = Self::read(inner);
                child.here |= child.inner.is_empty();
                fields.inner.insert(key.clone(), child);
            }
        }
        fields
    }

    /// Writes `fieldsV1`.
    pub(super) fn write(&self) -> Value {
        let mut map = Map::new();
        if self.here && !self.inner.is_empty() {
            map.insert(".".to_owned(), json!({}));
        }
        for (key, fields) in &self.inner {
            map.insert(key.clone(), fields.write());
        }
        Value::Object(map)
    }

    /// What an apply of this value claims.
    pub(super) fn applied(value: &Value, shape: Shape) -> Self {
        Self::claimed(value, "", shape)
    }

    fn claimed(value: &Value, field: &str, shape: Shape) -> Self {
        let mut fields = Self::default();
        match value {
            Value::Object(map) if !map.is_empty() && !shape.one_value(field) => {
                for (name, inner) in map {
                    fields.put(format!("f:{name}"), Self::claimed(inner, name, shape));
                }
            }
            Value::Array(items) if !items.is_empty() => match shape.list(field) {
                List::Atomic => return Self::leaf(),
                List::Set => {
                    for item in items {
                        fields.put(format!("v:{item}"), Self::leaf());
                    }
                }
                List::Keyed(keys) => {
                    for item in items {
                        let mut inner = Self::claimed(item, "", shape);
                        inner.here = true;
                        fields.put(key(item, keys), inner);
                    }
                }
            },
            _ => return Self::leaf(),
        }
        fields
    }

    /// All of a value, with every level of it.
    fn all(value: &Value, field: &str, shape: Shape) -> Self {
        let mut fields = Self::leaf();
        match value {
            Value::Object(map) if !shape.one_value(field) => {
                for (name, inner) in map {
                    fields.put(format!("f:{name}"), Self::all(inner, name, shape));
                }
            }
            Value::Array(items) => match shape.list(field) {
                List::Atomic => {}
                List::Set => {
                    for item in items {
                        fields.put(format!("v:{item}"), Self::leaf());
                    }
                }
                List::Keyed(keys) => {
                    for item in items {
                        fields.put(key(item, keys), Self::all(item, "", shape));
                    }
                }
            },
            _ => {}
        }
        fields
    }
}

/// What changed between two states.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// Added or of another value.
    pub(super) set: Fields,
    /// Removed.
    pub(super) removed: Fields,
}

impl Difference {
    pub(super) fn between(old: &Value, new: &Value, shape: Shape) -> Self {
        Self::of(Some(old), Some(new), "", shape)
    }

    fn of(old: Option<&Value>, new: Option<&Value>, field: &str, shape: Shape) -> Self {
        let (old, new) = match (old, new) {
            (None, None) => return Self::default(),
            (None, Some(new)) => {
                return Self {
                    set: Fields::all(new, field, shape),
                    removed: Fields::default(),
                };
            }
            (Some(old), None) => {
                return Self {
                    set: Fields::default(),
                    removed: Fields::all(old, field, shape),
                };
            }
            (Some(old), Some(new)) => (old, new),
        };
        let mut found = Self::default();
        if old == new {
            return found;
        }
        match (old, new) {
            (Value::Object(was), Value::Object(is)) if !shape.one_value(field) => {
                for (name, value) in is {
                    let inner = Self::of(was.get(name), Some(value), name, shape);
                    found.put_field(name, inner);
                }
                for (name, value) in was {
                    if !is.contains_key(name) {
                        let inner = Self::of(Some(value), None, name, shape);
                        found.put_field(name, inner);
                    }
                }
            }
            (Value::Array(was), Value::Array(is)) if shape.list(field) != List::Atomic => {
                let name = |item: &Value| match shape.list(field) {
                    List::Keyed(keys) => key(item, keys),
                    _ => format!("v:{item}"),
                };
                let names = |items: &[Value]| items.iter().map(name).collect::<Vec<String>>();
                let (before, after) = (names(was), names(is));
                for (item, key) in is.iter().zip(&after) {
                    let place = before.iter().position(|known| known == key);
                    let inner = Self::of(place.map(|at| &was[at]), Some(item), "", shape);
                    found.put(key.clone(), inner);
                }
                for (item, key) in was.iter().zip(&before) {
                    if !after.contains(key) {
                        found.put(key.clone(), Self::of(Some(item), None, "", shape));
                    }
                }
            }
            _ => {
                found.removed = Fields::all(old, field, shape);
                found.removed.here = false;
                found.set = Fields::all(new, field, shape);
            }
        }
        found
    }

    /// Most fields stay as they are, and need no key.
    fn put_field(&mut self, name: &str, inner: Self) {
        if !inner.is_empty() {
            self.put(format!("f:{name}"), inner);
        }
    }

    fn put(&mut self, key: String, inner: Self) {
        self.set.put(key.clone(), inner.set);
        self.removed.put(key, inner.removed);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.removed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOM: Shape = Shape { builtin: false };

    #[test]
    fn an_apply_claims_leaves_and_items() {
        let value = json!({ "status": {
            "adminOps": {}, "completedPods": [1, 2],
            "conditions": [{ "type": "Ready", "status": "True" }],
        } });
        let fields = Fields::applied(&value, CUSTOM);
        let written = json!({ "f:status": {
            "f:adminOps": {}, "f:completedPods": {},
            "f:conditions": { "k:{\"type\":\"Ready\"}": { ".": {}, "f:status": {}, "f:type": {} } },
        } });
        assert_eq!(fields.write(), written);
        assert_eq!(Fields::read(&written), fields);
    }

    #[test]
    fn a_difference_names_what_was_added_changed_and_removed() {
        let old = json!({ "spec": { "a": 1, "b": { "c": 1 }, "same": [1] } });
        let new = json!({ "spec": { "a": 2, "d": { "e": 1 }, "same": [1] } });
        let found = Difference::between(&old, &new, CUSTOM);
        assert_eq!(
            found.set.write(),
            json!({ "f:spec": { "f:a": {}, "f:d": { ".": {}, "f:e": {} } } })
        );
        assert_eq!(found.removed.paths(), [".spec.b", ".spec.b.c"]);
    }
}
