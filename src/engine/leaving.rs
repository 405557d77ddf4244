//! The last write before a run leaves the cluster alone: a hold that lasts,
//! whoever un-pauses the operator meanwhile.

use crate::{
    decide::{holding, owning::is_under_way, versions::is_one_way},
    model::snapshot::Snapshot,
    ports::{BaoNodes, Clock, Freshness},
};

use super::{Kube, memory::Memory, ownership::Ownership, passes::Engine};

/// Looks at a hold that others may change at the same moment.
const LOOKS: u32 = 3;

impl<K: Kube, B: BaoNodes, C: Clock> Engine<'_, K, B, C> {
    /// Holds what is not upgraded, if the resource is still this run's. Returns
    /// what was seen after that.
    pub(super) async fn leave(
        &mut self,
        memory: &mut Memory,
        ownership: &Ownership,
    ) -> Option<Snapshot> {
        if !memory.track.begun {
            return None;
        }
        let one_way = is_one_way(&self.run.from, &self.run.target.version);
        for _ in 0..LOOKS {
            let fresh = self.look(memory, Freshness::Fresh, one_way).await;
            let ours = fresh
                .cluster
                .known()
                .is_some_and(|cluster| is_under_way(&self.run, cluster));
            let Some(hold) = holding::before_leaving(&self.world(memory, &fresh)).filter(|_| ours)
            else {
                return Some(fresh);
            };
            if self.act(memory, ownership, hold, &fresh).await.is_err() {
                return None;
            }
        }
        None
    }
}
