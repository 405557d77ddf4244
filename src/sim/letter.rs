//! What is on its way between baoctl and the world.

use std::{
    collections::BTreeMap,
    task::{Poll, Waker},
};

use http::{Request, Response};
use hyper::body::Bytes;

use super::{
    kubernetes::{Caller, Watching},
    moment::Moment,
};

/// Something that arrives.
pub(super) enum Parcel {
    /// A request at the API server.
    ToApi {
        /// Whose reply it will be.
        ticket: u64,
        /// The request.
        request: Request<Bytes>,
        /// Who sent it.
        caller: Caller,
        /// The sender dies before the reply comes.
        last: bool,
        /// The reply never comes.
        silent: bool,
    },
    /// A request at one incarnation of a node.
    ToNode {
        /// Whose reply it will be.
        ticket: u64,
        /// The pod's name.
        pod: String,
        /// Its UID.
        uid: String,
        /// The request.
        request: Request<Bytes>,
        /// The sender dies before the reply comes.
        last: bool,
    },
    /// A reply at baoctl.
    Back {
        /// Whose.
        ticket: u64,
        /// The reply.
        reply: Reply,
    },
}

/// What comes back.
pub(super) enum Reply {
    /// An answer.
    Whole(Response<Bytes>),
    /// An answer that goes on.
    Watch(Watching),
    /// The connection broke, or there is none to be had; why.
    Broken(String),
    /// The pod is another one by now.
    Replaced,
}

/// Everything on its way, and who waits for what.
#[derive(Default)]
pub(super) struct Letters {
    arriving: BTreeMap<(Moment, u64), Parcel>,
    waiting: BTreeMap<u64, Slot>,
    next: u64,
}

#[derive(Default)]
struct Slot {
    reply: Option<Reply>,
    waker: Option<Waker>,
}

impl Letters {
    /// A place for a reply.
    pub(super) fn ticket(&mut self) -> u64 {
        self.next += 1;
        self.waiting.insert(self.next, Slot::default());
        self.next
    }

    /// Sends a parcel that arrives at a moment; those of one moment arrive in
    /// the order in which they were sent.
    pub(super) fn send(&mut self, arrives: Moment, parcel: Parcel) {
        self.next += 1;
        self.arriving.insert((arrives, self.next), parcel);
    }

    /// When the next one arrives.
    #[must_use]
    pub(super) fn due(&self) -> Option<Moment> {
        self.arriving.keys().next().map(|(at, _)| *at)
    }

    /// The next one that has arrived by now.
    pub(super) fn arrived(&mut self, now: Moment) -> Option<Parcel> {
        if self.due()? > now {
            return None;
        }
        self.arriving.pop_first().map(|(_, parcel)| parcel)
    }

    /// Puts a reply where it is waited for; the one to wake.
    pub(super) fn deliver(&mut self, ticket: u64, reply: Reply) -> Option<Waker> {
        // Who gave up waiting gets nothing.
        let slot = self.waiting.get_mut(&ticket)?;
        slot.reply = Some(reply);
        slot.waker.take()
    }

    /// The reply, once it is there.
    pub(super) fn poll(&mut self, ticket: u64, waker: &Waker) -> Poll<Reply> {
        let Some(slot) = self.waiting.get_mut(&ticket) else {
            return Poll::Ready(Reply::Broken("nobody waits for it".to_owned()));
        };
        if let Some(reply) = slot.reply.take() {
            self.waiting.remove(&ticket);
            return Poll::Ready(reply);
        }
        slot.waker = Some(waker.clone());
        Poll::Pending
    }

    /// Nobody waits for anything any more.
    pub(super) fn forget_all(&mut self) {
        self.waiting.clear();
    }

    /// Nobody waits any more. True when it was still open.
    pub(super) fn forget(&mut self, ticket: u64) -> bool {
        self.waiting.remove(&ticket).is_some()
    }
}
