//! A scenario file: a cluster, an upgrade, and what goes wrong meanwhile.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    expectation::Expectation,
    fault::Fault,
    kubernetes::{Lock, Pins},
    scenario_error::{self, ScenarioError},
    span,
    strategy::{Gate, Strategy},
    token::TokenKind,
};
use crate::model::{version::Version, waiver::Waiver};

/// A scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scenario {
    /// What happens, in a line.
    pub name: String,
    /// The cluster before the upgrade.
    #[serde(default)]
    pub cluster: Shape,
    /// The version to reach.
    pub to: Version,
    /// The image to reach; derived from the present one without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The order: `auto`, `reverse-ordinal` or `leader-last`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Whoever runs baoctl again, once it was killed or has halted, goes back to
    /// the version the cluster came from.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub back: bool,
    /// What is waived, as `upgrade` is told it; a one-way door as well, where
    /// nothing is said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waivers: Option<Vec<Waiver>>,
    /// Under blue/green: the gate to stop at, until somebody promotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Gate>,
    /// Under blue/green: how long green is watched before blue goes.
    #[serde(default, with = "span::maybe", skip_serializing_if = "Option::is_none")]
    pub soak: Option<Duration>,
    /// A snapshot comes first, in this file; no scenario names a file of its own.
    #[serde(skip)]
    pub snapshot: Option<PathBuf>,
    /// What goes wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Planned>,
    /// How it is to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expectation>,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "a file's own switches")]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// How its operator replaces servers: `rollingUpdate` or `blueGreen`.
    #[serde(skip_serializing_if = "Strategy::is_rolling")]
    pub strategy: Strategy,
    /// What it runs.
    pub version: Version,
    /// The image without its tag.
    pub repository: String,
    /// Voters: 1, 3 or 5.
    pub replicas: u32,
    /// Ordinal of the leader.
    pub leader: u32,
    /// Under blue/green: a hook has to succeed before green gets votes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pre_promotion_hook: bool,
    /// Permanent non-voters in a StatefulSet of their own.
    pub read_replicas: u32,
    /// Voters of the raft configuration that no pod is left of, by their ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dead_voters: Vec<String>,
    /// How the in-cluster operator is.
    pub operator: OperatorState,
    /// Grace period of the pods, in seconds.
    pub grace_period: u32,
    /// `minReadySeconds` of the StatefulSet.
    #[serde(skip_serializing_if = "is_zero")]
    pub min_ready_seconds: u32,
    /// A disruption budget is there.
    pub budget: bool,
    /// The role may read the raft configuration.
    pub reads_configuration: bool,
    /// The token of a login: `service`, `batch`, or `bare`.
    #[serde(skip_serializing_if = "TokenKind::is_service")]
    pub token: TokenKind,
    /// The operator's admission lock is installed: locked writes go as its
    /// account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<AdmissionLock>,
    /// The operator is paused already, and stays so afterwards.
    pub paused: bool,
    /// A policy of the cluster's own adds the digest to images at admission:
    /// in `templates` of StatefulSets, or in `pods` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pins_images: Option<Pins>,
    /// From baoctl to its API server and back, beside what both take anyway.
    #[serde(with = "span::maybe", skip_serializing_if = "Option::is_none")]
    pub round_trip: Option<Duration>,
}

/// Which admission lock is installed (`contracts/operator.md` 7,
/// `contracts/operator-today.md` 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AdmissionLock {
    /// That of January 2026.
    January,
    /// That of later releases.
    Today,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl AdmissionLock {
    /// The lock of the embedded API server.
    #[must_use]
    pub const fn installed(self) -> Lock {
        match self {
            Self::January => Lock::January,
            Self::Today => Lock::Today,
        }
    }
}

impl Shape {
    /// Ordinal of the leader at the beginning: where the operator is stuck, the
    /// last pod it would replace leads.
    #[must_use]
    pub fn first_leader(&self) -> u32 {
        if self.operator == OperatorState::Stuck {
            0
        } else {
            self.leader
        }
    }
}

/// How the in-cluster operator is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OperatorState {
    /// It runs, as released in January 2026.
    #[default]
    January,
    /// It runs, as it is today.
    Today,
    /// It is gone.
    Absent,
    /// It runs, as released in January 2026, and its rolling upgrade to the
    /// scenario's version is stuck at the last pod, which leads.
    Stuck,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            name: "prod".to_owned(),
            namespace: "vault".to_owned(),
            strategy: Strategy::default(),
            version: Version::new(2, 6, 2),
            repository: "docker.io/openbao/openbao".to_owned(),
            replicas: 3,
            leader: 1,
            pre_promotion_hook: false,
            read_replicas: 0,
            dead_voters: Vec::new(),
            operator: OperatorState::default(),
            grace_period: 30,
            min_ready_seconds: 0,
            budget: true,
            reads_configuration: false,
            token: TokenKind::Service,
            lock: None,
            paused: false,
            pins_images: None,
            round_trip: None,
        }
    }
}

/// A fault with its moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Planned {
    /// When.
    pub when: When,
    /// What.
    pub what: Fault,
}

/// When a fault strikes. Of time, event and write exactly one is given; `after`
/// alone counts from the beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct When {
    /// Baoctl tells of this event, by its name in the stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The pod the event is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod: Option<String>,
    /// Baoctl sends its k-th write, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write: Option<u64>,
    /// So long after that.
    #[serde(with = "span::maybe", skip_serializing_if = "Option::is_none")]
    pub after: Option<Duration>,
}

impl Scenario {
    /// An undisturbed upgrade of the usual cluster.
    #[must_use]
    pub fn undisturbed(to: Version) -> Self {
        Self {
            name: "an undisturbed upgrade".to_owned(),
            cluster: Shape::default(),
            to,
            image: None,
            order: None,
            back: false,
            waivers: None,
            snapshot: None,
            until: None,
            soak: None,
            faults: Vec::new(),
            expect: None,
        }
    }

    /// Reads a scenario file.
    ///
    /// # Errors
    ///
    /// What is wrong with it, by line and field.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let scenario = scenario_error::read(text)?;
        scenario.check().map_err(|error| error.found_in(text))?;
        Ok(scenario)
    }

    /// Writes one.
    ///
    /// # Errors
    ///
    /// None that is known of.
    pub fn to_yaml(&self) -> Result<String, ScenarioError> {
        serde_yaml::to_string(self).map_err(|error| ScenarioError::Syntax(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
name: the leader dies while prod-2 starts
cluster: { version: 2.6.2, leader: 1 }
to: 2.7.2
faults:
  - when: { event: podReplaced, pod: prod-2, after: 500ms }
    what: { killNode: { on: leader } }
  - when: { write: 7 }
    what: { crash: {} }
expect: { exit: 0 }
";

    #[test]
    fn a_file_is_read_and_written_again_unchanged() {
        let scenario = Scenario::parse(FILE).expect("a scenario");
        assert_eq!(scenario.cluster.replicas, 3);
        assert_eq!(
            scenario.faults[0].when.after,
            Some(Duration::from_millis(500))
        );
        let again = Scenario::parse(&scenario.to_yaml().expect("written")).expect("read");
        assert_eq!(again, scenario);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (from, to, field) in [
            ("leader: 1", "laeder: 1", "laeder"),
            ("killNode", "killPod", "killPod"),
            ("on: leader", "on: somebody", "somebody"),
            ("500ms", "soon", "soon"),
        ] {
            let error = Scenario::parse(&FILE.replace(from, to)).expect_err("wrong");
            let text = error.to_string();
            assert!(text.contains(field), "{text}");
            assert!(text.contains("line"), "{text}");
        }
        let error = Scenario::parse(&FILE.replace("leader: 1", "leader: 5")).expect_err("wrong");
        assert_eq!(
            error.to_string(),
            "line 2, cluster.leader: 5 is not an ordinal of 3 replicas"
        );
    }
}
