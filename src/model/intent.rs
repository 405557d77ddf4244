//! What the user asked for, fixed for the whole run.

use std::{fmt, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{names::ClusterRef, version::Version, waiver::Waiver};

/// A rolling upgrade, as asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Intent {
    /// Which cluster.
    pub cluster: ClusterRef,
    /// The version to reach.
    pub version: Version,
    /// The image to use; `None` to derive it from the present one.
    pub image: Option<String>,
    /// The order asked for.
    pub order: OrderChoice,
    /// Waivers given by name.
    pub waivers: Vec<Waiver>,
    /// Where to put a snapshot, when one is wanted.
    pub snapshot: Option<PathBuf>,
    /// How a leader is made to step down.
    pub step_down: StepDownVia,
    /// Finish an upgrade that the operator left unfinished.
    pub take_over: bool,
    /// End a pause that somebody else asked for.
    pub end_pause: bool,
}

impl Intent {
    /// Whether a waiver was given.
    #[must_use]
    pub fn waives(&self, waiver: &Waiver) -> bool {
        self.waivers.contains(waiver)
    }
}

/// `--order`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderChoice {
    /// baoctl picks: see [`Order`].
    #[default]
    Auto,
    /// [`Order::ReverseOrdinal`], or stop before anything changed.
    ReverseOrdinal,
    /// [`Order::LeaderLast`].
    LeaderLast,
}

/// The order pods are upgraded in. In both the active node is the last voter to
/// go: across a one-way pair the first activation of the new version must find
/// every other voter on it already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Highest ordinal first, held by the partition; the leader must sit on
    /// ordinal 0.
    ReverseOrdinal,
    /// Standbys from the highest ordinal, then the leader, held by `OnDelete`
    /// and released by eviction.
    LeaderLast,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReverseOrdinal => "reverse-ordinal",
            Self::LeaderLast => "leader-last",
        })
    }
}

/// `--step-down-via`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepDownVia {
    /// `PUT sys/step-down` to the active node itself.
    #[default]
    Direct,
    /// The operator's upgrade executor Job.
    Job,
}
