//! The command line as it was typed.

pub mod access;
pub mod change;
pub mod colours;
pub mod duration;
pub mod help;
mod image;
pub mod output;
pub mod preflight;
pub mod rehearse;
pub mod resume;
pub mod status;
pub mod target;
pub mod upgrade;

use std::{env, ffi::OsString};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, builder::Resettable};

use self::{
    output::OutputArgs, preflight::PreflightArgs, rehearse::RehearseCommand, resume::ResumeArgs,
    status::StatusArgs, target::TargetArgs, upgrade::UpgradeCommand,
};

/// Upgrades OpenBao (Raft) clusters on Kubernetes from outside the cluster.
///
/// baoctl never makes a cluster less safe than it found it, always says why it
/// waits, and whatever stops it, running it again finishes the job. CLUSTER is
/// the name of an OpenBaoCluster; it may be left out where the namespace has
/// exactly one.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "baoctl",
    version,
    propagate_version = false,
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = help::ROOT_EXAMPLES,
    after_long_help = help::with_exit_codes(help::ROOT_EXAMPLES)
)]
pub struct Cli {
    /// Which Kubernetes, as whom.
    #[command(flatten)]
    pub target: TargetArgs,
    /// How results look.
    #[command(flatten)]
    pub output: OutputArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Reads a command line, the program's name first. A variable that is set to
    /// nothing is as one that is not set: so a pipeline leaves one out.
    ///
    /// # Errors
    /// Help that was asked for, or what is wrong with the line.
    pub fn of(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let mut command = without_empty_variables(Self::command());
        let mut matches = command.try_get_matches_from_mut(arguments)?;
        Self::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
    }
}

fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |name: &std::ffi::OsStr| env::var_os(name).is_some_and(|set| set.is_empty());
    command
        .mut_args(|argument| {
            if argument.get_env().is_some_and(is_empty) {
                argument.env(Resettable::Reset)
            } else {
                argument
            }
        })
        .mut_subcommands(without_empty_variables)
}

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Check whether an upgrade may start; change nothing
    #[command(
        after_help = help::PREFLIGHT_EXAMPLES,
        after_long_help = help::with_exit_codes(help::PREFLIGHT_EXAMPLES)
    )]
    Preflight(Box<PreflightArgs>),
    /// Upgrade a cluster
    #[command(subcommand, subcommand_required = true, arg_required_else_help = true)]
    Upgrade(UpgradeCommand),
    /// Show versions, leader, pods, locks, pauses and an unfinished upgrade
    #[command(after_help = help::STATUS_EXAMPLES)]
    Status(Box<StatusArgs>),
    /// Pause the operator; ask a running upgrade to stop at its next safe point
    #[command(after_help = help::PAUSE_EXAMPLES)]
    Pause(PauseArgs),
    /// Finish an unfinished upgrade, or end a pause
    ///
    /// Where an upgrade of baoctl's was interrupted, this finishes it. Where the
    /// in-cluster operator left one stuck, --take-over finishes that one. Where
    /// there is neither, a pause set with `baoctl pause` ends.
    #[command(
        after_help = help::RESUME_EXAMPLES,
        after_long_help = help::with_exit_codes(help::RESUME_EXAMPLES)
    )]
    Resume(Box<ResumeArgs>),
    /// Rehearse an upgrade on an embedded cluster, in virtual time
    #[command(subcommand, subcommand_required = true, arg_required_else_help = true)]
    Rehearse(RehearseCommand),
    /// Print a completion script for a shell
    #[command(after_help = help::COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArgs),
}

/// `baoctl pause`.
#[derive(Debug, Clone, Args)]
pub struct PauseArgs {
    /// Name of the OpenBaoCluster
    pub cluster: Option<String>,
    /// Why, for whoever finds the cluster paused
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// `baoctl completions`.
#[derive(Debug, Clone, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

impl Command {
    /// The command as it is typed, for messages.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Preflight(_) => "preflight",
            Self::Upgrade(UpgradeCommand::Rolling(_)) => "upgrade rolling",
            Self::Upgrade(UpgradeCommand::BlueGreen(_)) => "upgrade bluegreen",
            Self::Upgrade(UpgradeCommand::Promote(_)) => "upgrade promote",
            Self::Upgrade(UpgradeCommand::Abort(_)) => "upgrade abort",
            Self::Upgrade(UpgradeCommand::Rollback(_)) => "upgrade rollback",
            Self::Status(_) => "status",
            Self::Pause(_) => "pause",
            Self::Resume(_) => "resume",
            Self::Rehearse(RehearseCommand::Rolling(_)) => "rehearse rolling",
            Self::Rehearse(RehearseCommand::BlueGreen(_)) => "rehearse bluegreen",
            Self::Completions(_) => "completions",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cli, CommandFactory as _};

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }
}
