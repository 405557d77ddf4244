//! Stepping down: the queue, the wait for the state lock, the teardown, the
//! transfer to whom raft picks, and the pause.

use std::time::Duration;

use super::{
    Event, Handover, Servers,
    log::Entry,
    node::{Role, Writer},
};
use crate::sim::moment::Moment;

/// The fixed wait of a leader that steps down (`contracts/openbao-live.md` 4).
const TEARDOWN_MS: (u64, u64) = (500, 506);
/// The raft transfer itself.
const TRANSFER_MS: (u64, u64) = (12, 18);
/// At one in so many transfers any of those that look equal is ahead.
const AHEAD: u64 = 16;
/// How long it does not try to become active again.
const PAUSE: Duration = Duration::from_secs(10);

impl Servers {
    /// A queued step-down is taken up; it waits for the downloads to end, and
    /// nearly everything on that node waits with it
    /// (`contracts/openbao-live.md` 0.5).
    pub(super) fn take_up_step_down(&mut self, node: usize, at: Moment) {
        let one = &mut self.nodes[node];
        if one.active.is_none() || one.writer != Writer::None || one.ending || one.paused {
            return;
        }
        if one.readers > 0 {
            one.writer = Writer::Waiting;
        } else {
            self.tear_down(node, at);
        }
    }

    /// It has the lock: it is a standby from here on.
    pub(super) fn tear_down(&mut self, node: usize, at: Moment) {
        let one = &mut self.nodes[node];
        one.writer = Writer::Holding;
        one.active = None;
        one.say(
            at,
            "WARN",
            "core: stepping down from active operation to standby",
        );
        self.within(at, TEARDOWN_MS, Event::TornDown(node));
    }

    /// Its record is deleted and the transfer begins.
    pub(super) fn torn_down(&mut self, node: usize, at: Moment) {
        if !self.nodes[node].runs() {
            return;
        }
        self.nodes[node].rests_until = at + PAUSE;
        if !self.nodes[node].leads() {
            self.rest(node, at);
            return;
        }
        self.commit(node, Entry::Leader(None), at);
        match self.successor(node) {
            Some(to) => self.hand_over(node, to, Handover::StepDown, TRANSFER_MS, at),
            None => self.keep(node, at),
        }
    }

    /// The transfer failed: it leads on, and is active again after its pause.
    fn keep(&mut self, node: usize, at: Moment) {
        self.nodes[node].say(
            at,
            "WARN",
            "storage.raft: failed to transfer leadership: cannot find peer",
        );
        let term = self.volume(node).term;
        let end = self.nodes[node].rests_until;
        self.within(end, (1, 60), Event::Activate(node, term));
        self.rest(node, at);
    }

    /// The pause begins. A process that was told to end does so only after it
    /// (`contracts/openbao-live.md` 0.2).
    fn rest(&mut self, node: usize, at: Moment) {
        self.nodes[node].writer = Writer::None;
        if self.nodes[node].ending {
            let end = self.nodes[node].rests_until;
            self.within(end, (20, 160), Event::Exit(node));
        } else {
            self.look_for_active(node, at);
        }
    }

    /// The voter raft hands over to: the one it has sent the most entries to, and
    /// of equals the first of its list. Real servers did so at 43 of 45
    /// step-downs under a writer; at the others one was an entry ahead. Nobody can
    /// choose it, one that is pausing may be it
    /// (`contracts/openbao-live.md` 0.3, 4).
    pub(super) fn successor(&mut self, leader: usize) -> Option<usize> {
        if self.faults.refuses_transfer() {
            return None;
        }
        let list = self.volume(leader).log.configuration()?.clone();
        let log = &self.volume(leader).log;
        let running = |pod: &str| {
            (0..self.nodes.len())
                .rev()
                .find(|node| self.nodes[*node].pod == pod)
        };
        let voters: Vec<(u64, usize)> = list
            .members
            .iter()
            .filter(|member| member.voter)
            .filter_map(|member| running(&member.id))
            .filter(|node| self.follows(leader, *node))
            .map(|node| (self.volume(node).log.shared(log), node))
            .collect();
        let most = voters.iter().map(|(entries, _)| *entries).max()?;
        let best: Vec<usize> = voters
            .into_iter()
            .filter(|(entries, _)| *entries == most)
            .map(|(_, node)| node)
            .collect();
        let ahead = self.dice.below(AHEAD) == 0;
        let pick = if ahead {
            self.dice.below(best.len() as u64)
        } else {
            0
        };
        best.get(usize::try_from(pick).unwrap_or(0)).copied()
    }

    /// Sends a successor on its way.
    pub(super) fn hand_over(
        &mut self,
        from: usize,
        to: usize,
        why: Handover,
        ms: (u64, u64),
        at: Moment,
    ) {
        self.within(at, ms, Event::Transferred { from, to, why });
    }

    /// The successor stands at once, and wins unless it is gone or behind.
    pub(super) fn transferred(&mut self, from: usize, to: usize, why: Handover, at: Moment) {
        if !self.nodes[from].runs() {
            return;
        }
        let led = self.nodes[from].leads();
        let won = led && self.linked(from, to) && self.win(to, true);
        if won {
            let newer = self.nodes[to].release.from(7);
            // The successor of a step-down is active 0.55-0.74 s after it, of
            // a SIGTERM after 0.06 s (2.7) or 0.52-0.59 s
            // (`contracts/openbao-live.md` 0.4, 4).
            let delay = match why {
                Handover::StepDown => (30, 180),
                Handover::Shutdown if newer => (20, 60),
                Handover::Shutdown => (480, 545),
                Handover::GivingUp => (20, 300),
            };
            self.lead(to, delay, at);
            self.nodes[from].role = Role::Follower;
        }
        match why {
            Handover::StepDown if won || !led => self.rest(from, at),
            Handover::StepDown => self.keep(from, at),
            Handover::GivingUp if !won && led => {
                let term = self.volume(from).term;
                self.within(at, (500, 1200), Event::Activate(from, term));
            }
            Handover::GivingUp | Handover::Shutdown => {}
        }
    }
}
