//! The reads without which nothing begins, made again while the API server is
//! away or busy.

use std::{future::Future, time::Duration};

use crate::ports::{Clock, PortError, within};

/// How long what could not be read or evaluated is tried again before the first
/// write: an API server that restarted was away for 17 s.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// Between two tries.
pub(super) const PAUSE: Duration = Duration::from_secs(2);

/// How the first reads are made.
#[derive(Debug, Clone, Copy)]
pub(super) struct FirstReads {
    /// How long one request may take.
    request_timeout: Duration,
    /// How long it is tried again.
    patience: Duration,
}

impl FirstReads {
    /// One try each: a command that only shows something fails at once, and is
    /// typed again.
    pub(super) const fn once(request_timeout: Duration) -> Self {
        Self {
            request_timeout,
            patience: Duration::ZERO,
        }
    }

    /// For a command that changes the cluster: whoever resumes a run while the
    /// API server restarts, a pipeline above all, wants it resumed.
    pub(super) const fn patient(request_timeout: Duration) -> Self {
        Self {
            request_timeout,
            patience: PATIENCE,
        }
    }

    /// Reads, and says so once if that takes more than one try.
    pub(super) async fn read<T, C, F>(self, clock: &C, call: impl Fn() -> F) -> Result<T, PortError>
    where
        C: Clock,
        F: Future<Output = Result<T, PortError>>,
    {
        let began = clock.monotonic();
        let mut told = false;
        loop {
            let error = match within(clock, self.request_timeout, call()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let waited = clock.monotonic().saturating_sub(began);
            if !error.is_transient() || waited + PAUSE > self.patience {
                return Err(error);
            }
            if !told {
                tracing::warn!(
                    "the API server gave no answer to begin with ({error}); asking again for {} s",
                    self.patience.as_secs()
                );
                told = true;
            }
            clock.sleep(PAUSE).await;
        }
    }
}
