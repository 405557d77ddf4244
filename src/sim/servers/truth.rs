//! What is really the case, for whoever judges a run.

use super::{
    Acknowledged, Configuration, Release, Role, Segment, Servers,
    node::{Node, Phase},
};
use crate::sim::moment::Moment;

/// One process.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts, each by itself")]
pub struct NodeTruth {
    /// Its pod.
    pub pod: String,
    /// Its pod's UID.
    pub uid: String,
    /// Its release.
    pub release: Release,
    /// Whether the process is there.
    pub running: bool,
    /// Whether it was told to end, or hangs.
    pub ending: bool,
    /// Stopped by SIGSTOP.
    pub paused: bool,
    /// Whether its seal is closed.
    pub sealed: bool,
    /// Its raft role.
    pub role: Role,
    /// Its raft term.
    pub term: u64,
    /// Its log's last entry.
    pub last_index: u64,
    /// The last entry it knows to be committed, and has applied.
    pub applied: u64,
    /// Whether it is the active node, and serves.
    pub active: bool,
    /// Since when.
    pub active_since: Option<Moment>,
    /// Whether its leader reaches it, or it leads.
    pub in_touch: bool,
    /// Whether a leader has found it since its process began, or it leads.
    pub reached: bool,
    /// A removed leader that hangs.
    pub wedged: bool,
    /// A 2.6 that can only forward.
    pub forwarding_only: bool,
    /// One that cannot set itself up to lead.
    pub unfit: bool,
    /// It belongs to a cluster that a server has founded beside this one.
    pub foreign: bool,
    /// The members by its own log.
    pub members: Configuration,
}

/// The whole cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// Every process that runs, and the last one of every pod.
    pub nodes: Vec<NodeTruth>,
    /// The pod that is active and has a majority.
    pub active: Option<String>,
    /// The log of the newest raft leader, or of whoever has the newest log.
    pub log: Vec<Segment>,
    /// How much of it is committed.
    pub committed: u64,
    /// The members by that log.
    pub members: Configuration,
    /// Whether a 2.7 has been active, so that no 2.6 can be.
    pub door_is_shut: bool,
    /// Writes acknowledged to the client.
    pub acknowledged: u64,
    /// Of these, writes that are not in the log above.
    pub lost: u64,
    /// Of these, writes that are not on the volumes of a majority of the
    /// voters.
    pub not_on_a_majority: u64,
    /// When the client's last write was acknowledged.
    pub last_acknowledged: Moment,
    /// The longest time without an acknowledged write so far; one that goes on
    /// counts.
    pub longest_gap: std::time::Duration,
}

impl Servers {
    /// What is the case at the moment that was last advanced to.
    pub fn truth(&mut self) -> Truth {
        self.settle(self.now);
        self.as_settled()
    }

    /// The same as far as it was settled.
    pub(super) fn as_settled(&self) -> Truth {
        let shown = (0..self.nodes.len()).filter(|place| {
            let later = &self.nodes[place + 1..];
            let pod = &self.nodes[*place].pod;
            self.nodes[*place].runs() || !later.iter().any(|other| other.pod == *pod)
        });
        let nodes = shown.map(|place| self.node_truth(place)).collect();
        let newest = self.newest();
        let volume = newest.map(|place| &self.volumes[place]);
        let log = volume.map(|volume| volume.log.clone()).unwrap_or_default();
        let members = log.configuration().cloned().unwrap_or_default();
        let serving = self.serving().filter(|node| self.has_quorum(*node));
        let held: Vec<u64> = members
            .voters()
            .map(|pod| self.held_by(pod, &log))
            .collect();
        let committed = volume.map_or(0, |volume| volume.committed);
        let (mut all, mut lost, mut thin) = (0, 0, 0);
        for run in &self.traffic.acknowledged {
            let count = run.last - run.first + 1;
            let kept = if log.has(run.term, run.first) {
                let segments = log.segments().iter();
                let end = segments
                    .filter(|one| one.term == run.term)
                    .map(|one| one.last)
                    .max();
                end.unwrap_or(0).min(run.last).saturating_sub(run.first) + 1
            } else {
                0
            };
            let mut held: Vec<u64> = held.clone();
            held.sort_unstable_by(|one, other| other.cmp(one));
            let safe = held.get(members.quorum() - 1).copied().unwrap_or(0);
            let wide = (safe.min(run.last) + 1).saturating_sub(run.first).min(kept);
            all += count;
            lost += count - kept;
            thin += count - wide;
        }
        Truth {
            nodes,
            active: serving.map(|node| self.nodes[node].pod.clone()),
            log: log.segments().to_vec(),
            committed,
            door_is_shut: log.door_is_shut(u64::MAX),
            members,
            acknowledged: all,
            lost,
            not_on_a_majority: thin,
            last_acknowledged: self.traffic.last_acknowledged,
            longest_gap: self.traffic.longest_gap_by(self.now),
        }
    }

    /// The runs of writes acknowledged to the client.
    pub fn acknowledged(&mut self) -> &[Acknowledged] {
        self.settle(self.now);
        &self.traffic.acknowledged
    }

    /// The volume whose log counts: the newest leader's, else the newest log.
    pub(super) fn newest(&self) -> Option<usize> {
        let own = |node: &usize| self.volume(*node).cluster.is_none();
        let nodes = (0..self.nodes.len()).filter(own);
        let leaders = nodes.filter(|node| self.nodes[*node].leads());
        let leader = leaders.max_by_key(|node| self.volume(*node).term);
        leader.map(|node| self.nodes[node].volume).or_else(|| {
            let volumes = 0..self.volumes.len();
            volumes
                .filter(|place| self.volumes[*place].cluster.is_none())
                .max_by_key(|place| self.volumes[*place].log.end())
        })
    }

    fn held_by(&self, pod: &str, log: &super::log::Log) -> u64 {
        let mut volumes = self.volumes.iter();
        let volume = volumes.find(|volume| volume.pod == pod);
        volume.map_or(0, |volume| volume.log.shared(log))
    }

    fn node_truth(&self, place: usize) -> NodeTruth {
        let volume = self.volume(place);
        let Node {
            pod, uid, release, ..
        } = &self.nodes[place];
        let node = &self.nodes[place];
        NodeTruth {
            pod: pod.clone(),
            uid: uid.clone(),
            release: *release,
            running: node.runs(),
            ending: node.ending,
            paused: node.paused,
            sealed: node.phase != Phase::Unsealed,
            role: node.role,
            term: volume.term,
            last_index: volume.log.last(),
            applied: volume.committed,
            active: node.active.is_some(),
            active_since: node.active.as_ref().map(|active| active.since),
            in_touch: node.contact || node.leads(),
            reached: node.reachable || node.leads(),
            wedged: node.wedged,
            forwarding_only: node.forwarding_only,
            unfit: node.unfit,
            foreign: volume.cluster.is_some(),
            members: volume.log.configuration().cloned().unwrap_or_default(),
        }
    }
}
