//! Warning events of pods.

use serde_json::json;

use super::{Kubernetes, kind::Kind, object::Key, object::stamp};

impl Kubernetes {
    /// Records a warning about a pod; the same again counts up.
    pub(super) fn warn(&mut self, uid: &str, reason: &str, message: &str) {
        let Some(pod) = self.pods.get(uid) else {
            return;
        };
        let (namespace, pod_name) = (pod.key.namespace.clone(), pod.key.name.clone());
        let now = stamp(self.now);
        let hash = format!("{uid}{reason}{message}")
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        let key = Key::new(Kind::Event, &namespace, &format!("{pod_name}.{hash:016x}"));
        if let Some(known) = self.store.get(&key) {
            let mut value = known.value.clone();
            let count = value["count"].as_u64().unwrap_or(1) + 1;
            value["count"] = json!(count);
            value["lastTimestamp"] = now;
            self.commit(&key, value);
            return;
        }
        let source = if reason == "FailedScheduling" {
            "default-scheduler"
        } else {
            "kubelet"
        };
        let mut object = json!({
            "apiVersion": "v1", "kind": "Event", "metadata": {},
            "type": "Warning", "reason": reason, "message": message, "count": 1,
            "firstTimestamp": now, "lastTimestamp": now, "eventTime": null,
            "source": { "component": source }, "reportingComponent": source,
            "reportingInstance": "",
            "involvedObject": {
                "apiVersion": "v1", "kind": "Pod", "name": pod_name, "namespace": namespace,
                "uid": uid,
            },
        });
        self.complete(&key, &mut object);
        self.commit(&key, object);
    }
}
