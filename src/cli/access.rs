//! How OpenBao is reached.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The operator's own auth mount, and the audience it asks for.
const MOUNT: &str = "jwt-operator";
const AUDIENCE: &str = "openbao-internal";

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
        default_value = MOUNT,
        env = "BAOCTL_AUTH_MOUNT",
        hide_env_values = true
    )]
    pub auth_mount: String,
    /// Audience of the ServiceAccount token
    #[arg(
        long,
        value_name = "AUDIENCE",
        default_value = AUDIENCE,
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
    /// The one name that the servers' certificates have, where it is not the pods';
    /// by default that of the resource, where it gets them by ACME
    #[arg(
        long,
        value_name = "NAME",
        env = "BAOCTL_TLS_SERVER_NAME",
        hide_env_values = true
    )]
    pub tls_server_name: Option<String>,
    /// Certificate for servers that demand one; with --client-key
    #[arg(
        long,
        value_name = "FILE",
        env = "BAOCTL_CLIENT_CERT",
        hide_env_values = true,
        requires = "client_key"
    )]
    pub client_cert: Option<PathBuf>,
    /// Its key
    #[arg(
        long,
        value_name = "FILE",
        env = "BAOCTL_CLIENT_KEY",
        hide_env_values = true,
        requires = "client_cert"
    )]
    pub client_key: Option<PathBuf>,
    /// Send the token to servers without TLS, where others may read it
    #[arg(long)]
    pub allow_plain_http: bool,
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

impl Default for AccessArgs {
    fn default() -> Self {
        Self {
            token_file: None,
            auth_mount: MOUNT.to_owned(),
            jwt_audience: AUDIENCE.to_owned(),
            ca_cert: None,
            tls_server_name: None,
            client_cert: None,
            client_key: None,
            allow_plain_http: false,
            connect: ConnectChoice::Auto,
        }
    }
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
