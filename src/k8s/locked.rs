//! The writes on StatefulSets, which the operator's admission lock denies to
//! everybody else (`contracts/operator.md` 7.1).

use k8s_openapi::api::apps::v1::StatefulSet;
use kube::ResourceExt;
use serde_json::{Value, json};

use super::{
    adapter::Kube,
    names::{CONTAINER, MAINTENANCE, MAINTENANCE_OURS, statefulset_path},
    wire::{self, Patch},
};
use crate::{
    bugs::{self, Bug},
    model::{action::Hold, workload::Workload},
    ports::{Clock, PortError, WriteMode},
};

/// The strategy that holds all pods back.
pub(super) fn held(hold: Hold) -> Value {
    match hold {
        Hold::Partition(partition) => rolling(partition),
        // Without the null the server refuses the change of type with 422
        // (`contracts/real-stack.md` 3).
        Hold::OnDelete => {
            json!({ "updateStrategy": { "type": "OnDelete", "rollingUpdate": null } })
        }
    }
}

/// `RollingUpdate` down to a partition.
pub(super) fn rolling(partition: u32) -> Value {
    json!({
        "updateStrategy": {
            "type": "RollingUpdate",
            "rollingUpdate": { "partition": partition },
        }
    })
}

/// The image of the one container that is ours to change.
pub(super) fn with_image(image: &str) -> Value {
    json!({
        "template": { "spec": { "containers": [{ "name": CONTAINER, "image": image }] } }
    })
}

impl<C: Clock + 'static> Kube<C> {
    /// Changes the spec, with the annotation that opens the lock in the same
    /// write where that was asked for.
    pub(super) async fn write_set(
        &self,
        workload: &Workload,
        kind: Patch,
        spec: Value,
        mode: WriteMode,
    ) -> Result<StatefulSet, PortError> {
        let mut metadata = json!({ "resourceVersion": workload.resource_version.0 });
        if bugs::has(Bug::Unconditional) {
            metadata = json!({});
        }
        if self.maintenance_override && !workload.maintenance {
            metadata["annotations"] = json!({ MAINTENANCE: "true", MAINTENANCE_OURS: "true" });
        }
        let body = json!({ "metadata": metadata, "spec": spec });
        self.patch_set(workload, kind, &body, mode).await
    }

    /// Back to partition 0, without what baoctl annotated. An annotation that
    /// was there before baoctl stays.
    pub(super) async fn release_set(
        &self,
        workload: &Workload,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        let what = format!("statefulset {}", workload.name);
        let path = statefulset_path(&self.reference.namespace, &workload.name);
        let set = wire::get::<StatefulSet>(&self.own, &what, &path)
            .await?
            .ok_or_else(|| PortError::NotFound(what.clone()))?;
        if set.resource_version().as_deref() != Some(&workload.resource_version.0) {
            return Err(PortError::Conflict { what });
        }
        if set.annotations().contains_key(MAINTENANCE_OURS) {
            // The old object still carries it, which is enough for the lock.
            let body = json!({
                "metadata": {
                    "resourceVersion": workload.resource_version.0,
                    "annotations": { MAINTENANCE: null, MAINTENANCE_OURS: null },
                },
                "spec": rolling(0),
            });
            return self
                .patch_set(workload, Patch::Merge, &body, mode)
                .await
                .map(drop);
        }
        let stored = self
            .write_set(workload, Patch::Merge, rolling(0), mode)
            .await?;
        let annotated = self.maintenance_override && !workload.maintenance;
        if annotated && mode == WriteMode::Real {
            let body = json!({
                "metadata": {
                    "resourceVersion": stored.resource_version(),
                    "annotations": { MAINTENANCE: null, MAINTENANCE_OURS: null },
                },
            });
            self.patch_set(workload, Patch::Merge, &body, mode).await?;
        }
        Ok(())
    }

    async fn patch_set(
        &self,
        workload: &Workload,
        kind: Patch,
        body: &Value,
        mode: WriteMode,
    ) -> Result<StatefulSet, PortError> {
        let what = format!("statefulset {}", workload.name);
        let path = statefulset_path(&self.reference.namespace, &workload.name);
        let stored: StatefulSet = wire::patch(&self.locked, &what, &path, kind, body, mode).await?;
        if mode == WriteMode::Real {
            let seen = std::rc::Rc::new(stored.clone());
            self.watches.tell(|kinds| kinds.statefulsets.copy.saw(seen));
        }
        Ok(stored)
    }
}
