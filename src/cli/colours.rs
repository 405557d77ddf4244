//! The commands of a blue/green upgrade.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::model::{blue_green_run::Until, version::Version};

use super::{change::ChangeArgs, duration, image};

/// Flags of `baoctl upgrade bluegreen`.
#[derive(Debug, Clone, Args)]
pub struct BlueGreenArgs {
    /// Name of the OpenBaoCluster
    pub cluster: Option<String>,
    /// The version to reach
    #[arg(long, value_name = "VERSION")]
    pub to: Version,
    /// The image to run; by default the present repository with the new tag
    #[arg(long, value_name = "IMAGE", value_parser = image::parse)]
    pub image: Option<String>,
    /// How far to go: green in step and without votes, green serving and blue
    /// without votes, or blue gone. By default `done`, or `ready` where
    /// spec.upgrade.blueGreen.autoPromote is false
    #[arg(long, value_enum, value_name = "POINT")]
    pub until: Option<UntilArg>,
    /// How long to watch green serve before blue is removed; not at all by default
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub soak: Option<Duration>,
    /// Delete blue's volumes with it. They are kept otherwise, and stand in the
    /// way of an upgrade back to that very version and image
    #[arg(long)]
    pub delete_blue_volumes: bool,
    /// Delete volumes of green's name that an earlier try has left, with what is
    /// on them
    #[arg(long)]
    pub delete_leftover_volumes: bool,
    /// Print the plan; change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// What every change takes.
    #[command(flatten)]
    pub change: ChangeArgs,
}

/// Flags of `baoctl upgrade promote`.
#[derive(Debug, Clone, Args)]
pub struct PromoteArgs {
    /// Name of the OpenBaoCluster
    pub cluster: Option<String>,
    /// How far to go
    #[arg(long, value_enum, value_name = "POINT", default_value = "done")]
    pub until: UntilArg,
    /// What every change takes.
    #[command(flatten)]
    pub change: ChangeArgs,
}

/// Flags of `baoctl upgrade abort` and `baoctl upgrade rollback`.
#[derive(Debug, Clone, Args)]
pub struct WayBackArgs {
    /// Name of the OpenBaoCluster
    pub cluster: Option<String>,
    /// What every change takes.
    #[command(flatten)]
    pub change: ChangeArgs,
}

/// `--until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UntilArg {
    /// Green is in step and has no votes
    Ready,
    /// Green leads and serves; blue runs on without votes
    Cutover,
    /// Blue is gone
    Done,
}

impl From<UntilArg> for Until {
    fn from(until: UntilArg) -> Self {
        match until {
            UntilArg::Ready => Self::Ready,
            UntilArg::Cutover => Self::Cutover,
            UntilArg::Done => Self::Done,
        }
    }
}
