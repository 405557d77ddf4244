//! `baoctl preflight`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::model::version::Version;

use super::{
    access::AccessArgs,
    change::{LockArgs, WaiverArgs},
    image,
};

/// Its flags.
#[derive(Debug, Clone, Args)]
pub struct PreflightArgs {
    /// Name of the OpenBaoCluster
    pub cluster: Option<String>,
    /// The version to reach
    #[arg(long, value_name = "VERSION")]
    pub to: Version,
    /// The image to run; by default the present repository with the new tag
    #[arg(long, value_name = "IMAGE", value_parser = image::parse)]
    pub image: Option<String>,
    /// The kind of upgrade to check for
    #[arg(long, value_enum, default_value_t)]
    pub strategy: StrategyArg,
    /// Evaluate only this check, or this category; may be repeated
    #[arg(long, value_name = "ID")]
    pub only: Vec<String>,
    /// Where the upgrade is to put its snapshot
    #[arg(long, value_name = "FILE")]
    pub snapshot: Option<PathBuf>,
    /// The upgrade is to end a pause that somebody else asked for
    #[arg(long)]
    pub end_pause: bool,
    /// What makes the command fail
    #[arg(long, value_enum, value_name = "VERDICT", default_value_t)]
    pub fail_on: FailOn,
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

/// `--strategy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum StrategyArg {
    /// Pod by pod
    #[default]
    Rolling,
}

/// `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum FailOn {
    /// A warning too
    Warn,
    /// A failed check, or one that could not be evaluated
    #[default]
    Fail,
}
