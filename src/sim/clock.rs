//! Virtual time as the port `Clock`.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use jiff::Timestamp;

use super::{moment::Moment, world::Shared};
use crate::ports::Clock;

/// The world's clock as one process reads it.
#[derive(Clone)]
pub struct VirtualClock {
    world: Shared,
    started: Moment,
}

impl VirtualClock {
    /// A process that starts now.
    #[must_use]
    pub fn start(world: &Shared) -> Self {
        Self {
            world: world.clone(),
            started: world.lock().now(),
        }
    }
}

impl Clock for VirtualClock {
    fn wall(&self) -> Timestamp {
        self.world.lock().now().wall()
    }

    fn monotonic(&self) -> Duration {
        self.world.lock().now().since(self.started)
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.world.lock().now() + duration;
        Sleep {
            world: self.world.clone(),
            until,
            alarm: None,
        }
        .await;
    }
}

struct Sleep {
    world: Shared,
    until: Moment,
    alarm: Option<(Moment, u64)>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut world = this.world.lock();
        if let Some(alarm) = this.alarm.take() {
            world.silence(alarm);
        }
        if world.now() >= this.until {
            return Poll::Ready(());
        }
        this.alarm = Some(world.alarm(this.until, cx.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(alarm) = self.alarm.take() {
            self.world.lock().silence(alarm);
        }
    }
}
