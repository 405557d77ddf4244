//! A quota that takes no more pods.

use std::time::Duration;

use super::{Kubernetes, set_view::Set, timers::Task};

/// How soon the controller tries again: its queue backs off from milliseconds to
/// minutes, and a second is of that order.
const TRIED_AGAIN: Duration = Duration::from_secs(1);

impl Kubernetes {
    /// Whether a pod is refused. The controller says so on the StatefulSet, for
    /// there is no pod to say it of (kubernetes#47002), and tries again.
    pub(super) fn refuses_pod(&mut self, set: &Set, name: &str) -> bool {
        let Some(until) = self.faults.refused_pods.filter(|until| *until > self.now) else {
            return false;
        };
        let text = format!(
            "Create Pod {name} in StatefulSet {} failed error: pods \"{name}\" is forbidden: \
             exceeded quota: vault, requested: requests.memory=512Mi, \
             used: requests.memory=1Gi, limited: requests.memory=1Gi",
            set.key.name
        );
        self.warn_of_set(set, "FailedCreate", &text);
        let again = (self.now + TRIED_AGAIN).min(until);
        if let Some(set) = self.sets.get_mut(&set.key)
            && set.tries_again.is_none_or(|planned| planned <= self.now)
        {
            set.tries_again = Some(again);
            self.timers.add(again, Task::Set(set.key.clone()));
        }
        true
    }
}
