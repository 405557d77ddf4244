//! Real time.

use std::time::Duration;

use jiff::Timestamp;

use crate::ports::Clock;

/// The process's clock. Copies count from the same moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct SystemClock {
    start: Duration,
}

impl SystemClock {
    /// Starts counting.
    #[must_use]
    pub(super) fn start() -> Self {
        Self { start: running() }
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        running().saturating_sub(self.start)
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Time since the machine started, while it was suspended included: a lease ages
/// in a closed laptop too.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn running() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(
        u64::try_from(now.tv_sec).unwrap_or_default(),
        u32::try_from(now.tv_nsec).unwrap_or_default(),
    )
}

/// Time since the first call, as far as the system's monotonic clock counts it.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn running() -> Duration {
    use std::{sync::OnceLock, time::Instant};
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// `/proc/uptime` counts suspended time (proc(5)).
    #[test]
    fn suspended_time_counts() {
        let text = std::fs::read_to_string("/proc/uptime").expect("a running system");
        let uptime: f64 = text
            .split_whitespace()
            .next()
            .and_then(|seconds| seconds.parse().ok())
            .expect("seconds");
        assert!((running().as_secs_f64() - uptime).abs() < 5.0, "{text}");
    }
}
