//! Locked writes on objects of which baoctl knows the whole life: they are
//! made, changed once or deleted (`contracts/operator.md` 7.1).

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    adapter::Kube,
    names::{MAINTENANCE, MAINTENANCE_OURS, OPERATOR_MANAGER},
    wire::{self, Patch},
};
use crate::ports::{Clock, PortError, WriteMode};

/// An object under the operator's admission lock.
pub(super) struct LockedObject<'a> {
    /// What it is called in messages.
    pub(super) what: String,
    /// Its URL path.
    pub(super) path: String,
    /// The annotation that opens the lock is on it already.
    pub(super) open: bool,
    /// Its resourceVersion in the view a decision was made on.
    pub(super) version: Option<&'a str>,
}

impl<C: Clock + 'static> Kube<C> {
    /// Makes an object under the operator's own name, which then owns all of it
    /// (`contracts/operator-live.md` 8.3). An apply would change one that is
    /// there, so that is looked for first.
    pub(super) async fn make_locked<T: DeserializeOwned>(
        &self,
        object: &LockedObject<'_>,
        body: Value,
        mode: WriteMode,
    ) -> Result<T, PortError> {
        let (what, path) = (&object.what, &object.path);
        if wire::get::<Value>(&self.own, what, path).await?.is_some() {
            return Err(PortError::Conflict { what: what.clone() });
        }
        let kind = Patch::Apply(OPERATOR_MANAGER);
        self.write_locked(object, kind, body, mode).await
    }

    /// Writes with the annotation that opens the lock, where that was asked for,
    /// and takes it off again.
    pub(super) async fn write_locked<T: DeserializeOwned>(
        &self,
        object: &LockedObject<'_>,
        kind: Patch,
        mut body: Value,
        mode: WriteMode,
    ) -> Result<T, PortError> {
        let (what, path) = (&object.what, &object.path);
        if let Some(version) = object.version {
            body["metadata"]["resourceVersion"] = json!(version);
        }
        let opens = self.maintenance_override && !object.open;
        if opens {
            body["metadata"]["annotations"][MAINTENANCE] = json!("true");
            body["metadata"]["annotations"][MAINTENANCE_OURS] = json!("true");
        }
        let mut stored: Value = wire::patch(&self.locked, what, path, kind, &body, mode).await?;
        if opens && mode == WriteMode::Real {
            let body = json!({
                "metadata": {
                    "resourceVersion": stored["metadata"]["resourceVersion"],
                    "annotations": { MAINTENANCE: null, MAINTENANCE_OURS: null },
                },
            });
            stored = wire::patch(&self.locked, what, path, Patch::Merge, &body, mode).await?;
        }
        serde_json::from_value(stored).map_err(|error| PortError::Other(format!("{what}: {error}")))
    }

    /// Deletes exactly this incarnation. The lock looks at the stored object, so
    /// a dry run can try no more than the annotation where that is needed.
    pub(super) async fn delete_locked(
        &self,
        object: &LockedObject<'_>,
        uid: &str,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        let (what, path) = (&object.what, &object.path);
        if self.maintenance_override && !object.open {
            let body = json!({
                "metadata": {
                    "resourceVersion": object.version,
                    "annotations": { MAINTENANCE: "true", MAINTENANCE_OURS: "true" },
                },
            });
            let kind = Patch::Merge;
            wire::patch::<Value>(&self.locked, what, path, kind, &body, mode).await?;
            if mode == WriteMode::DryRun {
                return Ok(());
            }
        }
        wire::delete(&self.locked, what, path, uid, mode).await
    }
}
