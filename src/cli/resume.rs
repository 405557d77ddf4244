//! `baoctl resume`.

use clap::Args;

use super::change::{ChangeArgs, OrderArgs};

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
    /// What every change takes.
    #[command(flatten)]
    pub change: ChangeArgs,
}
