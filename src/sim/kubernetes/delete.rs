//! Deletions: conditions, grace, finalizers, and what goes along.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Kubernetes,
    admission::Attempt,
    answer::Answer,
    kind::Kind,
    object::{Key, Object, stamp},
    selector::Filter,
    status_body::Refusal,
    write::Terms,
};

impl Kubernetes {
    pub(super) fn delete(
        &mut self,
        key: &Key,
        options: &Value,
        terms: &Terms<'_>,
    ) -> Result<Answer, Refusal> {
        let kind = key.kind;
        let old = self
            .store
            .get(key)
            .cloned()
            .ok_or_else(|| Refusal::not_found(kind, &key.name))?;
        preconditions(key, &old, options)?;
        let attempt = Attempt {
            kind,
            name: &key.name,
            old: Some(&old.value),
            new: None,
        };
        self.lock.check(&attempt, terms.caller)?;
        if terms.dry_run {
            return Ok(gone(key, &old));
        }
        let finalizers = old.value["metadata"]["finalizers"].as_array();
        if kind == Kind::Pod {
            let grace = options["gracePeriodSeconds"].as_u64();
            let object = self.begin_deletion(key, grace);
            return Ok(object.map_or_else(
                || gone(key, &old),
                |object| Answer::bytes(200, object.bytes().clone()),
            ));
        }
        if finalizers.is_some_and(|all| !all.is_empty()) {
            if !old.deleting() {
                let mut value = old.value.clone();
                value["metadata"]["deletionTimestamp"] = stamp(self.now);
                value["metadata"]["deletionGracePeriodSeconds"] = json!(0);
                value["metadata"]["generation"] = json!(old.generation() + 1);
                let object = self.commit(key, value);
                return Ok(Answer::bytes(200, object.bytes().clone()));
            }
            return Ok(Answer::bytes(200, old.bytes().clone()));
        }
        self.erase(key);
        if matches!(kind, Kind::StatefulSet | Kind::Job) {
            if options["propagationPolicy"] == "Orphan" {
                self.orphan(old.uid());
            } else {
                self.collect(old.uid(), &key.namespace);
            }
        }
        Ok(gone(key, &old))
    }

    /// Deletes the pods of an owner that is gone.
    fn collect(&mut self, owner: &str, namespace: &str) {
        let all = Filter::default();
        let orphans: Vec<Key> = self
            .store
            .list(Kind::Pod, namespace, &all)
            .filter(|(_, pod)| {
                let owners = pod.value["metadata"]["ownerReferences"].as_array();
                owners.into_iter().flatten().any(|one| one["uid"] == owner)
            })
            .map(|(key, _)| key.clone())
            .collect();
        for key in orphans {
            self.begin_deletion(&key, None);
        }
    }

    /// Deletes an object at once, whatever it carries.
    pub(super) fn erase(&mut self, key: &Key) -> Option<Arc<Object>> {
        let object = self.store.remove(key)?;
        self.noticed(key, &object, true);
        Some(object)
    }
}

fn preconditions(key: &Key, old: &Object, options: &Value) -> Result<(), Refusal> {
    let wanted = &options["preconditions"];
    if let Some(uid) = wanted["uid"].as_str().filter(|uid| *uid != old.uid()) {
        return Err(Refusal::precondition(key.kind, &key.name, uid, old.uid()));
    }
    let version = wanted["resourceVersion"].as_str();
    if version.is_some_and(|version| version != old.revision.to_string()) {
        return Err(Refusal::modified(key.kind, &key.name));
    }
    Ok(())
}

/// The answer that names what is gone.
fn gone(key: &Key, old: &Object) -> Answer {
    Answer::json(
        200,
        &json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
            "details": {
                "name": key.name, "group": key.kind.group(), "kind": key.kind.plural(),
                "uid": old.uid(),
            },
        }),
    )
}
