//! The port `Checkpoints`: the resource as a checkpoint.

use std::rc::Rc;

use kube::core::DynamicObject;
use serde_json::{Value, json};

use super::{
    access,
    adapter::Kube,
    names::{PAUSE_REQUESTED, cluster_path},
    ownership,
    plane::Plane,
    status,
    status_writes::Told,
    wire::{self, Patch, version_of},
};
use crate::{
    model::{
        cluster::Cluster, fact::Fact, halt::Halt, pause::PauseRequest, record::RunRecord,
        survey::Permission,
    },
    ports::{Checkpoints, Clock, Freshness, PortError, Progress, WriteMode},
};

impl<C: Clock + 'static> Checkpoints for Kube<C> {
    async fn cluster(&self, freshness: Freshness) -> Result<Cluster, PortError> {
        let watched = match freshness {
            Freshness::Watched => self.watched_object().await,
            Freshness::Fresh => None,
        };
        let object = match watched {
            Some(object) => object,
            None => self.read_object().await?,
        };
        self.model(&object)
    }

    async fn take_lock(
        &self,
        cluster: &Cluster,
        holder: &str,
        message: &str,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        let object = self.object_of(cluster).await?;
        let owner = Plane::of_lock(&object);
        let mut plane = owner.read(&object);
        let held = object.data.pointer("/status/operationLock");
        status::lock(&mut plane, held, holder, message, self.clock.wall());
        self.apply(&object, owner, plane, mode).await.map(drop)
    }

    async fn begin(
        &self,
        cluster: &Cluster,
        record: &RunRecord,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        let annotations = json!({ RunRecord::ANNOTATION: to_text(record)?, PAUSE_REQUESTED: null });
        let body = body(cluster, Some(annotations), Some(json!({ "paused": true })));
        self.patch_main(&body, mode).await
    }

    async fn record(
        &self,
        cluster: &Cluster,
        record: &RunRecord,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        let annotations = json!({ RunRecord::ANNOTATION: to_text(record)? });
        self.patch_main(&body(cluster, Some(annotations), None), mode)
            .await
    }

    async fn declare(
        &self,
        cluster: &Cluster,
        version: &str,
        image: &str,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        let spec = json!({ "version": version, "image": image });
        self.patch_main(&body(cluster, None, Some(spec)), mode)
            .await
    }

    async fn publish(
        &self,
        cluster: &Cluster,
        progress: &Progress,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        let object = self.object_of(cluster).await?;
        let now = self.clock.wall();
        let mut plane = Plane::AdminOps.read(&object);
        status::progress(&mut plane, progress);
        let object = self.apply(&object, Plane::AdminOps, plane, mode).await?;
        // The progress is stored, and a later run goes on from it; the
        // conditions are for people.
        self.add(object, mode, |object, plane| {
            status::running(object, plane, progress, now);
        })
        .await
        .map(drop)
    }

    async fn publish_halt(&self, cluster: &Cluster, halt: &Halt) -> Result<(), PortError> {
        let mut object = self.object_of(cluster).await?;
        let now = self.clock.wall();
        let mut plane = Plane::AdminOps.read(&object);
        let schema = self.schema().await?;
        if status::failure(&mut plane, halt, schema, now) {
            object = self
                .apply(&object, Plane::AdminOps, plane, WriteMode::Real)
                .await?;
        }
        let told = self
            .add(object, WriteMode::Real, |object, plane| {
                status::halted(object, plane, halt, now);
            })
            .await?;
        // These people must see.
        match told {
            Told::Stored => Ok(()),
            Told::Overtaken => Err(PortError::Conflict { what: self.what() }),
        }
    }

    async fn complete(
        &self,
        cluster: &Cluster,
        version: &str,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        // The version first: a run that dies between the two leaves an upgrade
        // that reached its target, and not one that has yet to begin.
        let object = self.object_of(cluster).await?;
        let mut plane = Plane::Status.read(&object);
        status::at_rest(&object, &mut plane, version, self.clock.wall());
        let object = self.apply(&object, Plane::Status, plane, mode).await?;
        match status::remains(&object) {
            Some(nulls) => {
                let object = self.remove(&object, &nulls, mode).await?;
                if nulls.get("adminOps").is_some() && mode == WriteMode::Real {
                    // With its error gone its controller would own nothing of it.
                    let plane = Plane::AdminOps.read(&object);
                    self.apply(&object, Plane::AdminOps, plane, mode).await?;
                }
                Ok(())
            }
            None => Ok(()),
        }
    }

    async fn relinquish(
        &self,
        cluster: &Cluster,
        paused_before: Option<bool>,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        let object = self.object_of(cluster).await?;
        let Some(patch) = ownership::relinquish(&object, paused_before) else {
            return Ok(());
        };
        let stored = match self.patch_json(&patch, mode).await {
            // A failed `test` of a JSON patch is answered like a malformed one:
            // 422, not 409.
            Err(error @ PortError::Invalid(_)) => {
                let now = self.read_object().await?;
                return Err(if version_of(&now) == cluster.resource_version.0 {
                    error
                } else {
                    PortError::Conflict { what: self.what() }
                });
            }
            stored => stored?,
        };
        // Putting a value back for `spec.paused` makes its writer the owner
        // again.
        match ownership::strip_only(&stored) {
            Some(patch) if mode == WriteMode::Real => self.patch_json(&patch, mode).await.map(drop),
            _ => Ok(()),
        }
    }

    async fn request_pause(
        &self,
        cluster: &Cluster,
        request: &PauseRequest,
    ) -> Result<(), PortError> {
        let annotations = json!({ PAUSE_REQUESTED: to_text(request)? });
        let body = body(cluster, Some(annotations), Some(json!({ "paused": true })));
        self.patch_main(&body, WriteMode::Real).await
    }

    async fn clear_pause(
        &self,
        cluster: &Cluster,
        paused: Option<Option<bool>>,
    ) -> Result<(), PortError> {
        let annotations = json!({ PAUSE_REQUESTED: null });
        let spec = paused.map(|paused| json!({ "paused": paused }));
        self.patch_main(&body(cluster, Some(annotations), spec), WriteMode::Real)
            .await
    }

    async fn review(&self, permissions: &[Permission]) -> Vec<(Permission, Fact<bool>)> {
        access::review(&self.own, &self.reference.namespace, permissions).await
    }

    async fn config(&self, cluster: &Cluster) -> Result<String, PortError> {
        self.read_config(cluster).await
    }

    async fn server(&self) -> Result<(String, Fact<i64>), PortError> {
        access::server(&self.own, self.clock.wall()).await
    }
}

impl<C: Clock + 'static> Kube<C> {
    async fn patch_main(&self, body: &Value, mode: WriteMode) -> Result<(), PortError> {
        self.patch_with(Patch::Merge, body, mode).await.map(drop)
    }

    async fn patch_json(
        &self,
        body: &Value,
        mode: WriteMode,
    ) -> Result<Rc<DynamicObject>, PortError> {
        match self.patch_with(Patch::Json, body, mode).await {
            // A failed "test" is the outdated view; the server calls the whole
            // patch unprocessable.
            Err(PortError::Invalid(text)) if text.contains("test") => {
                Err(PortError::Conflict { what: self.what() })
            }
            other => other,
        }
    }

    async fn patch_with(
        &self,
        kind: Patch,
        body: &Value,
        mode: WriteMode,
    ) -> Result<Rc<DynamicObject>, PortError> {
        let path = cluster_path(&self.reference);
        let stored: DynamicObject =
            wire::patch(&self.own, &self.what(), &path, kind, body, mode).await?;
        Ok(match mode {
            WriteMode::Real => self.saw(stored),
            WriteMode::DryRun => Rc::new(stored),
        })
    }
}

fn body(cluster: &Cluster, annotations: Option<Value>, spec: Option<Value>) -> Value {
    let mut body = json!({ "metadata": { "resourceVersion": cluster.resource_version.0 } });
    if let Some(annotations) = annotations {
        body["metadata"]["annotations"] = annotations;
    }
    if let Some(spec) = spec {
        body["spec"] = spec;
    }
    body
}

fn to_text(value: &impl serde::Serialize) -> Result<String, PortError> {
    serde_json::to_string(value).map_err(|error| PortError::Other(error.to_string()))
}
