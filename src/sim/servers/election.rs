//! Who becomes the raft leader: timers, pre-votes and votes.

use super::{Event, Servers, node::Role};
use crate::sim::moment::Moment;

/// From losing the leader to standing. A follower looks at its heartbeat
/// timer only when it runs out, every 5-10 s, and the others grant nothing
/// before they have missed the leader themselves: SIGKILL of a leader to a new
/// active node took 8.2-15.2 s (`contracts/openbao-live.md` 4).
const NOTICES_MS: (u64, u64) = (7600, 14_400);
/// The next try of a candidate: 1-2 election time-outs of 5 s
/// (`contracts/openbao-api.md` 11).
const AGAIN_MS: (u64, u64) = (5000, 10_000);

impl Servers {
    /// A follower that lost its leader starts its timer.
    pub(super) fn expect_leader(&mut self, node: usize, at: Moment) {
        let timer = self.nodes[node].timer;
        self.within(at, NOTICES_MS, Event::Election(node, timer));
    }

    /// An election timer runs out.
    pub(super) fn stand(&mut self, node: usize, timer: u64, at: Moment) {
        let one = &self.nodes[node];
        if one.timer != timer || !one.takes_part() || one.contact || one.role == Role::Leader {
            return;
        }
        self.nodes[node].knows_leader = false;
        if !self.volume(node).is_voter() {
            // "not part of a stable configuration": it disturbs nobody.
            self.nodes[node].say(
                at,
                "WARN",
                "storage.raft: heartbeat timeout reached, not part of a stable configuration \
                 or a non-voter, not triggering a leader election",
            );
        } else if self.win(node, false) {
            self.lead(node, (30, 500), at);
            return;
        }
        self.within(at, AGAIN_MS, Event::Election(node, timer));
    }

    /// Holds a vote; whether the candidate has won it, and with it a new term.
    /// After a transfer those who know a leader grant it too, and there is no
    /// pre-vote.
    pub(super) fn win(&mut self, candidate: usize, transferred: bool) -> bool {
        let Some(list) = self.volume(candidate).log.configuration().cloned() else {
            return false;
        };
        let end = self.volume(candidate).log.end();
        let peers: Vec<usize> = (0..self.nodes.len())
            .filter(|peer| {
                self.linked(candidate, *peer) && list.voter(&self.nodes[*peer].pod) == Some(true)
            })
            .collect();
        let granting = |peer: &&usize| {
            let knows = self.nodes[**peer].knows_leader || self.nodes[**peer].role == Role::Leader;
            (transferred || !knows) && end >= self.volume(**peer).log.end()
        };
        let granted: Vec<usize> = peers.iter().filter(granting).copied().collect();
        let own = usize::from(list.voter(&self.nodes[candidate].pod) == Some(true));
        if own + granted.len() < list.quorum() && !transferred {
            return false;
        }
        let heard = if transferred { &peers } else { &granted };
        let terms = heard.iter().map(|peer| self.volume(*peer).term);
        let term = terms.fold(self.volume(candidate).term, u64::max) + 1;
        let pod = self.nodes[candidate].pod.clone();
        self.volume_mut(candidate).enter(term);
        self.volume_mut(candidate).voted_for = Some(pod.clone());
        for peer in heard {
            self.volume_mut(*peer).enter(term);
        }
        for peer in &granted {
            self.volume_mut(*peer).voted_for = Some(pod.clone());
        }
        own + granted.len() >= list.quorum()
    }

    /// The winner leads, and tries to become active after so many
    /// milliseconds.
    pub(super) fn lead(&mut self, node: usize, active_ms: (u64, u64), at: Moment) {
        let term = self.volume(node).term;
        for peer in 0..self.nodes.len() {
            if self.nodes[peer].role == Role::Leader && self.linked(node, peer) {
                self.lose(peer, at);
            }
            // A new leader looks addresses up afresh.
            let own = self.volume(peer).cluster == self.volume(node).cluster;
            self.nodes[peer].reachable |= own && self.nodes[peer].takes_part();
        }
        let winner = &mut self.nodes[node];
        winner.role = Role::Leader;
        winner.contact = false;
        winner.knows_leader = true;
        winner.quorum = true;
        winner.yields = false;
        winner.lease += 1;
        winner.timer += 1;
        winner.appended = at;
        winner.say(
            at,
            "INFO",
            &format!("storage.raft: election won: term={term}"),
        );
        self.volume_mut(node).log.append(term, 1);
        self.replicate(node, at);
        self.within(at, active_ms, Event::Activate(node, term));
    }

    /// A leader's lease runs out.
    pub(super) fn lease_ends(&mut self, node: usize, lease: u64, at: Moment) {
        let leader = &self.nodes[node];
        if leader.lease == lease && !leader.quorum && leader.leads() {
            self.lose(node, at);
        }
    }

    /// A leader of an earlier term gives way.
    pub(super) fn yield_now(&mut self, node: usize, at: Moment) {
        self.nodes[node].yields = false;
        let term = self.volume(node).term;
        let peers = (0..self.nodes.len()).filter(|peer| self.linked(node, *peer));
        let highest = peers.map(|peer| self.volume(peer).term).max();
        if self.nodes[node].leads() && highest.is_some_and(|highest| highest > term) {
            self.lose(node, at);
        }
    }

    /// A node stops being the raft leader, and with that active.
    pub(super) fn lose(&mut self, node: usize, at: Moment) {
        let one = &mut self.nodes[node];
        one.role = Role::Follower;
        one.contact = false;
        one.knows_leader = false;
        one.yields = false;
        one.held_back = false;
        one.lease += 1;
        one.timer += 1;
        let timer = one.timer;
        one.say(at, "WARN", "storage.raft: entering follower state");
        self.within(at, AGAIN_MS, Event::Election(node, timer));
        self.cease(node, at);
    }
}
