//! How the cluster stands when a run has ended.

use std::time::Duration;

use crate::{
    decide::standing::last_standing,
    model::{
        halt::{HaltReason, Standing},
        snapshot::Snapshot,
    },
    ports::{BaoNodes, Clock, Freshness, within_or},
};

use super::{
    Kube,
    memory::Memory,
    observe::{blind, observe},
    outcome::End,
    passes::Engine,
    stop::unless,
};

/// How long a halt waits for an election that nobody planned: the slowest
/// measured one took 18.9 s (`contracts/openbao-live.md` 11). Whoever is told
/// that the cluster is at risk gets up at night.
const ELECTION: Duration = Duration::from_secs(20);

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);

impl<K: Kube, B: BaoNodes, C: Clock> Engine<'_, K, B, C> {
    /// Looks once more, and for a while where a leader may be on its way.
    pub(super) async fn last_look(&self, end: &End, memory: &Memory) -> Standing {
        let clock = self.ports.clock;
        let began = clock.monotonic();
        loop {
            let last = self.last_observation(end).await;
            let standing = last_standing(&last, memory.last_seen.as_ref());
            let waited = clock.monotonic().saturating_sub(began);
            if !may_be_electing(end, &standing) || waited > ELECTION {
                return standing;
            }
            // Whoever wants to leave need not wait for it.
            if unless(clock.sleep(PAUSE), self.stop.asked())
                .await
                .is_none()
            {
                return standing;
            }
        }
    }

    async fn last_observation(&self, end: &End) -> Snapshot {
        let clock = self.ports.clock;
        let last = Box::pin(observe(self.ports, Freshness::Watched));
        within_or(clock, end.last_patience(), last, |why| blind(clock, why)).await
    }
}

/// Nobody leads, and that is not what the run halted for.
fn may_be_electing(end: &End, standing: &Standing) -> bool {
    let waits = matches!(end, End::Halted(halt) if halt.reason != HaltReason::NoLeader);
    waits
        && standing.unseen.is_none()
        && standing.leader.is_none()
        && standing.serving >= standing.quorum
}
