//! A wish to stop: at the next safe point, or now.

use std::pin::pin;

use futures::future::{Either, select};
use tokio::sync::watch;

use crate::model::{blue_green_run::Until, exit_code::ExitCode};

/// Why a run is asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// SIGINT.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// The overall `--timeout`.
    TimedOut,
    /// A pause was requested on the resource.
    Paused,
    /// A blue/green run has come as far as it was asked to go.
    Reached(Until),
    /// Nobody reads the events any more.
    Unwatched,
}

impl StopReason {
    /// The exit code it leads to.
    #[must_use]
    pub const fn exit_code(self) -> ExitCode {
        match self {
            Self::Interrupted | Self::Unwatched => ExitCode::Interrupted,
            Self::Terminated => ExitCode::Terminated,
            Self::TimedOut => ExitCode::TimedOut,
            Self::Paused | Self::Reached(_) => ExitCode::Paused,
        }
    }

    /// For people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
            Self::TimedOut => "the overall timeout passed",
            Self::Paused => "a pause was requested",
            Self::Reached(Until::Ready) => "green is in step and has no votes",
            Self::Reached(Until::Cutover | Until::Done) => {
                "green serves, blue runs on without votes"
            }
            Self::Unwatched => "the output was closed",
        }
    }
}

/// The wish, seen from the run.
#[derive(Debug, Clone)]
pub struct Stop {
    receiver: watch::Receiver<Option<(StopReason, bool)>>,
}

/// The end that wishes.
#[derive(Debug)]
pub struct Stopper {
    sender: watch::Sender<Option<(StopReason, bool)>>,
}

impl Stop {
    /// A pair of ends.
    #[must_use]
    pub fn new() -> (Stopper, Self) {
        let (sender, receiver) = watch::channel(None);
        (Stopper { sender }, Self { receiver })
    }

    /// The reason, and whether it is to be at once.
    #[must_use]
    pub fn wished(&self) -> Option<(StopReason, bool)> {
        *self.receiver.borrow()
    }

    /// Resolves with the reason once there is a wish.
    pub async fn asked(&self) -> StopReason {
        self.once(|wish| wish.map(|(why, _)| why)).await
    }

    /// Resolves with the reason once it is to be at once.
    pub async fn insisted(&self) -> StopReason {
        self.once(|wish| wish.filter(|(_, now)| *now).map(|(why, _)| why))
            .await
    }

    async fn once(
        &self,
        of: impl Fn(Option<(StopReason, bool)>) -> Option<StopReason>,
    ) -> StopReason {
        let mut receiver = self.receiver.clone();
        let wish = match receiver.wait_for(|wish| of(*wish).is_some()).await {
            Ok(wish) => of(*wish),
            Err(_) => None,
        };
        match wish {
            Some(why) => why,
            None => std::future::pending().await,
        }
    }

    /// Resolves when the wish is another one than now. A wish that stands is no
    /// news: a run on its way to a safe point waits as ever.
    pub async fn news(&self) {
        let mut receiver = self.receiver.clone();
        let now = self.wished();
        if receiver.wait_for(|wish| *wish != now).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The outcome of some work, unless something else comes first: then the work is
/// given up where it stands.
pub(super) async fn unless<T, U>(
    work: impl Future<Output = T>,
    other: impl Future<Output = U>,
) -> Option<T> {
    match select(pin!(work), pin!(other)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

impl Stopper {
    /// Asks to stop at the next safe point; asked again by a signal, to stop
    /// now.
    pub fn ask(&self, reason: StopReason) {
        let insists = matches!(reason, StopReason::Interrupted | StopReason::Terminated);
        self.sender.send_modify(|wish| {
            *wish = match *wish {
                None => Some((reason, false)),
                Some((first, now)) => Some((first, now || insists)),
            };
        });
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn only_another_wish_is_news() {
        let (stopper, stop) = Stop::new();
        stopper.ask(StopReason::Interrupted);
        let mut news = Box::pin(stop.news());
        assert!(news.as_mut().now_or_never().is_none(), "it stands already");
        stopper.ask(StopReason::Interrupted);
        assert!(news.now_or_never().is_some(), "now it is insisted on");
    }

    #[test]
    fn a_second_signal_insists() {
        let (stopper, stop) = Stop::new();
        assert_eq!(stop.asked().now_or_never(), None);
        stopper.ask(StopReason::TimedOut);
        assert_eq!(stop.asked().now_or_never(), Some(StopReason::TimedOut));
        assert_eq!(stop.insisted().now_or_never(), None);
        stopper.ask(StopReason::Terminated);
        assert_eq!(stop.insisted().now_or_never(), Some(StopReason::TimedOut));
    }
}
