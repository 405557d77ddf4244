//! `baoctl resume`.

use clap::Args;

use super::{
    access::AccessArgs,
    change::{LockArgs, OrderArgs, RunArgs, WaiverArgs},
};

/// Its flags.
#[derive(Debug, Clone, Args)]
pub struct ResumeArgs {
    /// Name of the OpenBaoCluster
    pub cluster: Option<String>,
    /// Finish an upgrade that the in-cluster operator left unfinished; an
    /// upgrade of baoctl's own keeps the order it began with
    #[arg(long)]
    pub take_over: bool,
    /// In which order.
    #[command(flatten)]
    pub order: OrderArgs,
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
