//! The end of a run that must stop: the word on the resource, and the resource
//! given back where nothing was changed yet.

use std::time::Duration;

use futures::{FutureExt as _, future::LocalBoxFuture};

use crate::{
    model::{
        halt::{Halt, HaltReason},
        snapshot::Snapshot,
        version::Version,
    },
    ports::{BaoNodes, Checkpoints, Clock, PortError, WriteMode},
};

use super::{
    Kube, Ports, closing, fence::Claim, memory::Memory, outcome::End, ownership::Ownership,
    passes::Engine,
};

/// How long the operator's status controller takes to answer a write.
const SETTLE: Duration = Duration::from_millis(700);

/// Looks in a row at which the halt must still be there.
const LOOKS: u32 = 2;

impl<K: Kube, B: BaoNodes, C: Clock> Engine<'_, K, B, C> {
    /// Completes a halt and ends the run with it. A run that finds meanwhile
    /// that the cluster is another's ends with that.
    pub(super) fn halt<'s>(
        &'s mut self,
        memory: &'s mut Memory,
        ownership: &'s Ownership,
        halt: Halt,
        snapshot: &'s Snapshot,
    ) -> LocalBoxFuture<'s, End> {
        self.halt_now(memory, ownership, halt, snapshot)
            .boxed_local()
    }

    async fn halt_now(
        &mut self,
        memory: &mut Memory,
        ownership: &Ownership,
        halt: Halt,
        snapshot: &Snapshot,
    ) -> End {
        let halt = self.disowned(ownership).unwrap_or(halt);
        let held = self.leave(memory, ownership).await;
        let snapshot = held.as_ref().unwrap_or(snapshot);
        let halt = closing::close(self.ports, halt, snapshot, &self.run).await;
        let last_word = async {
            if memory.track.begun && closing::still_ours(&halt) {
                self.publish(ownership, &halt).await?;
                if !memory.changed && self.nothing_declared(snapshot) && given_back(&halt) {
                    self.give_back(ownership).await?;
                }
            }
            Ok(())
        };
        match last_word.await {
            Ok(()) => End::Halted(halt),
            Err(another) => {
                End::Halted(closing::close(self.ports, another, snapshot, &self.run).await)
            }
        }
    }

    /// Writes the halt, and looks twice whether it stayed: a paused status
    /// controller that `status.upgrade`, or a change of the spec, has woken
    /// writes Degraded=False/Paused over it (`contracts/operator.md` 8.1), on a
    /// loaded machine seconds later. Conditions alone do not wake it, so a later
    /// write lasts.
    async fn publish(&self, ownership: &Ownership, halt: &Halt) -> Result<(), Halt> {
        let Ports { kube, clock, .. } = self.ports;
        let mut stayed = 0;
        for _ in 0..8 {
            let cluster = match self.claim(ownership).await {
                Claim::Ours(cluster) => cluster,
                Claim::Another(halt) => return Err(halt),
                Claim::Nobodys => return Ok(()),
                Claim::Unseen(error) => {
                    tracing::debug!(%error, "the halt is not written yet");
                    clock.sleep(SETTLE).await;
                    continue;
                }
            };
            let said = cluster
                .status
                .condition("Degraded")
                .is_some_and(|degraded| {
                    degraded.status == "True" && degraded.reason == halt.reason.code()
                });
            if said {
                stayed += 1;
                if stayed == LOOKS {
                    return Ok(());
                }
                clock.sleep(SETTLE).await;
                continue;
            }
            stayed = 0;
            let write = kube.publish_halt(&cluster, halt);
            match self.while_ours(ownership, write).await {
                Ok(())
                | Err(
                    PortError::Conflict { .. }
                    | PortError::NoAnswer(_)
                    | PortError::TooManyRequests(_)
                    | PortError::Other(_),
                ) => {}
                Err(error) => {
                    tracing::warn!(%error, "the halt could not be written to the resource");
                    return Ok(());
                }
            }
            clock.sleep(SETTLE).await;
        }
        Ok(())
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
    async fn give_back(&self, ownership: &Ownership) -> Result<(), Halt> {
        let kube = self.ports.kube;
        let version = self.run.from.to_string();
        for _ in 0..5 {
            let cluster = match self.claim(ownership).await {
                Claim::Ours(cluster) => cluster,
                Claim::Another(halt) => return Err(halt),
                Claim::Nobodys => return Ok(()),
                Claim::Unseen(error) => {
                    tracing::warn!(%error, "the resource could not be given back");
                    return Ok(());
                }
            };
            let write = async {
                if cluster.status.operation_lock.is_some() {
                    kube.complete(&cluster, &version, WriteMode::Real).await
                } else {
                    let before = self.run.paused_before;
                    kube.relinquish(&cluster, before, WriteMode::Real).await
                }
            };
            match self.while_ours(ownership, write).await {
                Ok(()) | Err(PortError::Conflict { .. }) => {}
                Err(error) => {
                    tracing::warn!(%error, "the resource could not be given back");
                    return Ok(());
                }
            }
        }
        Ok(())
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
