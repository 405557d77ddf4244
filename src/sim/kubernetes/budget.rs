//! The disruption controller.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::{
    Kubernetes,
    object::{Key, Object, stamp},
    selector::Filter,
    timers::Task,
};
use crate::sim::moment::Moment;

/// A change of a pod is taken up after this.
const REACTION: [Duration; 2] = [Duration::from_millis(20), Duration::from_millis(60)];
/// A disruption that is allowed again shows only after this
/// (`contracts/real-stack.md` 3).
const RELEASE: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(2)];
/// A granted eviction that removes nothing is forgotten after this
/// (`contracts/real-stack.md` 3).
const FORGET: Duration = Duration::from_secs(120);

/// A PodDisruptionBudget as its controller sees it.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    uid: String,
    generation: i64,
    filter: Filter,
    max_unavailable: Option<Value>,
    min_available: Option<Value>,
    pub(super) observed: i64,
    pub(super) healthy: i64,
    pub(super) desired: i64,
    expected: i64,
    pub(super) allowed: i64,
    /// Granted evictions whose pods are not yet seen to go.
    pub(super) disrupted: BTreeMap<String, Moment>,
    changed: Moment,
    scheduled: bool,
    release_at: Option<Moment>,
}

impl Budget {
    fn read(object: &Object) -> Self {
        let spec = &object.value["spec"];
        Self {
            uid: object.uid().to_owned(),
            generation: object.generation(),
            filter: Filter::of_spec(&spec["selector"]),
            max_unavailable: spec.get("maxUnavailable").cloned(),
            min_available: spec.get("minAvailable").cloned(),
            observed: 0,
            healthy: 0,
            desired: 0,
            expected: 0,
            allowed: 0,
            disrupted: BTreeMap::new(),
            changed: Moment::START,
            scheduled: false,
            release_at: None,
        }
    }

    pub(super) fn covers(&self, pod: &Object) -> bool {
        self.filter.matches(pod)
    }

    pub(super) fn stale(&self) -> bool {
        self.observed < self.generation
    }

    fn status(&self) -> Value {
        let enough = self.allowed > 0;
        let reason = if enough {
            "SufficientPods"
        } else {
            "InsufficientPods"
        };
        let mut status = json!({
            "conditions": [{
                "type": "DisruptionAllowed", "status": if enough { "True" } else { "False" },
                "reason": reason, "message": "", "observedGeneration": self.observed,
                "lastTransitionTime": stamp(self.changed),
            }],
            "currentHealthy": self.healthy,
            "desiredHealthy": self.desired,
            "disruptionsAllowed": self.allowed,
            "expectedPods": self.expected,
            "observedGeneration": self.observed,
        });
        if !self.disrupted.is_empty() {
            let pods = self
                .disrupted
                .iter()
                .map(|(pod, at)| (pod.clone(), stamp(*at)));
            status["disruptedPods"] = Value::Object(pods.collect());
        }
        status
    }
}

impl Kubernetes {
    pub(super) fn noticed_budget(&mut self, key: &Key, object: &Object, deleted: bool) {
        if deleted {
            self.budgets.remove(key);
            return;
        }
        match self.budgets.get(key) {
            Some(budget)
                if budget.uid == object.uid() && budget.generation == object.generation() => {}
            known => {
                let mut budget = Budget::read(object);
                if let Some(known) = known.filter(|known| known.uid == object.uid()) {
                    budget.observed = known.observed;
                    budget.allowed = known.allowed;
                }
                self.budgets.insert(key.clone(), budget);
                self.wake_budget(key);
            }
        }
    }

    pub(super) fn wake_budget(&mut self, key: &Key) {
        if let Some(budget) = self.budgets.get_mut(key).filter(|budget| !budget.scheduled) {
            budget.scheduled = true;
            let at = self.now + self.dice.between(REACTION[0], REACTION[1]);
            self.timers.add(at, Task::Budget(key.clone()));
        }
    }

    /// Has the budgets that cover a pod reckoned again.
    pub(super) fn wake_budgets(&mut self, namespace: &str, pod: &Object) {
        let covering: Vec<Key> = self
            .budgets
            .iter()
            .filter(|(key, budget)| key.namespace == namespace && budget.covers(pod))
            .map(|(key, _)| key.clone())
            .collect();
        for key in covering {
            self.wake_budget(&key);
        }
    }

    pub(super) fn sync_budget(&mut self, key: &Key) {
        let now = self.now;
        if let Some(until) = self.faults.budgets_stalled.filter(|until| *until > now) {
            self.timers.add(until, Task::Budget(key.clone()));
            return;
        }
        let Some(mut budget) = self.budgets.get(key).cloned() else {
            return;
        };
        budget.scheduled = false;
        self.reckon(key, &mut budget);
        let earlier = self.budgets.get(key).map_or(0, |budget| budget.allowed);
        let fresh = budget.observed != 0;
        if budget.allowed > earlier && fresh {
            // More is allowed only after a while.
            let at = budget
                .release_at
                .unwrap_or_else(|| now + self.dice.between(RELEASE[0], RELEASE[1]));
            if at > now {
                if let Some(known) = self.budgets.get_mut(key) {
                    known.release_at = Some(at);
                    known.disrupted = budget.disrupted;
                }
                self.timers.add(at, Task::Budget(key.clone()));
                return;
            }
        }
        budget.release_at = None;
        budget.observed = budget.generation;
        if (budget.allowed > 0) != (earlier > 0) {
            budget.changed = now;
        }
        let next = budget.disrupted.values().min().map(|at| *at + FORGET);
        self.write_budget(key, budget);
        if let Some(at) = next {
            self.timers.add(at, Task::Budget(key.clone()));
        }
    }

    /// Stores a budget's state, and its status when that differs.
    pub(super) fn write_budget(&mut self, key: &Key, budget: Budget) {
        let status = budget.status();
        self.budgets.insert(key.clone(), budget);
        if let Some(object) = self.store.get(key).filter(|o| o.value["status"] != status) {
            let mut value = object.value.clone();
            value["status"] = status;
            self.commit(key, value);
        }
    }

    fn reckon(&self, key: &Key, budget: &mut Budget) {
        let pods: Vec<_> = self
            .pods
            .values()
            .filter(|pod| pod.key.namespace == key.namespace)
            .filter(|pod| self.store.get(&pod.key).is_some_and(|o| budget.covers(o)))
            .collect();
        let now = self.now;
        budget.disrupted.retain(|name, at| {
            now.since(*at) < FORGET
                && pods
                    .iter()
                    .any(|pod| pod.key.name == *name && !pod.terminating())
        });
        let healthy = pods
            .iter()
            .filter(|pod| pod.ready && !pod.terminating())
            .filter(|pod| !budget.disrupted.contains_key(&pod.key.name));
        budget.healthy = i64::try_from(healthy.count()).unwrap_or(i64::MAX);
        let mut owners: Vec<&Key> = pods.iter().map(|pod| &pod.set).collect();
        owners.sort();
        owners.dedup();
        let wanted = owners.iter().filter_map(|set| self.sets.get(*set));
        budget.expected = wanted.map(|set| i64::from(set.replicas)).sum();
        let amount = |value: &Value| match value {
            Value::String(share) => {
                let percent: i64 = share.trim_end_matches('%').parse().unwrap_or(0);
                // A share is rounded up.
                (budget.expected * percent + 99) / 100
            }
            number => number.as_i64().unwrap_or(0),
        };
        budget.desired = match (&budget.max_unavailable, &budget.min_available) {
            (Some(most), _) => (budget.expected - amount(most)).max(0),
            (None, Some(least)) => amount(least),
            (None, None) => budget.expected - 1,
        };
        budget.allowed = if budget.expected == 0 {
            0
        } else {
            (budget.healthy - budget.desired).max(0)
        };
    }
}
