//! `baoctl upgrade`.

use clap::{Args, Subcommand};

use crate::model::version::Version;

use super::{
    access::AccessArgs,
    change::{LockArgs, RunArgs, WaiverArgs},
    help,
};

/// The strategies.
#[derive(Debug, Clone, Subcommand)]
pub enum UpgradeCommand {
    /// Replace the pods one at a time, the leader last
    ///
    /// Runs preflight, shows the plan, asks once, then acts. On a cluster with
    /// an unfinished run to the same version it finishes that run.
    #[command(
        after_help = help::ROLLING_EXAMPLES,
        after_long_help = help::with_exit_codes(help::ROLLING_EXAMPLES)
    )]
    Rolling(Box<RollingArgs>),
}

/// Flags of `baoctl upgrade rolling`.
#[derive(Debug, Clone, Args)]
pub struct RollingArgs {
    /// Name of the OpenBaoCluster
    pub cluster: Option<String>,
    /// The version to reach
    #[arg(long, value_name = "VERSION")]
    pub to: Version,
    /// The image to run; by default the present repository with the new tag
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,
    /// Print the plan; change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How the run goes.
    #[command(flatten)]
    pub run: RunArgs,
    /// Waivers.
    #[command(flatten)]
    pub waivers: WaiverArgs,
    /// Ways through the admission lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// How to reach OpenBao.
    #[command(flatten)]
    pub access: AccessArgs,
}
