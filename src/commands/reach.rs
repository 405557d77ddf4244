//! The ports of one cluster, wherever it is, with what every command asks of
//! them first.

use std::{env, future::Future, rc::Rc, time::Duration};

use secrecy::SecretString;

use crate::{
    bao::{BaoClient, Jwt, TokenSource, Transport},
    engine::{self, Bounded},
    error::Error,
    k8s::{self, Kube, OperatorAccount, RequestCounts},
    model::{cluster::Cluster, exit_code::ExitCode, intent::StepDownVia},
    ports::{BaoNodes as _, Checkpoints, Clock, Freshness, PortError},
};

use super::first_reads::FirstReads;

/// JWTs of the cluster's upgrade ServiceAccount.
pub(super) struct AccountJwt<C> {
    pub(super) kube: Rc<Kube<C>>,
    pub(super) audience: String,
}

impl<C: Clock + 'static> Jwt for AccountJwt<C> {
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

/// The Kubernetes side of one cluster.
pub(super) struct Side<C> {
    pub(super) kube: Rc<Kube<C>>,
    pub(super) clock: C,
    pub(super) counts: RequestCounts,
    /// The own identity.
    pub(super) own: k8s::Client,
    pub(super) operator: Option<OperatorAccount>,
    pub(super) maintenance: bool,
    /// How long one request to the API server may take.
    pub(super) request_timeout: Duration,
    pub(super) first_reads: FirstReads,
}

/// Everything on one cluster.
pub(super) struct Reach<T, C> {
    pub(super) side: Side<C>,
    pub(super) nodes: BaoClient<T, AccountJwt<C>, C>,
    pub(super) access: engine::Access,
    /// The resource when it was first read.
    pub(super) cluster: Cluster,
}

/// What a way to the nodes has to be told apart by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    /// Through the API server's port-forward.
    pub(super) forward: bool,
    /// The CA was read from the cluster's Secret.
    pub(super) ca_from_secret: bool,
    /// A snapshot's file is kept, on this machine's disk.
    pub(super) keeps_files: bool,
    pub(super) step_down: StepDownVia,
}

impl<C: Clock + Clone + 'static> Side<C> {
    /// The ports of Kubernetes, each call with its deadline.
    pub(super) fn bounded(&self) -> Bounded<'_, Kube<C>, C> {
        Bounded::new(&self.kube, &self.clock, self.request_timeout)
    }

    /// Reads the resource.
    pub(super) async fn cluster(&self) -> Result<Cluster, Error> {
        let kube = &self.kube;
        let read = self
            .first_reads
            .read(&self.clock, || kube.cluster(Freshness::Fresh));
        let read = read.await;
        match read {
            Ok(cluster) => Ok(cluster),
            Err(error) => Err(self.unread(error).await),
        }
    }

    /// Why the resource could not be read, and what to do.
    async fn unread(&self, error: PortError) -> Error {
        if error.is_transient() {
            return Error::from(error).hint(
                "nothing was changed; once the API server answers, type the same command again",
            );
        }
        if !matches!(error, PortError::NotFound(_)) {
            return Error::from(error);
        }
        if let Some(error) = not_served(&self.own, &self.clock, self.first_reads).await {
            return error;
        }
        Error::from(error).hint(
            "see `kubectl get openbaoclusters --all-namespaces`, then name the cluster and -n NAMESPACE",
        )
    }

    /// The name of whoever runs this, as the API server knows them.
    pub(super) async fn user(&self) -> Result<String, Error> {
        let user = self.first_reads.read(&self.clock, || k8s::user(&self.own));
        match user.await {
            Ok(user) => Ok(user),
            // Before Kubernetes 1.28 there is no such review.
            Err(error @ (PortError::NoAnswer(_) | PortError::Other(_))) => Err(error.into()),
            Err(_) => Ok(env::var("USER").unwrap_or_else(|_| "unknown".to_owned())),
        }
    }

    /// With a way to the nodes beside it.
    pub(super) fn with_nodes<T: Transport>(
        self,
        cluster: Cluster,
        transport: T,
        source: TokenSource<AccountJwt<C>>,
        way: Way,
    ) -> Reach<T, C> {
        let jwt = matches!(source, TokenSource::Jwt { .. });
        Reach {
            nodes: BaoClient::new(transport, self.clock.clone(), source),
            access: engine::Access {
                as_operator: self
                    .operator
                    .as_ref()
                    .map(|account| (account.namespace.clone(), account.name.clone())),
                port_forward: way.forward,
                jwt,
                ca_from_secret: way.ca_from_secret,
                step_down_job: way.step_down == StepDownVia::Job,
                keeps_files: way.keeps_files,
                no_trust: None,
            },
            cluster,
            side: self,
        }
    }

    /// A login with the cluster's own upgrade account.
    pub(super) fn login(
        &self,
        audience: &str,
        mount: &str,
        role: &str,
    ) -> TokenSource<AccountJwt<C>> {
        TokenSource::Jwt {
            jwt: AccountJwt {
                kube: Rc::clone(&self.kube),
                audience: audience.to_owned(),
            },
            mount: mount.to_owned(),
            role: role.to_owned(),
        }
    }
}

impl<T: Transport, C: Clock + 'static> Reach<T, C> {
    /// Does some work, and revokes the tokens of its logins, whatever it came to:
    /// a look, a check that refused and a plan alone log in as well.
    pub(super) async fn leaving_no_token<A>(&self, work: impl Future<Output = A>) -> A {
        let ended = work.await;
        self.ports().nodes.revoke().await;
        ended
    }
}

impl<T, C> Reach<T, C> {
    /// The three ports.
    pub(super) fn ports(&self) -> engine::Ports<'_, Kube<C>, BaoClient<T, AccountJwt<C>, C>, C> {
        let Side {
            kube,
            clock,
            request_timeout,
            ..
        } = &self.side;
        engine::Ports::new(kube.as_ref(), &self.nodes, clock, *request_timeout)
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

/// That the API server knows no such kind of object, which is no wrong name.
pub(super) async fn not_served<C: Clock>(
    client: &k8s::Client,
    clock: &C,
    first_reads: FirstReads,
) -> Option<Error> {
    let served = first_reads
        .read(clock, || k8s::serves_clusters(client))
        .await;
    (served == Ok(false)).then(|| {
        let message = "this API server knows no OpenBaoCluster: \
                       the operator's CustomResourceDefinition is not there";
        Error::new(ExitCode::Unreachable, message)
            .hint("look whether it is the Kubernetes cluster that was meant: --context")
    })
}

/// Nothing could be asked of Kubernetes.
pub(super) fn unreachable(error: k8s::ConnectError) -> Error {
    Error::new(ExitCode::Unreachable, "no connection to Kubernetes").because(error)
}
