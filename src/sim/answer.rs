//! A reply that is waited for.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use super::{letter::Reply, world::Shared};

/// Resolves with the reply. Dropped before, the request is given up, which does
/// not undo it.
pub(super) struct Answer {
    world: Shared,
    /// `None` for a process that has died: it waits for ever.
    ticket: Option<u64>,
}

impl Answer {
    pub(super) fn to(world: Shared, ticket: Option<u64>) -> Self {
        Self { world, ticket }
    }
}

impl Future for Answer {
    type Output = Reply;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Reply> {
        let Some(ticket) = self.ticket else {
            return Poll::Pending;
        };
        let reply = self.world.lock().poll_reply(ticket, cx.waker());
        if reply.is_ready() {
            self.ticket = None;
        }
        reply
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.world.lock().forget(ticket);
        }
    }
}
