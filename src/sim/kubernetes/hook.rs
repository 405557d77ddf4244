//! A stand-in for the pod of a validation hook's Job: it is there, runs, and
//! ends with a log.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    Kubernetes,
    kind::Kind,
    object::{Key, Object},
    selector::Filter,
};

/// How long one runs.
const RUN: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(12)];

/// What one that fails has written; the others have come no further than the
/// first line.
const LOG: [&str; 3] = [
    "checking green",
    "\u{1b}[31mGET /v1/secret/data/probe: 403 permission denied\u{1b}[0m",
    "green does not serve what blue does",
];

/// What is known of hooks beside their objects.
#[derive(Debug, Default)]
pub(super) struct Hooks {
    /// By the UIDs of their pods.
    logs: BTreeMap<String, Vec<String>>,
    /// UIDs of the Jobs that will not end before their deadline.
    late: BTreeSet<String>,
}

impl Hooks {
    pub(super) fn log(&self, pod: &str) -> Option<&Vec<String>> {
        self.logs.get(pod)
    }
}

/// Whether a Job is a hook.
pub(super) fn is_hook(job: &Object) -> bool {
    job.value["metadata"]["labels"]["openbao.org/component"] == "validation-hook"
}

impl Kubernetes {
    /// Makes the pod of a hook. After so long its Job ends.
    pub(super) fn start_hook(&mut self, job: &Key, object: &Object) -> Duration {
        let name = format!("{}-{:05x}", job.name, self.dice.below(1 << 20));
        let key = Key::new(Kind::Pod, &job.namespace, &name);
        let mut pod = json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "labels": {
                    "batch.kubernetes.io/controller-uid": object.uid(),
                    "batch.kubernetes.io/job-name": job.name,
                },
                "ownerReferences": [{
                    "apiVersion": "batch/v1", "kind": "Job", "name": job.name,
                    "uid": object.uid(), "controller": true, "blockOwnerDeletion": true,
                }],
            },
            "spec": object.value["spec"]["template"]["spec"],
            "status": { "phase": "Running" },
        });
        self.complete(&key, &mut pod);
        self.commit(&key, pod);
        let runs = self.dice.between(RUN[0], RUN[1]);
        let seconds = object.value["spec"]["activeDeadlineSeconds"].as_u64();
        let limit = seconds.map_or(Duration::MAX, Duration::from_secs);
        if runs > limit {
            self.hooks.late.insert(object.uid().to_owned());
        }
        runs.min(limit)
    }

    /// Ends the pod of a hook; the reason of the failure, if it is one.
    pub(super) fn end_hook(&mut self, job: &Key, object: &Object) -> Option<&'static str> {
        let late = self.hooks.late.remove(object.uid());
        let fails = !late && self.faults.failing_hooks > 0;
        self.faults.failing_hooks -= u32::from(fails);
        let pods: Vec<(Key, Value)> = self
            .store
            .list(Kind::Pod, &job.namespace, &Filter::default())
            .filter(|(_, pod)| pod.value["metadata"]["ownerReferences"][0]["uid"] == object.uid())
            .map(|(key, pod)| (key.clone(), pod.value.clone()))
            .collect();
        for (key, mut pod) in pods {
            // What outlives the deadline is deleted.
            if late {
                self.erase(&key);
                continue;
            }
            let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
            let lines = if fails { &LOG[..] } else { &LOG[..1] };
            let lines = lines.iter().map(|line| (*line).to_owned()).collect();
            self.hooks.logs.insert(uid.to_owned(), lines);
            pod["status"]["phase"] = json!(if fails { "Failed" } else { "Succeeded" });
            self.commit(&key, pod);
        }
        if late {
            return Some("DeadlineExceeded");
        }
        fails.then_some(FAILED)
    }
}

/// Why a Job fails whose pod does, and may not be tried again.
pub(super) const FAILED: &str = "BackoffLimitExceeded";
