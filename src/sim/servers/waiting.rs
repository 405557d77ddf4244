//! Requests that hang, and answers on their way.

use http::{Request, Response};
use hyper::body::Bytes;

use super::{Event, Reply, Servers, answer::Outcome, refusal};
use crate::sim::moment::Moment;

/// A request that hangs.
pub(super) struct Waiting {
    ticket: u64,
    node: usize,
    what: For,
}

/// What it hangs for.
enum For {
    /// The node, or the lock it needs.
    Node(Request<Bytes>),
    /// An entry to be committed.
    Entry {
        on: usize,
        term: u64,
        index: u64,
        answer: Response<Bytes>,
        ms: (u64, u64),
    },
}

/// An answer on its way.
pub(super) struct Leaving {
    ticket: u64,
    node: Option<usize>,
    reply: Reply,
}

impl Servers {
    /// A request arrives at that incarnation of a pod.
    pub fn ask(&mut self, pod: &str, uid: &str, request: Request<Bytes>, ticket: u64, now: Moment) {
        self.advance(now);
        self.settle(now);
        let node = self.of_uid(uid).filter(|node| {
            let node = &self.nodes[*node];
            node.pod == pod && node.listens()
        });
        match node {
            Some(node) => {
                let what = For::Node(request);
                self.attempt(Waiting { ticket, node, what }, now);
                self.disturbed(now);
            }
            None => self.leave(now, ticket, None, Reply::Broken),
        }
    }

    /// The answers that left since the last call, each with its moment.
    pub fn answers(&mut self) -> Vec<(u64, Moment, Reply)> {
        let mut answers = Vec::new();
        while let Some(entry) = self.leaving.first_entry()
            && entry.key().0 <= self.now
        {
            let ((at, _), leaving) = entry.remove_entry();
            answers.push((leaving.ticket, at, leaving.reply));
        }
        answers
    }

    /// Nobody waits for this any more; a download among them lets go of the
    /// state lock.
    pub fn abandon(&mut self, ticket: u64, now: Moment) {
        self.advance(now);
        self.settle(now);
        self.waiting.retain(|waiting| waiting.ticket != ticket);
        self.leaving.retain(|_, leaving| leaving.ticket != ticket);
        self.downloaded(ticket, now);
        self.disturbed(now);
    }

    /// A download has begun: it holds the state lock for a while.
    pub(super) fn download(&mut self, ticket: u64, node: usize, until: Moment) {
        self.nodes[node].readers += 1;
        self.downloads.insert(ticket, node);
        self.schedule(until, Event::Downloaded(ticket));
    }

    /// A download ends.
    pub(super) fn downloaded(&mut self, ticket: u64, at: Moment) {
        if let Some(node) = self.downloads.remove(&ticket)
            && self.nodes[node].readers > 0
        {
            self.read_unlock(node, at);
        }
    }

    fn leave(&mut self, at: Moment, ticket: u64, node: Option<usize>, reply: Reply) {
        self.sequence += 1;
        let leaving = Leaving {
            ticket,
            node,
            reply,
        };
        self.leaving.insert((at, self.sequence), leaving);
    }

    fn attempt(&mut self, waiting: Waiting, at: Moment) {
        let Waiting { ticket, node, what } = waiting;
        if self.nodes[node].paused {
            self.waiting.push(Waiting { ticket, node, what });
            return;
        }
        let outcome = match &what {
            For::Node(request) => self.answer(node, request, ticket, at),
            For::Entry {
                on,
                term,
                index,
                answer,
                ms,
            } => self.awaited(*on, *term, *index, answer, *ms),
        };
        match outcome {
            Outcome::Answer(answer, ms) => {
                let leaves = at + self.span(ms);
                self.leave(leaves, ticket, Some(node), Reply::Whole(answer));
            }
            Outcome::Wait => self.waiting.push(Waiting { ticket, node, what }),
            Outcome::Commit {
                on,
                term,
                index,
                answer,
                ms,
            } => {
                let what = For::Entry {
                    on,
                    term,
                    index,
                    answer,
                    ms,
                };
                let waiting = Waiting { ticket, node, what };
                if self.volume(on).committed >= index {
                    self.attempt(waiting, at);
                } else {
                    self.waiting.push(waiting);
                }
            }
        }
    }

    fn awaited(
        &self,
        on: usize,
        term: u64,
        index: u64,
        answer: &Response<Bytes>,
        ms: (u64, u64),
    ) -> Outcome {
        let volume = self.volume(on);
        if volume.committed >= index && volume.log.has(term, index) {
            return Outcome::Answer(answer.clone(), ms);
        }
        if self.nodes[on].paused || (self.nodes[on].leads() && volume.term == term) {
            return Outcome::Wait;
        }
        Outcome::quick(self.refuse(on, 500, &refusal::multierror(refusal::LOST)))
    }

    /// Looks at everything that hangs again.
    pub(super) fn retry(&mut self, at: Moment) {
        if !self.waiting.is_empty() {
            for waiting in std::mem::take(&mut self.waiting) {
                self.attempt(waiting, at);
            }
        }
    }

    /// A node's connections are gone.
    pub(super) fn break_off(&mut self, node: usize, at: Moment) {
        let (broken, rest) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|waiting| waiting.node == node);
        self.waiting = rest;
        let broken: Vec<Waiting> = broken;
        let mut tickets: Vec<u64> = broken.iter().map(|waiting| waiting.ticket).collect();
        self.leaving.retain(|(leaves, _), leaving| {
            let cut = *leaves > at && leaving.node == Some(node);
            if cut {
                tickets.push(leaving.ticket);
            }
            !cut
        });
        for ticket in tickets {
            self.leave(at, ticket, None, Reply::Broken);
        }
        self.downloads.retain(|_, from| *from != node);
    }
}
