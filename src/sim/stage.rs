//! Runs a process in the world: whenever the process has nothing to do, the
//! world goes on.

use std::{
    future::{Future, poll_fn},
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use futures::future::{Either, select};
use tokio::runtime::{Builder, Runtime};

use super::world::{Death, Shared};

/// How fast the world's time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As fast as the machine can.
    Max,
    /// So many times as fast as real time.
    Times(u32),
}

/// How long a person's wish may go unnoticed while time passes at a human pace.
const NOTICE: Duration = Duration::from_millis(50);

/// How a process in the world ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended<T> {
    /// By itself.
    With(T),
    /// It did not.
    By(Death),
}

/// The one thread everything happens on.
pub struct Stage {
    runtime: Runtime,
    world: Shared,
}

impl Stage {
    /// A stage for this world. Whoever wants to be heard from outside while
    /// time passes slowly sets `called`.
    ///
    /// # Errors
    ///
    /// The runtime could not be built.
    pub fn new(world: Shared, pace: Pace, called: Arc<AtomicBool>) -> io::Result<Self> {
        let parked = world.clone();
        // No I/O, and no timer that matters: the runtime parks exactly when
        // every task waits for the world, and a waker called in here ends the
        // park at once. kube's watcher wants a timer for its own patience of
        // minutes of real time, which no rehearsal lasts.
        let runtime = Builder::new_current_thread()
            .enable_time()
            .on_thread_park(move || {
                if wait(&parked, pace, &called) {
                    parked.go_on(pace != Pace::Max);
                } else {
                    // A thread that parks with nobody woken sleeps for good,
                    // and the caller may have woken none of its tasks.
                    parked.rouse();
                }
            })
            .build()?;
        Ok(Self { runtime, world })
    }

    /// Runs a process to its end or to its planned death.
    pub fn play<T>(&self, process: impl Future<Output = T>) -> Ended<T> {
        let world = self.world.clone();
        self.runtime.block_on(async move {
            let process = pin!(process);
            let death = pin!(poll_fn(|cx| world.lock().poll_death(cx.waker())));
            match select(process, death).await {
                Either::Left((result, _)) => Ended::With(result),
                Either::Right((death, _)) => Ended::By(death),
            }
        })
    }
}

impl Drop for Stage {
    /// The runtime holds the world, and whoever waits in the world holds the
    /// runtime: without this neither would ever be freed.
    fn drop(&mut self) {
        self.world.lock().forget_everybody();
    }
}

/// Lets real time pass until the next thing in the world is due. False when
/// somebody called meanwhile.
fn wait(world: &Shared, pace: Pace, called: &AtomicBool) -> bool {
    let Pace::Times(times) = pace else {
        return true;
    };
    let mut left = world.lock().until_next() / times.max(1);
    loop {
        if called.swap(false, Ordering::Relaxed) {
            return false;
        }
        if left.is_zero() {
            return true;
        }
        let part = left.min(NOTICE);
        // A person watches at this pace: real time is what is asked for.
        thread::sleep(part);
        left -= part;
    }
}
