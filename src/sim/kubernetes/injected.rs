//! Containers that a mesh's webhook puts into new pods, and that are no good.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Kubernetes,
    faults::Injected,
    kubelet::BACKOFF,
    pod::{PodWork, Stage},
};
use crate::sim::moment::Moment;

/// The init container's name.
pub(super) const INIT: &str = "mesh-init";
/// The sidecar's name.
pub(super) const SIDECAR: &str = "mesh-proxy";

impl PodWork {
    /// Whether nothing beside OpenBao's container keeps the pod from being Ready.
    pub(super) fn sidecar_is_ready(&self, now: Moment) -> bool {
        match self.injected {
            Some(Injected::Sidecar { ready_at }) => ready_at <= now,
            Some(Injected::Init) | None => true,
        }
    }
}

impl Kubernetes {
    /// The init container ends with an error, and is started again later.
    pub(super) fn fail_init(&mut self, uid: &str) {
        let Some(pod) = self.pods.get(uid) else {
            return;
        };
        let failures = pod.init_failures + 1;
        let pause = match failures {
            1 => Duration::from_secs(1),
            more => (BACKOFF[0] * (1 << (more - 2).min(5))).min(BACKOFF[1]),
        };
        if failures > 1 {
            let text = format!(
                "Back-off restarting failed container {INIT} in pod {}_{}({uid})",
                pod.key.name, pod.key.namespace
            );
            self.warn(uid, "BackOff", &text);
        }
        self.to(uid, pause, |pod| {
            pod.stage = Stage::Initializing;
            pod.init_failures = failures;
        });
    }
}

/// Adds what was put into the pod to its status.
pub(super) fn complete(pod: &PodWork, status: &mut Value) {
    match pod.injected {
        Some(Injected::Init) => {
            let state = match pod.init_failures {
                0 => json!({ "waiting": { "reason": "PodInitializing" } }),
                1 => json!({ "terminated": { "exitCode": 1, "reason": "Error" } }),
                _ => json!({ "waiting": {
                    "reason": "CrashLoopBackOff",
                    "message": format!(
                        "back-off restarting failed container={INIT} pod={}_{}({})",
                        pod.key.name, pod.key.namespace, pod.uid
                    ),
                } }),
            };
            status["initContainerStatuses"] = json!([{
                "name": INIT, "image": "registry.example.com/mesh/init:1", "imageID": "",
                "ready": false, "started": false,
                "restartCount": pod.init_failures.saturating_sub(1),
                "state": state, "lastState": {},
            }]);
        }
        Some(Injected::Sidecar { .. }) => {
            let started = pod.stage.started();
            let state = if started {
                json!({ "running": {} })
            } else {
                json!({ "waiting": { "reason": "ContainerCreating" } })
            };
            if let Some(containers) = status["containerStatuses"].as_array_mut() {
                containers.push(json!({
                    "name": SIDECAR, "image": "registry.example.com/mesh/proxy:1", "imageID": "",
                    "ready": pod.ready, "started": started, "restartCount": 0,
                    "state": state, "lastState": {},
                }));
            }
        }
        None => {}
    }
}
