//! The end of a run that must stop: the word on the resource, and the resource
//! given back where nothing was changed yet.

use crate::{
    model::{
        fact::Fact,
        halt::{Halt, HaltReason},
        snapshot::Snapshot,
        version::Version,
    },
    ports::{BaoNodes, Clock, Freshness, PortError, WriteMode},
};

use super::{
    Kube, Ports, closing,
    deadline::{API, within},
    memory::Memory,
    outcome::End,
    passes::Engine,
};

impl<K: Kube, B: BaoNodes, C: Clock> Engine<'_, K, B, C> {
    /// Completes a halt and ends the run with it.
    pub(super) async fn halt(
        &mut self,
        memory: &mut Memory,
        halt: Halt,
        snapshot: &Snapshot,
    ) -> End {
        let halt = closing::close(self.ports, halt, snapshot, &self.run, memory.track.begun).await;
        if memory.track.begun
            && !memory.changed
            && self.nothing_declared(snapshot)
            && given_back(&halt)
        {
            self.give_back().await;
        }
        End::Halted(halt)
    }

    /// The resource still asks for the version it asked for before.
    fn nothing_declared(&self, snapshot: &Snapshot) -> bool {
        snapshot.cluster.known().is_some_and(|cluster| {
            cluster.status.upgrade.is_none()
                && cluster
                    .spec
                    .version
                    .parse()
                    .is_ok_and(|version: Version| version == self.run.from)
                && self.run.from != self.run.target.version
        })
    }

    /// Nothing was changed but ownership: hand the resource back at once.
    async fn give_back(&self) {
        let Ports { kube, clock, .. } = self.ports;
        let version = self.run.from.to_string();
        for _ in 0..5 {
            let Ok(cluster) = within(clock, API, kube.cluster(Freshness::Fresh)).await else {
                return;
            };
            if matches!(&cluster.run, Fact::Known(None)) {
                return;
            }
            let step = if cluster.status.operation_lock.is_some() {
                within(
                    clock,
                    API,
                    kube.complete(&cluster, &version, WriteMode::Real),
                )
                .await
            } else {
                within(
                    clock,
                    API,
                    kube.relinquish(&cluster, self.run.paused_before, WriteMode::Real),
                )
                .await
            };
            match step {
                Ok(()) | Err(PortError::Conflict { .. }) => {}
                Err(error) => {
                    tracing::warn!(%error, "the resource could not be given back");
                    return;
                }
            }
        }
    }
}

/// Whether the resource is this run's to give back after such a halt.
fn given_back(halt: &Halt) -> bool {
    matches!(
        halt.reason,
        HaltReason::LeaderNotFirst
            | HaltReason::SnapshotFailed
            | HaltReason::NoLeader
            | HaltReason::Denied
    )
}
