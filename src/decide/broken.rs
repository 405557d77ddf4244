//! Since when a pod has been broken in its present way.

use std::{collections::BTreeMap, time::Duration};

use crate::model::workload::Pod;

use super::stuck::{self, Class};

/// The pods that do not come up, by UID.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Broken(BTreeMap<String, (Class, Duration)>);

impl Broken {
    /// Takes in what is seen of all pods. A pod that keeps exiting runs between
    /// its exits: until it is Ready, or breaks in another way, it is the same
    /// trouble.
    pub fn observe<'a>(&mut self, pods: impl Iterator<Item = &'a Pod>, now: Duration) {
        let mut before = std::mem::take(&mut self.0);
        for pod in pods.filter(|pod| !pod.ready && !pod.terminating) {
            let known = before.remove(&pod.pod.uid);
            let present = match (known, stuck::class(pod)) {
                (Some((class, since)), Some(seen)) if class == seen => Some((class, since)),
                (_, Some(seen)) => Some((seen, now)),
                (known, None) => known,
            };
            self.0
                .extend(present.map(|present| (pod.pod.uid.clone(), present)));
        }
    }

    /// Since when a pod that is broken now has been.
    #[must_use]
    pub fn since(&self, pod: &Pod) -> Option<Duration> {
        let (class, since) = self.0.get(&pod.pod.uid)?;
        (stuck::class(pod) == Some(*class)).then_some(*since)
    }
}
