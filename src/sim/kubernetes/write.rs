//! Creations and changes: conditions, ownership, generation, storage.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Kubernetes,
    admission::Attempt,
    apply,
    caller::Caller,
    defaults,
    fields::{Difference, Fields},
    kind::Kind,
    lists::Shape,
    object::{Key, Object, meta, stamp},
    owners::{Owners, Recorded, Writer},
    patch,
    status_body::Refusal,
};

/// How an object is to change.
pub(super) enum Change {
    Put(Value),
    Merge(Value),
    Strategic(Value),
    Json(json_patch::Patch),
    /// The configuration, and whether others' fields may be taken.
    Apply(Value, bool),
}

/// Who writes, and how.
pub(super) struct Terms<'a> {
    pub(super) caller: &'a Caller,
    pub(super) manager: String,
    pub(super) sub: String,
    pub(super) dry_run: bool,
}

impl Kubernetes {
    /// Creates an object.
    pub(super) fn create(
        &mut self,
        kind: Kind,
        namespace: &str,
        mut object: Value,
        terms: &Terms<'_>,
    ) -> Result<Arc<Object>, Refusal> {
        if !object["metadata"].is_object() {
            return Err(Refusal::new(400, "the object has no metadata"));
        }
        if object.get("kind").is_some_and(|name| name != kind.name()) {
            return Err(Refusal::new(400, "the object provided is of another kind"));
        }
        let mut name = meta(&object, "name").to_owned();
        if name.is_empty() {
            let prefix = meta(&object, "generateName").to_owned();
            if prefix.is_empty() {
                let problem = "Required value: name or generateName is required";
                return Err(Refusal::invalid(kind, "", "metadata.name", problem));
            }
            name = format!("{prefix}{:05x}", self.dice.below(1 << 20));
        }
        let key = Key::new(kind, namespace, &name);
        if self.store.get(&key).is_some() {
            return Err(Refusal::exists(kind, &name));
        }
        if !meta(&object, "resourceVersion").is_empty() {
            let text = "resourceVersion should not be set on objects to be created";
            return Err(Refusal::new(400, text));
        }
        object["apiVersion"] = json!(kind.api_version());
        object["kind"] = json!(kind.name());
        if kind.has_status()
            && let Some(map) = object.as_object_mut()
        {
            map.remove("status");
        }
        self.complete(&key, &mut object);
        self.admit(kind, &mut object);
        defaults::fill(kind, &mut object);
        defaults::check(kind, None, &object)?;
        self.lock.check(
            &Attempt {
                kind,
                name: &name,
                old: None,
                new: Some(&object),
            },
            terms.caller,
        )?;
        let writer = writer(kind, terms, false);
        let mut owners = Owners::default();
        let changed = Difference::between(&json!({}), &object, shape(kind));
        owners.updated(&writer, &changed, self.now);
        object["metadata"]["managedFields"] = owners.write();
        if terms.dry_run {
            return Ok(Arc::new(Object::new(object, 0)));
        }
        Ok(self.commit(&key, object))
    }

    /// Gives a new object what the server gives.
    pub(super) fn complete(&mut self, key: &Key, object: &mut Value) {
        let uid = self.uid();
        let metadata = &mut object["metadata"];
        metadata["name"] = json!(key.name);
        if key.kind.namespaced() {
            metadata["namespace"] = json!(key.namespace);
        }
        if meta_absent(metadata, "uid") {
            metadata["uid"] = json!(uid);
        }
        if meta_absent(metadata, "creationTimestamp") {
            metadata["creationTimestamp"] = stamp(self.now);
        }
        if counts_generations(key.kind) && meta_absent(metadata, "generation") {
            metadata["generation"] = json!(1);
        }
        if key.kind == Kind::OpenBaoCluster {
            self.generation.prune(object);
        }
    }

    /// Changes an object; the stored one when nothing came of it.
    pub(super) fn change(
        &mut self,
        key: &Key,
        change: Change,
        terms: &Terms<'_>,
    ) -> Result<Arc<Object>, Refusal> {
        let kind = key.kind;
        let Some(old) = self.store.get(key).cloned() else {
            return match change {
                Change::Apply(config, _) if terms.sub.is_empty() => {
                    self.create_applied(key, config, terms)
                }
                _ => Err(Refusal::not_found(kind, &key.name)),
            };
        };
        let shape = shape(kind);
        let mut force = false;
        let mut claims = None;
        let mut new = match &change {
            Change::Put(_) => Value::Null,
            _ => old.value.clone(),
        };
        match change {
            Change::Put(body) => new = body,
            Change::Merge(body) => patch::merge(&mut new, &body),
            Change::Strategic(_) if kind.custom() => {
                let text = "the body of the request was in an unknown format";
                return Err(Refusal::new(415, text));
            }
            Change::Strategic(body) => patch::strategic(&mut new, &body, ""),
            Change::Json(body) => json_patch::patch(&mut new, &body).map_err(|_| {
                let text = "the server rejected our request due to an error in our request";
                Refusal::new(422, text)
            })?,
            Change::Apply(config, forced) => {
                let writer = writer(kind, terms, true);
                apply::apply_to(&mut new, &old, &config, &writer)?;
                force = forced;
                claims = Some(Fields::applied(&config, shape));
            }
        }
        conditions(key, &old, &new)?;
        self.keep(key, &old, &mut new, &terms.sub);
        self.admit(kind, &mut new);
        defaults::fill(kind, &mut new);
        defaults::check(kind, Some(&old.value), &new)?;
        if terms.sub.is_empty() {
            let attempt = Attempt {
                kind,
                name: &key.name,
                old: Some(&old.value),
                new: Some(&new),
            };
            self.lock.check(&attempt, terms.caller)?;
        }
        let changed = Difference::between(&old.value, &new, shape);
        let writer = writer(kind, terms, claims.is_some());
        let recorded = old.owners();
        let record = new["metadata"].get("managedFields");
        let kept = record.is_none_or(|record| *record == old.value["metadata"]["managedFields"]);
        let mut owners = if kept {
            recorded.owners.clone()
        } else {
            Owners::read(&new)
        };
        match claims {
            None => owners.updated(&writer, &changed, self.now),
            Some(claims) => owners
                .applied(&writer, &claims, &changed, force, self.now)
                .map_err(|conflicts| Refusal::owned(kind, &key.name, &conflicts))?,
        }
        let recorded = if kept && recorded.as_written && owners == recorded.owners {
            if new["metadata"].get("managedFields").is_none() {
                new["metadata"]["managedFields"] = old.value["metadata"]["managedFields"].clone();
            }
            Arc::clone(recorded)
        } else {
            new["metadata"]["managedFields"] = owners.write();
            Arc::new(Recorded {
                owners,
                as_written: true,
            })
        };
        new["metadata"]["resourceVersion"] = old.value["metadata"]["resourceVersion"].clone();
        if counts_generations(kind) && new["spec"] != old.value["spec"] {
            new["metadata"]["generation"] = json!(old.generation() + 1);
        }
        if new == old.value {
            return Ok(old);
        }
        if terms.dry_run {
            return Ok(Arc::new(Object::new(new, old.revision)));
        }
        let finalizers = new["metadata"]["finalizers"].as_array();
        if old.deleting() && kind != Kind::Pod && finalizers.is_none_or(Vec::is_empty) {
            self.erase(key);
            return Ok(Arc::new(Object::new(new, old.revision)));
        }
        let object = self.commit(key, new);
        object.recorded(recorded);
        Ok(object)
    }

    fn create_applied(
        &mut self,
        key: &Key,
        config: Value,
        terms: &Terms<'_>,
    ) -> Result<Arc<Object>, Refusal> {
        let claims = Fields::applied(&config, shape(key.kind));
        let created = self.create(key.kind, &key.namespace, config, terms)?;
        let mut owners = Owners::default();
        let writer = writer(key.kind, terms, true);
        // Nobody else owns anything yet.
        let _ = owners.applied(&writer, &claims, &Difference::default(), true, self.now);
        let mut value = created.value.clone();
        value["metadata"]["managedFields"] = owners.write();
        if terms.dry_run {
            return Ok(Arc::new(Object::new(value, 0)));
        }
        Ok(self.commit(key, value))
    }
}

fn meta_absent(metadata: &Value, field: &str) -> bool {
    metadata.get(field).is_none_or(Value::is_null)
}

/// The conditions a body carries: version and UID.
fn conditions(key: &Key, old: &Object, new: &Value) -> Result<(), Refusal> {
    let version = meta(new, "resourceVersion");
    if !version.is_empty() && version != meta(&old.value, "resourceVersion") {
        return Err(Refusal::modified(key.kind, &key.name));
    }
    let uid = meta(new, "uid");
    if !uid.is_empty() && uid != old.uid() {
        return Err(Refusal::precondition(key.kind, &key.name, uid, old.uid()));
    }
    let name = meta(new, "name");
    if !name.is_empty() && name != key.name {
        let text = "the name of the object does not match the name on the URL";
        return Err(Refusal::new(400, text));
    }
    Ok(())
}

fn counts_generations(kind: Kind) -> bool {
    kind.has_status() && kind != Kind::PersistentVolumeClaim
}

pub(super) fn shape(kind: Kind) -> Shape {
    Shape {
        builtin: !kind.custom(),
    }
}

pub(super) fn writer(kind: Kind, terms: &Terms<'_>, apply: bool) -> Writer {
    Writer {
        manager: terms.manager.clone(),
        apply,
        sub: terms.sub.clone(),
        api_version: kind.api_version(),
    }
}
