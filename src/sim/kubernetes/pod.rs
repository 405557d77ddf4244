//! A pod as scheduler and kubelet see it, and how one is made.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Kubernetes,
    faults::Injected,
    kind::Kind,
    object::{Key, Object},
    pod_status::Shown,
    set_view::Set,
    timers::Task,
};
use crate::sim::{moment::Moment, processes::Settings};

/// The scheduler takes about this long.
const SCHEDULING: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(20)];

/// How far a pod's container is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// On no node.
    Pending,
    /// On the node; volumes are looked at.
    Scheduled,
    Pulling,
    /// The image cannot be pulled; the second and later times with a pause.
    PullFailed {
        backing_off: bool,
    },
    Creating,
    /// An init container fails, and is started again and again.
    Initializing,
    Running,
    /// Ended, to be started again.
    Backoff {
        code: i32,
    },
}

impl Stage {
    pub(super) fn started(self) -> bool {
        matches!(self, Self::Running | Self::Backoff { .. })
    }

    /// The reason the container waits.
    pub(super) fn waiting(self) -> Option<&'static str> {
        match self {
            Self::Pending | Self::Running => None,
            Self::Scheduled | Self::Pulling | Self::Creating => Some("ContainerCreating"),
            Self::Initializing => Some("PodInitializing"),
            Self::PullFailed { backing_off: false } => Some("ErrImagePull"),
            Self::PullFailed { backing_off: true } => Some("ImagePullBackOff"),
            Self::Backoff { .. } => Some("CrashLoopBackOff"),
        }
    }
}

/// How far a deletion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Asked,
    Signalled,
    Ended,
}

/// A pod of a StatefulSet.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of a pod")]
pub(super) struct PodWork {
    pub(super) key: Key,
    pub(super) uid: String,
    pub(super) set: Key,
    pub(super) set_uid: String,
    pub(super) ordinal: u32,
    pub(super) revision: String,
    pub(super) image: String,
    pub(super) grace: Duration,
    /// Containers run before the server's own.
    pub(super) prepares: bool,
    /// Of the readiness probe.
    pub(super) delay: Duration,
    pub(super) period: Duration,
    pub(super) timeout: Duration,
    pub(super) threshold: u32,
    pub(super) stage: Stage,
    /// The phase is final though nobody deleted the pod.
    pub(super) ended: bool,
    /// The moment of the one timer that counts.
    pub(super) next: Moment,
    pub(super) ip: Option<String>,
    pub(super) created: Moment,
    pub(super) scheduled_at: Option<Moment>,
    pub(super) started_at: Option<Moment>,
    pub(super) ready: bool,
    pub(super) ready_changed: Moment,
    /// Since when a probe waits for its answer.
    pub(super) asked: Option<Moment>,
    pub(super) misses: u32,
    pub(super) restarts: u32,
    pub(super) crashes: u32,
    pub(super) pulls: u32,
    /// The reason of the trouble that was last warned of.
    pub(super) trouble: Option<&'static str>,
    /// When a volume was last said to be missing.
    pub(super) complained_at: Moment,
    /// Start, end and exit code of the run before.
    pub(super) last_run: Option<(Moment, Moment, i32)>,
    /// A deletion under way, and when the grace ends.
    pub(super) ending: Option<(Ending, Moment)>,
    pub(super) exit_code: Option<i32>,
    /// What was put into it at its admission.
    pub(super) injected: Option<Injected>,
    /// How often the init container put into it has failed.
    pub(super) init_failures: u32,
    /// Its node's taint has evicted it.
    pub(super) taint_evicted: bool,
    /// OpenBao's own container is ready.
    pub(super) container_ready: bool,
    /// What its server was started with.
    pub(super) settings: Option<Settings>,
    /// What its status was last made of, and the object's revision then.
    pub(super) reported: Option<(u64, Shown)>,
    pub(super) log: Vec<String>,
    pub(super) previous_log: Vec<String>,
}

impl PodWork {
    pub(super) fn terminating(&self) -> bool {
        self.ending.is_some()
    }
}

impl Kubernetes {
    /// Makes the pod of an ordinal; the scheduler has it next.
    pub(super) fn create_pod(&mut self, set: &Set, ordinal: u32, revision: &str) {
        let Some(template) = set.templates.get(revision).cloned() else {
            return;
        };
        let name = format!("{}-{ordinal}", set.key.name);
        let key = Key::new(Kind::Pod, &set.key.namespace, &name);
        if self.refuses_pod(set, &name) {
            return;
        }
        // The name may still be taken by a pod of an earlier set.
        if self.store.get(&key).is_some() {
            return;
        }
        self.claim(set, &name);
        let mut object = object(set, &name, ordinal, revision, &template);
        self.complete(&key, &mut object);
        self.admit(Kind::Pod, &mut object);
        let container = &object["spec"]["containers"][0];
        let probe = &container["readinessProbe"];
        let seconds = |value: &Value, or| Duration::from_secs(value.as_u64().unwrap_or(or));
        let uid = super::object::meta(&object, "uid").to_owned();
        let next = self.now + self.dice.between(SCHEDULING[0], SCHEDULING[1]);
        let pod = PodWork {
            uid: uid.clone(),
            set: set.key.clone(),
            set_uid: set.uid.clone(),
            ordinal,
            revision: revision.to_owned(),
            image: container["image"].as_str().unwrap_or_default().to_owned(),
            prepares: object["spec"]["initContainers"].is_array(),
            grace: seconds(&template["spec"]["terminationGracePeriodSeconds"], 30),
            delay: seconds(&probe["initialDelaySeconds"], 0),
            period: seconds(&probe["periodSeconds"], 10).max(Duration::from_secs(1)),
            timeout: seconds(&probe["timeoutSeconds"], 1),
            threshold: u32::try_from(probe["failureThreshold"].as_u64().unwrap_or(3)).unwrap_or(3),
            stage: Stage::Pending,
            ended: false,
            next,
            ip: None,
            created: self.now,
            scheduled_at: None,
            started_at: None,
            ready: false,
            ready_changed: self.now,
            asked: None,
            misses: 0,
            restarts: 0,
            crashes: 0,
            pulls: 0,
            trouble: None,
            complained_at: self.now,
            last_run: None,
            ending: None,
            exit_code: None,
            injected: self.faults.injected,
            init_failures: 0,
            taint_evicted: false,
            container_ready: false,
            settings: None,
            reported: None,
            log: Vec::new(),
            previous_log: Vec::new(),
            key: key.clone(),
        };
        self.pods.insert(uid.clone(), pod);
        self.timers.add(next, Task::Pod(uid));
        self.commit(&key, object);
    }

    pub(super) fn noticed_pod(&mut self, key: &Key, object: &Object, deleted: bool) {
        let set = self.pods.get(object.uid()).map(|pod| pod.set.clone());
        if deleted
            && let Some(pod) = self.pods.remove(object.uid())
            && pod.stage == Stage::Running
            && pod.exit_code.is_none()
        {
            self.kills.push(pod.uid);
        }
        if deleted {
            self.release_claims(key);
        }
        if let Some(set) = set {
            self.wake_set(&set);
        }
        self.wake_slices(&key.namespace);
        self.wake_budgets(&key.namespace, object);
    }
}

/// The object as the controller creates it.
fn object(set: &Set, name: &str, ordinal: u32, revision: &str, template: &Value) -> Value {
    let mut metadata = template["metadata"].clone();
    if !metadata.is_object() {
        metadata = json!({});
    }
    metadata["generateName"] = json!(format!("{}-", set.key.name));
    metadata["generation"] = json!(1);
    let labels = &mut metadata["labels"];
    labels["controller-revision-hash"] = json!(revision);
    labels["statefulset.kubernetes.io/pod-name"] = json!(name);
    labels["apps.kubernetes.io/pod-index"] = json!(ordinal.to_string());
    metadata["ownerReferences"] = json!([{
        "apiVersion": "apps/v1", "kind": "StatefulSet", "name": set.key.name, "uid": set.uid,
        "controller": true, "blockOwnerDeletion": true,
    }]);
    let mut spec = template["spec"].clone();
    spec["hostname"] = json!(name);
    spec["subdomain"] = json!(set.service);
    if !set.volumes.is_empty() {
        let claims = set.volumes.iter().map(|volume| {
            let claim = format!("{volume}-{name}");
            json!({ "name": volume, "persistentVolumeClaim": { "claimName": claim } })
        });
        let mut volumes: Vec<Value> = claims.collect();
        volumes.extend(spec["volumes"].as_array().cloned().unwrap_or_default());
        spec["volumes"] = Value::Array(volumes);
    }
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec,
        "status": { "phase": "Pending", "qosClass": "Burstable" },
    })
}
