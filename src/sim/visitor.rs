//! How baoctl's requests get into the world, and what it waits for.

use std::task::{Poll, Waker};

use http::Request;
use hyper::body::Bytes;

use super::{
    crash::{Crash, Fate},
    deed,
    kubernetes::{Caller, Watching},
    letter::{Parcel, Reply},
    link::Way,
    moment::Moment,
    oracle::Ending,
    relief::Relief,
    world::{Death, World},
};

/// More writes than any rehearsal has: its lease renewed for as long as its time
/// lasts, and a hundred processes that each do their part. Whoever sends more
/// undoes what it did.
const MOST_WRITES: u64 = 20_000;

/// What a watch can read.
pub(super) enum News {
    /// These lines; none when there is nothing yet.
    Lines(Vec<Bytes>),
    /// A last line.
    Gone(Bytes),
    /// The connection broke.
    Broken,
}

impl World {
    /// Sends a request to the API server. `None` when the process died over it.
    pub(super) fn ask_api(&mut self, request: Request<Bytes>, caller: Caller) -> Option<u64> {
        let is_write = deed::is_write(&request);
        let fate = self.send(is_write)?;
        let ticket = self.letters.ticket();
        let arrives = self.now + self.latency();
        let way = self.link.way_to_api(is_write, self.now);
        let parcel = match way {
            Way::Lost => return Some(ticket),
            Way::Closed => Parcel::Back {
                ticket,
                reply: Reply::Broken("connection refused".to_owned()),
            },
            Way::Open | Way::ReplyLost => Parcel::ToApi {
                ticket,
                request,
                caller,
                last: fate == Fate::SentLast,
                silent: way == Way::ReplyLost,
            },
        };
        self.letters.send(arrives, parcel);
        Some(ticket)
    }

    /// Sends a request to one incarnation of a node. `None` when the process
    /// died over it.
    pub(super) fn ask_node(
        &mut self,
        pod: &str,
        uid: &str,
        request: Request<Bytes>,
    ) -> Option<u64> {
        let writes = deed::is_step_down(&request) || deed::membership(&request).is_some();
        let fate = self.send(writes)?;
        let ticket = self.letters.ticket();
        let arrives = self.link.leaves(uid, self.now) + self.latency();
        let parcel = match self.link.way_to_node(self.now) {
            Way::Lost => return Some(ticket),
            Way::Open => Parcel::ToNode {
                ticket,
                pod: pod.to_owned(),
                uid: uid.to_owned(),
                request,
                last: fate == Fate::SentLast,
            },
            _ => Parcel::Back {
                ticket,
                reply: Reply::Broken("lost connection to pod".to_owned()),
            },
        };
        self.letters.send(arrives, parcel);
        Some(ticket)
    }

    fn send(&mut self, is_write: bool) -> Option<Fate> {
        if is_write {
            let (number, now) = (self.crash.writes() + 1, self.now);
            self.schedule.write(number, now);
            // A fault at this very write strikes before it leaves.
            while let Some(fault) = self.schedule.take(now) {
                self.strike(&fault);
            }
        }
        let fate = self.crash.sending(is_write);
        if fate == Fate::Unsent {
            self.woken.extend(self.mourner.take());
            return None;
        }
        Some(fate)
    }

    /// The reply to a request.
    pub(super) fn poll_reply(&mut self, ticket: u64, waker: &Waker) -> Poll<Reply> {
        self.letters.poll(ticket, waker)
    }

    /// Nobody waits for a reply any more.
    pub(super) fn forget(&mut self, ticket: u64) {
        if self.letters.forget(ticket) {
            self.servers.abandon(ticket, self.now);
        }
    }

    /// What a watch begun in this epoch has to read.
    pub(super) fn read_watch(
        &mut self,
        watching: &mut Watching,
        epoch: u64,
        waker: &Waker,
    ) -> News {
        if epoch != self.link.epoch {
            return News::Broken;
        }
        let mut lines = Vec::new();
        // Between a change and the news of it nothing is heard.
        if self.kubernetes.revision() == self.told {
            match self.kubernetes.watch_events(watching) {
                Ok(read) => lines = read,
                Err(gone) => return News::Gone(gone),
            }
        }
        if lines.is_empty() && !self.watchers.iter().any(|known| known.will_wake(waker)) {
            self.watchers.push(waker.clone());
        }
        News::Lines(lines)
    }

    /// How often the API server has gone away so far.
    pub(super) const fn epoch(&self) -> u64 {
        self.link.epoch
    }

    /// Sets an alarm; its key takes it back.
    pub(super) fn alarm(&mut self, at: Moment, waker: Waker) -> (Moment, u64) {
        self.next_alarm += 1;
        let key = (at, self.next_alarm);
        self.alarms.insert(key, waker);
        key
    }

    /// Takes an alarm back.
    pub(super) fn silence(&mut self, key: (Moment, u64)) {
        self.alarms.remove(&key);
    }

    /// Whether the process has died; wakes the one who asks when it does.
    pub(super) fn poll_death(&mut self, waker: &Waker) -> Poll<Death> {
        if self.crash.struck() {
            return Poll::Ready(Death::Killed);
        }
        if self.still || self.crash.writes() > MOST_WRITES {
            return Poll::Ready(Death::Standstill);
        }
        self.mourner = Some(waker.clone());
        Poll::Pending
    }

    /// Nobody will ever be woken again.
    pub(super) fn forget_everybody(&mut self) {
        self.letters.forget_all();
        self.alarms.clear();
        self.watchers.clear();
        self.woken.clear();
        self.mourner = None;
    }

    /// The process that died is run again.
    pub fn revive(&mut self) {
        self.crash.revive();
        self.oracle.begun_again();
        self.link.begun_again();
    }

    /// The last process has ended, or never will.
    pub fn ended(&mut self, ending: Ending, killed: bool) {
        let now = self.now;
        self.oracle.ended(ending, killed, now);
        let valid = self
            .servers
            .tokens(now)
            .iter()
            .filter(|(_, valid)| *valid)
            .count();
        self.oracle.tokens_left(valid, killed, now);
    }

    /// Baoctl told of an event: its name, and the pod it is about.
    pub fn hear(&mut self, event: impl FnOnce() -> Option<(String, Option<String>)>) {
        if self.schedule.listens()
            && let Some((name, pod)) = event()
        {
            let now = self.now;
            self.schedule.event(&name, pod.as_deref(), now);
        }
    }

    /// Whether a crash is planned, for who wants to count its writes.
    #[must_use]
    pub const fn crash(&self) -> &Crash {
        &self.crash
    }

    pub(super) const fn suspend(&mut self, until: Moment) {
        self.link.suspended_until = until;
    }

    pub(super) const fn hold_news(&mut self, until: Moment) {
        self.news_at = Some(until);
    }

    /// The API server goes away, and every watch with it.
    pub(super) fn cut_api(&mut self, until: Moment) {
        self.link.api_down_until = until;
        self.kubernetes.be_away(until);
        self.link.epoch += 1;
        self.woken.append(&mut self.watchers);
    }

    pub(super) fn relieve(&mut self, at: Moment, relief: Relief) {
        self.next_alarm += 1;
        self.reliefs.insert((at, self.next_alarm), relief);
    }
}
