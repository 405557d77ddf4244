//! The real ports of one cluster, from what was typed.

use std::{env, fs, rc::Rc};

use secrecy::{ExposeSecret, SecretString};

use crate::{
    bao::{BaoClient, Jwt, ServerNames, TlsTransport, TokenSource, Trust},
    cli::{
        access::{AccessArgs, ConnectChoice},
        change::{LockArgs, OperatorAccount as Account},
        target::TargetArgs,
    },
    engine,
    error::Error,
    k8s::{self, Connection, Direct, Kube, OperatorAccount, PortForward, RequestCounts},
    model::{
        cluster::Cluster, exit_code::ExitCode, intent::StepDownVia, names::ClusterRef,
        workload::Pod,
    },
    ports::{Checkpoints, Dial, Freshness, PortError, Stream},
};

use super::clock::SystemClock;

/// Streams to the pods, by the way that was chosen.
pub(super) enum Way {
    Forward(Box<PortForward>),
    Direct(Direct),
}

impl Dial for Way {
    async fn dial(&self, pod: &Pod) -> Result<Box<dyn Stream>, PortError> {
        match self {
            Self::Forward(forward) => forward.dial(pod).await,
            Self::Direct(direct) => direct.dial(pod).await,
        }
    }
}

/// JWTs of the cluster's upgrade ServiceAccount.
pub(super) struct AccountJwt {
    kube: Rc<Kube<SystemClock>>,
    audience: String,
}

impl Jwt for AccountJwt {
    async fn jwt(&self) -> Result<SecretString, PortError> {
        self.kube.login_token(&self.audience).await
    }

    fn source(&self) -> String {
        format!(
            "TokenRequest for {}-upgrade-serviceaccount",
            self.kube.reference().name
        )
    }
}

/// The client of the nodes.
pub(super) type Nodes = BaoClient<TlsTransport<Way, SystemClock>, AccountJwt, SystemClock>;

/// The Kubernetes side of one cluster.
pub(super) struct Side {
    pub(super) kube: Rc<Kube<SystemClock>>,
    pub(super) clock: SystemClock,
    pub(super) counts: RequestCounts,
    connection: Connection,
    operator: Option<OperatorAccount>,
    maintenance: bool,
}

/// Everything on one cluster.
pub(super) struct Reach {
    pub(super) side: Side,
    pub(super) nodes: Nodes,
    pub(super) access: engine::Access,
    /// The resource when it was first read.
    pub(super) cluster: Cluster,
}

impl Side {
    /// Connects to Kubernetes and finds the cluster meant.
    pub(super) async fn open(
        target: &TargetArgs,
        name: Option<&str>,
        lock: Option<&LockArgs>,
    ) -> Result<Self, Error> {
        let connection = Connection::open(&k8s::Target {
            kubeconfig: target.kubeconfig.clone(),
            context: target.context.clone(),
            user: target.as_user.clone(),
            groups: target.as_group.clone(),
            connect_timeout: Some(target.request_timeout),
        })
        .await
        .map_err(|error| {
            Error::new(ExitCode::Unreachable, "no connection to Kubernetes").because(error)
        })?;
        let client = connection.client().map_err(unreachable)?;
        let namespace = target
            .namespace
            .clone()
            .unwrap_or_else(|| connection.default_namespace().to_owned());
        let name = match name {
            Some(name) => name.to_owned(),
            None => only_cluster(&client, &namespace).await?,
        };
        let operator = match lock.and_then(|lock| lock.as_operator.as_ref()) {
            None => None,
            Some(Account::Named { namespace, name }) => Some(OperatorAccount {
                namespace: namespace.clone(),
                name: name.clone(),
            }),
            Some(Account::Find) => Some(k8s::find_operator(&client).await.map_err(|error| {
                Error::from(error).hint("name the operator's account: --as-operator=NAMESPACE/NAME")
            })?),
        };
        let locked = operator
            .as_ref()
            .map(|account| connection.impersonating(account))
            .transpose()
            .map_err(unreachable)?;
        let maintenance = lock.is_some_and(|lock| lock.maintenance_override);
        let clock = SystemClock::start();
        let kube = Kube::new(
            ClusterRef { namespace, name },
            k8s::Access {
                own: client,
                locked,
                maintenance_override: maintenance,
            },
            Rc::new(clock),
        )
        .map_err(|error| Error::new(ExitCode::Usage, error.to_string()))?;
        Ok(Self {
            kube: Rc::new(kube),
            clock,
            counts: connection.counts().clone(),
            connection,
            operator,
            maintenance,
        })
    }

    /// Reads the resource.
    pub(super) async fn cluster(&self) -> Result<Cluster, Error> {
        self.kube.cluster(Freshness::Fresh).await.map_err(|error| {
            let missing = matches!(error, PortError::NotFound(_));
            let error = Error::from(error);
            if missing {
                error.hint("see `kubectl get openbaoclusters --all-namespaces`, then name the cluster and -n NAMESPACE")
            } else {
                error
            }
        })
    }

    /// The name of whoever runs this, as the API server knows them.
    pub(super) async fn user(&self) -> Result<String, Error> {
        let client = self.connection.client().map_err(unreachable)?;
        match k8s::user(&client).await {
            Ok(user) => Ok(user),
            // Before Kubernetes 1.28 there is no such review.
            Err(error @ (PortError::NoAnswer(_) | PortError::Other(_))) => Err(error.into()),
            Err(_) => Ok(env::var("USER").unwrap_or_else(|_| "unknown".to_owned())),
        }
    }

    /// Sets up the way to the nodes.
    pub(super) async fn reach(
        self,
        access: &AccessArgs,
        step_down: StepDownVia,
    ) -> Result<Reach, Error> {
        let cluster = self.cluster().await?;
        let bundle = match &access.ca_cert {
            Some(file) => fs::read(file).map_err(|error| {
                Error::new(
                    ExitCode::Usage,
                    format!("--ca-cert {} cannot be read", file.display()),
                )
                .because(error)
            })?,
            None => self.kube.ca_bundle().await.map_err(|error| {
                Error::from(error).hint(
                    "give the nodes' CA with --ca-cert FILE, or the right to read that one Secret",
                )
            })?,
        };
        let trust = Trust::from_pem(&bundle).map_err(|error| {
            Error::new(ExitCode::Usage, "the nodes' CA cannot be used").because(error)
        })?;
        let reference = self.kube.reference().clone();
        let forward = match access.connect {
            ConnectChoice::PortForward => true,
            ConnectChoice::Direct => false,
            // Inside a pod the pods' own network is at hand.
            ConnectChoice::Auto => env::var_os("KUBERNETES_SERVICE_HOST").is_none(),
        };
        let way = if forward {
            let client = self.connection.client().map_err(unreachable)?;
            Way::Forward(Box::new(PortForward::new(client, &reference.namespace)))
        } else {
            Way::Direct(Direct::new(reference.clone()))
        };
        let names = ServerNames {
            headless_service: reference.name.clone(),
            namespace: reference.namespace.clone(),
        };
        let transport = TlsTransport::new(way, self.clock, names, trust)?;
        let source = token(access, &self.kube, &cluster.spec.jwt_role)?;
        let jwt = matches!(source, TokenSource::Jwt { .. });
        Ok(Reach {
            nodes: BaoClient::new(transport, self.clock, source),
            access: engine::Access {
                as_operator: self
                    .operator
                    .as_ref()
                    .map(|account| (account.namespace.clone(), account.name.clone())),
                port_forward: forward,
                jwt,
                ca_from_secret: access.ca_cert.is_none(),
                step_down_job: step_down == StepDownVia::Job,
            },
            cluster,
            side: self,
        })
    }
}

impl Reach {
    /// The three ports.
    pub(super) fn ports(&self) -> engine::Ports<'_, Kube<SystemClock>, Nodes, SystemClock> {
        engine::Ports {
            kube: self.side.kube.as_ref(),
            nodes: &self.nodes,
            clock: &self.side.clock,
        }
    }

    /// The identity for locked writes is in use.
    pub(super) const fn as_operator(&self) -> bool {
        self.side.operator.is_some()
    }

    /// The maintenance annotation is in use.
    pub(super) const fn maintenance(&self) -> bool {
        self.side.maintenance
    }
}

async fn only_cluster(client: &k8s::Client, namespace: &str) -> Result<String, Error> {
    let mut found = k8s::clusters(client, namespace).await?;
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

fn unreachable(error: k8s::ConnectError) -> Error {
    Error::new(ExitCode::Unreachable, "no connection to Kubernetes").because(error)
}

/// A token given, by file or environment, or else a login.
fn token(
    access: &AccessArgs,
    kube: &Rc<Kube<SystemClock>>,
    role: &str,
) -> Result<TokenSource<AccountJwt>, Error> {
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
    Ok(TokenSource::Jwt {
        jwt: AccountJwt {
            kube: Rc::clone(kube),
            audience: access.jwt_audience.clone(),
        },
        mount: access.auth_mount.clone(),
        role: role.to_owned(),
    })
}

fn given(text: &SecretString, source: &str) -> Result<TokenSource<AccountJwt>, Error> {
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
