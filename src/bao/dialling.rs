//! A connection on its way, which outlives the patience of who asked for it.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures::{FutureExt, future::LocalBoxFuture};

use super::connections::Connection;
use crate::ports::PortError;

/// How long a connection may take: five or six round trips through the API
/// server (TCP, TLS, port-forward, the pod's TLS) and whatever holds them up.
pub(super) const LONGEST: Duration = Duration::from_secs(10);

/// How long a later caller waits for a connection that an earlier one did not
/// see done. Every pass of the engine asks every pod, and a node that hangs
/// must not slow down each.
pub(super) const AGAIN: Duration = Duration::from_millis(300);

/// A connection on its way. It goes on only while it is polled; what the
/// other side sends meanwhile waits in the socket.
pub(super) struct Dialling {
    began: Duration,
    connected: LocalBoxFuture<'static, Result<Connection, PortError>>,
}

impl Dialling {
    /// Begins at this time of the monotonic clock.
    pub(super) fn begin(
        began: Duration,
        connect: impl Future<Output = Result<Connection, PortError>> + 'static,
    ) -> Self {
        Self {
            began,
            connected: connect.boxed_local(),
        }
    }

    /// How long it has been on its way.
    pub(super) fn age(&self, now: Duration) -> Duration {
        now.saturating_sub(self.began)
    }
}

impl Future for Dialling {
    type Output = Result<Connection, PortError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.connected.poll_unpin(context)
    }
}
