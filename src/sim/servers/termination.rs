//! A process's end: SIGTERM, SIGKILL, and what becomes of its requests.

use std::time::Duration;

use super::{
    Event, Handover, Servers,
    log::Entry,
    node::{Phase, Role, Writer},
};
use crate::sim::moment::Moment;

// From SIGTERM to the exit (`contracts/openbao-live.md` 0.4, 11).
const SEALED_MS: (u64, u64) = (5, 15);
const STANDBY_MS: (u64, u64) = (30, 220);
const LEADER_MS: (u64, u64) = (570, 670);
const LEADER_OF_2_7_MS: (u64, u64) = (1000, 2000);
const LONE_LEADER_MS: (u64, u64) = (2900, 3100);
/// After the pause of a step-down.
const RESTED_MS: (u64, u64) = (20, 160);
/// How long raft's transport dials. A leader dials the address of a follower
/// whose pod was replaced until then, nothing answers there, and its raft does
/// not shut down before: deleted 3.2 s after such a follower had ended it took
/// 6.1-6.7 s to end, not 0.6 (three times, real servers, 2.6.2).
const DIALS: Duration = Duration::from_secs(10);

impl Servers {
    /// SIGTERM: nothing listens from this moment, open connections are cut.
    pub(super) fn end(&mut self, node: usize, at: Moment) {
        if !self.nodes[node].runs() || self.nodes[node].ending {
            return;
        }
        if self.nodes[node].paused {
            self.faults.terminate_when_resumed(node);
            return;
        }
        self.nodes[node].ending = true;
        self.nodes[node].say(at, "INFO", "==> OpenBao shutdown triggered");
        self.break_off(node, at);
        self.nodes[node].readers = 0;
        let one = &self.nodes[node];
        if one.wedged {
            return; // For ever (`contracts/openbao-live.md` 0.6).
        }
        match one.phase {
            Phase::Starting | Phase::Sealed => self.within(at, SEALED_MS, Event::Exit(node)),
            Phase::Exited(_) => {}
            // A teardown under way ends first, then its pause.
            Phase::Unsealed if one.writer == Writer::Holding && one.role == Role::Leader => {}
            Phase::Unsealed if one.rests_until > at => {
                let end = one.rests_until;
                self.within(end, RESTED_MS, Event::Exit(node));
            }
            Phase::Unsealed if one.role == Role::Leader => self.abdicate(node, at),
            Phase::Unsealed => self.within(at, STANDBY_MS, Event::Exit(node)),
        }
    }

    /// A leader told to end hands over first.
    fn abdicate(&mut self, node: usize, at: Moment) {
        let dials_until = self.dials_until(node);
        self.nodes[node].active = None;
        self.nodes[node].writer = Writer::Holding;
        self.commit(node, Entry::Leader(None), at);
        let Some(to) = self.successor(node) else {
            let end = at + self.span(LONE_LEADER_MS);
            self.schedule(end.max(dials_until), Event::Exit(node));
            return;
        };
        self.hand_over(node, to, Handover::Shutdown, (15, 40), at);
        let exit = if self.nodes[node].release.from(7) {
            LEADER_OF_2_7_MS
        } else {
            LEADER_MS
        };
        let end = at + self.span(exit);
        self.schedule(end.max(dials_until), Event::Exit(node));
    }

    /// Until when a leader dials followers whose address went with their pod.
    /// One that was killed in its pod is refused there at once.
    fn dials_until(&self, leader: usize) -> Moment {
        let Some(active) = &self.nodes[leader].active else {
            return Moment::START;
        };
        let replaced = self.nodes.iter().filter(|one| {
            one.phase == Phase::Exited(0)
                && !self
                    .nodes
                    .iter()
                    .any(|next| next.uid == one.uid && next.runs())
        });
        replaced
            .filter_map(|one| one.ended)
            .filter(|ended| *ended > active.since)
            .max()
            .map_or(Moment::START, |ended| ended + DIALS)
    }

    /// It is gone.
    pub(super) fn exit(&mut self, node: usize, code: i32, at: Moment) {
        if !self.nodes[node].runs() {
            return;
        }
        self.break_off(node, at);
        let one = &mut self.nodes[node];
        one.phase = Phase::Exited(code);
        one.ended = Some(at);
        one.role = Role::Follower;
        one.active = None;
        one.contact = false;
        one.reachable = false;
        one.readers = 0;
        one.writer = Writer::None;
        one.forwards_to = None;
        if code == 0 {
            one.say(at, "INFO", "core: vault is sealed");
        }
    }
}
