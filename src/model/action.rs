//! The only vocabulary of change: every write of an upgrade is one of these.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    blue_green::BlueGreenStatus,
    names::{PodName, PodRef, Pool},
    record::RunRecord,
    revision::Revision,
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
    /// Write `status.blueGreen`, in the operator's words.
    WritePhase {
        /// The whole of it.
        status: Box<BlueGreenStatus>,
    },
    /// Empty the self-init content, so that no pod of green's founds a cluster
    /// of its own. The operator writes it anew once it is un-paused.
    EmptySelfInit,
    /// Make green's ConfigMap.
    CreateConfig {
        /// Green's revision.
        revision: Revision,
    },
    /// Make green's StatefulSet.
    CreateStatefulSet {
        /// Green's revision.
        revision: Revision,
        /// Its image.
        image: String,
    },
    /// Run the pre-promotion hook: make its Job.
    RunHook {
        /// The hook's image.
        image: String,
    },
    /// Delete the Job of the pre-promotion hook.
    DeleteHook {
        /// Its name.
        job: String,
        /// Its UID.
        uid: String,
    },
    /// Have the leader change what a member is.
    ChangeMember {
        /// The active node.
        leader: PodRef,
        /// The member: its raft id, which is its pod's name.
        member: PodName,
        /// To what.
        change: MemberChange,
    },
    /// Send the public Service's clients to a colour.
    MoveService {
        /// Its revision.
        revision: Revision,
    },
    /// Scale the StatefulSet of a colour that is no member any more to none.
    ScaleToNone {
        /// Its revision.
        revision: Revision,
    },
    /// Delete what is left of a colour.
    DeletePart {
        /// Its revision.
        revision: Revision,
        /// What of it.
        part: ColourPart,
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

/// What becomes of a raft member. Each is asked of the leader and, but for a
/// removal, takes effect with autopilot's next round, up to 10 s later
/// (`contracts/operator-live.md` 8.4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MemberChange {
    /// It gets a vote.
    Promote,
    /// It loses its vote.
    Demote,
    /// It is a member no more. Never of a voter, never of the leader.
    Remove,
}

impl fmt::Display for MemberChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Promote => "promote",
            Self::Demote => "demote",
            Self::Remove => "remove",
        })
    }
}

/// What a colour consists of beside its pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ColourPart {
    /// Its StatefulSet, scaled to none before.
    StatefulSet,
    /// Its ConfigMap.
    ConfigMap,
    /// Its volumes, with what is on them.
    Volumes,
}

impl fmt::Display for ColourPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StatefulSet => "StatefulSet",
            Self::ConfigMap => "ConfigMap",
            Self::Volumes => "volumes",
        })
    }
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
            Self::StepDown { .. }
                | Self::Release { .. }
                | Self::Relinquish
                | Self::ChangeMember { .. }
                | Self::ScaleToNone { .. }
                | Self::DeletePart { .. }
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
            Self::WritePhase { status } => match &status.phase {
                Some(phase) => write!(f, "write phase {phase}"),
                None => f.write_str("write the phase"),
            },
            Self::EmptySelfInit => f.write_str("empty the self-init content"),
            Self::CreateConfig { revision } => write!(f, "create the ConfigMap of {revision}"),
            Self::CreateStatefulSet { revision, image } => {
                write!(f, "create the StatefulSet of {revision} with {image}")
            }
            Self::RunHook { image } => write!(f, "run the pre-promotion hook {image}"),
            Self::DeleteHook { job, .. } => write!(f, "delete the Job {job}"),
            Self::ChangeMember { member, change, .. } => write!(f, "{change} {member}"),
            Self::MoveService { revision } => write!(f, "move the Service to {revision}"),
            Self::ScaleToNone { revision } => {
                write!(f, "scale the StatefulSet of {revision} to none")
            }
            Self::DeletePart { revision, part } => write!(f, "delete the {part} of {revision}"),
            Self::Unhold { pool } => {
                write!(f, "set the {pool} back to RollingUpdate, partition 0")
            }
            Self::Complete => f.write_str("write the status at rest"),
            Self::Relinquish => f.write_str("give the resource back to the operator"),
        }
    }
}
