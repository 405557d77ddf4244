//! `baoctl status`.

use clap::Args;

use super::access::AccessArgs;

/// Its flags.
#[derive(Debug, Clone, Args)]
pub struct StatusArgs {
    /// Name of the OpenBaoCluster
    pub cluster: Option<String>,
    /// How to reach OpenBao.
    #[command(flatten)]
    pub access: AccessArgs,
}
