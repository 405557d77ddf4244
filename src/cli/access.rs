//! How OpenBao is reached.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Flags of the commands that talk to OpenBao.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "OpenBao")]
pub struct AccessArgs {
    /// File with an OpenBao token; by default $BAO_TOKEN, then a login with a
    /// short-lived ServiceAccount token. A root token is refused
    #[arg(
        long,
        value_name = "FILE",
        env = "BAOCTL_TOKEN_FILE",
        hide_env_values = true
    )]
    pub token_file: Option<PathBuf>,
    /// Mount of the JWT auth method to log in at
    #[arg(
        long,
        value_name = "PATH",
        default_value = "jwt-operator",
        env = "BAOCTL_AUTH_MOUNT",
        hide_env_values = true
    )]
    pub auth_mount: String,
    /// Audience of the ServiceAccount token
    #[arg(
        long,
        value_name = "AUDIENCE",
        default_value = "openbao-internal",
        env = "BAOCTL_JWT_AUDIENCE",
        hide_env_values = true
    )]
    pub jwt_audience: String,
    /// Certificates to verify the servers by; by default the Secret
    /// CLUSTER-tls-ca
    #[arg(
        long,
        value_name = "FILE",
        env = "BAOCTL_CA_CERT",
        hide_env_values = true
    )]
    pub ca_cert: Option<PathBuf>,
    /// How to reach the pods: auto forwards ports unless baoctl runs in a pod
    #[arg(
        long,
        value_enum,
        value_name = "HOW",
        default_value_t,
        env = "BAOCTL_CONNECT",
        hide_env_values = true
    )]
    pub connect: ConnectChoice,
}

/// `--connect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ConnectChoice {
    /// Direct inside a pod, else port-forward
    #[default]
    Auto,
    /// Through the API server
    PortForward,
    /// To the pods' own addresses
    Direct,
}
