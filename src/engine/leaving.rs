//! The last write before a run leaves the cluster alone: a hold that lasts,
//! whoever un-pauses the operator meanwhile.

use crate::{
    decide::{holding, owning::is_under_way},
    ports::{BaoNodes, Clock, Freshness},
};

use super::{Kube, memory::Memory, ownership::Ownership, passes::Engine};

/// Looks at a hold that others may change at the same moment.
const LOOKS: u32 = 3;

impl<K: Kube, B: BaoNodes, C: Clock> Engine<'_, K, B, C> {
    /// Holds what is not upgraded, if the resource is still this run's.
    pub(super) async fn leave(
        &mut self,
        memory: &mut Memory,
        ownership: &Ownership,
        one_way: bool,
    ) {
        if !memory.track.begun {
            return;
        }
        for _ in 0..LOOKS {
            let fresh = self.look(memory, Freshness::Fresh, one_way).await;
            let ours = fresh
                .cluster
                .known()
                .is_some_and(|cluster| is_under_way(&self.run, cluster));
            let Some(hold) = holding::before_leaving(&self.world(memory, &fresh)).filter(|_| ours)
            else {
                return;
            };
            if self.act(memory, ownership, hold, &fresh).await.is_err() {
                return;
            }
        }
    }
}
