//! Real time.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::ports::Clock;

/// The process's clock. Copies count from the same moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Starts counting.
    #[must_use]
    pub(super) fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
