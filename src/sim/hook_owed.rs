//! Whether the pre-promotion hook is still to succeed, in the oracle's words.

use serde_json::Value;

use super::{
    kubernetes::{Key, Kind},
    world::World,
};

impl World {
    /// The resource has a hook, and no Job of its name has succeeded.
    pub(super) fn hook_owed(&self) -> bool {
        const HOOK: &str = "/spec/upgrade/blueGreen/verification/prePromotionHook";
        let has_one = self
            .resource()
            .and_then(|resource| resource.pointer(HOOK))
            .is_some_and(Value::is_object);
        let name = format!("{}-validation-hook", self.cluster);
        let job = Key::new(Kind::Job, &self.namespace, &name);
        let succeeded = self.kubernetes.object(&job).is_some_and(|job| {
            let conditions = job.pointer("/status/conditions").and_then(Value::as_array);
            conditions
                .into_iter()
                .flatten()
                .any(|condition| condition["type"] == "Complete" && condition["status"] == "True")
        });
        has_one && !succeeded
    }
}
