//! The port `Colours`.

use std::rc::Rc;

use k8s_openapi::api::{
    apps::v1::StatefulSet,
    core::v1::{PersistentVolumeClaim, Service},
    discovery::v1::EndpointSlice,
};
use kube::{ResourceExt, core::DynamicObject};
use serde_json::{Value, json};

use super::{
    adapter::Kube,
    blue_green,
    config_files::CONFIG,
    fields::LONGEST,
    front,
    locked_objects::LockedObject,
    names::{self, core_path, is_name, statefulset_path},
    plane::Plane,
    statefulsets::{self, belongs},
    wire::{self, Patch},
};
use crate::{
    model::{
        blue_green::{BlueGreenStatus, PromotionHook},
        cluster::Cluster,
        config_file::ConfigFile,
        front::Front,
        hook::HookJob,
        legible::legible,
        names::{PodName, Pool},
        revision::Revision,
        room::Room,
        volume::Volume,
        workload::Workload,
    },
    ports::{Clock, Colours, Freshness, PodEvidence, PortError, WriteMode},
};

impl<C: Clock + 'static> Colours for Kube<C> {
    async fn revisions(&self, cluster: &Cluster) -> Result<Vec<Revision>, PortError> {
        let selector = names::selector(&self.reference);
        let (sets, _) = self.list::<StatefulSet>("statefulsets", &selector).await?;
        let mut found: Vec<Revision> = sets
            .iter()
            .filter(|set| belongs(&***set, cluster))
            .filter_map(|set| {
                let labels = set.spec.as_ref()?.selector.match_labels.as_ref()?;
                Revision::named(labels.get(Revision::LABEL)?)
            })
            .collect();
        found.sort();
        Ok(found)
    }

    async fn coloured(
        &self,
        cluster: &Cluster,
        revision: &Revision,
        freshness: Freshness,
    ) -> Result<Option<Workload>, PortError> {
        if freshness == Freshness::Watched {
            self.watches.catch_up().await;
        }
        let name = revision.statefulset(&self.reference.name);
        let Some(set) = self.statefulset(&name, Pool::Voters, freshness).await? else {
            return Ok(None);
        };
        self.is_ours(&*set, &format!("statefulset {name}"), cluster)?;
        let pods = self.pods(freshness).await?;
        statefulsets::parse(&set, pods.iter().map(|pod| &**pod)).map(Some)
    }

    async fn pattern(
        &self,
        cluster: &Cluster,
        revision: &Revision,
    ) -> Result<Option<Value>, PortError> {
        let name = revision.statefulset(&self.reference.name);
        let what = format!("statefulset {name}");
        let path = statefulset_path(&self.reference.namespace, &name);
        // Untyped: what a later Kubernetes has in it goes to green too.
        let Some(set) = wire::get::<DynamicObject>(&self.own, &what, &path).await? else {
            return Ok(None);
        };
        self.is_ours(&set, &what, cluster)?;
        serde_json::to_value(set)
            .map(Some)
            .map_err(|error| PortError::Other(format!("{what}: {error}")))
    }

    async fn config_of(
        &self,
        cluster: &Cluster,
        revision: &Revision,
    ) -> Result<Option<ConfigFile>, PortError> {
        let name = revision.config_map(&self.reference.name);
        self.config_file(cluster, &name).await
    }

    async fn self_init(&self, cluster: &Cluster) -> Result<Option<ConfigFile>, PortError> {
        let name = format!("{}-config-init", self.reference.name);
        self.config_file(cluster, &name).await
    }

    async fn volumes(
        &self,
        _cluster: &Cluster,
        revision: &Revision,
    ) -> Result<Vec<Volume>, PortError> {
        // All of the namespace: a pod takes the volume of its name, whatever
        // labels that has.
        let what = "persistentvolumeclaims";
        let (claims, _) = self.list::<PersistentVolumeClaim>(what, "").await?;
        let mut found = Vec::new();
        for claim in claims {
            let name = claim.name_any();
            let Some(ordinal) = revision.volume_ordinal(&self.reference.name, &name) else {
                continue;
            };
            let uid = claim.uid().map(|uid| legible(&uid, LONGEST));
            found.push(Volume {
                uid: uid.ok_or_else(|| PortError::Other(format!("{what} {name} has no uid")))?,
                name,
                ordinal,
                terminating: claim.metadata.deletion_timestamp.is_some(),
            });
        }
        found.sort_by_key(|volume| volume.ordinal);
        Ok(found)
    }

    async fn front(&self, cluster: &Cluster) -> Result<Option<Front>, PortError> {
        let name = format!("{}-public", self.reference.name);
        let what = format!("service {name}");
        let path = core_path(&self.reference.namespace, "services", &name);
        let Some(service) = wire::get::<Service>(&self.own, &what, &path).await? else {
            return Ok(None);
        };
        self.is_ours(&service, &what, cluster)?;
        let selector = format!("kubernetes.io/service-name={name}");
        let (slices, _) = self
            .list::<EndpointSlice>("endpointslices", &selector)
            .await?;
        front::parse(&service, &slices).map(Some)
    }

    async fn room(&self, like: &PodName) -> Result<Room, PortError> {
        self.read_room(like).await
    }

    async fn hook_job(&self, cluster: &Cluster) -> Result<Option<HookJob>, PortError> {
        self.read_hook(cluster).await
    }

    async fn hook_evidence(&self, job: &HookJob) -> PodEvidence {
        self.gather_hook_evidence(job).await
    }

    async fn make_hook(
        &self,
        cluster: &Cluster,
        hook: &PromotionHook,
        run: &str,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        self.create_hook(cluster, hook, run, mode).await
    }

    async fn delete_hook(&self, job: &HookJob, mode: WriteMode) -> Result<(), PortError> {
        self.remove_hook(job, mode).await
    }

    async fn make_config(
        &self,
        cluster: &Cluster,
        revision: &Revision,
        text: &str,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        let name = revision.config_map(&self.reference.name);
        let body = json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": name,
                "namespace": self.reference.namespace,
                "labels": names::base_labels(&self.reference),
                "ownerReferences": [names::owner(cluster)],
            },
            "data": { CONFIG: text },
        });
        let object = self.config_map(&name, false, None);
        self.make_locked::<Value>(&object, body, mode)
            .await
            .map(drop)
    }

    async fn make_set(
        &self,
        cluster: &Cluster,
        set: &Value,
        mode: WriteMode,
    ) -> Result<Option<String>, PortError> {
        let metadata = &set["metadata"];
        let name = metadata["name"].as_str().filter(|name| is_name(name));
        let owner = metadata["ownerReferences"][0]["uid"].as_str();
        let (Some(name), true) = (name, owner == Some(&cluster.uid)) else {
            return Err(PortError::Invalid(format!(
                "the statefulset to be made is none of {}",
                self.what()
            )));
        };
        let object = LockedObject {
            what: format!("statefulset {name}"),
            path: statefulset_path(&self.reference.namespace, name),
            open: false,
            version: None,
        };
        let stored: StatefulSet = self.make_locked(&object, set.clone(), mode).await?;
        let image = statefulsets::image(&stored);
        if mode == WriteMode::Real {
            let stored = Rc::new(stored);
            self.watches
                .tell(|kinds| kinds.statefulsets.copy.saw(stored));
        }
        Ok(image)
    }

    async fn turn_front(
        &self,
        front: &Front,
        revision: &Revision,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        let object = LockedObject {
            what: format!("service {}", front.name),
            path: core_path(&self.reference.namespace, "services", &front.name),
            open: front.maintenance,
            version: Some(&front.resource_version.0),
        };
        let body = json!({ "spec": { "selector": { Revision::LABEL: revision } } });
        self.write_locked::<Value>(&object, Patch::Merge, body, mode)
            .await
            .map(drop)
    }

    async fn empty_self_init(&self, file: &ConfigFile, mode: WriteMode) -> Result<(), PortError> {
        let version = Some(file.resource_version.0.as_str());
        let object = self.config_map(&file.name, file.maintenance, version);
        let body = json!({ "data": { CONFIG: "" } });
        self.write_locked::<Value>(&object, Patch::Merge, body, mode)
            .await
            .map(drop)
    }

    async fn scale(
        &self,
        workload: &Workload,
        replicas: u32,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        // The subresource is outside the lock.
        let path = statefulset_path(&self.reference.namespace, &workload.name) + "/scale";
        let body = json!({
            "metadata": { "resourceVersion": workload.resource_version.0 },
            "spec": { "replicas": replicas },
        });
        let what = format!("statefulset {}", workload.name);
        wire::patch::<Value>(&self.own, &what, &path, Patch::Merge, &body, mode)
            .await
            .map(drop)
    }

    async fn delete_set(&self, workload: &Workload, mode: WriteMode) -> Result<(), PortError> {
        let object = LockedObject {
            what: format!("statefulset {}", workload.name),
            path: statefulset_path(&self.reference.namespace, &workload.name),
            open: workload.maintenance,
            version: Some(&workload.resource_version.0),
        };
        self.delete_locked(&object, &workload.uid, mode).await
    }

    async fn delete_config(&self, file: &ConfigFile, mode: WriteMode) -> Result<(), PortError> {
        let version = Some(file.resource_version.0.as_str());
        let object = self.config_map(&file.name, file.maintenance, version);
        self.delete_locked(&object, &file.uid, mode).await
    }

    async fn delete_volume(&self, volume: &Volume, mode: WriteMode) -> Result<(), PortError> {
        // Volumes are outside the lock.
        let what = format!("persistentvolumeclaim {}", volume.name);
        let plural = "persistentvolumeclaims";
        let path = core_path(&self.reference.namespace, plural, &volume.name);
        wire::delete(&self.own, &what, &path, &volume.uid, mode).await
    }

    async fn publish_colours(
        &self,
        cluster: &Cluster,
        status: &BlueGreenStatus,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        let object = self.object_of(cluster).await?;
        let mut plane = Plane::AdminOps.read(&object);
        blue_green::write(&mut plane, status)?;
        self.apply(&object, Plane::AdminOps, plane, mode)
            .await
            .map(drop)
    }
}

impl<C: Clock + 'static> Kube<C> {
    fn config_map<'a>(&self, name: &str, open: bool, version: Option<&'a str>) -> LockedObject<'a> {
        LockedObject {
            what: format!("configmap {name}"),
            path: core_path(&self.reference.namespace, "configmaps", name),
            open,
            version,
        }
    }

    /// An error when something of another's has the name.
    pub(super) fn is_ours(
        &self,
        object: &impl ResourceExt,
        what: &str,
        cluster: &Cluster,
    ) -> Result<(), PortError> {
        if belongs(object, cluster) {
            return Ok(());
        }
        Err(PortError::Other(format!(
            "{what} belongs to something else than {}",
            self.what()
        )))
    }
}
