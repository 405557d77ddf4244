//! A raft log in aggregate: runs of entries of one term, and apart from them
//! the few entries whose content matters.
//!
//! Two entries of the same index and term are the same entry, so the runs are
//! all it takes to compare two logs.

use super::{configuration::Configuration, release::Release, tokens::Token};
use crate::sim::moment::Moment;

/// Consecutive entries of one term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Their term.
    pub term: u64,
    /// The index of the first.
    pub first: u64,
    /// The index of the last.
    pub last: u64,
}

/// An entry whose content matters.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    /// A change of members; in force from the moment it is in a log.
    Configuration(Configuration),
    /// The record of who is active, by pod; `None` when it was deleted.
    Leader(Option<String>),
    /// 2.7's version of the policy `response-wrapping`.
    Door,
    /// The first activation of a release.
    Installed(Release),
    /// An id put on, or taken off, the list of permanent non-voters.
    NonVoter { id: String, listed: bool },
    /// A login.
    Token(Token),
    /// A longer life for a token.
    Renewed { id: String, expires: Moment },
    /// Part of what a wrapping token stores.
    Wrapped,
    /// A token's end.
    Revoked { id: String },
}

/// A log.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    segments: Vec<Segment>,
    entries: Vec<(u64, Entry)>,
    /// Where among the entries the newest list of members is: it is asked for
    /// all the time.
    listed: Option<usize>,
}

impl Log {
    /// One run.
    pub(super) fn of(term: u64, last: u64) -> Self {
        let first = 1;
        Self {
            segments: vec![Segment { term, first, last }],
            ..Self::default()
        }
    }

    /// Index and term of the last entry, term first: what votes compare.
    pub(super) fn end(&self) -> (u64, u64) {
        self.segments
            .last()
            .map_or((0, 0), |run| (run.term, run.last))
    }

    /// The index of the last entry.
    pub(super) fn last(&self) -> u64 {
        self.end().1
    }

    /// The runs.
    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whether this very entry is in it.
    pub(super) fn has(&self, term: u64, index: u64) -> bool {
        self.term_at(index) == Some(term)
    }

    /// The term of an entry.
    pub(super) fn term_at(&self, index: u64) -> Option<u64> {
        let runs = self.segments.iter().rev();
        runs.clone()
            .find(|run| run.first <= index)
            .filter(|run| index <= run.last)
            .map(|run| run.term)
    }

    /// Appends so many entries; gives the last one's index.
    pub(super) fn append(&mut self, term: u64, count: u64) -> u64 {
        let end = self.last();
        match self.segments.last_mut() {
            Some(run) if run.term == term => run.last += count,
            _ => self.segments.push(Segment {
                term,
                first: end + 1,
                last: end + count,
            }),
        }
        end + count
    }

    /// Appends an entry whose content matters; gives its index.
    pub(super) fn put(&mut self, term: u64, entry: Entry) -> u64 {
        let index = self.append(term, 1);
        self.entries.push((index, entry));
        self.find_list();
        index
    }

    /// Says what an entry that is there already contains.
    pub(super) fn set(&mut self, index: u64, entry: Entry) {
        self.entries.push((index, entry));
        self.entries.sort_by_key(|(index, _)| *index);
        self.find_list();
    }

    fn find_list(&mut self) {
        let is_list = |(_, entry): &(u64, Entry)| matches!(entry, Entry::Configuration(_));
        self.listed = self.entries.iter().rposition(is_list);
    }

    /// The index up to which two logs are the same.
    pub(super) fn shared(&self, other: &Self) -> u64 {
        let mut shared = 0;
        for (own, others) in self.segments.iter().zip(&other.segments) {
            if (own.term, own.first) != (others.term, others.first) {
                break;
            }
            shared = own.last.min(others.last);
            if own.last != others.last {
                break;
            }
        }
        shared
    }

    /// Becomes the same as a leader's.
    pub(super) fn follow(&mut self, leader: &Self) {
        if self.end() == leader.end() {
            return;
        }
        let shared = self.shared(leader);
        let before = self.entries.len();
        while self.entries.last().is_some_and(|(at, _)| *at > shared) {
            self.entries.pop();
        }
        self.segments.clone_from(&leader.segments);
        let from = leader.entries.partition_point(|(at, _)| *at <= shared);
        self.entries.extend_from_slice(&leader.entries[from..]);
        if before != self.entries.len() || from != leader.entries.len() {
            self.find_list();
        }
    }

    /// What matters up to an index, newest first.
    pub(super) fn newest(&self, up_to: u64) -> impl Iterator<Item = &(u64, Entry)> {
        let end = self.entries.partition_point(|(at, _)| *at <= up_to);
        self.entries[..end].iter().rev()
    }

    /// The members: a raft node acts on the newest list it has, committed or
    /// not.
    pub(super) fn configuration(&self) -> Option<&Configuration> {
        match &self.entries.get(self.listed?)?.1 {
            Entry::Configuration(list) => Some(list),
            _ => None,
        }
    }

    /// The members as of an index, and the entry that says so.
    pub(super) fn configuration_up_to(&self, index: u64) -> Option<(u64, &Configuration)> {
        self.newest(index).find_map(|(at, entry)| match entry {
            Entry::Configuration(list) => Some((*at, list)),
            _ => None,
        })
    }

    /// The pod whose leader record is stored as of an index.
    pub(super) fn leader(&self, up_to: u64) -> Option<&str> {
        let mut newest = self.newest(up_to);
        newest
            .find_map(|(_, entry)| match entry {
                Entry::Leader(pod) => Some(pod.as_deref()),
                _ => None,
            })
            .flatten()
    }

    /// Whether a 2.7 has been active as of an index.
    pub(super) fn door_is_shut(&self, up_to: u64) -> bool {
        self.newest(up_to)
            .any(|(_, entry)| matches!(entry, Entry::Door))
    }

    /// Whether this release has been active as of an index.
    pub(super) fn is_installed(&self, release: Release, up_to: u64) -> bool {
        self.newest(up_to)
            .any(|(_, entry)| matches!(entry, Entry::Installed(known) if *known == release))
    }

    /// Whether an id is on the list of permanent non-voters.
    pub(super) fn is_permanent_non_voter(&self, of: &str, up_to: u64) -> bool {
        let mut newest = self.newest(up_to);
        newest
            .find_map(|(_, entry)| match entry {
                Entry::NonVoter { id, listed } if id == of => Some(*listed),
                _ => None,
            })
            .unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_follower_gives_up_what_its_leader_does_not_have() {
        let mut leader = Log::of(1, 10);
        let mut follower = leader.clone();
        follower.put(1, Entry::Door);
        follower.append(1, 4);
        leader.append(2, 2);
        assert_eq!(leader.shared(&follower), 10);
        follower.follow(&leader);
        assert_eq!(follower.segments(), leader.segments());
        assert!(!follower.door_is_shut(u64::MAX));
        assert!(follower.has(2, 12) && !follower.has(1, 12));
    }

    #[test]
    fn what_matters_is_known_as_of_an_index() {
        let mut log = Log::of(1, 3);
        log.put(1, Entry::Leader(Some("a".to_owned())));
        log.put(1, Entry::Leader(None));
        assert_eq!(log.leader(4), Some("a"));
        assert_eq!(log.leader(5), None);
    }
}
