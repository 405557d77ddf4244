//! Signals and the overall time limit as wishes to stop.

use std::{sync::Arc, time::Duration};

use tokio::signal::unix::{SignalKind, signal};

use crate::engine::{Stop, StopReason, Stopper};

/// Listens for SIGINT, SIGTERM and SIGHUP, and for `--timeout` to pass. A second
/// signal means: leave now. Under `nohup` a SIGHUP means nothing.
pub(super) fn listen(timeout: Option<Duration>) -> std::io::Result<Stop> {
    let (stopper, stop) = Stop::new();
    let stopper = Arc::new(stopper);
    for (kind, reason) in heeded() {
        on(kind, reason, &stopper)?;
    }
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

/// The signals that are wishes to stop.
pub(super) fn heeded() -> impl Iterator<Item = (SignalKind, StopReason)> {
    [
        (SignalKind::interrupt(), StopReason::Interrupted),
        (SignalKind::terminate(), StopReason::Terminated),
        // The terminal was closed, or the connection to it was lost.
        (SignalKind::hangup(), StopReason::Terminated),
    ]
    .into_iter()
    .filter(|(kind, _)| *kind != SignalKind::hangup() || !ignored(*kind))
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

/// Whether whoever started this process had the signal ignored: listening would
/// undo that. Where the kernel does not say so in a file, it is taken for not.
fn ignored(kind: SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (kind.as_raw_value() - 1) & 1 == 1)
}
