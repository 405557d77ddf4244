//! The process exit codes, the same in every output format.

use serde::{Deserialize, Serialize};

/// How a command ended. The numbers are an interface: scripts branch on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum ExitCode {
    /// Done, or there was nothing to do.
    Ok,
    /// An error nobody foresaw.
    Unexpected,
    /// The command line was wrong.
    Usage,
    /// A preflight check failed; nothing was changed.
    PreflightFailed,
    /// Preflight warned and `--fail-on=warn` was given.
    PreflightWarned,
    /// Halted; the cluster is serving and the checkpoint is saved.
    Halted,
    /// Halted; the cluster is at risk: no leader, a sealed node, fewer voters than
    /// a quorum, or just a quorum with more down than the one that an upgrade takes
    /// at a time ([`crate::model::halt::Standing::at_risk`]).
    HaltedAtRisk,
    /// Paused at a safe point, as asked.
    Paused,
    /// Declined at the prompt, or a prompt was needed and there is no terminal.
    Declined,
    /// Another driver holds the cluster.
    Locked,
    /// Unreachable or forbidden, before anything was changed.
    Unreachable,
    /// The overall `--timeout` passed.
    TimedOut,
    /// Interrupted by SIGINT at a safe point; resumable.
    Interrupted,
    /// Terminated by SIGTERM at a safe point; resumable.
    Terminated,
}

impl ExitCode {
    /// Every code, in the order help and documentation list them.
    pub const ALL: [Self; 14] = [
        Self::Ok,
        Self::Unexpected,
        Self::Usage,
        Self::PreflightFailed,
        Self::PreflightWarned,
        Self::Halted,
        Self::HaltedAtRisk,
        Self::Paused,
        Self::Declined,
        Self::Locked,
        Self::Unreachable,
        Self::TimedOut,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The number the process exits with.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Unexpected => 1,
            Self::Usage => 2,
            Self::PreflightFailed => 3,
            Self::PreflightWarned => 4,
            Self::Halted => 5,
            Self::HaltedAtRisk => 6,
            Self::Paused => 7,
            Self::Declined => 8,
            Self::Locked => 9,
            Self::Unreachable => 10,
            Self::TimedOut => 124,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// One line of meaning for help and documentation.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Ok => "done, or nothing to do",
            Self::Unexpected => "unexpected error",
            Self::Usage => "wrong usage",
            Self::PreflightFailed => "preflight failed, nothing changed",
            Self::PreflightWarned => "preflight warned and --fail-on=warn was given",
            Self::Halted => "halted, cluster serving as far as it can be seen, checkpoint saved",
            Self::HaltedAtRisk => {
                "halted, cluster at risk (no leader, a sealed node, or two voters down and none to spare)"
            }
            Self::Paused => "paused at a safe point, as asked",
            Self::Declined => "declined, or a prompt was needed and there is no terminal",
            Self::Locked => "locked by another driver",
            Self::Unreachable => "unreachable or forbidden before any change",
            Self::TimedOut => "the overall --timeout passed",
            Self::Interrupted => "interrupted at a safe point, resumable",
            Self::Terminated => "terminated at a safe point, resumable",
        }
    }

    /// The word machines find in `outcome`.
    #[must_use]
    pub const fn outcome(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unexpected => "error",
            Self::Usage => "usage",
            Self::PreflightFailed => "preflightFailed",
            Self::PreflightWarned => "preflightWarned",
            Self::Halted => "halted",
            Self::HaltedAtRisk => "haltedAtRisk",
            Self::Paused => "paused",
            Self::Declined => "declined",
            Self::Locked => "locked",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timedOut",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }
}

impl From<ExitCode> for u8 {
    fn from(code: ExitCode) -> Self {
        code.number()
    }
}

impl TryFrom<u8> for ExitCode {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|code| code.number() == number)
            .ok_or_else(|| format!("{number} is not an exit code of baoctl"))
    }
}

#[cfg(test)]
mod tests {
    use super::ExitCode;

    #[test]
    fn every_code_is_listed_once_and_found_again_by_its_number() {
        for code in ExitCode::ALL {
            assert_eq!(ExitCode::try_from(code.number()), Ok(code));
        }
        let mut numbers: Vec<u8> = ExitCode::ALL.map(ExitCode::number).to_vec();
        numbers.dedup();
        assert_eq!(numbers.len(), ExitCode::ALL.len());
        assert!(ExitCode::try_from(77).is_err());
    }
}
