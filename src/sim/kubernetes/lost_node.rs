//! A node that is away: nothing on it is heard of.

use super::{Kubernetes, kind::Kind, object::Key, timers::Task};
use crate::sim::moment::Moment;

impl Kubernetes {
    /// When the node of a pod is back, while it is away.
    pub(super) fn node_is_back(&self, pod: &str) -> Option<Moment> {
        let back = self.faults.lost_nodes.get(pod).copied();
        back.filter(|back| *back > self.now)
    }

    /// The pod's next step is taken then.
    pub(super) fn later(&mut self, uid: &str, at: Moment) {
        if let Some(pod) = self.pods.get_mut(uid) {
            pod.next = at;
            self.timers.add(at, Task::Pod(uid.to_owned()));
        }
    }

    /// The node controller has missed the node's heartbeats for its grace of 40 s:
    /// the pod is said not to be Ready.
    pub fn node_not_ready(&mut self, uid: &str, now: Moment) {
        self.now = self.now.max(now);
        if let Some(pod) = self.pods.get_mut(uid).filter(|pod| pod.ready) {
            pod.ready = false;
            pod.ready_changed = now;
        }
        self.warn(uid, "NodeNotReady", "Node is not ready");
        self.report_pod(uid);
    }

    /// The pod has tolerated its node's taint for 300 s: it is deleted, and stays
    /// until its kubelet, or a person, lets it go.
    pub fn taint_evicts(&mut self, namespace: &str, pod: &str, uid: &str, now: Moment) {
        self.now = self.now.max(now);
        let key = Key::new(Kind::Pod, namespace, pod);
        let there = self
            .store
            .get(&key)
            .is_some_and(|object| object.uid() == uid);
        if there {
            self.begin_deletion(&key, None);
            if let Some(pod) = self.pods.get_mut(uid) {
                pod.taint_evicted = true;
            }
            self.report_pod(uid);
        }
    }
}
