//! Where the time of one pod's upgrade went.

use serde::{Deserialize, Serialize};

/// All in milliseconds; they add up to the time from the moment the pod was
/// next in line until it was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PodTimings {
    /// Step-down until the old leader may go (12 s by rule).
    pub settle_ms: u64,
    /// Waiting for the disruption budget's controller.
    pub budget_ms: u64,
    /// From the release until the old pod is gone and a new one exists.
    pub terminate_ms: u64,
    /// From the new pod's creation until it is Ready and unsealed.
    pub start_ms: u64,
    /// From Ready until it was caught up at two readings.
    pub catch_up_ms: u64,
    /// The rest: baoctl's own reading, deciding and writing.
    pub own_ms: u64,
}

impl PodTimings {
    /// The sum.
    #[must_use]
    pub const fn total_ms(&self) -> u64 {
        self.settle_ms
            + self.budget_ms
            + self.terminate_ms
            + self.start_ms
            + self.catch_up_ms
            + self.own_ms
    }
}
