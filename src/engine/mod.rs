//! The loop: observe, decide, act, tell, wait. The only module that loops over
//! the world and the only one that waits.

mod act;
mod acting;
mod changes;
mod closing;
mod deadline;
mod emit;
mod fence;
mod halting;
mod leaving;
mod memory;
mod observe;
mod outcome;
mod ownership;
mod passes;
pub mod planned;
mod stop;
mod stopwatch;
mod survey;
mod telling;

pub use deadline::{API, within};
pub use emit::Events;
pub use observe::observe;
pub use outcome::{End, Outcome};
pub use passes::Engine;
pub use stop::{Stop, StopReason, Stopper};
pub use survey::{Access, catch_up, survey};

use crate::ports::{Checkpoints, Leases, Workloads};

/// Everything on the Kubernetes side.
pub trait Kube: Workloads + Checkpoints + Leases {}

impl<T: Workloads + Checkpoints + Leases> Kube for T {}

/// The world, by reference: the same three for a whole run.
#[derive(Debug)]
pub struct Ports<'a, K, B, C> {
    /// Workloads, checkpoint and lease.
    pub kube: &'a K,
    /// The nodes.
    pub nodes: &'a B,
    /// Time.
    pub clock: &'a C,
}

impl<K, B, C> Clone for Ports<'_, K, B, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, B, C> Copy for Ports<'_, K, B, C> {}
