//! Clients from a kubeconfig or from inside a pod.

use std::{path::PathBuf, time::Duration};

use kube::{
    Client, Config,
    client::ClientBuilder,
    config::{KubeConfigOptions, Kubeconfig},
};

use super::{count::RequestCounts, errors::chain, operator::OperatorAccount};

/// Where to connect to and as whom, as the command line says.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// `--kubeconfig`; `$KUBECONFIG` or the file in the home directory otherwise.
    pub kubeconfig: Option<PathBuf>,
    /// `--context`.
    pub context: Option<String>,
    /// `--as`.
    pub user: Option<String>,
    /// `--as-group`.
    pub groups: Vec<String>,
    /// Patience for a connection.
    pub connect_timeout: Option<Duration>,
}

/// Why there is no connection. Nothing was asked of a server yet.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No kubeconfig and not inside a pod, or an unusable one.
    #[error("no usable Kubernetes configuration: {0}")]
    Configuration(String),
    /// The kubeconfig switches certificate verification off.
    #[error(
        "the kubeconfig says insecure-skip-tls-verify for {0}, which baoctl does not follow; \
         put the server's CA there instead"
    )]
    Insecure(String),
    /// Groups without a user.
    #[error("--as-group needs --as")]
    GroupsWithoutUser,
    /// The client could not be built.
    #[error("cannot set up the connection: {0}")]
    Client(String),
}

/// A way to one cluster.
pub struct Connection {
    config: Config,
    counts: RequestCounts,
}

impl Connection {
    /// Reads the configuration; connects when the first request is sent.
    ///
    /// # Errors
    ///
    /// No configuration, or one that baoctl refuses.
    pub async fn open(target: &Target) -> Result<Self, ConnectError> {
        // The process's only provider; a second call finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        if target.user.is_none() && !target.groups.is_empty() {
            return Err(ConnectError::GroupsWithoutUser);
        }
        let mut config = configuration(target).await?;
        if config.accept_invalid_certs {
            return Err(ConnectError::Insecure(config.cluster_url.to_string()));
        }
        // It resends any verb up to 15 times, writes included, later than
        // anyone expects (`reference/reliability.md` K19).
        config.default_retry = false;
        // The audit log says who it was.
        config.headers.push((
            http::header::USER_AGENT,
            http::HeaderValue::from_static(concat!("baoctl/", env!("CARGO_PKG_VERSION"))),
        ));
        if let Some(timeout) = target.connect_timeout {
            config.connect_timeout = Some(timeout);
        }
        if let Some(user) = &target.user {
            impersonate(&mut config, user, &target.groups);
        }
        Ok(Self {
            config,
            counts: RequestCounts::default(),
        })
    }

    /// A client of the own identity.
    ///
    /// # Errors
    ///
    /// Unusable certificates, tokens or proxies.
    pub fn client(&self) -> Result<Client, ConnectError> {
        self.build(self.config.clone())
    }

    /// A client that impersonates the operator, for the locked writes only. It
    /// takes the place of `--as`: the server knows no impersonation in two
    /// steps.
    ///
    /// # Errors
    ///
    /// Unusable certificates, tokens or proxies.
    pub fn impersonating(&self, account: &OperatorAccount) -> Result<Client, ConnectError> {
        let mut config = self.config.clone();
        impersonate(&mut config, &account.user(), &account.groups());
        self.build(config)
    }

    /// The namespace of the context.
    #[must_use]
    pub fn default_namespace(&self) -> &str {
        &self.config.default_namespace
    }

    /// The server's address, for messages.
    #[must_use]
    pub fn server(&self) -> String {
        self.config.cluster_url.to_string()
    }

    /// The requests sent by all clients of this connection.
    #[must_use]
    pub fn counts(&self) -> &RequestCounts {
        &self.counts
    }

    fn build(&self, config: Config) -> Result<Client, ConnectError> {
        let builder =
            ClientBuilder::try_from(config).map_err(|error| ConnectError::Client(chain(&error)))?;
        Ok(builder.with_layer(&self.counts).build())
    }
}

async fn configuration(target: &Target) -> Result<Config, ConnectError> {
    let failed = |error: &dyn std::error::Error| ConnectError::Configuration(chain(error));
    let options = KubeConfigOptions {
        context: target.context.clone(),
        ..KubeConfigOptions::default()
    };
    if let Some(file) = &target.kubeconfig {
        let kubeconfig = Kubeconfig::read_from(file).map_err(|error| failed(&error))?;
        return Config::from_custom_kubeconfig(kubeconfig, &options)
            .await
            .map_err(|error| failed(&error));
    }
    match Config::from_kubeconfig(&options).await {
        Ok(config) => Ok(config),
        // A context asks for a kubeconfig; being inside a pod is no answer.
        Err(error) if target.context.is_some() => Err(failed(&error)),
        Err(error) => Config::incluster().map_err(|_| failed(&error)),
    }
}

fn impersonate(config: &mut Config, user: &str, groups: &[String]) {
    config.auth_info.impersonate = Some(user.to_owned());
    config.auth_info.impersonate_uid = None;
    config.auth_info.impersonate_groups = (!groups.is_empty()).then(|| groups.to_vec());
    config.auth_info.impersonate_user_extra = None;
}
