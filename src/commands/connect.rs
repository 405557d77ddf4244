//! The real ports of one cluster, from what was typed.

use std::{env, fs, path::Path, rc::Rc};

use secrecy::{ExposeSecret, SecretSlice, SecretString};

use crate::{
    bao::{Identity, Security, ServerNames, TlsTransport, TokenSource, Trust},
    cli::{
        access::{AccessArgs, ConnectChoice},
        change::{LockArgs, OperatorAccount as Account},
        target::TargetArgs,
    },
    error::Error,
    k8s::{self, Connection, Direct, Kube, OperatorAccount, PortForward},
    model::{
        cluster::{Cluster, ClusterSpec},
        exit_code::ExitCode,
        intent::StepDownVia,
        names::ClusterRef,
        workload::Pod,
    },
    ports::{Dial, PortError, Stream},
};

use super::{
    clock::SystemClock,
    first_reads::FirstReads,
    reach::{AccountJwt, Reach, Side, Way, not_served, unreachable},
};

/// Streams to the pods, by the way that was chosen.
pub(super) enum Streams {
    Forward(Box<PortForward>),
    Direct(Direct),
    /// There is no way, for this reason.
    None(String),
}

impl Dial for Streams {
    async fn dial(&self, pod: &Pod) -> Result<Box<dyn Stream>, PortError> {
        match self {
            Self::Forward(forward) => forward.dial(pod).await,
            Self::Direct(direct) => direct.dial(pod).await,
            Self::None(why) => Err(PortError::Forbidden(why.clone())),
        }
    }
}

/// The way to real nodes.
pub(super) type Tls = TlsTransport<Streams, SystemClock>;

impl Side<SystemClock> {
    /// Connects to Kubernetes and finds the cluster meant.
    pub(super) async fn open(
        target: &TargetArgs,
        name: Option<&str>,
        lock: Option<&LockArgs>,
        first_reads: FirstReads,
    ) -> Result<Self, Error> {
        let connection = Connection::open(&k8s::Target {
            kubeconfig: target.kubeconfig.clone(),
            context: target.context.clone(),
            user: target.as_user.clone(),
            groups: target.as_group.clone(),
            connect_timeout: Some(target.request_timeout),
        })
        .await
        .map_err(unreachable)?;
        let client = connection.client().map_err(unreachable)?;
        let clock = SystemClock::start();
        let namespace = target
            .namespace
            .clone()
            .unwrap_or_else(|| connection.default_namespace().to_owned());
        let name = match name {
            Some(name) => name.to_owned(),
            None => only_cluster(&client, &namespace, clock, first_reads).await?,
        };
        let operator = match lock.and_then(|lock| lock.as_operator.as_ref()) {
            None => None,
            Some(Account::Named { namespace, name }) => Some(OperatorAccount {
                namespace: namespace.clone(),
                name: name.clone(),
            }),
            Some(Account::Find) => Some(
                first_reads
                    .read(&clock, || k8s::find_operator(&client))
                    .await
                    .map_err(|error| {
                        Error::from(error)
                            .hint("name the operator's account: --as-operator=NAMESPACE/NAME")
                    })?,
            ),
        };
        let locked = operator
            .as_ref()
            .map(|account| connection.impersonating(account))
            .transpose()
            .map_err(unreachable)?;
        let maintenance = lock.is_some_and(|lock| lock.maintenance_override);
        let kube = Kube::new(
            ClusterRef { namespace, name },
            k8s::Access {
                own: client.clone(),
                locked,
                maintenance_override: maintenance,
            },
            Rc::new(clock),
        )
        .map_err(|error| Error::new(ExitCode::Usage, error.to_string()))?;
        if let Some(account) = &operator {
            kube.trust_operator(account.clone());
        }
        Ok(Self {
            kube: Rc::new(kube),
            clock,
            counts: connection.counts().clone(),
            own: client,
            operator,
            maintenance,
            request_timeout: target.request_timeout,
            first_reads,
        })
    }

    /// Sets up the way to the nodes.
    pub(super) async fn reach(
        self,
        access: &AccessArgs,
        step_down: StepDownVia,
    ) -> Result<Reach<Tls, SystemClock>, Error> {
        let cluster = self.cluster().await?;
        let security = self.security(access, &cluster).await?;
        let streams = self.streams(access);
        self.reached(cluster, access, step_down, (streams, security))
    }

    /// The same for a command that only shows: without the nodes' CA no node is
    /// asked, and the rest is shown.
    pub(super) async fn reach_if_possible(
        self,
        access: &AccessArgs,
        step_down: StepDownVia,
    ) -> Result<Reach<Tls, SystemClock>, Error> {
        let cluster = self.cluster().await?;
        let (way, no_trust) = match self.security(access, &cluster).await {
            Ok(security) => ((self.streams(access), security), None),
            Err(error) if access.ca_cert.is_some() || access.client_cert.is_some() => {
                return Err(error);
            }
            Err(error) => {
                let why = error.body().message;
                let nobody = Trust::nobody().into();
                ((Streams::None(why.clone()), nobody), Some(why))
            }
        };
        let mut reach = self.reached(cluster, access, step_down, way)?;
        reach.access.no_trust = no_trust;
        Ok(reach)
    }

    fn reached(
        self,
        cluster: Cluster,
        access: &AccessArgs,
        step_down: StepDownVia,
        (streams, security): (Streams, Security),
    ) -> Result<Reach<Tls, SystemClock>, Error> {
        let transport = TlsTransport::new(streams, self.clock, self.server_names(), security)?;
        let source = token(access, &self, &cluster.spec)?;
        let way = Way {
            forward: forwards(access),
            ca_from_secret: access.ca_cert.is_none() && !cluster.spec.plain_http,
            keeps_files: true,
            step_down,
        };
        Ok(self.with_nodes(cluster, transport, source, way))
    }

    /// How the servers' listeners are spoken to.
    async fn security(&self, access: &AccessArgs, cluster: &Cluster) -> Result<Security, Error> {
        if cluster.spec.plain_http {
            return Ok(Security::Plain);
        }
        let named = access.tls_server_name.clone();
        Ok(Security::Tls {
            trust: self.trust(access).await?,
            server_name: named.or_else(|| cluster.spec.acme_domain.clone()),
            identity: identity(access)?,
        })
    }

    fn streams(&self, access: &AccessArgs) -> Streams {
        let reference = self.kube.reference();
        if forwards(access) {
            let forward = PortForward::new(self.own.clone(), &reference.namespace);
            Streams::Forward(Box::new(forward))
        } else {
            Streams::Direct(Direct::new(reference.clone()))
        }
    }

    /// Whom the nodes are verified against.
    async fn trust(&self, access: &AccessArgs) -> Result<Trust, Error> {
        let bundle = match &access.ca_cert {
            Some(file) => read("--ca-cert", file)?,
            None => self
                .first_reads
                .read(&self.clock, || self.kube.ca_bundle())
                .await
                .map_err(|error| {
                    // A cluster without that Secret is not the command line's fault.
                    let message = format!("the nodes' CA cannot be read: {error}");
                    Error::new(ExitCode::Unreachable, message).hint(
                        "give the nodes' CA with --ca-cert FILE, or the right to read that one Secret",
                    )
                })?,
        };
        Trust::from_pem(&bundle).map_err(|error| {
            Error::new(ExitCode::Usage, "the nodes' CA cannot be used").because(error)
        })
    }

    fn server_names(&self) -> ServerNames {
        let reference = self.kube.reference();
        ServerNames {
            headless_service: reference.name.clone(),
            namespace: reference.namespace.clone(),
        }
    }
}

fn read(flag: &str, file: &Path) -> Result<Vec<u8>, Error> {
    fs::read(file).map_err(|error| {
        Error::new(
            ExitCode::Usage,
            format!("{flag} {} cannot be read", file.display()),
        )
        .because(error)
    })
}

/// What is presented to servers that demand a certificate.
fn identity(access: &AccessArgs) -> Result<Option<Identity>, Error> {
    let (Some(certificate), Some(key)) = (&access.client_cert, &access.client_key) else {
        return Ok(None);
    };
    let certificate = read("--client-cert", certificate)?;
    let key = SecretSlice::from(read("--client-key", key)?);
    Identity::from_pem(&certificate, key.expose_secret())
        .map(Some)
        .map_err(|error| {
            Error::new(ExitCode::Usage, "the client certificate cannot be used").because(error)
        })
}

/// Whether the nodes are reached through the API server.
fn forwards(access: &AccessArgs) -> bool {
    match access.connect {
        ConnectChoice::PortForward => true,
        ConnectChoice::Direct => false,
        // Inside a pod the pods' own network is at hand.
        ConnectChoice::Auto => env::var_os("KUBERNETES_SERVICE_HOST").is_none(),
    }
}

async fn only_cluster(
    client: &k8s::Client,
    namespace: &str,
    clock: SystemClock,
    first_reads: FirstReads,
) -> Result<String, Error> {
    let found = first_reads.read(&clock, || k8s::clusters(client, namespace));
    let mut found = match found.await {
        Ok(found) => found,
        Err(error) => {
            let missing = matches!(error, PortError::NotFound(_));
            let unserved = if missing {
                not_served(client, &clock, first_reads).await
            } else {
                None
            };
            return Err(unserved.unwrap_or_else(|| error.into()));
        }
    };
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Error::new(
            ExitCode::Usage,
            format!("namespace {namespace} has no OpenBaoCluster"),
        )
        .hint("say which namespace with -n NAMESPACE")),
        _ => Err(Error::new(
            ExitCode::Usage,
            format!("namespace {namespace} has more than one OpenBaoCluster"),
        )
        .hint(format!("name one of: {}", found.join(", ")))),
    }
}

/// A token given, by file or environment, or else a login.
fn token(
    access: &AccessArgs,
    side: &Side<SystemClock>,
    cluster: &ClusterSpec,
) -> Result<TokenSource<AccountJwt<SystemClock>>, Error> {
    if cluster.plain_http && !access.allow_plain_http {
        return Ok(TokenSource::Withheld(
            "the servers have no TLS, and a token is sent to them only with --allow-plain-http"
                .to_owned(),
        ));
    }
    if let Some(file) = &access.token_file {
        let text = fs::read_to_string(file)
            .map(SecretString::from)
            .map_err(|error| {
                Error::new(
                    ExitCode::Usage,
                    format!("--token-file {} cannot be read", file.display()),
                )
                .because(error)
            })?;
        return given(&text, "--token-file");
    }
    if let Ok(text) = env::var("BAO_TOKEN")
        && !text.trim().is_empty()
    {
        return given(&SecretString::from(text), "BAO_TOKEN");
    }
    Ok(side.login(&access.jwt_audience, &access.auth_mount, &cluster.jwt_role))
}

fn given(text: &SecretString, source: &str) -> Result<TokenSource<AccountJwt<SystemClock>>, Error> {
    let token = text.expose_secret().trim();
    if token.is_empty() {
        return Err(Error::new(
            ExitCode::Usage,
            format!("the token of {source} is empty"),
        ));
    }
    Ok(TokenSource::Given {
        token: SecretString::from(token),
        source: source.to_owned(),
    })
}
