//! The client that writes all the time, and what was acknowledged to it.

use std::time::Duration;

use super::{Servers, log::Entry};
use crate::sim::moment::Moment;

/// Consecutive writes acknowledged to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledged {
    /// The term of their entries.
    pub term: u64,
    /// The index of the first.
    pub first: u64,
    /// The index of the last.
    pub last: u64,
    /// When the last was acknowledged.
    pub at: Moment,
}

/// The client.
#[derive(Debug, Clone)]
pub(super) struct Traffic {
    every: Option<Duration>,
    next: Moment,
    /// The one it waits for: leader, term and index.
    in_flight: Option<(usize, u64, u64)>,
    pub(super) acknowledged: Vec<Acknowledged>,
    pub(super) last_acknowledged: Moment,
    longest_gap: Duration,
}

impl Traffic {
    pub(super) const fn new(every: Option<Duration>) -> Self {
        Self {
            every,
            next: Moment::START,
            in_flight: None,
            acknowledged: Vec::new(),
            last_acknowledged: Moment::START,
            longest_gap: Duration::ZERO,
        }
    }

    /// When it writes next.
    pub(super) fn next_write(&self) -> Option<Moment> {
        self.every.map(|_| self.next)
    }

    /// How many writes are due; moves on past them.
    fn take_due(&mut self, at: Moment) -> u64 {
        let Some(every) = self.every else { return 0 };
        if self.next > at {
            return 0;
        }
        let step = u64::try_from(every.as_micros()).unwrap_or(u64::MAX).max(1);
        let count = (at.micros() - self.next.micros()) / step + 1;
        self.next += Duration::from_micros(step.saturating_mul(count));
        count
    }

    /// When the last one taken was due.
    fn last_due(&self) -> Moment {
        let before = self
            .next
            .elapsed()
            .saturating_sub(self.every.unwrap_or_default());
        Moment::START + before
    }

    /// The longest time without an acknowledged write by a moment.
    pub(super) fn longest_gap_by(&self, now: Moment) -> Duration {
        let open = match self.every {
            Some(_) => now.since(self.last_acknowledged),
            None => Duration::ZERO,
        };
        self.longest_gap.max(open)
    }

    fn acknowledge(&mut self, term: u64, first: u64, last: u64, from: Moment, at: Moment) {
        self.longest_gap = self.longest_gap.max(from.since(self.last_acknowledged));
        self.last_acknowledged = at;
        match self.acknowledged.last_mut() {
            Some(run) if run.term == term && run.last + 1 == first => {
                run.last = last;
                run.at = at;
            }
            _ => self.acknowledged.push(Acknowledged {
                term,
                first,
                last,
                at,
            }),
        }
    }
}

impl Servers {
    /// The active node that takes writes.
    pub(super) fn serving(&self) -> Option<usize> {
        let own = |node: &usize| self.volume(*node).cluster.is_none();
        let nodes = (0..self.nodes.len()).filter(own);
        let serving = nodes.filter(|node| self.nodes[*node].serves());
        serving.max_by_key(|node| self.volume(*node).term)
    }

    /// Lets the client write up to a moment, nothing else having changed
    /// meanwhile.
    pub(super) fn write(&mut self, at: Moment) {
        if self.traffic.every.is_none() {
            return;
        }
        self.finish_write(at);
        let began = self.traffic.next;
        let Some(leader) = self.serving() else {
            // Refused; it tries again at its next turn.
            let refused = self.traffic.take_due(at);
            self.come_through(refused);
            return;
        };
        if self.traffic.in_flight.is_some() {
            self.traffic.take_due(at);
            return;
        }
        let due = self.traffic.take_due(at);
        let count = self.come_through(due);
        if count == 0 {
            return;
        }
        let term = self.volume(leader).term;
        self.nodes[leader].appended = self.traffic.last_due();
        if self.commits_at_once(leader) {
            let last = self.volume_mut(leader).log.append(term, count);
            let at = self.traffic.last_due();
            let first = last + 1 - count;
            self.traffic.acknowledge(term, first, last, began, at);
        } else {
            let index = self.volume_mut(leader).log.append(term, 1);
            self.traffic.in_flight = Some((leader, term, index));
        }
    }

    /// Sees to the write the client waits for.
    pub(super) fn finish_write(&mut self, at: Moment) {
        let Some((leader, term, index)) = self.traffic.in_flight else {
            return;
        };
        let volume = self.volume(leader);
        let leads = self.nodes[leader].leads() && volume.term == term;
        if leads && volume.committed >= index {
            self.traffic.acknowledge(term, index, index, at, at);
        } else if leads || self.nodes[leader].paused {
            return;
        }
        self.traffic.in_flight = None;
    }

    /// Appends an entry whose content matters and spreads it; gives its term
    /// and index.
    pub(super) fn commit(&mut self, leader: usize, entry: Entry, at: Moment) -> (u64, u64) {
        self.settle(at);
        self.quiet_until = at;
        let before = match &entry {
            Entry::Configuration(_) => self.volume(leader).log.configuration().cloned(),
            _ => None,
        };
        let volume = self.volume_mut(leader);
        let term = volume.term;
        let index = volume.log.put(term, entry);
        self.nodes[leader].appended = at;
        if let Some(before) = before {
            self.tell_removed(leader, &before);
        }
        self.replicate(leader, at);
        (term, index)
    }
}
