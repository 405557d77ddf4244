//! The run record: what a later run cannot observe and must know.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    blue_green_run::BlueGreenRun, intent::Order, names::ClusterRef, revision::Revision,
    shell::quoted, version::Version, waiver::Waiver,
};

/// The value of the annotation `baoctl.openbao.org/run`. It may forbid, never
/// permit: every step is derived from the live cluster, and where the two
/// differ the cluster is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRecord {
    /// Format version. A record of another format is refused, not guessed at.
    pub v: u32,
    /// The run's id: time and a random part, unique among runs.
    pub id: String,
    /// Who started it, as the API server knows them.
    pub user: String,
    /// When.
    pub started_at: Timestamp,
    /// The version the cluster ran when the run began.
    pub from: Version,
    /// The image it ran then: where the way back leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_image: Option<String>,
    /// What the run aims at. Pinned: a change of any part stops the run.
    pub target: PinnedTarget,
    /// The order chosen when the run began.
    pub order: Order,
    /// `spec.paused` before the run, put back as the last act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_before: Option<bool>,
    /// Where a snapshot was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_wanted: Option<String>,
    /// The verified snapshot, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotRecord>,
    /// Waivers the user gave by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
    /// The newest version any node was ever seen active with. At the target of
    /// a one-way pair the point of no return has passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest_active: Option<Version>,
    /// The target an unfinished run gave up for the present one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abandoned: Option<Version>,
    /// The run took over an upgrade the operator had left unfinished.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub took_over: bool,
    /// The strategy is blue/green; `None` for a rolling run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blue_green: Option<BlueGreenRun>,
}

impl RunRecord {
    /// The format this program writes.
    pub const FORMAT: u32 = 1;
    /// The annotation's key.
    pub const ANNOTATION: &'static str = "baoctl.openbao.org/run";

    /// The revisions of the colour that is to serve in the end and of the one
    /// that is to go: exchanged on the way back. `None` for a rolling run.
    #[must_use]
    pub fn rising_and_falling(&self) -> Option<(&Revision, &Revision)> {
        let colours = self.blue_green.as_ref()?;
        Some(if self.abandoned.is_some() {
            (&colours.blue, &colours.green)
        } else {
            (&colours.green, &colours.blue)
        })
    }

    /// The version that is left: on the way back the one that was given up.
    #[must_use]
    pub fn leaves(&self) -> &Version {
        self.abandoned.as_ref().unwrap_or(&self.from)
    }

    /// The holder written into the operation lock and the lease.
    #[must_use]
    pub fn holder(&self) -> String {
        format!("baoctl/{}/{}", self.user, self.id)
    }

    /// What goes on with it, typed where it was begun: a snapshot that is still
    /// to be taken is asked for again.
    #[must_use]
    pub fn resume_line(&self, cluster: &ClusterRef) -> String {
        let line = format!("baoctl resume {} -n {}", cluster.name, cluster.namespace);
        match &self.snapshot_wanted {
            Some(file) if self.snapshot.is_none() => format!("{line} --snapshot {}", quoted(file)),
            _ => line,
        }
    }
}

/// The pinned target of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PinnedTarget {
    /// The version to reach.
    pub version: Version,
    /// The image that carries it.
    pub image: String,
    /// The same image as admission wrote it into the template, where a policy
    /// adds a digest or names a mirror.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admitted_image: Option<String>,
    /// Voters when the run began.
    pub replicas: u32,
    /// UID of the `OpenBaoCluster`.
    pub cluster_uid: String,
    /// `cluster_id` that every node must answer with, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_id: Option<String>,
}

impl PinnedTarget {
    /// Whether a template's image is the one the run asked for, as asked for or
    /// as the API server stored it in answer.
    #[must_use]
    pub fn is_image(&self, image: Option<&str>) -> bool {
        image == Some(self.image.as_str())
            || (self.admitted_image.is_some() && image == self.admitted_image.as_deref())
    }

    /// Another image is asked for; how that one is stored is not known yet.
    pub fn ask_for(&mut self, image: String) {
        self.image = image;
        self.admitted_image = None;
    }
}

/// A snapshot that was downloaded, verified and made durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotRecord {
    /// Where it lies, as given.
    pub file: String,
    /// The raft index it contains, from its own metadata.
    pub index: u64,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of the whole file, hex.
    pub sha256: String,
    /// When it was verified.
    pub at: Timestamp,
}
