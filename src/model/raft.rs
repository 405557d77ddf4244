//! The raft membership and what a majority of it is.

use serde::{Deserialize, Serialize};

use super::{names::PodName, version::Version};

/// How many of `voters` voters must be there for anything to be committed.
#[must_use]
pub const fn quorum(voters: usize) -> usize {
    voters / 2 + 1
}

/// The members as the active node lists them. A removed peer answers every
/// other question as a healthy one would, so only this list shows it
/// (`contracts/openbao-live.md` 0.7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// All members, voters first.
    pub peers: Vec<Peer>,
    /// Autopilot's opinion, where its state was the source. It flaps under
    /// load and is stale after a fast restart (`openbao-live.md` 0.8, 0.9): it
    /// informs and never decides alone.
    pub autopilot: Option<Autopilot>,
}

impl Membership {
    /// The voters.
    pub fn voters(&self) -> impl Iterator<Item = &Peer> {
        self.peers.iter().filter(|peer| peer.voter)
    }

    /// The member that is exactly this pod.
    #[must_use]
    pub fn peer(&self, pod: &PodName) -> Option<&Peer> {
        self.peers
            .iter()
            .find(|peer| peer.pod.as_ref() == Some(pod))
    }
}

/// One member of the raft cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Peer {
    /// Its raft `node_id`.
    pub id: String,
    /// Host and port, as configured.
    pub address: String,
    /// The pod it is, by exact equality of the id or of the address's first
    /// label with a pod's name; `None` when it is no pod of this cluster.
    pub pod: Option<PodName>,
    /// Whether it votes.
    pub voter: bool,
    /// What autopilot last heard; empty answers are `None`.
    pub version: Option<Version>,
}

/// Autopilot's summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Autopilot {
    /// False as soon as any member is unhealthy in its eyes.
    pub healthy: bool,
    /// Healthy voters beyond a majority.
    pub failure_tolerance: u32,
    /// Ids on the permanent non-voter list.
    pub non_voters: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::quorum;

    #[test]
    fn a_majority_is_more_than_half() {
        assert_eq!([1, 2, 3, 4, 5, 6].map(quorum), [1, 2, 2, 3, 3, 4]);
    }
}
