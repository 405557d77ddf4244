//! What outlives a process: the raft data on a pod's volume.

use super::log::Log;

/// A cluster beside the shape's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Foreign {
    /// Its id, a UUID.
    pub(super) id: String,
    /// OpenBao's own name for it.
    pub(super) name: String,
}

/// The data of one pod's volume.
#[derive(Debug, Clone, Default)]
pub(super) struct Volume {
    /// The pod.
    pub(super) pod: String,
    /// Whether it belongs to an initialized cluster.
    pub(super) initialized: bool,
    /// The cluster it belongs to: the shape's own, unless a server founded
    /// another.
    pub(super) cluster: Option<Foreign>,
    /// The raft term.
    pub(super) term: u64,
    /// Whom it voted for in that term.
    pub(super) voted_for: Option<String>,
    /// The log.
    pub(super) log: Log,
    /// The last entry known to be committed; applied at once.
    pub(super) committed: u64,
}

impl Volume {
    /// An empty one.
    pub(super) fn empty(pod: &str) -> Self {
        Self {
            pod: pod.to_owned(),
            ..Self::default()
        }
    }

    /// Enters a later term, with its vote to give.
    pub(super) fn enter(&mut self, term: u64) {
        if term > self.term {
            self.term = term;
            self.voted_for = None;
        }
    }

    /// Whether it is a voter by its own list.
    pub(super) fn is_voter(&self) -> bool {
        let list = self.log.configuration();
        list.and_then(|list| list.voter(&self.pod)) == Some(true)
    }

    /// The pod whose leader record it has.
    pub(super) fn leader(&self) -> Option<&str> {
        self.log.leader(self.committed)
    }
}
