//! A leader's log becoming its followers', and what that commits.

use std::time::Duration;

use super::{
    Event, Servers,
    configuration::Configuration,
    node::{Phase, Role},
};
use crate::sim::moment::Moment;

/// A follower hears of a commit with the next entry, or after this long.
const COMMIT_TIMEOUT: Duration = Duration::from_millis(50);

impl Servers {
    /// Makes the client's writes and the replication catch up with a moment,
    /// nothing else having changed meanwhile.
    pub(super) fn settle(&mut self, at: Moment) {
        self.now = self.now.max(at);
        if at < self.quiet_until {
            return;
        }
        self.write(at);
        for leader in 0..self.nodes.len() {
            if self.nodes[leader].leads() {
                self.replicate(leader, at);
            }
        }
        self.finish_write(at);
        self.be_quiet(at);
    }

    /// Nothing is to be settled before the next write or the next word about a
    /// commit, unless something else happens.
    fn be_quiet(&mut self, at: Moment) {
        let leaders = self.nodes.iter().filter(|node| node.leads());
        let told = leaders
            .map(|node| node.appended + COMMIT_TIMEOUT)
            .filter(|end| *end > at);
        let next = self.traffic.next_write();
        let quiet = told.chain(next).min();
        self.quiet_until = quiet.unwrap_or(at + COMMIT_TIMEOUT);
    }

    /// Whether packets pass between two nodes whose raft takes part.
    pub(super) fn linked(&self, one: usize, other: usize) -> bool {
        one != other
            && self.nodes[one].takes_part()
            && self.nodes[other].takes_part()
            && self.linked_pods(one, other)
            && self.volume(one).cluster == self.volume(other).cluster
    }

    /// Whether the network between two nodes is whole.
    pub(super) fn linked_pods(&self, one: usize, other: usize) -> bool {
        !self
            .faults
            .is_cut(&self.nodes[one].pod, &self.nodes[other].pod)
    }

    /// Whether this leader's entries reach this node.
    pub(super) fn follows(&self, leader: usize, node: usize) -> bool {
        self.nodes[node].reachable
            && self.nodes[node].role != Role::Leader
            && self.linked(leader, node)
            && self.volume(node).term <= self.volume(leader).term
            && self
                .volume(leader)
                .log
                .configuration()
                .is_some_and(|list| list.voter(&self.nodes[node].pod).is_some())
    }

    /// How many voters, itself among them, acknowledge at once; and how many
    /// it takes.
    fn votes(&self, leader: usize, slow_count: bool) -> (usize, usize) {
        let Some(list) = self.volume(leader).log.configuration() else {
            return (0, 1);
        };
        let own = usize::from(list.voter(&self.nodes[leader].pod) == Some(true));
        let others = (0..self.nodes.len()).filter(|node| {
            list.voter(&self.nodes[*node].pod) == Some(true)
                && self.follows(leader, *node)
                && (slow_count || !self.faults.is_slow(&self.nodes[*node].pod))
        });
        (own + others.count(), list.quorum())
    }

    /// Whether what it appends is committed at once.
    pub(super) fn commits_at_once(&self, leader: usize) -> bool {
        let (votes, quorum) = self.votes(leader, false);
        votes >= quorum
    }

    /// Whether a majority of the voters hears it.
    pub(super) fn has_quorum(&self, leader: usize) -> bool {
        let (votes, quorum) = self.votes(leader, true);
        votes >= quorum
    }

    /// Spreads a leader's log and commits what a majority has.
    pub(super) fn replicate(&mut self, leader: usize, at: Moment) {
        for node in 0..self.nodes.len() {
            if self.follows(leader, node) && !self.faults.is_slow(&self.nodes[node].pod) {
                self.copy(leader, node);
            }
        }
        self.advance_commit(leader);
        let told = at.since(self.nodes[leader].appended) >= COMMIT_TIMEOUT;
        let commit = self.volume(leader).committed;
        let known = if told {
            commit
        } else {
            commit.saturating_sub(1)
        };
        for node in 0..self.nodes.len() {
            if self.follows(leader, node) {
                let shared = self.volume(node).log.shared(&self.volume(leader).log);
                let volume = self.volume_mut(node);
                volume.committed = volume.committed.max(known.min(shared));
            }
        }
    }

    /// Gives a follower all its leader has.
    pub(super) fn copy(&mut self, leader: usize, node: usize) {
        let (from, to) = (self.nodes[leader].volume, self.nodes[node].volume);
        let Ok([from, to]) = self.volumes.get_disjoint_mut([from, to]) else {
            return;
        };
        to.enter(from.term);
        to.log.follow(&from.log);
    }

    fn advance_commit(&mut self, leader: usize) {
        let volume = self.volume(leader);
        let Some(list) = volume.log.configuration() else {
            return;
        };
        let mut matches: Vec<u64> = Vec::with_capacity(list.members.len());
        if list.voter(&self.nodes[leader].pod) == Some(true) {
            matches.push(volume.log.last());
        }
        for node in 0..self.nodes.len() {
            let votes = list.voter(&self.nodes[node].pod) == Some(true);
            if votes && self.follows(leader, node) {
                matches.push(self.volume(node).log.shared(&volume.log));
            }
        }
        matches.sort_unstable_by(|one, other| other.cmp(one));
        // Only entries of its own term are counted (raft 5.4.2).
        if let Some(index) = matches.get(list.quorum() - 1)
            && volume.log.term_at(*index) == Some(volume.term)
        {
            let index = *index;
            let volume = self.volume_mut(leader);
            volume.committed = volume.committed.max(index);
        }
    }

    /// The member that a change leaves out still gets that entry, and nothing
    /// after it: it lists the members without itself
    /// (`contracts/openbao-live.md` 5).
    pub(super) fn tell_removed(&mut self, leader: usize, before: &Configuration) {
        let now = self.volume(leader).log.configuration().cloned();
        let gone = before.members.iter().filter(|member| {
            now.as_ref()
                .is_some_and(|list| list.voter(&member.id).is_none())
        });
        for member in gone {
            let Some(node) = self.running(&member.id) else {
                continue;
            };
            if self.nodes[node].reachable && self.linked(leader, node) {
                self.copy(leader, node);
                let volume = self.volume_mut(node);
                volume.committed = volume.log.last();
            }
        }
    }

    /// A slow follower gets all there is, and waits for its next turn.
    pub(super) fn batch(&mut self, volume: usize, at: Moment) {
        let pod = self.volumes[volume].pod.clone();
        let Some(every) = self.faults.slowness(&pod) else {
            return;
        };
        let leader = (0..self.nodes.len()).find(|node| self.nodes[*node].leads());
        if let (Some(leader), Some(node)) = (leader, self.running(&pod))
            && self.follows(leader, node)
        {
            self.copy(leader, node);
        }
        self.schedule(at + every, Event::Batch(volume));
    }

    /// Sees who hears a leader now, and which leader hears enough voters.
    pub(super) fn reassess(&mut self, at: Moment) {
        self.quiet_until = at;
        self.generation += 1;
        for node in 0..self.nodes.len() {
            if self.nodes[node].phase != Phase::Unsealed || !self.nodes[node].takes_part() {
                continue;
            }
            if self.nodes[node].role == Role::Leader {
                self.reassess_leader(node, at);
            } else {
                self.reassess_follower(node, at);
            }
        }
    }

    fn reassess_leader(&mut self, node: usize, at: Moment) {
        let term = self.volume(node).term;
        let beaten = (0..self.nodes.len())
            .any(|peer| self.linked(node, peer) && self.volume(peer).term > term);
        if beaten && !self.nodes[node].yields {
            // A leader that was hung yields within 0.5 s
            // (`contracts/openbao-live.md` 4).
            self.nodes[node].yields = true;
            self.within(at, (50, 500), Event::Yield(node));
        }
        let quorum = self.has_quorum(node);
        if quorum != self.nodes[node].quorum {
            self.nodes[node].quorum = quorum;
            self.nodes[node].lease += 1;
            if !quorum {
                let lease = self.nodes[node].lease;
                self.within(at, (2600, 3100), Event::Lease(node, lease));
            }
        }
    }

    fn reassess_follower(&mut self, node: usize, at: Moment) {
        let leader = (0..self.nodes.len())
            .find(|leader| self.nodes[*leader].leads() && self.follows(*leader, node));
        let contact = leader.is_some();
        if contact {
            self.nodes[node].knows_leader = true;
        }
        if contact != self.nodes[node].contact {
            self.nodes[node].contact = contact;
            self.nodes[node].timer += 1;
            if !contact {
                self.expect_leader(node, at);
            }
        }
    }
}
