//! Warning events of pods and StatefulSets.

use serde_json::{Value, json};

use super::{Kubernetes, kind::Kind, object::Key, object::stamp, set_view::Set};

impl Kubernetes {
    /// Records a warning about a pod; the same again counts up.
    pub(super) fn warn(&mut self, uid: &str, reason: &str, message: &str) {
        let Some(pod) = self.pods.get(uid) else {
            return;
        };
        let key = pod.key.clone();
        let source = match reason {
            "FailedScheduling" => "default-scheduler",
            "NodeNotReady" => "node-controller",
            _ => "kubelet",
        };
        let about = json!({
            "apiVersion": "v1", "kind": "Pod", "name": key.name, "namespace": key.namespace,
            "uid": uid,
        });
        self.record(&key, &about, source, [reason, message]);
    }

    /// The same about a StatefulSet, by its controller.
    pub(super) fn warn_of_set(&mut self, set: &Set, reason: &str, message: &str) {
        let about = json!({
            "apiVersion": "apps/v1", "kind": "StatefulSet", "name": set.key.name,
            "namespace": set.key.namespace, "uid": set.uid,
        });
        self.record(
            &set.key,
            &about,
            "statefulset-controller",
            [reason, message],
        );
    }

    fn record(&mut self, of: &Key, about: &Value, source: &str, [reason, message]: [&str; 2]) {
        let now = stamp(self.now);
        let uid = about["uid"].as_str().unwrap_or_default();
        let hash = format!("{uid}{reason}{message}")
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        let key = Key::new(
            Kind::Event,
            &of.namespace,
            &format!("{}.{hash:016x}", of.name),
        );
        if let Some(known) = self.store.get(&key) {
            let mut value = known.value.clone();
            let count = value["count"].as_u64().unwrap_or(1) + 1;
            value["count"] = json!(count);
            value["lastTimestamp"] = now;
            self.commit(&key, value);
            return;
        }
        let mut object = json!({
            "apiVersion": "v1", "kind": "Event", "metadata": {},
            "type": "Warning", "reason": reason, "message": message, "count": 1,
            "firstTimestamp": now, "lastTimestamp": now, "eventTime": null,
            "source": { "component": source }, "reportingComponent": source,
            "reportingInstance": "", "involvedObject": about,
        });
        self.complete(&key, &mut object);
        self.commit(&key, object);
    }
}
