//! Signals and the overall time limit as wishes to stop.

use std::{sync::Arc, time::Duration};

use tokio::signal::unix::{SignalKind, signal};

use crate::engine::{Stop, StopReason, Stopper};

/// Listens for SIGINT, SIGTERM and SIGHUP, and for `--timeout` to pass. A second signal
/// means: leave now.
pub(super) fn listen(timeout: Option<Duration>) -> std::io::Result<Stop> {
    let (stopper, stop) = Stop::new();
    let stopper = Arc::new(stopper);
    on(SignalKind::interrupt(), StopReason::Interrupted, &stopper)?;
    on(SignalKind::terminate(), StopReason::Terminated, &stopper)?;
    // The terminal was closed, or the connection to it was lost.
    on(SignalKind::hangup(), StopReason::Terminated, &stopper)?;
    tokio::spawn(async move {
        match timeout {
            Some(timeout) => {
                tokio::time::sleep(timeout).await;
                stopper.ask(StopReason::TimedOut);
            }
            // The last end must not be dropped: that would look like a wish.
            None => std::future::pending::<()>().await,
        }
        drop(stopper);
    });
    Ok(stop)
}

fn on(kind: SignalKind, reason: StopReason, stopper: &Arc<Stopper>) -> std::io::Result<()> {
    let mut signals = signal(kind)?;
    let stopper = Arc::clone(stopper);
    tokio::spawn(async move {
        while signals.recv().await.is_some() {
            stopper.ask(reason);
        }
    });
    Ok(())
}
