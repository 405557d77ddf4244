//! What preflight looks at beyond one observation.

use serde::{Deserialize, Serialize};

use super::{
    action::Action, certificate::ServerCertificate, claim::MountedClaim, fact::Fact,
    kube_node::KubeNode, names::PodName, raft::Autopilot, room::Room, snapshot::Snapshot,
};

/// Everything preflight judges. All of it comes from reads, access reviews and
/// server-side dry runs; gathering it writes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Survey {
    /// The cluster as it is.
    pub snapshot: Snapshot,
    /// The API server's version, as `major.minor`.
    pub server_version: Fact<String>,
    /// The API server's clock minus ours, in seconds.
    pub clock_skew_s: Fact<i64>,
    /// The answer of an access review for each permission the run needs.
    pub permissions: Vec<(Permission, Fact<bool>)>,
    /// The answer of a server-side dry run for each kind of planned write.
    pub dry_runs: Vec<(Action, DryRun)>,
    /// The server configuration in the cluster's ConfigMap.
    pub config: Fact<String>,
    /// The login with the identity the run will use.
    pub login: Fact<Login>,
    /// Whether the token can have an entry committed that changes nothing: it was
    /// tried.
    pub idle_entry: Fact<bool>,
    /// Autopilot's summary; `None` where it may not be read.
    pub autopilot: Fact<Option<Autopilot>>,
    /// What came of a write through each standby that answers: `Known` where its
    /// leader acted on it. Empty where no entry can be committed at all.
    pub forwards: Vec<(PodName, Fact<()>)>,
    /// The account to log in with does not exist yet and is made when the run
    /// begins: looking must not write. What needs a login is judged then.
    pub login_deferred: bool,
    /// The lease `baoctl-<cluster>`, when a live run holds it.
    pub lease_holder: Fact<Option<String>>,
    /// What the namespace leaves for the pods of another colour; without one that
    /// is to be made there is nothing to know.
    pub room: Fact<Option<Room>>,
    /// The claims of the volumes that the servers mount.
    pub claims: Fact<Vec<MountedClaim>>,
    /// The nodes of Kubernetes that the servers run on; `None` where they may not
    /// be read.
    pub kube_nodes: Fact<Option<Vec<KubeNode>>>,
    /// Bytes free where the snapshot's file goes; `None` where none is to be
    /// written.
    pub free_bytes: Fact<Option<u64>>,
    /// The certificate that the active node presents; asked about are the pods a
    /// run will make.
    pub certificate: Fact<ServerCertificate>,
    /// Why the nodes cannot be verified, and so were not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_trust: Option<String>,
}

/// One permission.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// API group, empty for core.
    pub group: String,
    /// Resource, with its subresource after a slash.
    pub resource: String,
    /// Verb.
    pub verb: String,
    /// One object's name, where the run needs only that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The namespace; `Some("")` is cluster-wide, `None` the run's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// What it is needed for.
    pub why: String,
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)?;
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        match &self.name {
            Some(name) => write!(f, " {name}"),
            None => Ok(()),
        }
    }
}

/// The answer of one server-side dry run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "answer",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum DryRun {
    /// The write would be accepted.
    Accepted,
    /// Admission denies it.
    Denied {
        /// The policy or webhook that does, when the answer names one.
        policy: Option<String>,
        /// The API server's text.
        message: String,
    },
    /// Authorization denies it.
    Forbidden {
        /// The API server's text.
        message: String,
    },
    /// It could not be tried.
    Untried {
        /// Why.
        why: String,
    },
}

/// What the token in use may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// Where the token came from, without any of it: `TokenRequest ...`.
    pub source: String,
    /// Its policies.
    pub policies: Vec<String>,
    /// Seconds it lives; 0 for one that never expires.
    pub ttl_s: u64,
    /// Capabilities by path.
    pub capabilities: Vec<(String, Vec<String>)>,
}

impl Login {
    /// Whether it is a root token, which baoctl never uses.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.policies.iter().any(|policy| policy == "root")
    }
}
