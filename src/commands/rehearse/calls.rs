//! Signals while the world's time passes: they come from outside of it.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use futures::future::join_all;
use tokio::{runtime::Builder, signal::unix::signal};

use crate::{commands::signals, engine::Stopper};

/// Listens on a thread of its own, which ends with the process.
pub(super) fn listen(stopper: Stopper, called: Arc<AtomicBool>) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut heeded = Vec::new();
    {
        let _inside = runtime.enter();
        for (kind, reason) in signals::heeded() {
            heeded.push((signal(kind)?, reason));
        }
    }
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            let ask = |reason| {
                stopper.ask(reason);
                called.store(true, Ordering::Relaxed);
            };
            let each = heeded.iter_mut().map(|(signals, reason)| async move {
                while signals.recv().await.is_some() {
                    ask(*reason);
                }
            });
            runtime.block_on(join_all(each));
        })?;
    Ok(())
}
