//! A fault in words.

use std::time::Duration;

use super::{crash::Side, fault::Fault, who::Who};

impl Fault {
    /// Its numbers in the model, then what it does; to the pod it befell, where
    /// that is known.
    #[must_use]
    pub fn text(&self, pod: Option<&str>) -> String {
        let numbers: Vec<String> = self.numbers().iter().map(|n| format!("F{n}")).collect();
        let whom = match (pod, self.on()) {
            (Some(pod), _) => pod,
            (None, Some(Who::Pod(pod))) => pod,
            (None, Some(Who::Leader)) => "the leader",
            (None, Some(Who::Standby)) => "a standby",
            (None, None) => "",
        };
        let what = self.sentence(whom);
        if numbers.is_empty() {
            what
        } else {
            format!("{} {what}", numbers.join("/"))
        }
    }

    /// Its name in a scenario file.
    #[must_use]
    pub fn name(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        let name = value.as_object().and_then(|map| map.keys().next().cloned());
        name.unwrap_or_default()
    }

    fn sentence(&self, whom: &str) -> String {
        match self {
            Self::Crash { side, away } => {
                let moment = match side {
                    Side::Before => "before its next request",
                    Side::NoReply => "after its next write, before the answer",
                    Side::After => "after the answer to its next write",
                };
                match away {
                    Some(away) => format!("kills baoctl {moment}, for {}", span(*away)),
                    None => format!("kills baoctl {moment}"),
                }
            }
            Self::Suspend { lasts } => format!("suspends baoctl for {}", span(*lasts)),
            Self::SecondDriver {} => "another baoctl takes the lease".to_owned(),
            Self::Answer { status, times } => {
                format!("{} answered with {status}", next(*times, "write"))
            }
            Self::LoseRequests { times } => format!("{} lost", next(*times, "request")),
            Self::LoseReplies { times } => {
                format!("{} done and never answered", next(*times, "write"))
            }
            Self::RepeatWrites { times } => format!("{} sent twice", next(*times, "write")),
            Self::StaleWatches { lasts } => format!("the watches are silent for {}", span(*lasts)),
            Self::ApiDown { lasts } => format!("the API server is away for {}", span(*lasts)),
            Self::RevokeTokens {} => "every OpenBao token is revoked".to_owned(),
            Self::Unschedulable { lasts: Some(lasts) } => {
                format!("new pods find no node for {}", span(*lasts))
            }
            Self::Unschedulable { lasts: None } => "new pods find no node".to_owned(),
            Self::ImageMissing {} => "the target's image cannot be pulled".to_owned(),
            Self::CrashLoop { .. } => "the target's server exits at its start".to_owned(),
            Self::SlowStart { by } => format!("starting takes {} longer", span(by.0)),
            Self::StuckTerminating { lasts, .. } => {
                format!("{whom}, once it should go, stays for {}", span(*lasts))
            }
            Self::DeletePod { .. } => format!("{whom} is deleted by hand"),
            Self::Drain { .. } => format!("{whom} is evicted by a drain"),
            Self::ControllerStalled { lasts } => {
                format!(
                    "the StatefulSet controller stands still for {}",
                    span(*lasts)
                )
            }
            Self::SetPartition { to } => format!("somebody sets the partition to {to}"),
            Self::Unpause {} => "somebody un-pauses the operator".to_owned(),
            Self::SetVersion { to } => format!("somebody sets spec.version to {to}"),
            Self::Sealed { .. } => format!("{whom} stays sealed when it next starts"),
            Self::CannotLead {} => "new nodes of the target cannot lead".to_owned(),
            Self::AddVoter { id } => format!("somebody adds the voter {id}"),
            Self::Demote { .. } => format!("somebody takes the vote of {whom}"),
            Self::HookFails { times } => {
                format!("{} to fail", next(*times, "pre-promotion hook"))
            }
            Self::RefusePods { lasts } => format!("new pods are refused{}", maybe(*lasts)),
            Self::HoldVolume { lasts, .. } => {
                format!(
                    "the volume of {whom}, once it is made anew, is held elsewhere{}",
                    maybe(*lasts)
                )
            }
            Self::FailInit {} => "new pods get an init container that fails".to_owned(),
            Self::HoldSidecar { lasts } => {
                format!("new pods get a sidecar that is not ready{}", maybe(*lasts))
            }
            Self::LoseNode { lasts, .. } => {
                format!("the node of {whom} is away for {}", span(*lasts))
            }
            Self::RefuseTransfer { times } => {
                format!("{} not carried out", next(*times, "step-down"))
            }
            Self::StepDown {} => "somebody steps the leader down".to_owned(),
            Self::KillNode { .. } => format!("the server of {whom} is killed"),
            Self::FreezeNode { lasts, .. } => {
                format!("the server of {whom} hangs for {}", span(*lasts))
            }
            Self::CutNode { lasts, .. } => {
                format!("{whom} is cut off from the others for {}", span(*lasts))
            }
            Self::SlowReplication { lasts, .. } => {
                format!("{whom} receives entries slowly for {}", span(*lasts))
            }
            Self::HoldDownload { lasts, .. } => {
                format!("a download holds {whom} for {}", span(*lasts))
            }
            Self::CutOff { lasts } => {
                format!("baoctl is cut off from everything for {}", span(*lasts))
            }
            Self::CutConnections { lasts } => {
                format!("no node can be reached for {}", span(*lasts))
            }
        }
    }
}

/// The next so many of these, as the beginning of a sentence.
fn next(times: u32, what: &str) -> String {
    if times == 1 {
        format!("the next {what} is")
    } else {
        format!("the next {times} {what}s are")
    }
}

/// For how long, where it ends.
fn maybe(lasts: Option<Duration>) -> String {
    lasts.map_or(String::new(), |lasts| format!(" for {}", span(lasts)))
}

fn span(span: Duration) -> String {
    if span.subsec_millis() == 0 {
        format!("{} s", span.as_secs())
    } else {
        format!("{:.1} s", span.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_by_its_number_what_it_does_and_to_whom() {
        let lasts = Duration::from_millis(2500);
        let on = Who::Leader;
        let frozen = Fault::FreezeNode { on, lasts };
        assert_eq!(
            frozen.text(Some("prod-1")),
            "F36/F37 the server of prod-1 hangs for 2.5 s"
        );
        assert_eq!(
            frozen.text(None),
            "F36/F37 the server of the leader hangs for 2.5 s"
        );
        assert_eq!(frozen.name(), "freezeNode");
        let refused = Fault::Answer {
            status: 409,
            times: 2,
        };
        assert_eq!(
            refused.text(None),
            "F7/F8/F9/F13/F14 the next 2 writes are answered with 409"
        );
    }
}
