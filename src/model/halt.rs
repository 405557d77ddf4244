//! Why a run stopped before it was done, and how the cluster stood then.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{exit_code::ExitCode, names::PodName};

/// A stop. It is shown to the user, written to the resource (condition
/// Degraded with `reason`), and decides the exit code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Halt {
    /// What kind of stop.
    pub reason: HaltReason,
    /// The pod it is about, when it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod: Option<PodName>,
    /// What was seen, with its numbers: a fragment.
    pub message: String,
    /// Evidence, one line each: events, last log lines.
    pub evidence: Vec<String>,
    /// What to type next, one line each.
    pub next: Vec<String>,
}

impl Halt {
    /// A halt without evidence or advice yet.
    pub fn new(reason: HaltReason, message: impl Into<String>) -> Self {
        Self {
            reason,
            pod: None,
            message: message.into(),
            evidence: Vec::new(),
            next: Vec::new(),
        }
    }

    /// Names the pod it is about.
    #[must_use]
    pub fn about(mut self, pod: &PodName) -> Self {
        self.pod = Some(pod.clone());
        self
    }

    /// Adds a line of advice.
    #[must_use]
    pub fn next(mut self, line: impl Into<String>) -> Self {
        self.next.push(line.into());
        self
    }

    /// Adds a line of evidence.
    #[must_use]
    pub fn evidence(mut self, line: impl Into<String>) -> Self {
        self.evidence.push(line.into());
        self
    }
}

/// The kinds of stop. The variant's name is the condition's reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HaltReason {
    /// The resource is gone, is being deleted, or is another one of that name.
    ClusterGone,
    /// `spec.version`, image or replicas no longer are what the run aims at.
    TargetChanged,
    /// Somebody set `spec.paused` to false.
    Unpaused,
    /// The operation lock is somebody else's.
    LockLost,
    /// The lease is somebody else's, or could not be renewed.
    LeaseLost,
    /// The lease could not be read, or not be taken: nothing was begun.
    LeaseUnavailable,
    /// The run record is gone or cannot be read.
    RecordLost,
    /// The template or the strategy is not what the run left.
    WorkloadChanged,
    /// A pod runs something nobody asked for: another version than its image
    /// promises, or another template.
    UnexpectedRevision,
    /// The leader lists voters that are no pods of the StatefulSet.
    VotersAreNoPods,
    /// Too few voters are alive for one of them to be taken away.
    NoQuorumMargin,
    /// The target cannot lead any more: a version beyond a one-way door has.
    BeyondTheDoor,
    /// A node belongs to another cluster.
    ForeignNode,
    /// The new pod cannot pull its image.
    ImagePullFailed,
    /// The new pod's process keeps exiting.
    CrashLoop,
    /// No node takes the new pod.
    Unschedulable,
    /// The API server refuses to make the new pod: a quota, a policy, a limit.
    PodRefused,
    /// A volume of the new pod's cannot be attached or mounted.
    VolumeFailed,
    /// The network of the new pod cannot be set up.
    NetworkFailed,
    /// The node that the pod is on has reported nothing for a while.
    NodeLost,
    /// The new node stays sealed.
    Sealed,
    /// A pod does not go away.
    StuckTerminating,
    /// The new pod does not become Ready in time, for none of these reasons.
    PodNotReady,
    /// The new node does not catch up in time.
    NotCaughtUp,
    /// A node of the StatefulSet has no vote: it was demoted, joined as a
    /// permanent non-voter, or autopilot never promoted it.
    NotVoter,
    /// A node of green's did not join the cluster: it is on an old volume, or
    /// has founded a cluster of its own.
    NotMember,
    /// Blue is being removed: it cannot be gone back to.
    NoWayBack,
    /// The pre-promotion hook failed, or did not end in time.
    HookFailed,
    /// A Job of the hook's name is there that this run did not make.
    HookNotOurs,
    /// Volumes of green's name lie there from before.
    VolumesLeft,
    /// A released pod was not replaced.
    NotReplaced,
    /// A node that could be elected next would fail to become active.
    CannotLead,
    /// Leadership did not move, or came back.
    StepDownFailed,
    /// Leadership could not be brought to ordinal 0.
    LeaderNotFirst,
    /// No agreed leader for too long.
    NoLeader,
    /// The snapshot failed or is damaged.
    SnapshotFailed,
    /// A write was denied by policy or permission.
    Denied,
    /// Something could not be observed for too long.
    Unobservable,
    /// A wait of another kind lasted too long.
    WaitedTooLong,
}

impl HaltReason {
    /// The reason as conditions spell it.
    #[must_use]
    pub fn code(self) -> String {
        format!("{self:?}")
    }

    /// The exit code when the cluster is serving with a margin.
    #[must_use]
    pub const fn exit_code(self) -> ExitCode {
        match self {
            Self::LockLost | Self::LeaseLost => ExitCode::Locked,
            Self::LeaseUnavailable => ExitCode::Unreachable,
            _ => ExitCode::Halted,
        }
    }
}

/// The cluster in one look, for the end of an error message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// The active node by the nodes' own answers.
    pub leader: Option<PodName>,
    /// Every voter with its version, `None` when it did not answer.
    pub versions: Vec<(PodName, Option<String>)>,
    /// Voters that answer, unsealed.
    pub serving: usize,
    /// Voters in all.
    pub voters: usize,
    /// Voters needed.
    pub quorum: usize,
    /// Sealed nodes.
    pub sealed: Vec<PodName>,
    /// Why the cluster cannot be seen: all else is how it was last seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<String>,
    /// When it was last seen, where it cannot be seen now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
}

impl Standing {
    /// No leader, a sealed node, or one more loss would cost the quorum and
    /// more than the one pod an upgrade takes at a time is missing already.
    /// What cannot be seen is not known to be down.
    #[must_use]
    pub fn at_risk(&self) -> bool {
        if self.unseen.is_some() {
            return false;
        }
        let missing = self.voters.saturating_sub(self.serving);
        self.leader.is_none()
            || !self.sealed.is_empty()
            || self.serving < self.quorum
            || (self.serving == self.quorum && missing > 1)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.unseen {
            write!(f, "cannot be seen ({why})")?;
            match &self.last_seen {
                Some(at) => write!(f, "; last seen at {}: ", at.strftime("%H:%M:%SZ"))?,
                None => return Ok(()),
            }
        }
        match &self.leader {
            Some(leader) => write!(f, "leader {leader}")?,
            None => f.write_str("no leader")?,
        }
        write!(
            f,
            ", {} of {} voters serving (quorum {})",
            self.serving, self.voters, self.quorum
        )?;
        for (pod, version) in &self.versions {
            write!(
                f,
                ", {pod} {}",
                version.as_deref().unwrap_or("does not answer")
            )?;
        }
        if !self.sealed.is_empty() {
            let sealed: Vec<&str> = self.sealed.iter().map(PodName::as_str).collect();
            write!(f, ", sealed: {}", sealed.join(", "))?;
        }
        Ok(())
    }
}
