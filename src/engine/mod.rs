//! The loop: observe, decide, act, tell, wait. The only module that loops over
//! the world and the only one that waits.

mod act;
mod acting;
mod answers;
mod bounded;
mod budget;
mod changes;
mod closing;
mod colours;
mod deadline;
mod emit;
mod fence;
mod halting;
mod last_look;
mod late;
mod leaving;
mod look;
mod memory;
mod observe;
mod outcome;
mod ownership;
mod passes;
pub mod permissions;
mod planned;
mod recolour;
mod stop;
mod stopwatch;
mod survey;
mod telling;
mod unpaused;

pub use bounded::Bounded;
pub use deadline::API;
pub use emit::Events;
pub use observe::observe;
pub use outcome::{End, Outcome};
pub use passes::Engine;
pub use stop::{Stop, StopReason, Stopper};
pub use survey::{Access, catch_up, survey};

use std::time::Duration;

use crate::ports::{Checkpoints, Colours, Leases, Workloads};

/// Everything on the Kubernetes side.
pub trait Kube: Workloads + Colours + Checkpoints + Leases {}

impl<T: Workloads + Colours + Checkpoints + Leases> Kube for T {}

/// The world, by reference: the same three for a whole run, and no call on it
/// without a deadline.
#[derive(Debug)]
pub struct Ports<'a, K, B, C> {
    /// Workloads, checkpoint and lease.
    pub kube: Bounded<'a, K, C>,
    /// The nodes.
    pub nodes: Bounded<'a, B, C>,
    /// Time.
    pub clock: &'a C,
}

impl<'a, K, B, C> Ports<'a, K, B, C> {
    /// These three; `api` is how long one request to the API server may take.
    pub const fn new(kube: &'a K, nodes: &'a B, clock: &'a C, api: Duration) -> Self {
        Self {
            kube: Bounded::new(kube, clock, api),
            nodes: Bounded::new(nodes, clock, api),
            clock,
        }
    }
}

impl<K, B, C> Clone for Ports<'_, K, B, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, B, C> Copy for Ports<'_, K, B, C> {}
