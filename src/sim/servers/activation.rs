//! A raft leader becoming the active node, and ceasing to be.

use std::time::Duration;

use super::{
    Event, Servers,
    log::Entry,
    node::{Active, Writer},
};
use crate::sim::moment::Moment;

/// The teardown of an active node that lost leadership; 0.50 s of it is a
/// fixed wait (`contracts/openbao-live.md` 4).
const TEARDOWN_MS: (u64, u64) = (500, 506);

impl Servers {
    /// The raft leader of a term tries to become active.
    pub(super) fn activate(&mut self, node: usize, term: u64, at: Moment) {
        let one = &self.nodes[node];
        if !one.leads() || self.volume(node).term != term || one.active.is_some() || one.ending {
            return;
        }
        if one.rests_until > at {
            // It leads the raft and nobody is active until its pause is over
            // (`contracts/openbao-live.md` 0.3).
            let end = one.rests_until;
            self.within(end, (1, 60), Event::Activate(node, term));
            return;
        }
        if one.readers > 0 {
            // A slow download holds it back (`contracts/openbao-live.md` 0.5).
            self.nodes[node].held_back = true;
            return;
        }
        if !self.commits_at_once(node) || one.writer != Writer::None {
            self.within(at, (100, 200), Event::Activate(node, term));
            return;
        }
        let release = one.release;
        let shut = self.volume(node).log.door_is_shut(u64::MAX);
        if shut && !release.shuts_the_door() {
            self.nodes[node].say(
                at,
                "ERROR",
                "core: post-unseal setup failed: error=\"failed to load response wrapping \
                 policy: check-and-set parameter did not match the current version\"",
            );
            // 459 failed promotions in 5 min (`contracts/openbao-live.md` 0.1).
            self.within(at, (150, 500), Event::GiveUp(node, term));
            return;
        }
        if self.nodes[node].unfit {
            self.fail_to_activate(node, term, at);
            return;
        }
        let one = &mut self.nodes[node];
        one.active = Some(Active::new(at));
        one.forwarding_only = false;
        one.forwards_to = None;
        one.say(at, "INFO", "core: post-unseal setup complete");
        let pod = one.pod.clone();
        if !self.volume(node).log.is_installed(release, u64::MAX) {
            self.commit(node, Entry::Installed(release), at);
        }
        if release.shuts_the_door() && !shut {
            self.commit(node, Entry::Door, at);
        }
        self.others_hear_late(node, at);
        self.commit(node, Entry::Leader(Some(pod)), at);
        for standby in 0..self.nodes.len() {
            let own = self.volume(standby).cluster == self.volume(node).cluster;
            if standby != node && own && self.nodes[standby].takes_part() {
                // Standbys look every 2.5 s; a client of one was without
                // writes for 1.72 s at most (`contracts/openbao-live.md` 4).
                self.within(at, (20, 1100), Event::Connect(standby, node));
            }
        }
        self.look(node, term, at);
    }

    /// Standbys apply the record of who is active an entry later, and mostly
    /// together: in 6 of 11 step-downs of real servers they still named the one
    /// before, or nobody, for 14 to 370 ms, and in the others for less than was
    /// seen.
    fn others_hear_late(&mut self, node: usize, at: Moment) {
        let together = match self.dice.below(11) {
            0..6 => 14 + self.dice.below(327),
            _ => 0,
        };
        for standby in 0..self.nodes.len() {
            if standby == node || !self.nodes[standby].takes_part() {
                continue;
            }
            let late = together + self.dice.below(30);
            let until = at + Duration::from_millis(late);
            let before = self.volume(standby).leader().map(str::to_owned);
            self.nodes[standby].still_names = Some((until, before));
        }
    }

    /// The policies come before the audit sinks: the door is shut by the time the
    /// setup fails (`contracts/openbao-live.md` 0.1).
    fn fail_to_activate(&mut self, node: usize, term: u64, at: Moment) {
        let shut = self.volume(node).log.door_is_shut(u64::MAX);
        if self.nodes[node].release.shuts_the_door() && !shut {
            self.commit(node, Entry::Door, at);
        }
        self.nodes[node].say(
            at,
            "ERROR",
            "core: post-unseal setup failed: error=\"failed to setup audit table\"",
        );
        self.within(at, (150, 500), Event::GiveUp(node, term));
    }

    /// One that cannot become active hands its raft leadership on.
    pub(super) fn give_up(&mut self, node: usize, term: u64, at: Moment) {
        if !self.nodes[node].leads() || self.volume(node).term != term {
            return;
        }
        if self.nodes[node].active.is_some() || self.nodes[node].ending {
            return;
        }
        match self.successor(node) {
            Some(to) => self.hand_over(node, to, super::Handover::GivingUp, (30, 200), at),
            None => self.within(at, (500, 1200), Event::Activate(node, term)),
        }
    }

    /// A node is no longer active, because it lost leadership.
    pub(super) fn cease(&mut self, node: usize, at: Moment) {
        let one = &mut self.nodes[node];
        if one.active.take().is_some() {
            one.writer = Writer::Holding;
            self.within(at, TEARDOWN_MS, Event::Unlock(node));
        }
        self.look_for_active(node, at);
    }

    /// The teardown is done.
    pub(super) fn unlock(&mut self, node: usize) {
        if self.nodes[node].writer == Writer::Holding {
            self.nodes[node].writer = Writer::None;
        }
    }

    /// The state lock has one reader less.
    pub(super) fn read_unlock(&mut self, node: usize, at: Moment) {
        let one = &mut self.nodes[node];
        one.readers = one.readers.saturating_sub(1);
        if one.readers > 0 {
            return;
        }
        if one.writer == Writer::Waiting {
            self.tear_down(node, at);
        } else if one.held_back {
            one.held_back = false;
            let term = self.volume(node).term;
            self.within(at, (20, 200), Event::Activate(node, term));
        }
    }
}
