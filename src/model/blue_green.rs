//! Blue/green in the operator's vocabulary: the two colours, the phases, what
//! the resource asks for and how far it says it is (`contracts/operator.md`
//! 1.2, 1.3, 3.3).

use std::{fmt, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{fact::Fact, revision::Revision};

/// One of the two sets of servers of a blue/green upgrade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Colour {
    /// The servers that are in use when the upgrade begins.
    Blue,
    /// Those of the target version.
    Green,
}

impl Colour {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Blue => Self::Green,
            Self::Green => Self::Blue,
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blue => "blue",
            Self::Green => "green",
        })
    }
}

/// `status.blueGreen.phase`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BlueGreenPhase {
    /// Nothing is under way.
    Idle,
    /// Green's StatefulSet is made and its pods come up.
    DeployingGreen,
    /// Green joins the raft cluster without votes.
    JoiningMesh,
    /// Green catches up; held here when promotion is not automatic.
    Syncing,
    /// Green gets votes.
    Promoting,
    /// Blue loses its votes and the leadership; the public Service moves as this
    /// begins.
    DemotingBlue,
    /// Blue's members and StatefulSet go.
    Cleanup,
    /// Blue takes the votes and the leadership back.
    RollingBack,
    /// Green's members and StatefulSet go.
    RollbackCleanup,
    /// A phase of a later operator's, as it spells it.
    Other(String),
}

impl BlueGreenPhase {
    const KNOWN: [Self; 9] = [
        Self::Idle,
        Self::DeployingGreen,
        Self::JoiningMesh,
        Self::Syncing,
        Self::Promoting,
        Self::DemotingBlue,
        Self::Cleanup,
        Self::RollingBack,
        Self::RollbackCleanup,
    ];

    /// Its place on the way forward; 0 for what is no part of it.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Self::DeployingGreen => 1,
            Self::JoiningMesh => 2,
            Self::Syncing => 3,
            Self::Promoting => 4,
            Self::DemotingBlue => 5,
            Self::Cleanup => 6,
            Self::Idle | Self::RollingBack | Self::RollbackCleanup | Self::Other(_) => 0,
        }
    }

    /// The phase of a name.
    #[must_use]
    pub fn named(text: &str) -> Self {
        let known = Self::KNOWN.into_iter().find(|phase| phase.as_str() == text);
        known.unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    /// Its name in the resource.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Idle => "Idle",
            Self::DeployingGreen => "DeployingGreen",
            Self::JoiningMesh => "JoiningMesh",
            Self::Syncing => "Syncing",
            Self::Promoting => "Promoting",
            Self::DemotingBlue => "DemotingBlue",
            Self::Cleanup => "Cleanup",
            Self::RollingBack => "RollingBack",
            Self::RollbackCleanup => "RollbackCleanup",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for BlueGreenPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `status.blueGreen`. The operator makes it at its first blue/green upgrade: a
/// BlueGreen cluster that has had none has no such status.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlueGreenStatus {
    /// How far it is; absent counts as idle.
    pub phase: Option<BlueGreenPhase>,
    /// The revision in use: it names the voters' StatefulSet.
    pub blue_revision: Option<Revision>,
    /// The image blue was made with; empty means that none was named.
    pub blue_image: Option<String>,
    /// The revision that is being brought up.
    pub green_revision: Option<Revision>,
    /// When the present phase began. The operator cannot go on from `Syncing`
    /// without it where `minSyncDuration` is set (`contracts/operator.md` 3.3).
    pub start_time: Option<Timestamp>,
    /// Failed executor Jobs of the present phase.
    pub job_failure_count: Option<u32>,
    /// The last of them.
    pub last_job_failure: Option<String>,
    /// Why it was rolled back.
    pub rollback_reason: Option<String>,
    /// When that began.
    pub rollback_start_time: Option<Timestamp>,
}

impl BlueGreenStatus {
    /// Blue is being removed, or was: there is no way back to it.
    #[must_use]
    pub fn removes_blue(&self, green: &Revision) -> bool {
        self.phase == Some(BlueGreenPhase::Cleanup) || self.blue_revision.as_ref() == Some(green)
    }

    /// Whether nothing is under way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        matches!(self.phase, None | Some(BlueGreenPhase::Idle))
    }

    /// The status at rest with this colour in use: what the operator's own last
    /// step leaves, without the traces of a rollback
    /// (`contracts/operator-live.md` 8.3).
    #[must_use]
    pub fn at_rest(revision: Revision, image: Option<String>) -> Self {
        Self {
            phase: Some(BlueGreenPhase::Idle),
            blue_revision: Some(revision),
            blue_image: image,
            ..Self::default()
        }
    }

    /// The same upgrade as it enters a phase: what is counted from a phase's
    /// beginning starts anew.
    #[must_use]
    pub fn entering(&self, phase: BlueGreenPhase, now: Timestamp) -> Self {
        Self {
            start_time: (phase != BlueGreenPhase::Idle).then_some(now),
            phase: Some(phase),
            job_failure_count: None,
            last_job_failure: None,
            ..self.clone()
        }
    }
}

/// `spec.upgrade.blueGreen`, with the schema's defaults where it is silent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlueGreenSpec {
    /// `autoPromote`: false holds green without votes until somebody sets it.
    pub auto_promote: bool,
    /// `preUpgradeSnapshot`.
    pub pre_upgrade_snapshot: bool,
    /// `maxJobFailures`.
    pub max_job_failures: u32,
    /// `verification.minSyncDuration`: how long green stays in sync without
    /// votes at least, zero when absent. The schema takes any text, so it may
    /// be unknown.
    pub min_sync_duration: Fact<Duration>,
    /// `verification.prePromotionHook`.
    pub pre_promotion_hook: Option<PromotionHook>,
    /// `autoRollback`.
    pub auto_rollback: AutoRollback,
}

impl Default for BlueGreenSpec {
    fn default() -> Self {
        Self {
            auto_promote: true,
            pre_upgrade_snapshot: false,
            max_job_failures: 5,
            min_sync_duration: Fact::Known(Duration::ZERO),
            pre_promotion_hook: None,
            auto_rollback: AutoRollback::default(),
        }
    }
}

/// A Job that has to succeed before green gets votes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PromotionHook {
    /// Its image.
    pub image: String,
    /// Its command; empty means the image's own.
    pub command: Vec<String>,
    /// Its arguments.
    pub args: Vec<String>,
    /// How long it may take.
    pub timeout: Duration,
}

impl PromotionHook {
    /// The schema's default for `timeoutSeconds`.
    pub const TIMEOUT: Duration = Duration::from_secs(300);
}

/// What makes the operator roll back by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoRollback {
    /// `enabled`: whether it does so at all.
    pub enabled: bool,
    /// `onJobFailure`: when Jobs fail too often.
    pub on_job_failure: bool,
    /// `onValidationFailure`: when the hook fails.
    pub on_validation_failure: bool,
}

impl Default for AutoRollback {
    fn default() -> Self {
        Self {
            enabled: true,
            on_job_failure: true,
            on_validation_failure: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_is_spelt_as_it_was_read() {
        for phase in BlueGreenPhase::KNOWN {
            assert_eq!(BlueGreenPhase::named(phase.as_str()), phase);
        }
        let later = BlueGreenPhase::named("RestoringReadReplicas");
        assert_eq!(later.as_str(), "RestoringReadReplicas");
        let status = BlueGreenStatus {
            phase: Some(later),
            ..BlueGreenStatus::default()
        };
        assert!(!status.is_idle(), "a phase nobody knows is not rest");
        assert!(BlueGreenStatus::default().is_idle());
    }

    #[test]
    fn a_phase_begins_with_nothing_counted() {
        let now = Timestamp::UNIX_EPOCH;
        let status = BlueGreenStatus {
            green_revision: Revision::named("b"),
            job_failure_count: Some(2),
            last_job_failure: Some("job".to_owned()),
            ..BlueGreenStatus::at_rest(Revision::of("1", "", 3), None)
        };
        let entered = status.entering(BlueGreenPhase::Syncing, now);
        assert_eq!(entered.start_time, Some(now));
        assert_eq!(entered.green_revision, status.green_revision);
        assert_eq!(
            (entered.job_failure_count, entered.last_job_failure),
            (None, None)
        );
        assert_eq!(status.entering(BlueGreenPhase::Idle, now).start_time, None);
    }
}
