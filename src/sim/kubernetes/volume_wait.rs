//! A pod's volume that does not come.

use std::time::Duration;

use super::Kubernetes;

/// How often a volume is tried again.
const REATTACH: Duration = Duration::from_secs(2);
/// How often the kubelet says that one has not come.
const COMPLAINT: Duration = Duration::from_secs(123);

impl Kubernetes {
    /// Whether a pod waits for a volume; it is tried again then.
    pub(super) fn waits_for_volume(&mut self, uid: &str) -> bool {
        let Some(pod) = self.pods.get(uid) else {
            return false;
        };
        let attached = self.faults.slow_volumes.get(&pod.key.name).copied();
        if attached.is_some_and(|at| at > self.now) {
            let volume = format!("data-{}", pod.key.name);
            let text = format!(
                "Multi-Attach error for volume \"{volume}\" Volume is already exclusively \
                 attached to one node and can't be attached to another"
            );
            self.lacks_volume(uid, "FailedAttachVolume", &text);
            return true;
        }
        let missing = self.missing_mount(uid);
        if let Some(missing) = &missing {
            let text = format!("MountVolume.SetUp failed: {missing}");
            self.lacks_volume(uid, "FailedMount", &text);
        }
        missing.is_some()
    }

    /// A volume is tried again. What is the matter is said once; that it has not come,
    /// by the kubelet again and again.
    fn lacks_volume(&mut self, uid: &str, reason: &'static str, text: &str) {
        let now = self.now;
        let Some(pod) = self.pods.get(uid) else {
            return;
        };
        let said = if pod.trouble != Some(reason) {
            self.warn(uid, reason, text);
            true
        } else if now.since(pod.complained_at) >= COMPLAINT {
            self.warn(
                uid,
                "FailedMount",
                "Unable to attach or mount volumes: timed out waiting for the condition",
            );
            true
        } else {
            false
        };
        self.to(uid, REATTACH, |pod| {
            pod.trouble = Some(reason);
            if said {
                pod.complained_at = now;
            }
        });
    }
}
