//! Changes of members that somebody asks for.

use super::{Servers, log::Entry, node::Role};
use crate::sim::moment::Moment;

/// What becomes of a change asked for.
pub(super) enum Change {
    /// 204, with the entry it waits for.
    Stored(u64, u64),
    /// 204, and nothing is done.
    Nothing,
    /// 500 with this text.
    Refused(String),
    /// No answer, ever.
    Hangs,
}

impl Servers {
    /// `promote`: takes an id off the list of permanent non-voters; the vote
    /// comes with a later round (`contracts/openbao-live.md` 7).
    pub(super) fn promote(&mut self, node: usize, id: &str, at: Moment) -> Change {
        let volume = self.volume(node);
        let known = volume
            .log
            .configuration()
            .is_some_and(|list| list.voter(id).is_some());
        if !known && self.nodes[node].release.from(7) {
            return Change::Refused(format!("server {id} not found in raft configuration"));
        }
        if !volume.log.is_permanent_non_voter(id, u64::MAX) {
            return Change::Refused("server is not a non-voter".to_owned());
        }
        let (id, listed) = (id.to_owned(), false);
        let (term, index) = self.commit(node, Entry::NonVoter { id, listed }, at);
        Change::Stored(term, index)
    }

    /// `demote`: puts it on that list, whoever it is; 2.7 looks whether it
    /// exists.
    pub(super) fn demote(&mut self, node: usize, id: &str, at: Moment) -> Change {
        let volume = self.volume(node);
        let known = volume
            .log
            .configuration()
            .is_some_and(|list| list.voter(id).is_some());
        if !known && self.nodes[node].release.from(7) {
            return Change::Refused(format!("server {id} not found in raft configuration"));
        }
        if volume.log.is_permanent_non_voter(id, u64::MAX) {
            return Change::Refused("server is already a non-voter".to_owned());
        }
        let (id, listed) = (id.to_owned(), true);
        let (term, index) = self.commit(node, Entry::NonVoter { id, listed }, at);
        Change::Stored(term, index)
    }

    /// `remove-peer`: not even a leader is refused, which wedges it
    /// (`contracts/openbao-live.md` 0.6). The list of permanent non-voters
    /// keeps the id.
    pub(super) fn remove_peer(&mut self, node: usize, id: &str, at: Moment) -> Change {
        let Some(list) = self.volume(node).log.configuration().cloned() else {
            return Change::Nothing;
        };
        if list.voter(id).is_none() {
            return Change::Nothing;
        }
        let rest = list.without(id);
        if rest.voters().next().is_none() {
            let text = "need at least one voter in configuration";
            return Change::Refused(format!("{text}: {{[]}}"));
        }
        let (term, index) = self.commit(node, Entry::Configuration(rest), at);
        if id != self.nodes[node].pod {
            return Change::Stored(term, index);
        }
        let leader = &mut self.nodes[node];
        leader.wedged = true;
        leader.role = Role::Follower;
        leader.active = None;
        leader.say(at, "INFO", "storage.raft: removed ourself, shutting down");
        Change::Hangs
    }
}
