//! How a run ended.

use std::time::Duration;

use crate::{
    event::PodTimings,
    model::{
        exit_code::ExitCode,
        halt::{Halt, Standing},
        names::PodName,
        record::RunRecord,
    },
};

use super::stop::StopReason;

/// The end of a run with what there is to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// How the cluster stood.
    pub standing: Standing,
    /// The run.
    pub run: RunRecord,
    /// Whether there is anything of it on the cluster: it was resumed, or has
    /// written something.
    pub begun: bool,
    /// Times leadership moved.
    pub leader_moves: u32,
    /// Seconds it took.
    pub seconds: u64,
    /// Each pod that was upgraded, with where its time went.
    pub pods: Vec<(PodName, PodTimings)>,
    /// Warnings that came up.
    pub warnings: Vec<String>,
}

/// The kinds of end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Done.
    Finished,
    /// Stopped because somebody asked.
    Stopped {
        /// Why.
        why: StopReason,
        /// At a safe point; false when it was at once.
        safe: bool,
    },
    /// Stopped because it had to.
    Halted(Halt),
}

impl End {
    /// How long each of the last things of a run may take: whoever wants to
    /// leave at once does not wait for them.
    pub(super) const fn last_patience(&self) -> Duration {
        let at_once = matches!(self, Self::Stopped { safe: false, .. });
        Duration::from_secs(if at_once { 2 } else { 60 })
    }
}

impl Outcome {
    /// The process's exit code.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match &self.end {
            End::Finished => ExitCode::Ok,
            End::Stopped { why, .. } => why.exit_code(),
            End::Halted(halt) => match halt.reason.exit_code() {
                ExitCode::Halted if self.standing.at_risk() => ExitCode::HaltedAtRisk,
                code => code,
            },
        }
    }
}
