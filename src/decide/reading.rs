//! How far an incarnation of a node was seen to follow the leader.

use std::time::Duration;

use crate::bugs::{self, Bug};

use super::rules::READING_INTERVAL;

/// How far an incarnation was seen to follow the leader.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The index it has to reach for the next reading to count.
    pub mark: Option<u64>,
    /// Readings that counted, 2 at most.
    pub count: u8,
    /// When the last one did.
    pub last: Duration,
}

impl Reading {
    /// A reading counts when the node has applied an index the leader had
    /// committed *before*: a follower learns the commit index only with the
    /// next append, so it may trail by one for ever under load
    /// (`contracts/operator-live.md` 8.4.4).
    ///
    /// The first one needs an entry that is younger than the incarnation.
    /// Equal indexes prove nothing: after a restart the leader may dial the old
    /// pod's address for 10 s, during which the new node is Ready, answers, and
    /// is sent no entries (seen on the real stack; with one more voter away
    /// writes stopped for up to 4.5 s).
    pub(super) fn note(&mut self, applied: u64, committed: Option<u64>, now: Duration) {
        if bugs::has(Bug::OneLook) {
            self.count = u8::from(applied + 100 >= committed.unwrap_or(u64::MAX)) * 2;
            return;
        }
        let Some(mark) = self.mark else {
            self.mark = committed.map(|index| index + 1);
            return;
        };
        let since = now.saturating_sub(self.last);
        if applied >= mark {
            if self.count == 0 || since >= READING_INTERVAL {
                self.count = (self.count + 1).min(2);
                self.last = now;
                self.mark = committed.or(self.mark);
            }
        } else if since > READING_INTERVAL * 5 {
            // It had caught up and has fallen behind since.
            self.count = 0;
        }
    }
}
