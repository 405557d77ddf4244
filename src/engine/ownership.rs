//! The lease that makes one run the only writer (invariant S1).

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use tokio::sync::Notify;

use crate::{
    bugs::{self, Bug},
    event::EventKind,
    model::halt::{Halt, HaltReason},
    ports::{Clock, Lease, Leases, PortError, WriteMode, within},
};

use super::emit::Events;

/// How long a lease is good for without renewal (design 3).
const DURATION: Duration = Duration::from_secs(15);

/// How long the API server may be busy or away before the first write.
const PATIENCE: Duration = Duration::from_secs(60);

/// Tries to give it back.
const RELEASES: u32 = 3;

/// The longest lease of somebody else's whose end is waited for.
const LONGEST: Duration = Duration::from_secs(120);

/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(5);

/// The lease of this process. Its holder ends in a part that no other process
/// has: two that resume the same run are still two.
#[derive(Debug)]
pub(super) struct Ownership {
    holder: String,
    state: RefCell<State>,
    /// A write was sent, and what became of it is not known yet.
    writing: Cell<bool>,
    /// Told when it is another's.
    lost: Notify,
}

#[derive(Debug)]
struct State {
    lease: Lease,
    renewed: Duration,
    lost: Option<String>,
    /// Why the last renewal failed; empty when it did not.
    why: String,
}

impl Ownership {
    /// Takes the lease. A holder that renews while we watch is alive, and that
    /// is the answer; one that does not for its whole duration is dead. Clocks
    /// of different machines are never compared.
    pub(super) async fn acquire<L: Leases, C: Clock>(
        kube: &L,
        clock: &C,
        events: &Events,
        holder: String,
    ) -> Result<Self, Halt> {
        let mut watched: Option<(Lease, Duration)> = None;
        let (mut unread, mut unwritten) = (None, None);
        loop {
            let sent = clock.monotonic();
            let current = match kube.lease().await {
                Ok(current) => current,
                Err(error) if error.is_transient() && is_young(&mut unread, sent) => {
                    clock.sleep(Duration::from_secs(1)).await;
                    continue;
                }
                Err(error) => {
                    return Err(Halt::new(
                        HaltReason::LeaseUnavailable,
                        format!("the lease cannot be read: {error}"),
                    ));
                }
            };
            unread = None;
            let free = match &current {
                None => true,
                Some(_) if bugs::has(Bug::RobsTheLease) => true,
                Some(lease) => match &lease.holder {
                    None => true,
                    // Ours: the answer to the write was lost.
                    Some(other) if *other == holder => true,
                    // No baoctl writes such a lease, and nobody waits for its end.
                    Some(other) if lease.duration > LONGEST => {
                        return Err(Halt::new(
                            HaltReason::LeaseLost,
                            format!(
                                "the lease is held by {other} for {} s, longer than any baoctl holds one",
                                lease.duration.as_secs()
                            ),
                        ));
                    }
                    Some(other) => match &watched {
                        Some((seen, _)) if seen.resource_version != lease.resource_version => {
                            return Err(Self::taken(other));
                        }
                        Some((_, since)) => {
                            sent.saturating_sub(*since) > lease.duration.max(DURATION)
                        }
                        None => {
                            events
                                .emit(
                                    clock.wall(),
                                    EventKind::Warning {
                                        message: format!(
                                            "the lease was last held by {other}; watching for {} s whether that run is alive",
                                            lease.duration.max(DURATION).as_secs()
                                        ),
                                    },
                                )
                                .await;
                            watched = Some((lease.clone(), sent));
                            false
                        }
                    },
                },
            };
            if !free {
                clock.sleep(Duration::from_millis(500)).await;
                continue;
            }
            let write = kube.write_lease(
                current.as_ref(),
                Some(&holder),
                DURATION,
                clock.wall(),
                WriteMode::Real,
            );
            match write.await {
                Ok(lease) => {
                    events.emit(clock.wall(), EventKind::LeaseAcquired).await;
                    return Ok(Self {
                        holder,
                        state: RefCell::new(State {
                            lease,
                            renewed: sent,
                            lost: None,
                            why: String::new(),
                        }),
                        writing: Cell::new(false),
                        lost: Notify::new(),
                    });
                }
                // Somebody was quicker: look at them. Or the server was busy or
                // away for a moment.
                Err(error) if error.is_transient() && is_young(&mut unwritten, sent) => {
                    clock.sleep(Duration::from_millis(500)).await;
                }
                Err(error) => {
                    return Err(Halt::new(
                        HaltReason::LeaseUnavailable,
                        format!("the lease cannot be written: {error}"),
                    ));
                }
            }
        }
    }

    fn taken(holder: &str) -> Halt {
        Halt::new(
            HaltReason::LeaseLost,
            format!("another run is at work: {holder}"),
        )
    }

    /// Why nothing may be written now; `None` when it may. Less than half of
    /// the lease's life left is too little for a write that may be slow.
    pub(super) fn fenced<C: Clock>(&self, clock: &C) -> Option<Fence> {
        if bugs::has(Bug::Unfenced) {
            return None;
        }
        let state = self.state.borrow();
        if let Some(other) = &state.lost {
            return Some(Fence::Lost(Self::taken(other)));
        }
        let age = clock.monotonic().saturating_sub(state.renewed);
        (age >= DURATION / 2).then(|| Fence::Stale {
            age,
            why: state.why.clone(),
        })
    }

    /// Renews for ever.
    pub(super) async fn keep<L: Leases, C: Clock>(&self, kube: &L, clock: &C) {
        loop {
            let pause = if self.fenced(clock).is_some() {
                Duration::from_secs(1)
            } else {
                RENEW
            };
            clock.sleep(pause).await;
            if self.state.borrow().lost.is_some() {
                return std::future::pending().await;
            }
            self.renew(kube, clock).await;
        }
    }

    async fn renew<L: Leases, C: Clock>(&self, kube: &L, clock: &C) {
        let current = self.state.borrow().lease.clone();
        let sent = clock.monotonic();
        let write = kube.write_lease(
            Some(&current),
            Some(&self.holder),
            DURATION,
            clock.wall(),
            WriteMode::Real,
        );
        match within(clock, Duration::from_secs(3), write).await {
            Ok(lease) => {
                let mut state = self.state.borrow_mut();
                state.lease = lease;
                state.renewed = sent;
                state.why.clear();
            }
            Err(PortError::Conflict { .. } | PortError::NotFound(_)) => {
                // Either another run took it, or our own renewal was applied
                // and its answer lost.
                match within(clock, Duration::from_secs(3), kube.lease()).await {
                    Ok(Some(lease)) if lease.holder.as_deref() == Some(self.holder.as_str()) => {
                        self.state.borrow_mut().lease = lease;
                    }
                    Ok(Some(lease)) => {
                        self.lose(lease.holder.unwrap_or_else(|| "nobody".to_owned()));
                    }
                    Ok(None) => {
                        self.lose("nobody: the lease was deleted".to_owned());
                    }
                    Err(error) => tracing::debug!(%error, "the lease cannot be read"),
                }
            }
            Err(error) => {
                tracing::debug!(%error, "the lease was not renewed");
                self.state.borrow_mut().why = error.to_string();
            }
        }
    }

    fn lose(&self, to: String) {
        self.state.borrow_mut().lost = Some(to);
        self.lost.notify_waiters();
    }

    /// Resolves once the lease is known to be another's.
    pub(super) async fn loss(&self) {
        let told = self.lost.notified();
        if bugs::has(Bug::Unfenced) {
            return std::future::pending().await;
        }
        if self.state.borrow().lost.is_none() {
            told.await;
        }
    }

    /// Marks the time of a write. One that is given up in it may still arrive.
    pub(super) async fn while_writing<T>(&self, write: impl Future<Output = T>) -> T {
        self.writing.set(true);
        let result = write.await;
        self.writing.set(false);
        result
    }

    /// Gives it back, if it is still ours and no write is on its way. Failure
    /// only costs the next run its duration.
    pub(super) async fn release<L: Leases, C: Clock>(&self, kube: &L, clock: &C) {
        for _ in 0..RELEASES {
            let current = self.state.borrow().lease.clone();
            if self.state.borrow().lost.is_some() || self.writing.get() {
                return;
            }
            let write = kube.write_lease(
                Some(&current),
                None,
                DURATION,
                clock.wall(),
                WriteMode::Real,
            );
            let Err(error) = within(clock, Duration::from_secs(3), write).await else {
                return;
            };
            tracing::debug!(%error, "the lease was not released");
            // A renewal may have been on its way when the run ended: what is
            // stored then is newer than what we know.
            match within(clock, Duration::from_secs(3), kube.lease()).await {
                Ok(Some(lease)) if lease.holder.as_deref() == Some(self.holder.as_str()) => {
                    self.state.borrow_mut().lease = lease;
                }
                Ok(_) => return,
                Err(_) => clock.sleep(Duration::from_secs(1)).await,
            }
        }
    }
}

/// Whether a trouble that is there now began within the patience with it.
fn is_young(since: &mut Option<Duration>, now: Duration) -> bool {
    now.saturating_sub(*since.get_or_insert(now)) < PATIENCE
}

/// Why a write must not be sent.
#[derive(Debug)]
pub(super) enum Fence {
    /// The last renewal is too long ago; it may come yet.
    Stale {
        /// How long ago.
        age: Duration,
        /// Why it was not renewed since; empty when nothing was heard.
        why: String,
    },
    /// Another run has the lease.
    Lost(Halt),
}
