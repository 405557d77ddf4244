//! The production transport: HTTP/1.1 over a dialled stream, with TLS wherever the
//! listeners have it.

use std::{pin::pin, rc::Rc, time::Duration};

use futures::{
    StreamExt,
    future::{Either, select},
    stream,
};
use http::{HeaderValue, Method, Request, Response, header::HOST};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use rustls_pki_types::ServerName;

use crate::{
    bao::{
        certificate,
        connections::{Connection, Connections},
        dialling::{self, Dialling},
        handshake::{demands_certificate, handshake},
        security::{Connector, Security},
        transport::{Chunks, Transport},
        wire::clean,
    },
    model::{
        certificate::ServerCertificate,
        names::{PodName, PodRef},
        workload::Pod,
    },
    ports::{Clock, Dial, PortError},
};

/// The largest answer that is read into memory. The longest one asked for, a
/// raft configuration, has a few KiB.
const LARGEST_ANSWER: usize = 4 << 20;

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
    pub(super) fn of(&self, pod: &PodName) -> String {
        format!("{pod}.{}.{}.svc", self.headless_service, self.namespace)
    }
}

/// The transport over port-forwards or sockets. It keeps one connection for
/// each incarnation of a pod, follows no redirect, and verifies every server that
/// has TLS.
pub struct TlsTransport<D, C> {
    dial: Rc<D>,
    clock: C,
    names: ServerNames,
    connector: Option<Connector>,
    connections: Connections,
}

impl<D: Dial + 'static, C: Clock> TlsTransport<D, C> {
    /// A transport without connections yet.
    ///
    /// # Errors
    ///
    /// When a client certificate and its key do not belong together.
    pub fn new(
        dial: D,
        clock: C,
        names: ServerNames,
        security: impl Into<Security>,
    ) -> Result<Self, PortError> {
        let connector = security.into().connector()?;
        Ok(Self {
            dial: Rc::new(dial),
            clock,
            names,
            connector,
            connections: Connections::default(),
        })
    }

    /// A connection out of the map that is ready for a request.
    async fn kept(&self, pod: &PodRef) -> Option<Connection> {
        let mut connection = self.connections.take(pod)?;
        connection.sender.ready().await.ok()?;
        Some(connection)
    }

    /// Dials, or goes on with what an earlier caller could not wait for.
    async fn connect(&self, pod: &Pod) -> Result<Connection, PortError> {
        let now = self.clock.monotonic();
        if let Some(why) = self.connections.reason_not_to_dial(&pod.pod, now) {
            return Err(PortError::NoAnswer(format!("not dialled again yet: {why}")));
        }
        let earlier = self.connections.take_dialling(&pod.pod);
        let patience = earlier.as_ref().map(|_| dialling::AGAIN);
        let mut attempt = Attempt {
            connections: &self.connections,
            pod: &pod.pod,
            dialling: earlier,
        };
        let dialling = match attempt.dialling.as_mut() {
            Some(dialling) => dialling,
            None => attempt.dialling.insert(self.begin(pod, now)?),
        };
        let Some(patience) = patience else {
            let connected = (&mut *dialling).await;
            return self.connected(attempt, connected);
        };
        let age = dialling.age(now);
        let waited = match select(&mut *dialling, pin!(self.clock.sleep(patience))).await {
            Either::Left((connected, _)) => Some(connected),
            Either::Right(_) => None,
        };
        match waited {
            Some(connected) => self.connected(attempt, connected),
            None if age >= dialling::LONGEST => {
                let why = format!("no connection within {} s", dialling::LONGEST.as_secs());
                self.connected(attempt, Err(PortError::NoAnswer(why)))
            }
            None => Err(PortError::NoAnswer(format!(
                "not connected yet, for {:.1} s",
                age.as_secs_f32()
            ))),
        }
    }

    fn begin(&self, pod: &Pod, now: Duration) -> Result<Dialling, PortError> {
        let tls = match &self.connector {
            None => None,
            Some(Connector { tls, server_name }) => {
                let name = server_name.clone();
                let name = name.unwrap_or_else(|| self.names.of(&pod.pod.name));
                let name = ServerName::try_from(name)
                    .map_err(|error| PortError::Invalid(error.to_string()))?;
                Some((tls.clone(), name))
            }
        };
        let connected = handshake(Rc::clone(&self.dial), tls, pod.clone());
        Ok(Dialling::begin(now, connected))
    }

    /// The end of an attempt, noted.
    fn connected(
        &self,
        mut attempt: Attempt<'_>,
        connected: Result<Connection, PortError>,
    ) -> Result<Connection, PortError> {
        attempt.dialling = None;
        let failed = connected.as_ref().err().map(ToString::to_string);
        let at = self.clock.monotonic();
        self.connections
            .dialled(attempt.pod, failed.map(|why| (at, why)));
        connected
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

impl<D: Dial + 'static, C: Clock> Transport for TlsTransport<D, C> {
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

    async fn certificate(
        &self,
        pod: &Pod,
        pods: &[PodName],
    ) -> Result<ServerCertificate, PortError> {
        let Some(connector) = &self.connector else {
            return Err(PortError::Other("its listener has no TLS".to_owned()));
        };
        // All of them are asked for by one name, which this one has.
        let pods = if connector.server_name.is_some() {
            &[]
        } else {
            pods
        };
        let connection = match self.kept(&pod.pod).await {
            Some(connection) => connection,
            None => self.connect(pod).await?,
        };
        let presented = connection.certificate.clone();
        self.connections.put(&pod.pod, connection);
        presented
            .and_then(|certificate| certificate::read(&certificate, pods, &self.names))
            .ok_or_else(|| PortError::Other("its certificate cannot be read".to_owned()))
    }
}

/// One caller's wait for a connection. Dropped at that caller's deadline, it
/// leaves the connection on its way to whoever asks next.
struct Attempt<'a> {
    connections: &'a Connections,
    pod: &'a PodRef,
    dialling: Option<Dialling>,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if let Some(dialling) = self.dialling.take() {
            self.connections.keep_dialling(self.pod, dialling);
        }
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
pub(super) fn lost(error: &hyper::Error) -> PortError {
    demands_certificate(error).unwrap_or_else(|| PortError::NoAnswer(clean(&chain(error))))
}

/// An error with its causes, which hyper's own text leaves out.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
