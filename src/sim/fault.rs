//! What can go wrong: the fault model F1-F50 as vocabulary
//! (`reference/reliability.md` D5), and F51 to F59, which were seen since.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{crash::Side, span, who::Who};

/// One thing that goes wrong. Each names the faults of the model it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Fault {
    /// F1: baoctl is killed, and run again. At a write, on which side
    /// of it; else before the next.
    Crash {
        /// Which.
        #[serde(default)]
        side: Side,
        /// How long until somebody runs it again; a second without.
        #[serde(default, with = "span::maybe", skip_serializing_if = "Option::is_none")]
        away: Option<Duration>,
    },
    /// F3: baoctl is suspended for so long, its lease included.
    Suspend {
        /// How long.
        #[serde(rename = "for", with = "span")]
        lasts: Duration,
    },
    /// F4: another baoctl takes the lease.
    SecondDriver {},
    /// F7, F8, F9, F13, F14: the next writes are answered so and not done.
    Answer {
        /// The HTTP status.
        status: u16,
        /// How many.
        #[serde(default = "one")]
        times: u32,
    },
    /// F10: the next requests never arrive.
    LoseRequests {
        /// How many.
        #[serde(default = "one")]
        times: u32,
    },
    /// F11: the next writes are done, and their replies never come.
    LoseReplies {
        /// How many.
        #[serde(default = "one")]
        times: u32,
    },
    /// F11: the next writes arrive twice, as through a proxy that sends again
    /// what it has had no answer to.
    RepeatWrites {
        /// How many.
        #[serde(default = "one")]
        times: u32,
    },
    /// F12: the watches say nothing for so long.
    StaleWatches {
        /// How long.
        #[serde(rename = "for", with = "span")]
        lasts: Duration,
    },
    /// F17: the API server is away; its watches break.
    ApiDown {
        /// How long.
        #[serde(rename = "for", with = "span")]
        lasts: Duration,
    },
    /// F16, F45: every OpenBao token is revoked.
    RevokeTokens {},
    /// F18: new pods find no node.
    Unschedulable {
        /// How long; for ever without.
        #[serde(rename = "for", default, with = "span::maybe")]
        lasts: Option<Duration>,
    },
    /// F19: the target's image cannot be pulled.
    ImageMissing {},
    /// F20: the target's server exits as soon as it is started.
    CrashLoop {
        /// Its last line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        log: Option<String>,
    },
    /// F21, F22: starting takes so much longer.
    SlowStart {
        /// How much.
        by: Seconds,
    },
    /// F23: a pod that should go does not.
    StuckTerminating {
        /// Which.
        on: Who,
        /// How long.
        #[serde(rename = "for", with = "span")]
        lasts: Duration,
    },
    /// F24, F25: a pod is deleted by hand.
    DeletePod {
        /// Which.
        on: Who,
    },
    /// F24: a pod is evicted, as a drain does.
    Drain {
        /// Which.
        on: Who,
    },
    /// F27: the StatefulSet controller does nothing for so long.
    ControllerStalled {
        /// How long.
        #[serde(rename = "for", with = "span")]
        lasts: Duration,
    },
    /// F28: somebody sets the partition.
    SetPartition {
        /// To what.
        to: u32,
    },
    /// F29: somebody un-pauses the operator.
    Unpause {},
    /// F30: somebody changes `spec.version`.
    SetVersion {
        /// To what.
        to: String,
    },
    /// F32: a node stays sealed when it next starts.
    Sealed {
        /// Which.
        on: Who,
    },
    /// F51: nodes of the target that start from now on cannot lead: something
    /// their setup needs, an audit sink for one, is not theirs to use
    /// (`openbao-live.md` 0.1).
    CannotLead {},
    /// F52: somebody adds a voter that is no pod of the cluster; nobody answers
    /// for it.
    AddVoter {
        /// Its id.
        id: String,
    },
    /// F53: somebody makes a node a permanent non-voter.
    Demote {
        /// Which.
        on: Who,
    },
    /// F54: the next pre-promotion hooks fail.
    HookFails {
        /// How many.
        #[serde(default = "one")]
        times: u32,
    },
    /// F55: the API server refuses every new pod of the StatefulSet: a quota is
    /// used up.
    RefusePods {
        /// How long; for ever without.
        #[serde(rename = "for", default, with = "span::maybe")]
        lasts: Option<Duration>,
    },
    /// F56: the volume of a pod that is made anew stays attached elsewhere.
    HoldVolume {
        /// Whose.
        on: Who,
        /// How long; for ever without.
        #[serde(rename = "for", default, with = "span::maybe")]
        lasts: Option<Duration>,
    },
    /// F57: a webhook puts an init container that fails into every new pod.
    FailInit {},
    /// F58: a webhook puts a sidecar into every new pod that is not ready.
    HoldSidecar {
        /// How long; for ever without.
        #[serde(rename = "for", default, with = "span::maybe")]
        lasts: Option<Duration>,
    },
    /// F59: the node of a pod is away, with everything on it.
    LoseNode {
        /// Whose.
        on: Who,
        /// How long.
        #[serde(rename = "for", with = "span")]
        lasts: Duration,
    },
    /// F33: the next step-downs are accepted and not carried out.
    RefuseTransfer {
        /// How many.
        #[serde(default = "one")]
        times: u32,
    },
    /// F34, F35: somebody else has the leader step down.
    StepDown {},
    /// F25, F36: a server is killed; its container starts it again.
    KillNode {
        /// Which.
        on: Who,
    },
    /// F36, F37: a server hangs.
    FreezeNode {
        /// Which.
        on: Who,
        /// How long.
        #[serde(rename = "for", with = "span")]
        lasts: Duration,
    },
    /// F36, F37: a node is cut off from the others.
    CutNode {
        /// Which.
        on: Who,
        /// How long.
        #[serde(rename = "for", with = "span")]
        lasts: Duration,
    },
    /// F43: a node receives entries slowly.
    SlowReplication {
        /// Which.
        on: Who,
        /// How long.
        #[serde(rename = "for", with = "span")]
        lasts: Duration,
    },
    /// Somebody downloads a snapshot slowly (`openbao-live.md` 0.5).
    HoldDownload {
        /// From which node.
        on: Who,
        /// How long.
        #[serde(rename = "for", with = "span")]
        lasts: Duration,
    },
    /// F10, F49: baoctl is cut off from everything: what it sends never arrives,
    /// and nothing refuses it.
    CutOff {
        /// How long.
        #[serde(rename = "for", with = "span")]
        lasts: Duration,
    },
    /// F49, F50: connections to the nodes cannot be made.
    CutConnections {
        /// How long.
        #[serde(rename = "for", with = "span")]
        lasts: Duration,
    },
}

/// A time that is written like `20s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(#[serde(with = "span")] pub Duration);

const fn one() -> u32 {
    1
}

impl Fault {
    /// Whom it befalls, where that is a single pod.
    #[must_use]
    pub const fn on(&self) -> Option<&Who> {
        match self {
            Self::StuckTerminating { on, .. }
            | Self::DeletePod { on }
            | Self::Drain { on }
            | Self::Sealed { on }
            | Self::KillNode { on }
            | Self::FreezeNode { on, .. }
            | Self::CutNode { on, .. }
            | Self::SlowReplication { on, .. }
            | Self::HoldDownload { on, .. }
            | Self::HoldVolume { on, .. }
            | Self::LoseNode { on, .. }
            | Self::Demote { on } => Some(on),
            _ => None,
        }
    }

    /// The faults of the model it stands for.
    #[must_use]
    pub const fn numbers(&self) -> &'static [u8] {
        match self {
            Self::Crash { .. } => &[1],
            Self::Suspend { .. } => &[3],
            Self::SecondDriver {} => &[4],
            Self::Answer { .. } => &[7, 8, 9, 13, 14],
            Self::LoseRequests { .. } => &[10],
            Self::LoseReplies { .. } | Self::RepeatWrites { .. } => &[11],
            Self::StaleWatches { .. } => &[12],
            Self::RevokeTokens {} => &[16, 45],
            Self::ApiDown { .. } => &[17],
            Self::Unschedulable { .. } => &[18],
            Self::ImageMissing {} => &[19],
            Self::CrashLoop { .. } => &[20],
            Self::SlowStart { .. } => &[21, 22],
            Self::StuckTerminating { .. } => &[23],
            Self::DeletePod { .. } => &[24, 25],
            Self::Drain { .. } => &[24],
            Self::ControllerStalled { .. } => &[27],
            Self::SetPartition { .. } => &[28],
            Self::Unpause {} => &[29],
            Self::SetVersion { .. } => &[30],
            Self::Sealed { .. } => &[32],
            Self::RefuseTransfer { .. } => &[33],
            Self::StepDown {} => &[34, 35],
            Self::KillNode { .. } => &[25, 36],
            Self::FreezeNode { .. } | Self::CutNode { .. } => &[36, 37],
            Self::SlowReplication { .. } => &[43],
            Self::HoldDownload { .. } => &[39],
            Self::CutConnections { .. } => &[49, 50],
            Self::CutOff { .. } => &[10, 49],
            Self::CannotLead {} => &[51],
            Self::AddVoter { .. } => &[52],
            Self::Demote { .. } => &[53],
            Self::HookFails { .. } => &[54],
            Self::RefusePods { .. } => &[55],
            Self::HoldVolume { .. } => &[56],
            Self::FailInit {} => &[57],
            Self::HoldSidecar { .. } => &[58],
            Self::LoseNode { .. } => &[59],
        }
    }
}
