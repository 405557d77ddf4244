//! The only vocabulary of change: every write of an upgrade is one of these.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    names::{PodRef, Pool},
    record::RunRecord,
    version::Version,
};

/// One act. Each is performed at most once a pass, checks first whether it is
/// already done, and carries a precondition (resourceVersion or UID) taken from
/// the observation it was decided on; so it can be repeated without further
/// effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Action {
    /// Write `status.operationLock`.
    TakeLock {
        /// The holder that loses it, when the user allowed that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        displaced: Option<String>,
    },
    /// Write the run record and `spec.paused=true`, in one write: whoever finds
    /// the operator paused finds the reason beside it.
    Begin {
        /// The new record.
        record: Box<RunRecord>,
    },
    /// Download, verify and make durable a raft snapshot.
    TakeSnapshot {
        /// The active node.
        node: PodRef,
        /// Where to.
        file: String,
    },
    /// Write the run record anew because the run learned something that a later
    /// run cannot observe.
    Record {
        /// The record.
        record: Box<RunRecord>,
    },
    /// Write `spec.version` and `spec.image`.
    Declare {
        /// The version.
        version: Version,
        /// The image.
        image: String,
    },
    /// Write `status.upgrade`, phase and condition Upgrading.
    Publish {
        /// Ordinals at or above it are done.
        current_partition: u32,
        /// The ordinals that are done.
        completed_pods: Vec<u32>,
    },
    /// Hold all pods of a pool back before its template changes.
    Hold {
        /// Which StatefulSet.
        pool: Pool,
        /// How.
        hold: Hold,
    },
    /// Put the target image into the template.
    SetImage {
        /// Which StatefulSet.
        pool: Pool,
        /// The image.
        image: String,
    },
    /// Ask the active node to step down.
    StepDown {
        /// The node, active by its own word.
        node: PodRef,
    },
    /// Let exactly this pod be replaced.
    Release {
        /// Which StatefulSet it belongs to.
        pool: Pool,
        /// The incarnation to go.
        pod: PodRef,
        /// By which write.
        by: ReleaseBy,
    },
    /// Back to `RollingUpdate` with partition 0, once every pod was verified.
    Unhold {
        /// Which StatefulSet.
        pool: Pool,
    },
    /// `currentVersion`, no `upgrade`, no lock, no error: the status at rest.
    Complete,
    /// Strip foreign ownership, put `spec.paused` back, drop the run record: in
    /// one write, the last.
    Relinquish,
}

/// How pods are held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Hold {
    /// `RollingUpdate` with this partition: ordinals below it stay as they are,
    /// and come back on the old revision when they are lost. Survives an
    /// operator that is un-paused, which does not own `partition`
    /// (`contracts/operator-live.md` 9).
    Partition(u32),
    /// `OnDelete`: whoever is lost comes back on the new revision. An operator
    /// that is un-paused replaces it within 2 s by `RollingUpdate` without a
    /// partition (the same section).
    OnDelete,
}

/// The write that lets a pod go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReleaseBy {
    /// The partition goes down to this ordinal.
    Partition(u32),
    /// An eviction with the pod's UID as its precondition.
    Eviction,
}

impl Action {
    /// Whether it must be decided a second time, on what the API server says
    /// now, before it is sent: it may make a node unavailable, move leadership,
    /// or end the run's hold on the resource.
    #[must_use]
    pub const fn is_grave(&self) -> bool {
        matches!(
            self,
            Self::StepDown { .. } | Self::Release { .. } | Self::Relinquish
        )
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TakeLock { displaced: None } => f.write_str("take the operation lock"),
            Self::TakeLock {
                displaced: Some(holder),
            } => write!(f, "take the operation lock over from {holder}"),
            Self::Begin { record } => {
                write!(f, "record run {} and pause the operator", record.id)
            }
            Self::TakeSnapshot { node, file } => write!(f, "snapshot {node} to {file}"),
            Self::Record { .. } => f.write_str("record what the run has learned"),
            Self::Declare { version, image } => {
                write!(f, "declare version {version}, image {image}")
            }
            Self::Publish {
                current_partition, ..
            } => write!(f, "publish progress, partition {current_partition}"),
            Self::Hold { pool, hold } => match hold {
                Hold::Partition(partition) => {
                    write!(f, "hold the {pool} with partition {partition}")
                }
                Hold::OnDelete => write!(f, "hold the {pool} with OnDelete"),
            },
            Self::SetImage { pool, image } => {
                write!(f, "set the image of the {pool} to {image}")
            }
            Self::StepDown { node } => write!(f, "step {node} down"),
            Self::Release { pod, by, .. } => match by {
                ReleaseBy::Partition(partition) => {
                    write!(f, "release {pod} with partition {partition}")
                }
                ReleaseBy::Eviction => write!(f, "release {pod} by eviction"),
            },
            Self::Unhold { pool } => {
                write!(f, "set the {pool} back to RollingUpdate, partition 0")
            }
            Self::Complete => f.write_str("write the status at rest"),
            Self::Relinquish => f.write_str("give the resource back to the operator"),
        }
    }
}
