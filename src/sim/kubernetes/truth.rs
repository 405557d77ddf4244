//! What is so, for an oracle that must not parse JSON.

use serde_json::Value;

use super::{Kind, Kubernetes, object::Key, pod::PodWork};

/// A StatefulSet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetTruth {
    /// Its key.
    pub key: Key,
    /// Its UID.
    pub uid: String,
    /// Pods wanted.
    pub replicas: u32,
    /// `OnDelete`.
    pub on_delete: bool,
    /// The partition; 0 without one.
    pub partition: u32,
    /// Generation of the spec.
    pub generation: i64,
    /// Generation the controller has acted on.
    pub observed: i64,
    /// Revision of the pods before the last change that is complete.
    pub current_revision: String,
    /// Revision of the template.
    pub update_revision: String,
    /// The server image of the template.
    pub image: String,
}

/// A pod of a StatefulSet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodTruth {
    /// Its key.
    pub key: Key,
    /// Its UID.
    pub uid: String,
    /// The StatefulSet.
    pub set: Key,
    /// Its ordinal.
    pub ordinal: u32,
    /// Its revision.
    pub revision: String,
    /// Its server image.
    pub image: String,
    /// Why its container waits; `None` when it runs or is yet to be scheduled.
    pub waiting: Option<&'static str>,
    /// Its process was started and has not ended.
    pub running: bool,
    /// Condition Ready.
    pub ready: bool,
    /// It was deleted and is not yet gone.
    pub terminating: bool,
    /// Its address.
    pub ip: Option<String>,
    /// Restarts of its container.
    pub restarts: u32,
}

/// What there is to judge of a StatefulSet at every look.
pub(in crate::sim) struct SetNow<'a> {
    pub(in crate::sim) replicas: u32,
    pub(in crate::sim) on_delete: bool,
    pub(in crate::sim) partition: u32,
    /// The controller has acted on the latest spec.
    pub(in crate::sim) observed: bool,
    pub(in crate::sim) image: &'a str,
}

/// What there is to judge of a pod at every look.
pub(in crate::sim) struct PodNow<'a> {
    pub(in crate::sim) name: &'a str,
    pub(in crate::sim) uid: &'a str,
    pub(in crate::sim) ordinal: u32,
    pub(in crate::sim) image: &'a str,
    pub(in crate::sim) ready: bool,
    pub(in crate::sim) terminating: bool,
}

impl Kubernetes {
    /// The pods of the StatefulSets of this name, in their order.
    pub(in crate::sim) fn pods_of(&self, set: &str) -> Vec<PodNow<'_>> {
        let pods = self.pods.values().filter(|pod| pod.set.name == set);
        let mut pods: Vec<&PodWork> = pods.collect();
        pods.sort_by(|one, other| one.key.cmp(&other.key));
        pods.into_iter()
            .map(|pod| PodNow {
                name: &pod.key.name,
                uid: &pod.uid,
                ordinal: pod.ordinal,
                image: &pod.image,
                ready: pod.ready,
                terminating: pod.terminating(),
            })
            .collect()
    }

    /// All StatefulSets, by namespace and name.
    #[must_use]
    pub fn sets(&self) -> Vec<SetTruth> {
        self.sets.keys().filter_map(|key| self.set(key)).collect()
    }

    /// The StatefulSet of this key.
    #[must_use]
    pub fn set(&self, key: &Key) -> Option<SetTruth> {
        let set = self.sets.get(key)?;
        let image = self.set_image(key).to_owned();
        Some(SetTruth {
            key: set.key.clone(),
            uid: set.uid.clone(),
            replicas: set.replicas,
            on_delete: set.on_delete,
            partition: set.partition.unwrap_or(0),
            generation: set.generation,
            observed: set.observed,
            current_revision: set.current_revision.clone(),
            update_revision: set.update_revision.clone(),
            image,
        })
    }

    fn set_image(&self, key: &Key) -> &str {
        let stored = self.store.get(key);
        let containers =
            stored.map(|stored| &stored.value["spec"]["template"]["spec"]["containers"]);
        let image = containers.and_then(|containers| containers[0]["image"].as_str());
        image.unwrap_or_default()
    }

    /// What there is to judge of a StatefulSet at every look.
    pub(in crate::sim) fn set_now(&self, key: &Key) -> Option<SetNow<'_>> {
        let set = self.sets.get(key)?;
        Some(SetNow {
            replicas: set.replicas,
            on_delete: set.on_delete,
            partition: set.partition.unwrap_or(0),
            observed: set.observed >= set.generation,
            image: self.set_image(key),
        })
    }

    /// The UID of the pod of this name.
    #[must_use]
    pub fn pod_uid(&self, namespace: &str, name: &str) -> Option<&str> {
        self.pods
            .values()
            .find(|pod| pod.key.name == name && pod.key.namespace == namespace)
            .map(|pod| pod.uid.as_str())
    }

    /// All objects of a kind in a namespace.
    pub(in crate::sim) fn objects<'a>(
        &'a self,
        kind: Kind,
        namespace: &str,
    ) -> impl Iterator<Item = (&'a Key, &'a Value)> + use<'a> {
        let found = self.store.all(kind, namespace);
        found.map(|(key, object)| (key, &object.value))
    }

    /// All pods of StatefulSets, by namespace and name.
    #[must_use]
    pub fn pods(&self) -> Vec<PodTruth> {
        let mut pods: Vec<PodTruth> = self.pods.values().map(truth).collect();
        pods.sort_by(|one, other| one.key.cmp(&other.key));
        pods
    }
}

fn truth(pod: &PodWork) -> PodTruth {
    PodTruth {
        key: pod.key.clone(),
        uid: pod.uid.clone(),
        set: pod.set.clone(),
        ordinal: pod.ordinal,
        revision: pod.revision.clone(),
        image: pod.image.clone(),
        waiting: pod.stage.waiting(),
        running: pod.stage == super::pod::Stage::Running && pod.exit_code.is_none(),
        ready: pod.ready,
        terminating: pod.terminating(),
        ip: pod.ip.clone(),
        restarts: pod.restarts,
    }
}
