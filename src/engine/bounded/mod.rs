//! A port of which every call has a deadline, measured by the engine's clock:
//! nobody who holds one can wait for ever. The two calls without one are
//! [`Workloads::changed`], which waits for what may never happen, and
//! [`BaoNodes::snapshot`], whose port limits each of its parts.
//!
//! [`Workloads::changed`]: crate::ports::Workloads::changed
//! [`BaoNodes::snapshot`]: crate::ports::BaoNodes::snapshot

mod checkpoints;
mod colours;
mod leases;
mod nodes;
mod workloads;

use std::time::Duration;

/// The port `P` with a deadline on each call.
#[derive(Debug)]
pub struct Bounded<'a, P, C> {
    port: &'a P,
    clock: &'a C,
    /// How long one request to the API server may take.
    api: Duration,
}

impl<'a, P, C> Bounded<'a, P, C> {
    /// Puts the deadlines on; `api` is that of a request to the API server.
    pub const fn new(port: &'a P, clock: &'a C, api: Duration) -> Self {
        Self { port, clock, api }
    }
}

impl<P, C> Clone for Bounded<'_, P, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, C> Copy for Bounded<'_, P, C> {}
