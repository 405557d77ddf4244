//! The documents machines read.

mod invariant;
mod pod_status;
mod rehearsal;
mod result;
mod status;
pub mod write;

use serde::{Deserialize, Serialize};

use crate::model::{
    exit_code::ExitCode, finding::Finding, halt::Halt, names::ClusterRef, plan::Plan,
    version::Version,
};

pub use invariant::{Invariant, Judgement};
pub use pod_status::{PodRole, PodStatus};
pub use rehearsal::{
    CrashTally, FaultTally, Faults, NeverStruck, Rehearsal, RehearsalReport, SeedFailure,
    StruckFault,
};
pub use result::{LeaderMove, NoReturn, PodResult, Requests, UpgradeResult};
pub use status::{ColoursStatus, SilentDriver, UpgradeStatus};

/// Version of every document's schema.
pub const API_VERSION: &str = "baoctl.openbao.org/v1";

/// One result. `kind` says which; `apiVersion`, `outcome`, `exitCode` and, on a
/// failure, `error` are in all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Document {
    /// Of `preflight`.
    PreflightReport(Box<PreflightReport>),
    /// Of `upgrade --dry-run`.
    UpgradePlan(Box<UpgradePlan>),
    /// Of `status`.
    UpgradeStatus(Box<UpgradeStatus>),
    /// Of everything that changes something.
    UpgradeResult(Box<UpgradeResult>),
    /// Of `rehearse` with many seeds.
    RehearsalReport(Box<RehearsalReport>),
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// Stable code: a halt's reason, or the outcome.
    pub code: String,
    /// A fragment with its causes.
    pub message: String,
    /// What to do, one line each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// All findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreflightReport {
    /// Version of the schema.
    pub api_version: String,
    /// One word for how it ended.
    pub outcome: String,
    /// The process's exit code.
    pub exit_code: ExitCode,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorBody>,
    /// The cluster, once known.
    pub cluster: Option<ClusterRef>,
    /// The version it runs, once known.
    pub from: Option<Version>,
    /// The version asked for.
    pub to: Option<Version>,
    /// The findings.
    pub findings: Vec<Finding>,
}

/// What would be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpgradePlan {
    /// Version of the schema.
    pub api_version: String,
    /// One word for how it ended.
    pub outcome: String,
    /// The process's exit code.
    pub exit_code: ExitCode,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorBody>,
    /// The plan, when preflight allows one.
    pub plan: Option<Plan>,
    /// What preflight found.
    pub findings: Vec<Finding>,
    /// The command that carries it out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<String>,
}

impl PreflightReport {
    /// A report of these findings.
    #[must_use]
    pub fn new(exit_code: ExitCode, findings: Vec<Finding>) -> Self {
        Self {
            api_version: API_VERSION.to_owned(),
            outcome: exit_code.outcome().to_owned(),
            exit_code,
            error: None,
            cluster: None,
            from: None,
            to: None,
            findings,
        }
    }
}

impl UpgradePlan {
    /// A document of this plan.
    #[must_use]
    pub fn new(exit_code: ExitCode, plan: Option<Plan>, findings: Vec<Finding>) -> Self {
        Self {
            api_version: API_VERSION.to_owned(),
            outcome: exit_code.outcome().to_owned(),
            exit_code,
            error: None,
            plan,
            findings,
            next: Vec::new(),
        }
    }
}

impl Document {
    /// The process's exit code.
    #[must_use]
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::PreflightReport(document) => document.exit_code,
            Self::UpgradePlan(document) => document.exit_code,
            Self::UpgradeStatus(document) => document.exit_code,
            Self::UpgradeResult(document) => document.exit_code,
            Self::RehearsalReport(document) => document.exit_code,
        }
    }

    /// What went wrong.
    #[must_use]
    pub const fn error(&self) -> Option<&ErrorBody> {
        match self {
            Self::PreflightReport(document) => document.error.as_ref(),
            Self::UpgradePlan(document) => document.error.as_ref(),
            Self::UpgradeStatus(document) => document.error.as_ref(),
            Self::UpgradeResult(document) => document.error.as_ref(),
            Self::RehearsalReport(document) => document.error.as_ref(),
        }
    }

    /// Why a run stopped.
    #[must_use]
    pub const fn halt(&self) -> Option<&Halt> {
        match self {
            Self::UpgradeResult(document) => document.halt.as_ref(),
            Self::PreflightReport(_)
            | Self::UpgradePlan(_)
            | Self::UpgradeStatus(_)
            | Self::RehearsalReport(_) => None,
        }
    }

    /// Adds what went wrong.
    #[must_use]
    pub fn with_error(mut self, error: ErrorBody) -> Self {
        let slot = match &mut self {
            Self::PreflightReport(document) => &mut document.error,
            Self::UpgradePlan(document) => &mut document.error,
            Self::UpgradeStatus(document) => &mut document.error,
            Self::UpgradeResult(document) => &mut document.error,
            Self::RehearsalReport(document) => &mut document.error,
        };
        *slot = Some(error);
        self
    }

    /// Whether a person is told on stderr instead of being given a result: a
    /// report of failed checks is a result, a halt is none.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        match self {
            Self::PreflightReport(report) => report.findings.is_empty() && report.error.is_some(),
            Self::UpgradePlan(_) | Self::UpgradeStatus(_) => self.error().is_some(),
            Self::UpgradeResult(result) => result.exit_code != ExitCode::Ok,
            // The table is what was asked for, whatever stands in it.
            Self::RehearsalReport(_) => false,
        }
    }
}
