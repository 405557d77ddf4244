//! The plan shown before consent: a projection for people, never the program.

use serde::{Deserialize, Serialize};

use super::{
    blue_green_run::BlueGreenRun,
    intent::Order,
    names::{ClusterRef, PodName, Pool},
    version::Version,
    waiver::Waiver,
};

/// What will happen, pod by pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The cluster.
    pub cluster: ClusterRef,
    /// The version it runs.
    pub from: Version,
    /// The version it will run.
    pub to: Version,
    /// The image it will run.
    pub image: String,
    /// The order chosen.
    pub order: Order,
    /// Why that one.
    pub order_reason: String,
    /// The active node now.
    pub leader: Option<PodName>,
    /// How many times leadership is expected to move.
    pub leader_moves: u32,
    /// The steps.
    pub steps: Vec<PlanStep>,
    /// The step (index into `steps`) after which the old version cannot lead
    /// again, for a one-way pair.
    pub point_of_no_return: Option<usize>,
    /// The colours of a blue/green run; `None` for a rolling one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colours: Option<BlueGreenRun>,
    /// Waivers in force.
    pub waivers: Vec<Waiver>,
}

/// One step of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanStep {
    /// What it does.
    pub text: String,
    /// The object it writes, when it writes one: `kind/name field`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writes: Option<String>,
    /// The pod it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod: Option<PodName>,
    /// The pool of that pod.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<Pool>,
}

impl PlanStep {
    /// A step that writes no object of Kubernetes's.
    #[must_use]
    pub const fn says(text: String) -> Self {
        Self {
            text,
            writes: None,
            pod: None,
            pool: None,
        }
    }

    /// A step that writes this object: `kind/name field`.
    #[must_use]
    pub fn writing(text: &str, object: String) -> Self {
        Self {
            writes: Some(object),
            ..Self::says(text.to_owned())
        }
    }
}
