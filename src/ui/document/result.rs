//! What a run came to, folded from its events.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    event::{Event, EventKind, PodTimings},
    model::{
        exit_code::ExitCode,
        finding::{Finding, Verdict},
        halt::{Halt, Standing},
        intent::Order,
        names::{ClusterRef, PodName},
        record::SnapshotRecord,
        version::Version,
    },
};

use super::{API_VERSION, ErrorBody, Rehearsal};

/// The result of `upgrade`, `resume` or `pause`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpgradeResult {
    /// Version of the schema.
    pub api_version: String,
    /// One word for how it ended.
    pub outcome: String,
    /// The process's exit code.
    pub exit_code: ExitCode,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorBody>,
    /// What there is to say where no pod was upgraded: nothing to do, paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The cluster, once known.
    pub cluster: Option<ClusterRef>,
    /// The run's id, once it began.
    pub run: Option<String>,
    /// It went on where an earlier invocation stopped.
    pub resumed: bool,
    /// When the run was begun, by whichever invocation did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// The version it came from.
    pub from: Option<Version>,
    /// The version it went to.
    pub to: Option<Version>,
    /// The image it went to.
    pub image: Option<String>,
    /// The order of the pods.
    pub order: Option<Order>,
    /// Findings of its preflight that did not pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// The pods that were done by this invocation, in their order.
    pub pods: Vec<PodResult>,
    /// How often leadership moved during this invocation.
    pub leader_moves: u32,
    /// Each of these moves.
    pub leaders: Vec<LeaderMove>,
    /// The first activation of the target of a one-way pair.
    pub point_of_no_return: Option<NoReturn>,
    /// The verified snapshot.
    pub snapshot: Option<SnapshotRecord>,
    /// What should be known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Why it stopped.
    pub halt: Option<Halt>,
    /// How the cluster stands.
    pub standing: Option<Standing>,
    /// What to type next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<String>,
    /// Requests sent.
    pub requests: Requests,
    /// How long this invocation took, in whole seconds.
    pub seconds: u64,
    /// What the rehearsal came to, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<Rehearsal>,
    /// Peak resident memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_rss_kib: Option<u64>,
    #[serde(skip)]
    began: Option<Timestamp>,
}

/// One pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PodResult {
    /// Which.
    pub pod: PodName,
    /// Milliseconds in all.
    pub total_ms: u64,
    /// Where they went.
    pub timings: PodTimings,
}

/// One move of leadership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaderMove {
    /// Who led.
    pub from: Option<PodName>,
    /// Who leads.
    pub to: PodName,
    /// The run had asked for it.
    pub planned: bool,
    /// Time without a leader, as far as it was seen.
    pub leaderless_ms: u64,
}

/// The point of no return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoReturn {
    /// The node that led first.
    pub node: PodName,
    /// Its version.
    pub version: Version,
    /// Voters that were older then.
    pub older_voters: Vec<PodName>,
}

/// Requests by whom they went to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Requests {
    /// To the API server, by verb.
    pub api: BTreeMap<String, u64>,
    /// To OpenBao.
    pub bao: u64,
}

impl UpgradeResult {
    /// When a run that this invocation resumed was begun, and how many seconds
    /// before its end that was.
    #[must_use]
    pub fn begun_before(&self) -> Option<(Timestamp, u64)> {
        let at = self.started_at.filter(|_| self.resumed)?;
        let before = self.began?.duration_since(at).as_secs();
        Some((at, u64::try_from(before).unwrap_or(0) + self.seconds))
    }

    /// A result that knows nothing yet.
    #[must_use]
    pub fn new(exit_code: ExitCode) -> Self {
        Self {
            api_version: API_VERSION.to_owned(),
            outcome: exit_code.outcome().to_owned(),
            exit_code,
            error: None,
            message: None,
            cluster: None,
            run: None,
            resumed: false,
            started_at: None,
            from: None,
            to: None,
            image: None,
            order: None,
            findings: Vec::new(),
            pods: Vec::new(),
            leader_moves: 0,
            leaders: Vec::new(),
            point_of_no_return: None,
            snapshot: None,
            warnings: Vec::new(),
            halt: None,
            standing: None,
            next: Vec::new(),
            requests: Requests::default(),
            seconds: 0,
            rehearsal: None,
            peak_rss_kib: None,
            began: None,
        }
    }

    /// Sets how it ended.
    pub fn ended(&mut self, exit_code: ExitCode) {
        self.exit_code = exit_code;
        exit_code.outcome().clone_into(&mut self.outcome);
        if exit_code != ExitCode::Ok
            && let Some(halt) = &self.halt
        {
            self.error = Some(ErrorBody {
                code: halt.reason.code(),
                message: halt.message.clone(),
                hint: (!halt.next.is_empty()).then(|| halt.next.join("\n")),
            });
        }
    }

    /// Takes an event in. The exit code is not among what events decide.
    pub fn record(&mut self, event: &Event) {
        let began = *self.began.get_or_insert(event.at);
        self.seconds = u64::try_from(event.at.duration_since(began).as_secs()).unwrap_or(0);
        match &event.event {
            EventKind::PreflightDone { findings } => {
                self.findings = findings
                    .iter()
                    .filter(|finding| !matches!(finding.verdict, Verdict::Pass | Verdict::Skipped))
                    .cloned()
                    .collect();
            }
            EventKind::Planned { plan } => {
                self.cluster = Some(plan.cluster.clone());
                self.from = Some(plan.from.clone());
                self.to = Some(plan.to.clone());
                self.image = Some(plan.image.clone());
                self.order = Some(plan.order);
            }
            EventKind::RunStarted {
                run,
                from,
                to,
                image,
                resumed,
                started_at,
                ..
            } => {
                self.started_at = Some(*started_at);
                self.run = Some(run.clone());
                self.from = Some(from.clone());
                self.to = Some(to.clone());
                self.image = Some(image.clone());
                self.resumed = *resumed;
            }
            EventKind::LeaderChanged {
                from,
                to,
                planned,
                leaderless_ms,
                ..
            } => {
                self.leader_moves += 1;
                self.leaders.push(LeaderMove {
                    from: from.clone(),
                    to: to.clone(),
                    planned: *planned,
                    leaderless_ms: *leaderless_ms,
                });
            }
            EventKind::PointOfNoReturn {
                node,
                version,
                older_voters,
            } => {
                self.point_of_no_return = Some(NoReturn {
                    node: node.clone(),
                    version: version.clone(),
                    older_voters: older_voters.clone(),
                });
            }
            EventKind::PodDone { pod, timings, .. } => self.pods.push(PodResult {
                pod: pod.clone(),
                total_ms: timings.total_ms(),
                timings: *timings,
            }),
            EventKind::SnapshotVerified { snapshot } => self.snapshot = Some(snapshot.clone()),
            EventKind::Warning { message } => self.warnings.push(message.clone()),
            EventKind::Halted { halt, standing } => {
                self.halt = Some(halt.clone());
                self.standing = Some(standing.clone());
            }
            EventKind::Finished {
                standing,
                leader_moves,
                seconds,
            } => {
                self.standing = Some(standing.clone());
                self.leader_moves = *leader_moves;
                self.seconds = *seconds;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::halt::HaltReason;

    use super::*;

    #[test]
    fn a_run_s_events_become_its_result() {
        let pod = |name: &str| PodName(name.into());
        let timings = PodTimings {
            start_ms: 5000,
            own_ms: 90,
            ..PodTimings::default()
        };
        let events = [
            EventKind::LeaderChanged {
                from: Some(pod("prod-0")),
                to: pod("prod-1"),
                version: None,
                planned: true,
                leaderless_ms: 700,
            },
            EventKind::PodDone {
                pod: pod("prod-2"),
                done: 1,
                of: 3,
                timings,
            },
            EventKind::Halted {
                halt: Halt::new(HaltReason::ImagePullFailed, "no such tag").next("baoctl resume"),
                standing: Standing::default(),
            },
        ];
        let mut result = UpgradeResult::new(ExitCode::Ok);
        for (seq, event) in (1..).zip(events) {
            let at = Timestamp::from_second(10 * seq).expect("in range");
            let seq = u64::try_from(seq).expect("positive");
            result.record(&Event { seq, at, event });
        }
        result.ended(ExitCode::HaltedAtRisk);
        assert_eq!((result.leader_moves, result.leaders.len()), (1, 1));
        assert_eq!(result.pods[0].total_ms, 5090);
        assert_eq!(result.seconds, 20);
        assert_eq!(result.outcome, "haltedAtRisk");
        let error = result.error.expect("an error");
        assert_eq!(error.code, "ImagePullFailed");
        assert_eq!(error.hint.as_deref(), Some("baoctl resume"));
    }
}
