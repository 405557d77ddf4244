//! The fence in front of every write: the lease is this process's, and the
//! record on the resource is this run's.

use std::{pin::pin, time::Duration};

use futures::future::{Either, select};

use crate::{
    bugs::{self, Bug},
    model::{
        cluster::Cluster,
        fact::Fact,
        halt::{Halt, HaltReason},
        snapshot::Snapshot,
    },
    ports::{BaoNodes, Checkpoints, Clock, Freshness, PortError},
};

use super::{
    Kube,
    ownership::{Fence, Ownership},
    passes::Engine,
};

/// How long a run waits for its lease to be renewed before it gives up: nothing
/// may be written meanwhile.
const UNRENEWED: Duration = Duration::from_secs(300);

/// How long the last word of a run waits for the lease.
const LAST_WORD: Duration = Duration::from_secs(10);

/// How often the lease is looked at while a write waits for it.
const LOOK: Duration = Duration::from_millis(500);

/// Whose the resource is.
pub(super) enum Claim {
    /// This run's, as it is now.
    Ours(Box<Cluster>),
    /// Another driver's.
    Another(Halt),
    /// No run's.
    Nobodys,
    /// That cannot be seen now.
    Unseen(PortError),
}

impl<K: Kube, B: BaoNodes, C: Clock> Engine<'_, K, B, C> {
    /// Why the run is over, whatever it is at: its lease is another's, or was
    /// not renewed for too long.
    pub(super) fn disowned(&self, ownership: &Ownership) -> Option<Halt> {
        match ownership.fenced(self.ports.clock)? {
            Fence::Lost(halt) => Some(halt),
            Fence::Stale { age, why } => (age >= UNRENEWED).then(|| {
                Halt::new(
                    HaltReason::LeaseLost,
                    format!(
                        "the lease could not be renewed for {} s: {why}",
                        age.as_secs()
                    ),
                )
            }),
        }
    }

    /// The record on the resource, as last seen, is this run's.
    pub(super) fn is_recorded(&self, snapshot: &Snapshot) -> bool {
        snapshot.cluster.known().is_some_and(
            |cluster| matches!(&cluster.run, Fact::Known(Some(stored)) if stored.id == self.run.id),
        )
    }

    /// What has to be true before each of the last writes of a run, and again
    /// before it is tried again.
    pub(super) async fn claim(&self, ownership: &Ownership) -> Claim {
        if let Err(claim) = self.lease_in_hand(ownership).await {
            return claim;
        }
        let cluster = match self.ports.kube.cluster(Freshness::Fresh).await {
            Ok(cluster) => cluster,
            Err(error) => return Claim::Unseen(error),
        };
        // The read may have outlasted the lease.
        if let Err(claim) = self.lease_in_hand(ownership).await {
            return claim;
        }
        if bugs::has(Bug::Unfenced) {
            return Claim::Ours(Box::new(cluster));
        }
        let taken = |message: String| Claim::Another(Halt::new(HaltReason::LockLost, message));
        match &cluster.run {
            Fact::Known(Some(stored)) if stored.id != self.run.id => taken(format!(
                "run {} by {} has taken the cluster",
                stored.id, stored.user
            )),
            Fact::Known(None) => Claim::Nobodys,
            Fact::Unknown(why) => Claim::Another(Halt::new(
                HaltReason::RecordLost,
                format!("the run record on the resource cannot be read: {why}"),
            )),
            Fact::Known(Some(_)) => match &cluster.status.operation_lock {
                Some(lock) if lock.holder != self.run.holder() => taken(format!(
                    "the operation lock ({}) is held by {}",
                    lock.operation, lock.holder
                )),
                _ => Claim::Ours(Box::new(cluster)),
            },
        }
    }

    /// Waits for the lease to be renewed, as long as it may be.
    async fn lease_in_hand(&self, ownership: &Ownership) -> Result<(), Claim> {
        let clock = self.ports.clock;
        let since = clock.monotonic();
        loop {
            match ownership.fenced(clock) {
                None => return Ok(()),
                Some(Fence::Lost(halt)) => return Err(Claim::Another(halt)),
                Some(Fence::Stale { why, .. })
                    if clock.monotonic().saturating_sub(since) >= LAST_WORD =>
                {
                    return Err(Claim::Unseen(PortError::NoAnswer(format!(
                        "whether the lease is still ours: {why}"
                    ))));
                }
                Some(Fence::Stale { .. }) => clock.sleep(LOOK).await,
            }
        }
    }

    /// Lets an act go on for only as long as the lease is not known to be
    /// another's: some consist of more than one write, or wait between them.
    pub(super) async fn while_ours<T>(
        &self,
        ownership: &Ownership,
        act: impl Future<Output = Result<T, PortError>>,
    ) -> Result<T, PortError> {
        let act = ownership.while_writing(act);
        match select(pin!(act), pin!(ownership.loss())).await {
            Either::Left((result, _)) => result,
            Either::Right(((), _)) => Err(PortError::NoAnswer(
                "given up: the lease is another's".to_owned(),
            )),
        }
    }
}
