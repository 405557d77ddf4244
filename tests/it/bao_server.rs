//! A scripted HTTPS server on the loopback, and the production transport to it.

use std::{
    cell::Cell,
    future::poll_fn,
    net::SocketAddr,
    rc::Rc,
    sync::{Arc, Mutex},
    task::Poll,
    time::Duration,
};

use baoctl::{
    bao::{Security, ServerNames, TlsTransport, Transport, Trust},
    model::workload::Pod,
    ports::{Clock, Dial, PortError, Stream},
};
use http::{Method, Request, StatusCode};
use hyper::body::Bytes;
use jiff::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{RootCertStore, ServerConfig, server::WebPkiClientVerifier};
use rustls_pki_types::PrivateKeyDer;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use crate::bao_world::pod;

/// What the server does with the requests of all its connections, in order.
#[derive(Clone, Copy)]
pub(crate) enum Does {
    Answer(&'static str),
    /// Closes the connection without an answer.
    Close,
    /// Sends this and closes.
    Part(&'static str),
    /// Never answers.
    Hang,
}

/// Connection number and request line of every request.
pub(crate) type Seen = Arc<Mutex<Vec<(usize, String)>>>;

pub(crate) struct Server {
    address: SocketAddr,
    ca: String,
    /// A client's certificate and key that it accepts.
    pub(crate) client: [String; 2],
    seen: Seen,
}

/// A certificate of this authority's for a client, and its key.
pub(crate) fn identity(authority: &CertifiedIssuer<'static, KeyPair>) -> [String; 2] {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["client".to_owned()]).expect("a name");
    let certificate = params.signed_by(&key, authority).expect("a certificate");
    [certificate.pem(), key.serialize_pem()]
}

pub(crate) fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).expect("params");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a ca")
}

impl Server {
    pub(crate) async fn start(name: &str, script: &'static [Does]) -> Self {
        Self::of(name, false, script).await
    }

    /// One that demands a certificate of its own authority.
    pub(crate) async fn demanding(script: &'static [Does]) -> Self {
        Self::of("openbao-0.openbao.ns.svc", true, script).await
    }

    async fn of(name: &str, demands: bool, script: &'static [Does]) -> Self {
        let authority = authority();
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.not_after = rcgen::date_time_ymd(2051, 2, 3);
        let certificate = params.signed_by(&key, &authority).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("versions");
        let builder = if demands {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der().clone()).expect("a root");
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.expect("a verifier"))
        } else {
            builder.with_no_client_auth()
        };
        let mut config = builder
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a config");
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self {
            address: listener.local_addr().expect("an address"),
            ca: authority.pem(),
            client: identity(&authority),
            seen: Seen::default(),
        };
        tokio::spawn(serve(
            listener,
            Some(config),
            script,
            Arc::clone(&server.seen),
        ));
        server
    }

    /// One without TLS.
    pub(crate) async fn plain(script: &'static [Does]) -> Self {
        let authority = authority();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self {
            address: listener.local_addr().expect("an address"),
            ca: authority.pem(),
            client: identity(&authority),
            seen: Seen::default(),
        };
        tokio::spawn(serve(listener, None, script, Arc::clone(&server.seen)));
        server
    }

    /// A client that speaks to it like this.
    pub(crate) fn spoken_to(&self, security: Security) -> Client {
        Self::client_with(self.address, security)
    }

    /// Whom the server is verified against.
    pub(crate) fn trust(&self) -> Trust {
        Trust::from_pem(self.ca.as_bytes()).expect("a ca")
    }

    pub(crate) async fn new(script: &'static [Does]) -> Self {
        Self::start("openbao-0.openbao.ns.svc", script).await
    }

    pub(crate) fn client(&self) -> Client {
        self.trusting(&self.ca)
    }

    pub(crate) fn trusting(&self, ca: &str) -> Client {
        Self::client_of(self.address, ca)
    }

    /// A client that trusts this server and dials another address.
    pub(crate) fn dialling(&self, address: SocketAddr) -> Client {
        Self::client_of(address, &self.ca)
    }

    fn client_of(address: SocketAddr, ca: &str) -> Client {
        let trust = Trust::from_pem(ca.as_bytes()).expect("a ca");
        Self::client_with(address, trust)
    }

    fn client_with(address: SocketAddr, security: impl Into<Security>) -> Client {
        let dials = Rc::new(Cell::new(0));
        let clock = SetClock::default();
        let dial = Loopback {
            address,
            dials: Rc::clone(&dials),
        };
        let names = ServerNames {
            headless_service: "openbao".to_owned(),
            namespace: "ns".to_owned(),
        };
        let transport = TlsTransport::new(dial, clock.clone(), names, security).expect("tls");
        Client {
            transport,
            clock,
            dials,
        }
    }

    pub(crate) fn seen(&self) -> Vec<(usize, String)> {
        self.seen.lock().expect("no panic").clone()
    }
}

async fn serve(
    listener: TcpListener,
    config: Option<ServerConfig>,
    script: &'static [Does],
    seen: Seen,
) {
    let acceptor = config.map(|config| TlsAcceptor::from(Arc::new(config)));
    let script = Arc::new(Mutex::new(script.iter().copied()));
    for number in 1.. {
        let (socket, _) = listener.accept().await.expect("a connection");
        let (acceptor, script, seen) = (acceptor.clone(), Arc::clone(&script), Arc::clone(&seen));
        tokio::spawn(async move {
            let Some(acceptor) = acceptor else {
                return answer(socket, number, &script, &seen).await;
            };
            if let Ok(stream) = acceptor.accept(socket).await {
                answer(stream, number, &script, &seen).await;
            }
        });
    }
}

/// Does to the requests of one connection what the script says.
async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    number: usize,
    script: &Mutex<impl Iterator<Item = Does>>,
    seen: &Seen,
) {
    while let Some(request) = head(&mut stream).await {
        seen.lock().expect("no panic").push((number, request));
        let does = script.lock().expect("no panic").next();
        match does.expect("a request too many") {
            Does::Answer(text) => stream.write_all(text.as_bytes()).await.expect("sent"),
            Does::Part(text) => {
                stream.write_all(text.as_bytes()).await.expect("sent");
                let _ = stream.shutdown().await;
                return;
            }
            Does::Close => return,
            Does::Hang => std::future::pending().await,
        }
    }
    // As a server does of what it cannot read; one that was left hears nothing.
    let refusal = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n";
    let _ = stream.write_all(refusal).await;
}

/// A request's head, as its lines joined by blanks. Bodies are not used here.
async fn head(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
        // The beginning of TLS, which a server without it cannot read.
        if head == [0x16] {
            return None;
        }
    }
    let head = String::from_utf8(head).expect("text");
    Some(
        head.split("\r\n")
            .collect::<Vec<_>>()
            .join(" ")
            .trim()
            .to_owned(),
    )
}

/// A clock that stands still until it is set. Who sleeps looks at it whenever
/// something else wakes them.
#[derive(Clone, Default)]
pub(crate) struct SetClock(Rc<Cell<Duration>>);

impl SetClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.0.set(self.0.get() + by);
    }
}

impl Clock for SetClock {
    fn wall(&self) -> Timestamp {
        "2026-11-23T12:00:00Z".parse().expect("a time")
    }

    fn monotonic(&self) -> Duration {
        self.0.get()
    }

    async fn sleep(&self, duration: Duration) {
        let end = self.0.get() + duration;
        poll_fn(|_| {
            if self.0.get() < end {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
    }
}

pub(crate) struct Loopback {
    address: SocketAddr,
    dials: Rc<Cell<u32>>,
}

impl Dial for Loopback {
    async fn dial(&self, _: &Pod) -> Result<Box<dyn Stream>, PortError> {
        self.dials.set(self.dials.get() + 1);
        let stream = TcpStream::connect(self.address).await;
        let stream = stream.map_err(|error| PortError::NoAnswer(error.to_string()))?;
        Ok(Box::new(stream))
    }
}

pub(crate) struct Client {
    pub(crate) transport: TlsTransport<Loopback, SetClock>,
    pub(crate) clock: SetClock,
    pub(crate) dials: Rc<Cell<u32>>,
}

pub(crate) fn request(method: Method) -> Request<Bytes> {
    let request = Request::builder().method(method).uri("/v1/sys/health");
    request.body(Bytes::new()).expect("a request")
}

impl Client {
    pub(crate) async fn get(&self) -> Result<StatusCode, PortError> {
        self.call(&pod(0), Method::GET).await
    }

    pub(crate) async fn call(&self, pod: &Pod, method: Method) -> Result<StatusCode, PortError> {
        let response = self.transport.send(pod, request(method)).await?;
        Ok(response.status())
    }
}
