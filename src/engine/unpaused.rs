//! The un-pause that cannot wait for an answer.

use crate::{
    model::{action::Action, cluster::Cluster, snapshot::Snapshot, workload::UpdateStrategy},
    ports::{BaoNodes, Checkpoints as _, Clock, Freshness, Workloads as _},
};

use super::{Kube, passes::Engine};

impl<K: Kube, B: BaoNodes, C: Clock> Engine<'_, K, B, C> {
    /// Resolves once somebody un-pauses the operator while `OnDelete` is the hold:
    /// within 2 s it lets the StatefulSet controller replace every pod that is old
    /// (`contracts/operator-live.md` 4.1), and a write whose answer is lost would
    /// keep the run from seeing it for as long as that write may take.
    pub(super) async fn unpaused(&self, action: &Action, snapshot: &Snapshot) {
        let voters = snapshot.voters.known();
        let endangered = voters.is_some_and(|voters| voters.strategy == UpdateStrategy::OnDelete)
            && snapshot.cluster.known().is_some_and(is_paused)
            // The operator itself gives its colours this strategy.
            && self.run.blue_green.is_none()
            // Giving the resource back un-pauses it.
            && !matches!(action, Action::Relinquish);
        if !endangered {
            return std::future::pending().await;
        }
        loop {
            self.ports.kube.changed().await;
            let seen = Box::pin(self.ports.kube.cluster(Freshness::Watched)).await;
            if seen.is_ok_and(|cluster| !is_paused(&cluster)) {
                return;
            }
        }
    }
}

fn is_paused(cluster: &Cluster) -> bool {
    cluster.spec.paused == Some(true)
}
