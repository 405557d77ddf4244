//! What a simulated cluster of servers is like before anything happens.

use std::time::Duration;

use super::release::Release;

/// A cluster of servers.
#[derive(Debug, Clone)]
pub struct ServersShape {
    /// The cluster's name, as in its addresses
    /// `https://prod-0.prod.vault.svc:8200`.
    pub cluster: String,
    /// Its Kubernetes namespace.
    pub namespace: String,
    /// OpenBao's cluster id, a UUID.
    pub cluster_id: String,
    /// OpenBao's own name for the cluster, `vault-cluster-92134195`.
    pub cluster_name: String,
    /// The type of the seal; all are unsealed by themselves: `static`.
    pub seal: String,
    /// The mount of the JWT method: `jwt-operator`.
    pub mount: String,
    /// The role that may log in there.
    pub role: String,
    /// What its policy grants.
    pub rights: Rights,
    /// Pods whose names begin with one of these join as permanent non-voters.
    pub non_voting: Vec<String>,
    /// How often the client writes; `None` for no client.
    pub writes_every: Option<Duration>,
    /// The length of a snapshot's state, in bytes.
    pub snapshot_bytes: usize,
    /// Servers that run already; nothing when the cluster is to found itself.
    pub formed: Option<Formed>,
}

/// What the upgrade role's policy grants beside step-down and the state of
/// autopilot.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is one stanza")]
pub struct Rights {
    /// Reading `sys/storage/raft/configuration`; the role for rolling
    /// upgrades may not (`contracts/operator-live.md` 5.2).
    pub reads_configuration: bool,
    /// Reading `sys/storage/raft/snapshot`.
    pub takes_snapshots: bool,
    /// `promote`, `demote` and `remove-peer`.
    pub changes_members: bool,
    /// `sys/step-down`, with `update` and `sudo`.
    pub steps_down: bool,
    /// `auth/token/renew-self`, as the policy `default` does; without it, as with
    /// a batch token.
    pub renews: bool,
    /// `sys/wrapping/wrap`, as the policy `default` does.
    pub wraps: bool,
}

/// A cluster at rest: everybody unsealed and caught up.
#[derive(Debug, Clone)]
pub struct Formed {
    /// The servers, voters in the order they joined.
    pub servers: Vec<FormedServer>,
    /// Ids of voters that no server is left of.
    pub dead: Vec<String>,
    /// The pod of the leader.
    pub leader: String,
    /// The raft term.
    pub term: u64,
    /// The index of the last entry.
    pub last_index: u64,
}

/// One server of a cluster at rest.
#[derive(Debug, Clone)]
pub struct FormedServer {
    /// Its pod.
    pub pod: String,
    /// Its pod's UID.
    pub uid: String,
    /// Its release.
    pub release: Release,
    /// Whether it votes; others are permanent non-voters.
    pub voter: bool,
}

impl ServersShape {
    /// The API's address at a pod.
    pub(super) fn api(&self, pod: &str) -> String {
        format!("https://{pod}.{}.{}.svc:8200", self.cluster, self.namespace)
    }

    /// The raft address of a pod.
    pub(super) fn raft(&self, pod: &str) -> String {
        format!("{pod}.{}.{}.svc:8201", self.cluster, self.namespace)
    }

    /// Whether a new pod joins as a permanent non-voter.
    pub(super) fn joins_without_vote(&self, pod: &str) -> bool {
        let mut prefixes = self.non_voting.iter();
        prefixes.any(|prefix| pod.starts_with(prefix))
    }
}
