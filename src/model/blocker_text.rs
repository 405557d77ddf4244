//! The reasons to wait in a person's words.

use std::{fmt, time::Duration};

use super::{blocker::Blocker, names::PodName};

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
    #[expect(clippy::too_many_lines, reason = "a sentence for each")]
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
            Self::PodMissing { pod, why: None } => {
                write!(
                    f,
                    "{pod} does not exist: its StatefulSet has not made it yet"
                )
            }
            Self::PodMissing {
                pod,
                why: Some(why),
            } => write!(f, "{pod} cannot be made: {why}"),
            Self::PodTerminating { pod, why: None } => write!(f, "{pod} is terminating"),
            Self::PodTerminating {
                pod,
                why: Some(why),
            } => write!(f, "{pod} is terminating: {why}"),
            Self::NotAvailable {
                pod,
                ready_ms,
                needed_ms,
            } => write!(
                f,
                "{pod} has been Ready for {} of {} (minReadySeconds)",
                seconds(*ready_ms),
                seconds(*needed_ms)
            ),
            Self::AwaitingReplacement { pod } => {
                write!(f, "{pod} is released, its replacement has not begun")
            }
            Self::PodNotReady { pod, state, .. } => write!(f, "{pod} is not Ready: {state}"),
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
            Self::VotersAreNoPods { ids } => write!(
                f,
                "the leader lists voters that are no pods: {}",
                ids.join(", ")
            ),
            Self::NoQuorumMargin {
                alive,
                voters,
                needed,
            } => write!(
                f,
                "{alive} of {voters} voters are alive, {needed} are needed: none may be missing"
            ),
            Self::NotCaughtUp {
                pod,
                applied,
                wanted,
                readings,
                left_s,
            } => {
                write!(
                    f,
                    "{pod} has applied {applied} of index {wanted}, caught up at {readings} of 2 readings"
                )?;
                match left_s {
                    Some(left) => write!(f, ", about {left} s more at this rate"),
                    None => Ok(()),
                }
            }
            Self::NotAsked { pod } => write!(f, "whether {pod} could lead was not asked yet"),
            Self::CannotLead { pod } => write!(
                f,
                "{pod} could not lead: its own setup failed, so it only forwards requests"
            ),
            Self::NotMember { pod } => {
                write!(f, "{pod} is not among the members the leader lists")
            }
            Self::VotePending { pod, vote: true } => write!(f, "{pod} has no vote yet"),
            Self::VotePending { pod, vote: false } => write!(f, "{pod} still has its vote"),
            Self::Syncing {
                synced_ms,
                needed_ms,
            } => write!(
                f,
                "green has been in step for {} of {}",
                seconds(*synced_ms),
                seconds(*needed_ms)
            ),
            Self::HookRunning {
                running_ms,
                limit_ms,
            } => write!(
                f,
                "the pre-promotion hook has run for {} of {} at most",
                seconds(*running_ms),
                seconds(*limit_ms)
            ),
            Self::HookGoing { job } => write!(f, "the deleted Job {job} is still there"),
            Self::VolumesGoing { volumes } => {
                write!(f, "deleted volumes are still there: {}", volumes.join(", "))
            }
            Self::EndpointsLag { pods } => {
                let pods = names(pods);
                write!(f, "the Service's endpoints have not followed yet: {pods}")
            }
            Self::Soaking {
                soaked_ms,
                needed_ms,
            } => write!(
                f,
                "green has served for {} of {}",
                seconds(*soaked_ms),
                seconds(*needed_ms)
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
