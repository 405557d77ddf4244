//! A stand-in for Jobs: they run for a while and end; what they did is the
//! world's.

use std::time::Duration;

use serde_json::json;

use super::{
    Kubernetes,
    hook::{FAILED, is_hook},
    object::{Key, Object, stamp},
    timers::Task,
};
use crate::sim::moment::Moment;

/// A step-down Job took 3 s (`contracts/operator-live.md` 4.1).
const RUN: [Duration; 2] = [Duration::from_millis(1500), Duration::from_secs(3)];

/// A Job whose pod has done its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedJob {
    /// Its key.
    pub key: Key,
    /// Its UID.
    pub uid: String,
    /// `openbao.org/upgrade-action`.
    pub action: String,
    /// `openbao.org/upgrade-run-id`: the pod a step-down is for.
    pub run_id: String,
    /// When it ended.
    pub at: Moment,
    /// Whether it completed.
    pub succeeded: bool,
}

impl Kubernetes {
    /// Jobs that ended since the last call, for the world to act on.
    pub fn take_finished_jobs(&mut self) -> Vec<FinishedJob> {
        std::mem::take(&mut self.jobs)
    }

    pub(super) fn noticed_job(&mut self, key: &Key, object: &Object) {
        if object.value.get("status").is_none() {
            let at = self.now + Duration::from_millis(30);
            self.timers.add(at, Task::Job(key.clone()));
        }
    }

    /// Starts a Job, then ends it.
    pub(super) fn step_job(&mut self, key: &Key) {
        let Some(object) = self.store.get(key).cloned() else {
            return;
        };
        let mut value = object.value.clone();
        if value.get("status").is_none() {
            value["status"] = json!({ "active": 1, "ready": 0, "startTime": stamp(self.now) });
            self.commit(key, value);
            let runs = if is_hook(&object) {
                self.start_hook(key, &object)
            } else {
                self.dice.between(RUN[0], RUN[1])
            };
            let at = self.now + runs;
            self.timers.add(at, Task::Job(key.clone()));
            return;
        }
        if value["status"]["active"] != 1 {
            return;
        }
        let mut reason = self.faults.failing_jobs.then_some(FAILED);
        if is_hook(&object) {
            reason = self.end_hook(key, &object).or(reason);
        }
        let succeeded = reason.is_none();
        let now = stamp(self.now);
        let start = value["status"]["startTime"].clone();
        let (kind, count) = if succeeded {
            ("Complete", "succeeded")
        } else {
            ("Failed", "failed")
        };
        let mut status = json!({
            "ready": 0, "startTime": start,
            "conditions": [{
                "type": kind, "status": "True", "lastProbeTime": now, "lastTransitionTime": now,
            }],
        });
        status[count] = json!(1);
        if let Some(reason) = reason {
            let message = if reason == FAILED {
                "Job has reached the specified backoff limit"
            } else {
                "Job was active longer than specified deadline"
            };
            status["conditions"][0]["reason"] = json!(reason);
            status["conditions"][0]["message"] = json!(message);
        }
        if succeeded {
            status["completionTime"] = now;
        }
        value["status"] = status;
        let text = |name: &str| object.annotation(name).unwrap_or_default().to_owned();
        self.jobs.push(FinishedJob {
            key: key.clone(),
            uid: object.uid().to_owned(),
            action: text("openbao.org/upgrade-action"),
            run_id: text("openbao.org/upgrade-run-id"),
            at: self.now,
            succeeded,
        });
        self.commit(key, value);
    }
}
