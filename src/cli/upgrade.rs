//! `baoctl upgrade`.

use clap::{Args, Subcommand};

use crate::model::version::Version;

use super::{
    change::{ChangeArgs, OrderArgs},
    colours::{BlueGreenArgs, PromoteArgs, WayBackArgs},
    help, image,
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
    /// Bring up new pods beside the old ones, then move everything over at once
    ///
    /// For clusters of the strategy BlueGreen. Green joins without votes and
    /// catches up; then it gets the votes, the leadership and the clients, and
    /// blue goes. Until blue is removed, `upgrade rollback` goes back where the
    /// versions allow it. `--until` stops on the way.
    #[command(
        name = "bluegreen",
        after_help = help::BLUE_GREEN_EXAMPLES,
        after_long_help = help::with_exit_codes(help::BLUE_GREEN_EXAMPLES)
    )]
    BlueGreen(Box<BlueGreenArgs>),
    /// Go on with a blue/green upgrade that stopped at `--until`
    Promote(Box<PromoteArgs>),
    /// Remove green before it has any vote; nothing that serves is touched
    Abort(Box<WayBackArgs>),
    /// Give votes, leadership and clients back to blue, then remove green
    Rollback(Box<WayBackArgs>),
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
    #[arg(long, value_name = "IMAGE", value_parser = image::parse)]
    pub image: Option<String>,
    /// Print the plan; change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// In which order.
    #[command(flatten)]
    pub order: OrderArgs,
    /// What every change takes.
    #[command(flatten)]
    pub change: ChangeArgs,
}

impl UpgradeCommand {
    /// What every change takes.
    #[must_use]
    pub const fn change(&self) -> &ChangeArgs {
        match self {
            Self::Rolling(typed) => &typed.change,
            Self::BlueGreen(typed) => &typed.change,
            Self::Promote(typed) => &typed.change,
            Self::Abort(typed) | Self::Rollback(typed) => &typed.change,
        }
    }

    /// Whether only the plan is asked for.
    #[must_use]
    pub const fn is_dry_run(&self) -> bool {
        match self {
            Self::Rolling(typed) => typed.dry_run,
            Self::BlueGreen(typed) => typed.dry_run,
            Self::Promote(_) | Self::Abort(_) | Self::Rollback(_) => false,
        }
    }
}
