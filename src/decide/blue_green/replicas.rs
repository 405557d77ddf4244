//! The read replicas of a blue/green cluster: they have no colour, and are
//! replaced one at a time as under a rolling upgrade.
//!
//! Forward before green's first vote, as before the first voter of a rolling
//! upgrade (`contracts/operator-today.md` 2); on the way back once blue serves
//! again.

use crate::decide::{Decision, pool, resting, world::World};
use crate::model::names::Pool;

/// Their next step towards the run's target; `None` once each was verified there
/// in this observation, and without any.
pub(super) fn moved(world: &World<'_>) -> Option<Decision> {
    match pool::next(world, Pool::ReadReplicas) {
        pool::Next::Done => None,
        pool::Next::Decided(decision) => Some(decision),
    }
}

/// The same, and their StatefulSet as the operator has it at rest.
pub(super) fn at_rest(world: &World<'_>) -> Option<Decision> {
    moved(world).or_else(|| resting::unheld(world, Pool::ReadReplicas))
}
