//! How a plane of the status comes onto the resource.

use std::rc::Rc;

use kube::core::DynamicObject;
use serde_json::{Map, Value, json};

use super::{
    adapter::Kube,
    names::cluster_path,
    plane::Plane,
    status,
    wire::{self, Patch, version_of},
};
use crate::ports::{Clock, PortError, WriteMode};

/// How often the second plane of a write is tried. The paused operator answers
/// each status write of ours once, about 30 ms later
/// (`contracts/operator-live.md` 9), so the second try finds it quiet.
const TRIES: usize = 3;

/// What became of the second plane of a write whose first one is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It is stored.
    Stored,
    /// Somebody was faster, each time.
    Overtaken,
}

impl<C: Clock + 'static> Kube<C> {
    /// Adds what people read to a write whose first plane is stored. A write of
    /// the operator's in between is written over; one that changes what the run
    /// stands on is a conflict.
    pub(super) async fn add(
        &self,
        mut object: Rc<DynamicObject>,
        mode: WriteMode,
        change: impl Fn(&DynamicObject, &mut Map<String, Value>),
    ) -> Result<Told, PortError> {
        for _ in 0..TRIES {
            let mut plane = Plane::Status.read(&object);
            change(&object, &mut plane);
            match self.apply(&object, Plane::Status, plane, mode).await {
                Ok(_) => return Ok(Told::Stored),
                Err(PortError::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
            let now = self.read_object().await?;
            if footing(&now) != footing(&object) {
                return Err(PortError::Conflict { what: self.what() });
            }
            object = now;
        }
        Ok(Told::Overtaken)
    }

    /// Applies a whole plane as its controller, conditional on the object it was
    /// read from.
    ///
    /// What is to disappear is removed first, by a merge of nulls, which takes
    /// it from every owner and leaves none. An apply alone leaves what others
    /// own as well: half an `upgrade`, which the schema then refuses.
    pub(super) async fn apply(
        &self,
        object: &Rc<DynamicObject>,
        plane: Plane,
        fields: Map<String, Value>,
        mode: WriteMode,
    ) -> Result<Rc<DynamicObject>, PortError> {
        let path = self.status_path();
        let wanted = Value::Object(fields);
        let mut object = Rc::clone(object);
        if let Some(nulls) = status::removals(&wanted, &Value::Object(plane.read(&object))) {
            object = self.remove(&object, &nulls, mode).await?;
            if mode == WriteMode::DryRun {
                // Nothing was removed, so the apply cannot be tried.
                return Ok(object);
            }
        }
        let body = json!({
            "apiVersion": "openbao.org/v1alpha1",
            "kind": "OpenBaoCluster",
            "metadata": {
                "name": self.reference.name,
                "namespace": self.reference.namespace,
                "resourceVersion": version_of(&object),
            },
            "status": wanted,
        });
        let kind = Patch::Apply(plane.manager());
        let mut stored: DynamicObject =
            wire::patch(&self.own, &self.what(), &path, kind, &body, mode).await?;
        if mode == WriteMode::DryRun {
            // Nothing was stored: the next plane is tried on the same version.
            let version = &object.metadata.resource_version;
            stored.metadata.resource_version.clone_from(version);
            return Ok(Rc::new(stored));
        }
        Ok(self.saw(stored))
    }

    /// Removes fields of the status from every owner, by a merge of nulls;
    /// nobody owns anything new by it. The object is as it was in a dry run.
    pub(super) async fn remove(
        &self,
        object: &Rc<DynamicObject>,
        nulls: &Value,
        mode: WriteMode,
    ) -> Result<Rc<DynamicObject>, PortError> {
        let body = json!({
            "metadata": { "resourceVersion": version_of(object) },
            "status": nulls,
        });
        let path = self.status_path();
        let stored: DynamicObject =
            wire::patch(&self.own, &self.what(), &path, Patch::Merge, &body, mode).await?;
        Ok(match mode {
            WriteMode::Real => self.saw(stored),
            WriteMode::DryRun => Rc::clone(object),
        })
    }

    fn status_path(&self) -> String {
        format!("{}/status", cluster_path(&self.reference))
    }
}

/// What a run stands on, and what only its own writes change.
fn footing(object: &DynamicObject) -> [Option<&Value>; 4] {
    [
        "/spec",
        "/status/upgrade",
        "/status/operationLock/holder",
        "/status/currentVersion",
    ]
    .map(|pointer| object.data.pointer(pointer))
}
