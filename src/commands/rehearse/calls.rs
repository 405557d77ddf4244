//! Signals while the world's time passes: they come from outside of it.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use tokio::{
    runtime::Builder,
    signal::unix::{SignalKind, signal},
};

use crate::engine::{StopReason, Stopper};

/// Listens on a thread of its own, which ends with the process.
pub(super) fn listen(stopper: Stopper, called: Arc<AtomicBool>) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let (mut interrupt, mut terminate) = {
        let _inside = runtime.enter();
        (
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        )
    };
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                loop {
                    let reason = tokio::select! {
                        Some(()) = interrupt.recv() => StopReason::Interrupted,
                        Some(()) = terminate.recv() => StopReason::Terminated,
                        else => return,
                    };
                    stopper.ask(reason);
                    called.store(true, Ordering::Relaxed);
                }
            });
        })?;
    Ok(())
}
