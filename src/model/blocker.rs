//! Why nothing is done right now: a value for each reason, with its numbers.

use serde::{Deserialize, Serialize};

use super::names::{PodName, Pool};

/// One reason to wait. `Display` is what a person and a condition on the
/// resource get to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Blocker {
    /// Something could not be observed.
    Unseen {
        /// What.
        what: String,
        /// Why.
        why: String,
    },
    /// The operator has not acknowledged the pause and is not known to be away.
    OperatorNotPaused,
    /// The resource or the StatefulSet changed too recently.
    NotStill {
        /// How long it has held still.
        still_ms: u64,
        /// How long it must.
        needed_ms: u64,
    },
    /// Jobs of the operator are running.
    JobsRunning {
        /// Their names.
        jobs: Vec<String>,
    },
    /// The StatefulSet controller has not acted on the latest spec yet.
    NotObserved {
        /// Which StatefulSet.
        pool: Pool,
    },
    /// No node claims to be active.
    NoLeader,
    /// More than one node claims to be active.
    TwoLeaders {
        /// Those that do.
        claims: Vec<PodName>,
    },
    /// Some node still names another leader, or too few name this one.
    LeaderDisputed {
        /// The node that claims to be active.
        leader: PodName,
        /// How many voters agree, itself included.
        agree: usize,
        /// How many must.
        needed: usize,
        /// The nodes that name another.
        others: Vec<PodName>,
    },
    /// Leadership moved too recently: a node that stepped down stays out for
    /// 10 s and does not exit on SIGTERM before (`openbao-live.md` 0.2, 0.3).
    LeaderUnsettled {
        /// The active node.
        leader: PodName,
        /// How long it has been active.
        active_ms: u64,
        /// How long it must have been.
        needed_ms: u64,
    },
    /// A step-down was accepted and leadership has not moved yet.
    SteppingDown {
        /// The node that was asked.
        node: PodName,
    },
    /// A pod is not there.
    PodMissing {
        /// Which.
        pod: PodName,
        /// Why none can be made, where the API server refuses it: the
        /// StatefulSet's own warning (kubernetes#47002).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// A pod is on its way out.
    PodTerminating {
        /// Which.
        pod: PodName,
        /// What keeps it: finalizers, a node that is lost.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// A pod is Ready and not yet available: `minReadySeconds` of its
    /// StatefulSet have not passed.
    NotAvailable {
        /// Which.
        pod: PodName,
        /// For so long it has been Ready.
        ready_ms: u64,
        /// So long it has to.
        needed_ms: u64,
    },
    /// The release was written and the old pod is still running.
    AwaitingReplacement {
        /// Which.
        pod: PodName,
    },
    /// A pod is not Ready.
    PodNotReady {
        /// Which.
        pod: PodName,
        /// What its own state says.
        state: String,
        /// The kind of a state that does not pass by itself, or not by OpenBao's
        /// doing, for instance `Image`, `CrashLoop` or `Sidecar`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trouble: Option<String>,
    },
    /// A pod is of another revision than the template's.
    WrongRevision {
        /// Which.
        pod: PodName,
        /// Its revision.
        revision: String,
        /// The wanted one.
        wanted: String,
    },
    /// A node does not answer.
    NodeSilent {
        /// Which.
        pod: PodName,
        /// What happened instead.
        why: String,
    },
    /// A node is sealed.
    NodeSealed {
        /// Which.
        pod: PodName,
    },
    /// A node runs another version than its pod's image promises.
    WrongVersion {
        /// Which.
        pod: PodName,
        /// What it says.
        version: String,
        /// What it should.
        wanted: String,
    },
    /// A node answers with another `cluster_id`: it belongs to another cluster.
    WrongCluster {
        /// Which.
        pod: PodName,
    },
    /// A pod is no voter in the leader's list.
    NotVoter {
        /// Which.
        pod: PodName,
    },
    /// The leader lists voters that are no pods of the StatefulSet.
    VotersAreNoPods {
        /// Their raft ids.
        ids: Vec<String>,
    },
    /// With one voter less, too few of the leader's list would be left.
    NoQuorumMargin {
        /// Voters that answer, unsealed.
        alive: usize,
        /// Voters in the leader's list.
        voters: usize,
        /// A majority of them.
        needed: usize,
    },
    /// A node has not applied what the leader had committed, at two readings.
    NotCaughtUp {
        /// Which.
        pod: PodName,
        /// Its applied index, 0 when it did not say.
        applied: u64,
        /// The index it must reach.
        wanted: u64,
        /// Readings at which it had.
        readings: u8,
        /// Seconds until it has, at the rate so far.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left_s: Option<u64>,
    },
    /// Whether a node could lead was not asked yet.
    NotAsked {
        /// Which.
        pod: PodName,
    },
    /// A standby forwards what a sound one answers by itself: its own setup has
    /// failed, and an activation would fail the same way
    /// (`openbao-live.md` 0.1).
    CannotLead {
        /// Which.
        pod: PodName,
    },
    /// A node of green's is not among the members the leader lists.
    NotMember {
        /// Which.
        pod: PodName,
    },
    /// A promotion or demotion was asked for and is not seen yet.
    VotePending {
        /// Whose.
        pod: PodName,
        /// It is to have a vote.
        vote: bool,
    },
    /// Green has not been in step for as long as was asked for.
    Syncing {
        /// For so long it has.
        synced_ms: u64,
        /// So long it has to.
        needed_ms: u64,
    },
    /// The pre-promotion hook has not ended.
    HookRunning {
        /// For so long it has run.
        running_ms: u64,
        /// So long it may.
        limit_ms: u64,
    },
    /// The Job of an earlier hook was deleted and is still there.
    HookGoing {
        /// Its name.
        job: String,
    },
    /// Volumes that were deleted are still there: something uses them.
    VolumesGoing {
        /// Their names.
        volumes: Vec<String>,
    },
    /// The public Service's endpoints are not those of the colour it selects.
    EndpointsLag {
        /// The pods that should not be there, or are missing.
        pods: Vec<PodName>,
    },
    /// The time in which everything is watched after the cutover.
    Soaking {
        /// For so long it has lasted.
        soaked_ms: u64,
        /// So long it has to.
        needed_ms: u64,
    },
    /// The disruption budget allows no eviction now.
    BudgetExhausted,
    /// An eviction was refused; the next try waits (`real-stack.md` 3).
    EvictionRefused {
        /// Which pod.
        pod: PodName,
        /// What the API server said.
        why: String,
    },
}

impl Blocker {
    /// The pod it is about, if it is about one.
    #[must_use]
    pub const fn pod(&self) -> Option<&PodName> {
        match self {
            Self::PodMissing { pod, .. }
            | Self::PodTerminating { pod, .. }
            | Self::NotAvailable { pod, .. }
            | Self::AwaitingReplacement { pod }
            | Self::PodNotReady { pod, .. }
            | Self::WrongRevision { pod, .. }
            | Self::NodeSilent { pod, .. }
            | Self::NodeSealed { pod }
            | Self::WrongVersion { pod, .. }
            | Self::WrongCluster { pod }
            | Self::NotVoter { pod }
            | Self::NotCaughtUp { pod, .. }
            | Self::NotAsked { pod }
            | Self::CannotLead { pod }
            | Self::NotMember { pod }
            | Self::VotePending { pod, .. }
            | Self::EvictionRefused { pod, .. } => Some(pod),
            Self::SteppingDown { node } => Some(node),
            Self::LeaderDisputed { leader, .. } | Self::LeaderUnsettled { leader, .. } => {
                Some(leader)
            }
            Self::Unseen { .. }
            | Self::OperatorNotPaused
            | Self::NotStill { .. }
            | Self::JobsRunning { .. }
            | Self::NotObserved { .. }
            | Self::NoLeader
            | Self::TwoLeaders { .. }
            | Self::VotersAreNoPods { .. }
            | Self::NoQuorumMargin { .. }
            | Self::Syncing { .. }
            | Self::HookRunning { .. }
            | Self::HookGoing { .. }
            | Self::VolumesGoing { .. }
            | Self::EndpointsLag { .. }
            | Self::Soaking { .. }
            | Self::BudgetExhausted => None,
        }
    }

    /// Whether it is the same wait as another, whatever the numbers: what a
    /// patience clock and a change-only display compare.
    #[must_use]
    pub fn same_wait(&self, other: &Self) -> bool {
        let what = match (self, other) {
            (Self::Unseen { what, .. }, Self::Unseen { what: other, .. }) => what == other,
            _ => true,
        };
        what && self.code() == other.code() && self.pod() == other.pod()
    }

    /// What is the matter with its pod, where that does not pass by itself. A wait
    /// that comes to have another is worth telling again.
    #[must_use]
    pub fn trouble(&self) -> Option<&str> {
        match self {
            Self::PodNotReady { trouble, .. } => trouble.as_deref(),
            Self::PodMissing { why, .. } | Self::PodTerminating { why, .. } => why.as_deref(),
            _ => None,
        }
    }
}
