//! The production transport: HTTP/1.1 over TLS over a dialled stream.

use std::{io, sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use http::{HeaderValue, Method, Request, Response, header::HOST};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{
    body::{Body, Bytes, Incoming},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use rustls::{ClientConfig, RootCertStore, crypto::ring, version};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio_rustls::TlsConnector;

use crate::{
    bao::{
        certificate,
        connections::{Connection, Connections},
        transport::{Chunks, Transport},
        wire::clean,
    },
    model::{
        names::{PodName, PodRef},
        workload::Pod,
    },
    ports::{Clock, Dial, PortError},
};

/// The largest answer that is read into memory. The longest one asked for, a
/// raft configuration, has a few KiB.
const LARGEST_ANSWER: usize = 4 << 20;

/// The certificates a cluster's servers are verified against: these and no
/// others, the system's roots included.
#[derive(Debug, Clone)]
pub struct Trust(RootCertStore);

/// A CA bundle that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoTrust {
    /// It is not PEM, or a certificate in it is broken.
    #[error("the ca bundle cannot be read: {0}")]
    Unreadable(String),
    /// It has no certificate.
    #[error("the ca bundle has no certificate")]
    Empty,
}

impl Trust {
    /// Reads a bundle of PEM certificates.
    ///
    /// # Errors
    ///
    /// When it has none, or one that cannot be read.
    pub fn from_pem(bundle: &[u8]) -> Result<Self, NoTrust> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(bundle) {
            let certificate =
                certificate.map_err(|error| NoTrust::Unreadable(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| NoTrust::Unreadable(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(NoTrust::Empty);
        }
        Ok(Self(roots))
    }
}

/// How the pods of a cluster are named in their certificates:
/// `<pod>.<headless service>.<namespace>.svc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerNames {
    /// The headless service, which for the operator's clusters has the
    /// cluster's name.
    pub headless_service: String,
    /// The namespace.
    pub namespace: String,
}

impl ServerNames {
    fn of(&self, pod: &PodName) -> String {
        format!("{pod}.{}.{}.svc", self.headless_service, self.namespace)
    }
}

/// The transport over port-forwards or sockets. It keeps one connection for
/// each incarnation of a pod, follows no redirect and has no way not to verify
/// a server.
pub struct TlsTransport<D, C> {
    dial: D,
    clock: C,
    names: ServerNames,
    connector: TlsConnector,
    connections: Connections,
}

impl<D: Dial, C: Clock> TlsTransport<D, C> {
    /// A transport without connections yet.
    ///
    /// # Errors
    ///
    /// When the TLS library has no protocol version in common with its
    /// cryptography, which a build either always or never has.
    pub fn new(dial: D, clock: C, names: ServerNames, trust: Trust) -> Result<Self, PortError> {
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map_err(|error| PortError::Other(error.to_string()))?
            .with_root_certificates(trust.0)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            dial,
            clock,
            names,
            connector: TlsConnector::from(Arc::new(config)),
            connections: Connections::default(),
        })
    }

    /// A connection out of the map that is ready for a request.
    async fn kept(&self, pod: &PodRef) -> Option<Connection> {
        let mut connection = self.connections.take(pod)?;
        connection.sender.ready().await.ok()?;
        Some(connection)
    }

    async fn connect(&self, pod: &Pod) -> Result<Connection, PortError> {
        let now = self.clock.monotonic();
        if let Some(why) = self.connections.reason_not_to_dial(&pod.pod, now) {
            return Err(PortError::NoAnswer(format!("not dialled again yet: {why}")));
        }
        let mut attempt = Attempt {
            connections: &self.connections,
            pod: &pod.pod,
            clock: &self.clock,
            failed: Some("the last attempt took too long".to_owned()),
        };
        let connected = self.handshake(pod).await;
        attempt.failed = connected.as_ref().err().map(ToString::to_string);
        connected
    }

    async fn handshake(&self, pod: &Pod) -> Result<Connection, PortError> {
        let name = ServerName::try_from(self.names.of(&pod.pod.name))
            .map_err(|error| PortError::Invalid(error.to_string()))?;
        let stream = self.dial.dial(pod).await?;
        let stream = self
            .connector
            .connect(name, stream)
            .await
            .map_err(|error| no_tls(&error))?;
        let certificate_expires = stream
            .get_ref()
            .1
            .peer_certificates()
            .and_then(<[_]>::first)
            .and_then(|certificate| certificate::not_after(certificate));
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| lost(&error))?;
        let driver = tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!("connection ended: {}", chain(&error));
            }
        });
        Ok(Connection::new(sender, certificate_expires, driver))
    }

    /// Sends a request and returns the head of the answer. A kept connection
    /// may have died unnoticed, so a GET on one gets a second try on a fresh
    /// one. Anything else does not: it may have been acted on.
    async fn exchange(
        &self,
        pod: &Pod,
        mut request: Request<Bytes>,
    ) -> Result<(Response<Incoming>, Connection), PortError> {
        let host = HeaderValue::try_from(format!("{}:8200", self.names.of(&pod.pod.name)))
            .map_err(|error| PortError::Invalid(error.to_string()))?;
        request.headers_mut().insert(HOST, host);
        let request = request.map(Full::new);
        if let Some(mut connection) = self.kept(&pod.pod).await {
            match connection.sender.send_request(request.clone()).await {
                Ok(response) => return Ok((response, connection)),
                Err(error) if request.method() == Method::GET && !error.is_parse() => {
                    tracing::debug!(pod = %pod.pod, "reconnecting: {}", chain(&error));
                }
                Err(error) => return Err(lost(&error)),
            }
        }
        let mut connection = self.connect(pod).await?;
        let response = connection.sender.send_request(request).await;
        Ok((response.map_err(|error| lost(&error))?, connection))
    }
}

impl<D: Dial, C: Clock> Transport for TlsTransport<D, C> {
    async fn send(&self, pod: &Pod, request: Request<Bytes>) -> Result<Response<Bytes>, PortError> {
        let (response, connection) = self.exchange(pod, request).await?;
        let (head, body) = response.into_parts();
        let too_long =
            || PortError::Other(format!("an answer of more than {LARGEST_ANSWER} bytes"));
        if body.size_hint().lower() > LARGEST_ANSWER as u64 {
            return Err(too_long());
        }
        let body = Limited::new(body, LARGEST_ANSWER)
            .collect()
            .await
            .map_err(|error| {
                if error.is::<LengthLimitError>() {
                    too_long()
                } else {
                    PortError::NoAnswer(clean(&chain(&*error)))
                }
            })?
            .to_bytes();
        self.connections.put(&pod.pod, connection);
        Ok(Response::from_parts(head, body))
    }

    async fn open(
        &self,
        pod: &Pod,
        request: Request<Bytes>,
    ) -> Result<Response<Chunks>, PortError> {
        let (response, connection) = self.exchange(pod, request).await?;
        // The connection lives exactly as long as the stream and is not kept:
        // a download that is over must not hold anything open.
        Ok(response.map(|body| stream::unfold(Some((body, connection)), next_chunk).boxed_local()))
    }

    async fn certificate_expires(&self, pod: &Pod) -> Result<Timestamp, PortError> {
        let connection = match self.kept(&pod.pod).await {
            Some(connection) => connection,
            None => self.connect(pod).await?,
        };
        let expires = connection.certificate_expires;
        self.connections.put(&pod.pod, connection);
        expires.ok_or_else(|| PortError::Other("its certificate cannot be read".to_owned()))
    }
}

/// One try to connect. What it records on being dropped also holds for a try
/// that was abandoned at its deadline.
struct Attempt<'a, C: Clock> {
    connections: &'a Connections,
    pod: &'a PodRef,
    clock: &'a C,
    failed: Option<String>,
}

impl<C: Clock> Drop for Attempt<'_, C> {
    fn drop(&mut self) {
        let at: Duration = self.clock.monotonic();
        let failed = self.failed.take().map(|why| (at, why));
        self.connections.dialled(self.pod, failed);
    }
}

type Download = Option<(Incoming, Connection)>;

/// The next piece of a body; after an error none.
async fn next_chunk(download: Download) -> Option<(Result<Bytes, PortError>, Download)> {
    let (mut body, connection) = download?;
    loop {
        match body.frame().await? {
            Ok(frame) => {
                if let Ok(data) = frame.into_data() {
                    return Some((Ok(data), Some((body, connection))));
                }
            }
            Err(error) => return Some((Err(lost(&error)), None)),
        }
    }
}

/// A connection that broke.
fn lost(error: &hyper::Error) -> PortError {
    PortError::NoAnswer(clean(&chain(error)))
}

/// A handshake that failed. A certificate that is not accepted is told apart:
/// waiting does not mend it.
fn no_tls(error: &io::Error) -> PortError {
    let refused = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match refused {
        Some(rustls::Error::InvalidCertificate(_)) => {
            PortError::Other(clean(&format!("its certificate is not accepted: {error}")))
        }
        _ => PortError::NoAnswer(clean(&format!("tls handshake: {error}"))),
    }
}

/// An error with its causes, which hyper's own text leaves out.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
