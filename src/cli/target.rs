//! Which Kubernetes to talk to.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::duration;

/// Flags every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Kubernetes")]
pub struct TargetArgs {
    /// Namespace of the cluster; by default the context's
    #[arg(
        short,
        long,
        global = true,
        env = "BAOCTL_NAMESPACE",
        hide_env_values = true
    )]
    pub namespace: Option<String>,
    /// Context of the kubeconfig
    #[arg(long, global = true, env = "BAOCTL_CONTEXT", hide_env_values = true)]
    pub context: Option<String>,
    /// The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the
    /// pod's own account
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "BAOCTL_KUBECONFIG",
        hide_env_values = true
    )]
    pub kubeconfig: Option<PathBuf>,
    /// User to impersonate for every request
    #[arg(
        long = "as",
        global = true,
        value_name = "USER",
        env = "BAOCTL_AS",
        hide_env_values = true
    )]
    pub as_user: Option<String>,
    /// Group to impersonate; may be repeated
    #[arg(
        long,
        global = true,
        value_name = "GROUP",
        env = "BAOCTL_AS_GROUP",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub as_group: Vec<String>,
    /// How long one request to the API server may take
    #[arg(
        long,
        global = true,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration::parse,
        env = "BAOCTL_REQUEST_TIMEOUT",
        hide_env_values = true
    )]
    pub request_timeout: Duration,
}
