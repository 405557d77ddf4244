//! What follows a fault that has struck: its end, for most.

use super::world::World;

/// What is to happen later to a fault that has struck; most of them end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Relief {
    /// A frozen process goes on.
    Thaw(String),
    /// A node is back on the network.
    Mend(String),
    /// Entries reach a node as usual.
    Hasten(String),
    /// A download ends.
    Close(String),
    /// Pods find nodes again.
    Schedulable,
    /// The node controller has missed the heartbeats of a pod's node.
    NodeMissed(String),
    /// A pod has tolerated its node's absence for long enough.
    NodeTainted {
        /// The pod.
        pod: String,
        /// Its UID.
        uid: String,
    },
}

impl World {
    /// Ends a fault.
    pub(super) fn end_fault(&mut self, relief: &Relief) {
        let now = self.now();
        self.oracle.fault(now, &format!("over: {relief:?}"));
        match relief {
            Relief::Thaw(uid) => self.servers.resume(uid, now),
            Relief::Mend(pod) => {
                for other in self.pod_names() {
                    if other != *pod {
                        self.servers.mend(pod, &other, now);
                    }
                }
            }
            Relief::Hasten(pod) => self.servers.slow(pod, None, now),
            Relief::Close(pod) => self.servers.release_download(pod, now),
            Relief::NodeMissed(uid) => self.kubernetes.node_not_ready(uid, now),
            Relief::NodeTainted { pod, uid } => {
                self.kubernetes.taint_evicts(&self.namespace, pod, uid, now);
            }
            Relief::Schedulable => self.kubernetes.faults().unschedulable.clear(),
        }
    }
}
