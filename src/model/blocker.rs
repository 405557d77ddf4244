//! Why nothing is done right now: a value for each reason, with its numbers.

use std::{fmt, time::Duration};

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
    },
    /// A pod is on its way out.
    PodTerminating {
        /// Which.
        pod: PodName,
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
    /// Stable code for machines and for condition reasons.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unseen { .. } => "Unseen",
            Self::OperatorNotPaused => "OperatorNotPaused",
            Self::NotStill { .. } => "NotStill",
            Self::JobsRunning { .. } => "JobsRunning",
            Self::NotObserved { .. } => "NotObserved",
            Self::NoLeader => "NoLeader",
            Self::TwoLeaders { .. } => "TwoLeaders",
            Self::LeaderDisputed { .. } => "LeaderDisputed",
            Self::LeaderUnsettled { .. } => "LeaderUnsettled",
            Self::SteppingDown { .. } => "SteppingDown",
            Self::PodMissing { .. } => "PodMissing",
            Self::PodTerminating { .. } => "PodTerminating",
            Self::AwaitingReplacement { .. } => "AwaitingReplacement",
            Self::PodNotReady { .. } => "PodNotReady",
            Self::WrongRevision { .. } => "WrongRevision",
            Self::NodeSilent { .. } => "NodeSilent",
            Self::NodeSealed { .. } => "NodeSealed",
            Self::WrongVersion { .. } => "WrongVersion",
            Self::WrongCluster { .. } => "WrongCluster",
            Self::NotVoter { .. } => "NotVoter",
            Self::NotCaughtUp { .. } => "NotCaughtUp",
            Self::BudgetExhausted => "BudgetExhausted",
            Self::EvictionRefused { .. } => "EvictionRefused",
        }
    }

    /// The pod it is about, if it is about one.
    #[must_use]
    pub const fn pod(&self) -> Option<&PodName> {
        match self {
            Self::PodMissing { pod }
            | Self::PodTerminating { pod }
            | Self::AwaitingReplacement { pod }
            | Self::PodNotReady { pod, .. }
            | Self::WrongRevision { pod, .. }
            | Self::NodeSilent { pod, .. }
            | Self::NodeSealed { pod }
            | Self::WrongVersion { pod, .. }
            | Self::WrongCluster { pod }
            | Self::NotVoter { pod }
            | Self::NotCaughtUp { pod, .. }
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
}

/// Seconds with one decimal, for sentences.
fn seconds(ms: u64) -> String {
    format!("{:.1} s", Duration::from_millis(ms).as_secs_f64())
}

fn names(pods: &[PodName]) -> String {
    pods.iter()
        .map(PodName::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unseen { what, why } => write!(f, "{what} could not be observed: {why}"),
            Self::OperatorNotPaused => {
                f.write_str("the operator has not acknowledged spec.paused yet")
            }
            Self::NotStill {
                still_ms,
                needed_ms,
            } => write!(
                f,
                "resource and StatefulSet have held still for {} of {}",
                seconds(*still_ms),
                seconds(*needed_ms)
            ),
            Self::JobsRunning { jobs } => {
                write!(f, "the operator's Jobs are running: {}", jobs.join(", "))
            }
            Self::NotObserved { pool } => write!(
                f,
                "the StatefulSet controller has not acted on the latest spec of the {pool} yet"
            ),
            Self::NoLeader => f.write_str("no node says it is active"),
            Self::TwoLeaders { claims } => {
                write!(f, "more than one node says it is active: {}", names(claims))
            }
            Self::LeaderDisputed {
                leader,
                agree,
                needed,
                others,
            } => {
                write!(
                    f,
                    "{leader} says it is active, {agree} of the needed {needed} voters agree"
                )?;
                if others.is_empty() {
                    Ok(())
                } else {
                    write!(f, "; {} name another", names(others))
                }
            }
            Self::LeaderUnsettled {
                leader,
                active_ms,
                needed_ms,
            } => write!(
                f,
                "{leader} has been active for {} of {}",
                seconds(*active_ms),
                seconds(*needed_ms)
            ),
            Self::SteppingDown { node } => {
                write!(
                    f,
                    "{node} accepted the step-down, leadership has not moved yet"
                )
            }
            Self::PodMissing { pod } => write!(f, "{pod} does not exist"),
            Self::PodTerminating { pod } => write!(f, "{pod} is terminating"),
            Self::AwaitingReplacement { pod } => {
                write!(f, "{pod} is released, its replacement has not begun")
            }
            Self::PodNotReady { pod, state } => write!(f, "{pod} is not Ready: {state}"),
            Self::WrongRevision {
                pod,
                revision,
                wanted,
            } => write!(f, "{pod} is of revision {revision}, not {wanted}"),
            Self::NodeSilent { pod, why } => write!(f, "{pod} does not answer: {why}"),
            Self::NodeSealed { pod } => write!(f, "{pod} is sealed"),
            Self::WrongVersion {
                pod,
                version,
                wanted,
            } => write!(f, "{pod} runs {version}, not {wanted}"),
            Self::WrongCluster { pod } => {
                write!(f, "{pod} answers with another cluster_id")
            }
            Self::NotVoter { pod } => write!(f, "{pod} is no voter in the leader's list"),
            Self::NotCaughtUp {
                pod,
                applied,
                wanted,
                readings,
            } => write!(
                f,
                "{pod} has applied {applied} of index {wanted}, caught up at {readings} of 2 readings"
            ),
            Self::BudgetExhausted => {
                f.write_str("the disruption budget allows no eviction at the moment")
            }
            Self::EvictionRefused { pod, why } => {
                write!(f, "the eviction of {pod} was refused: {why}")
            }
        }
    }
}
