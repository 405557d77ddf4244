//! What the oracle looks at: the truth, in the few words it needs.

use super::SnapshotSeen;

/// The voters' StatefulSet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetSeen {
    /// Wanted pods.
    pub replicas: u32,
    /// Updates are held by `OnDelete`.
    pub on_delete: bool,
    /// Ordinals at or above it may be replaced.
    pub partition: u32,
    /// The version in the template's image.
    pub version: String,
    /// The controller has seen the latest spec.
    pub observed: bool,
}

/// A pod of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodSeen {
    /// Name.
    pub name: String,
    /// UID.
    pub uid: String,
    /// Ordinal.
    pub ordinal: u32,
    /// The version in its image.
    pub version: String,
    /// Ready.
    pub ready: bool,
    /// It has a deletion timestamp.
    pub terminating: bool,
    /// A server process was started in it.
    pub ran: bool,
}

/// A member of the raft configuration, and its server.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what is true of a node, each by itself"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSeen {
    /// Its pod.
    pub pod: String,
    /// A voter by the leader's configuration.
    pub voter: bool,
    /// The server runs and is unsealed.
    pub serving: bool,
    /// Its leader has found it since its process began.
    pub reached: bool,
    /// Its leader reaches it now, or it leads.
    pub in_touch: bool,
    /// The version that runs, or that ran last.
    pub version: String,
    /// It is active by its own word.
    pub active: bool,
    /// Its setup has failed, so that it could not become active.
    pub cannot_lead: bool,
    /// The index it has applied.
    pub applied: u64,
}

/// Everything at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// The voters' StatefulSet.
    pub set: SetSeen,
    /// Its pods.
    pub pods: Vec<PodSeen>,
    /// The members.
    pub nodes: Vec<NodeSeen>,
    /// The committed index.
    pub committed: u64,
    /// Holder of the lease, and the seconds it is still good for.
    pub lease: Option<(String, i64)>,
    /// Voters wanted, of each colour.
    pub wanted: u32,
    /// Under blue/green, the StatefulSet whose pods clients are led to.
    pub selected: Option<String>,
    /// `spec.version` of the resource.
    pub declared: String,
    /// What stands about a snapshot; looked up for writes alone.
    pub snapshot: SnapshotSeen,
    /// The pre-promotion hook has yet to succeed; looked up for writes alone.
    pub hook_owed: bool,
    /// No node of a version before a one-way door can lead any more.
    pub door_is_shut: bool,
}

/// Entries a voter may be behind and still carry the quorum: some seconds of
/// the client's writes.
const LAG: u64 = 500;

impl NodeSeen {
    /// Active, and not only by its own word: one that hangs goes on saying so when
    /// another leads.
    pub(super) const fn leads(&self) -> bool {
        self.active && self.in_touch
    }

    /// Fit to carry the quorum.
    pub(super) const fn is_fit(&self, committed: u64) -> bool {
        self.serving && self.reached && self.in_touch && self.applied + LAG >= committed
    }
}

impl View {
    /// The active node, by its own word.
    #[must_use]
    pub fn active(&self) -> Option<&NodeSeen> {
        self.nodes.iter().find(|node| node.active)
    }

    /// Whether a node of this version leads, whoever hangs and says so besides.
    pub(super) fn is_led_by(&self, version: &str) -> bool {
        let mut nodes = self.nodes.iter();
        nodes.any(|node| node.leads() && node.version == version)
    }

    /// Whether no server process was ever started in the pod of this name.
    pub(super) fn never_ran(&self, pod: &str) -> bool {
        self.pods.iter().any(|seen| seen.name == pod && !seen.ran)
    }

    /// The UID of a pod that is there to stay.
    pub(super) fn uid(&self, pod: &str) -> Option<&str> {
        self.pods
            .iter()
            .find(|seen| seen.name == pod && !seen.terminating)
            .map(|seen| seen.uid.as_str())
    }

    /// How many voters have a pod or a process: one that has neither can take
    /// over from nobody.
    #[must_use]
    pub fn voters_that_run(&self) -> usize {
        let runs = |node: &&NodeSeen| node.voter && !node.version.is_empty();
        self.nodes.iter().filter(runs).count()
    }

    /// Voters that run, or would run, another version than this. One that is no
    /// pod runs none.
    #[must_use]
    pub fn older_voters(&self, target: &str) -> Vec<String> {
        self.nodes
            .iter()
            .filter(|node| node.voter && node.version != target)
            .filter(|node| !node.version.is_empty())
            .map(|node| node.pod.clone())
            .collect()
    }
}
