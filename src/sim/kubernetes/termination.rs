//! How a pod goes: deletion, signals, grace, removal.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use super::{
    Kubernetes,
    object::{Key, Object, stamp},
    pod::{Ending, Stage},
    timers::Task,
};
use crate::sim::{
    moment::Moment,
    processes::{Process, Processes},
};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The kubelet hears of the deletion.
const NOTICE: [Duration; 2] = [ms(15), ms(45)];
/// How often it then looks whether the process has ended.
const POLL: Duration = ms(100);
/// Sandbox and volumes are cleaned up: the next pod exists 0.9 to 1.5 s after a
/// deletion whose process ends at once.
const CLEANUP: [Duration; 2] = [ms(700), ms(1150)];
/// How often a stuck pod is tried again.
const RETRY: Duration = ms(1000);

impl Kubernetes {
    /// Marks a pod as deleted, or shortens its grace; `None` when it is gone at
    /// once.
    pub(super) fn begin_deletion(&mut self, key: &Key, grace: Option<u64>) -> Option<Arc<Object>> {
        let object = self.store.get(key)?.clone();
        let uid = object.uid().to_owned();
        let Some(pod) = self.pods.get(&uid) else {
            // Nobody's pod: no kubelet has it.
            self.erase(key);
            return None;
        };
        let seconds = grace.unwrap_or(pod.grace.as_secs());
        if seconds == 0 || pod.stage == Stage::Pending {
            self.erase(key);
            return None;
        }
        let ends = self.now + Duration::from_secs(seconds);
        if let Some((state, earlier)) = pod.ending {
            if earlier <= ends {
                return Some(object);
            }
            if let Some(pod) = self.pods.get_mut(&uid) {
                pod.ending = Some((state, ends));
            }
        } else {
            let notice = self.dice.between(NOTICE[0], NOTICE[1]);
            let at = self.now + notice;
            if let Some(pod) = self.pods.get_mut(&uid) {
                pod.ending = Some((Ending::Asked, ends));
                pod.next = at;
                self.timers.add(at, Task::Pod(uid));
            }
        }
        let mut value = object.value.clone();
        value["metadata"]["deletionTimestamp"] = stamp(ends);
        value["metadata"]["deletionGracePeriodSeconds"] = json!(seconds);
        value["metadata"]["generation"] = json!(object.generation() + 1);
        Some(self.commit(key, value))
    }

    /// The next step of a pod that was deleted.
    pub(super) fn step_ending(&mut self, uid: &str, processes: &mut dyn Processes) {
        let now = self.now;
        let Some(pod) = self.pods.get(uid) else {
            return;
        };
        let Some((state, ends)) = pod.ending else {
            return;
        };
        let (name, key) = (pod.key.name.clone(), pod.key.clone());
        let running = pod.stage == Stage::Running && pod.exit_code.is_none();
        match state {
            Ending::Asked if !running => self.ended(uid, ends, pod.exit_code),
            Ending::Asked => {
                processes.terminate(uid, now);
                self.again(uid, POLL, (Ending::Signalled, ends));
            }
            Ending::Signalled => match processes.process(uid) {
                Some(Process::Exited { code }) => self.ended(uid, ends, Some(code)),
                Some(Process::Running { .. }) if now < ends => {
                    let left = ends.since(now).min(POLL);
                    self.again(uid, left, (state, ends));
                }
                Some(Process::Running { .. }) => {
                    processes.kill(uid, now);
                    // 128 and the signal's number.
                    self.ended(uid, ends, Some(137));
                }
                None => self.ended(uid, ends, Some(137)),
            },
            Ending::Ended => {
                let stuck = self.faults.stuck_terminating.get(&name);
                if stuck.is_some_and(|until| *until > now) {
                    self.again(uid, RETRY, (state, ends));
                } else {
                    self.erase(&key);
                }
            }
        }
    }

    fn again(&mut self, uid: &str, after: Duration, ending: (Ending, Moment)) {
        let at = self.now + after;
        if let Some(pod) = self.pods.get_mut(uid) {
            pod.ending = Some(ending);
            pod.next = at;
            self.timers.add(at, Task::Pod(uid.to_owned()));
        }
    }

    fn ended(&mut self, uid: &str, ends: Moment, code: Option<i32>) {
        let now = self.now;
        let cleanup = self.dice.between(CLEANUP[0], CLEANUP[1]);
        self.to(uid, cleanup, |pod| {
            pod.ending = Some((Ending::Ended, ends));
            pod.exit_code = code;
            pod.ready = false;
            pod.container_ready = false;
            pod.ready_changed = now;
        });
    }
}
