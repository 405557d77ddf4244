//! The way between baoctl and the world, with what goes wrong on it.

use std::{collections::HashMap, time::Duration};

use super::moment::Moment;

/// Round trips until a node is connected to: TCP, TLS and the port-forward of
/// the API server, then TLS of the node itself.
const HANDSHAKES: u32 = 5;

/// The state of the way.
#[derive(Debug, Clone, Default)]
pub(super) struct Link {
    /// What one way takes beside the usual.
    pub(super) far: Duration,
    /// From when on the process is connected to a node, by its pod's UID.
    connected: HashMap<String, Moment>,
    /// So many of the next requests never arrive.
    pub(super) lost_requests: u32,
    /// So many of the next writes are done and never answered.
    pub(super) lost_replies: u32,
    /// So many of the next writes arrive twice.
    pub(super) repeated_writes: u32,
    /// Nothing arrives anywhere before this.
    pub(super) cut_off_until: Moment,
    /// No node can be reached before this.
    pub(super) nodes_cut_until: Moment,
    /// The API server is away before this.
    pub(super) api_down_until: Moment,
    /// How often the API server has gone away: a watch of before is broken.
    pub(super) epoch: u64,
    /// The process stands still before this.
    pub(super) suspended_until: Moment,
    /// The last request to the API server will never be answered: the process
    /// waits for its deadline.
    unanswered: bool,
}

/// What becomes of a request on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It arrives, and so does its reply.
    Open,
    /// It never arrives.
    Lost,
    /// It arrives, its reply never does.
    ReplyLost,
    /// There is no connection.
    Closed,
}

impl Link {
    /// The way of a request to the API server.
    pub(super) fn way_to_api(&mut self, is_write: bool, now: Moment) -> Way {
        let way = if now < self.cut_off_until {
            Way::Lost
        } else if now < self.api_down_until {
            Way::Closed
        } else if take(&mut self.lost_requests) {
            Way::Lost
        } else if is_write && take(&mut self.lost_replies) {
            Way::ReplyLost
        } else {
            Way::Open
        };
        self.unanswered = matches!(way, Way::Lost | Way::ReplyLost);
        way
    }

    /// Whether the process can neither see nor change the API server's objects.
    pub(super) fn is_cut_off(&self, now: Moment) -> bool {
        now < self.api_down_until.max(self.cut_off_until)
            || now < self.suspended_until
            || self.unanswered
    }

    /// Whether a write arrives a second time.
    pub(super) const fn is_repeated(&mut self) -> bool {
        take(&mut self.repeated_writes)
    }

    /// When a request to this incarnation of a node leaves: not before it is
    /// connected, which goes on after whoever waited for it has given up.
    pub(super) fn leaves(&mut self, uid: &str, now: Moment) -> Moment {
        if self.far.is_zero() {
            return now;
        }
        let handshakes = self.far * 2 * HANDSHAKES;
        let connected = self.connected.entry(uid.to_owned());
        now.max(*connected.or_insert(now + handshakes))
    }

    /// A new process has no connections.
    pub(super) fn begun_again(&mut self) {
        self.connected.clear();
    }

    /// The way of a request to a node, which leads through the API server.
    pub(super) fn way_to_node(&self, now: Moment) -> Way {
        if now < self.cut_off_until {
            Way::Lost
        } else if now < self.nodes_cut_until || now < self.api_down_until {
            Way::Closed
        } else {
            Way::Open
        }
    }
}

const fn take(left: &mut u32) -> bool {
    let any = *left > 0;
    *left = left.saturating_sub(1);
    any
}
