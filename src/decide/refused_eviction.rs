//! An eviction that was refused, for as long as it keeps the next one back.

use std::time::Duration;

use crate::model::names::PodRef;

/// An eviction the API server refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The pod.
    pub pod: PodRef,
    /// When.
    pub at: Duration,
    /// The server's text.
    pub why: String,
    /// The precondition failed: the budget is used up all the same for up to
    /// two minutes (`contracts/real-stack.md` 3).
    pub conflict: bool,
}
