//! The sending end of the event stream.

use std::cell::Cell;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::event::{Event, EventKind};

/// Numbers and sends events. When nobody listens any more the run does not
/// fail; it stops at its next safe point.
#[derive(Debug)]
pub struct Events {
    sender: mpsc::Sender<Event>,
    seq: Cell<u64>,
}

impl Events {
    /// A stream with room for a burst.
    #[must_use]
    pub fn channel() -> (Self, mpsc::Receiver<Event>) {
        let (sender, receiver) = mpsc::channel(256);
        (
            Self {
                sender,
                seq: Cell::new(0),
            },
            receiver,
        )
    }

    /// Sends one; waits while the listener is behind, for a lost step event
    /// would be a gap in the record.
    pub async fn emit(&self, at: Timestamp, event: EventKind) {
        self.seq.set(self.seq.get() + 1);
        let seq = self.seq.get();
        if self.sender.send(Event { seq, at, event }).await.is_err() {
            tracing::debug!(seq, "nobody listens to events any more");
        }
    }

    /// Sends one if there is room: progress of which the latest counts.
    pub fn offer(&self, at: Timestamp, event: EventKind) {
        if let Ok(room) = self.sender.try_reserve() {
            self.seq.set(self.seq.get() + 1);
            room.send(Event {
                seq: self.seq.get(),
                at,
                event,
            });
        }
    }

    /// Sends, if there is room, what is drawn and not kept. It has no number: the
    /// record has no gaps.
    pub fn show(&self, at: Timestamp, event: EventKind) {
        if let Ok(room) = self.sender.try_reserve() {
            room.send(Event { seq: 0, at, event });
        }
    }

    /// Resolves once nobody listens any more.
    pub async fn closed(&self) {
        self.sender.closed().await;
    }

    /// Nobody listens any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }
}
