//! The production transport against real sockets on the loopback.

use std::{
    cell::Cell,
    rc::Rc,
    sync::{Arc, Mutex},
    time::Duration,
};

use baoctl::{
    bao::{NoTrust, ServerNames, TlsTransport, Transport, Trust},
    model::workload::Pod,
    ports::{Dial, PortError, Stream},
};
use futures::StreamExt;
use http::{Method, Request, StatusCode};
use hyper::body::Bytes;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use crate::bao_world::{StoppedClock, incarnation, pod};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// What the server does with the requests of all its connections, in order.
#[derive(Clone, Copy)]
enum Does {
    Answer(&'static str),
    /// Closes the connection without an answer.
    Close,
    /// Sends this and closes.
    Part(&'static str),
    /// Never answers.
    Hang,
}

/// Connection number and request line of every request.
type Seen = Arc<Mutex<Vec<(usize, String)>>>;

struct Server {
    address: std::net::SocketAddr,
    ca: String,
    seen: Seen,
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).expect("params");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a ca")
}

impl Server {
    async fn start(name: &str, script: &'static [Does]) -> Self {
        let authority = authority();
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.not_after = rcgen::date_time_ymd(2051, 2, 3);
        let certificate = params.signed_by(&key, &authority).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a config");
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self {
            address: listener.local_addr().expect("an address"),
            ca: authority.pem(),
            seen: Seen::default(),
        };
        tokio::spawn(serve(listener, config, script, Arc::clone(&server.seen)));
        server
    }

    async fn new(script: &'static [Does]) -> Self {
        Self::start("openbao-0.openbao.ns.svc", script).await
    }

    fn client(&self) -> Client {
        self.trusting(&self.ca)
    }

    fn trusting(&self, ca: &str) -> Client {
        let dials = Rc::new(Cell::new(0));
        let clock = StoppedClock::default();
        let dial = Loopback {
            address: self.address,
            dials: Rc::clone(&dials),
        };
        let names = ServerNames {
            headless_service: "openbao".to_owned(),
            namespace: "ns".to_owned(),
        };
        let trust = Trust::from_pem(ca.as_bytes()).expect("a ca");
        let transport = TlsTransport::new(dial, clock.clone(), names, trust).expect("tls");
        Client {
            transport,
            clock,
            dials,
        }
    }

    fn seen(&self) -> Vec<(usize, String)> {
        self.seen.lock().expect("no panic").clone()
    }
}

async fn serve(listener: TcpListener, config: ServerConfig, script: &'static [Does], seen: Seen) {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let script = Arc::new(Mutex::new(script.iter().copied()));
    for number in 1.. {
        let (socket, _) = listener.accept().await.expect("a connection");
        let (acceptor, script, seen) = (acceptor.clone(), Arc::clone(&script), Arc::clone(&seen));
        tokio::spawn(async move {
            let Ok(mut stream) = acceptor.accept(socket).await else {
                return;
            };
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
        });
    }
}

/// A request's head, as its lines joined by blanks. Bodies are not used here.
async fn head(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
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

struct Loopback {
    address: std::net::SocketAddr,
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

struct Client {
    transport: TlsTransport<Loopback, StoppedClock>,
    clock: StoppedClock,
    dials: Rc<Cell<u32>>,
}

fn request(method: Method) -> Request<Bytes> {
    let request = Request::builder().method(method).uri("/v1/sys/health");
    request.body(Bytes::new()).expect("a request")
}

impl Client {
    async fn get(&self) -> Result<StatusCode, PortError> {
        self.call(&pod(0), Method::GET).await
    }

    async fn call(&self, pod: &Pod, method: Method) -> Result<StatusCode, PortError> {
        let response = self.transport.send(pod, request(method)).await?;
        Ok(response.status())
    }
}

#[tokio::test]
async fn a_connection_is_kept_between_requests() {
    let server = Server::new(&[Does::Answer(OK); 3]).await;
    let client = server.client();
    for method in [Method::GET, Method::PUT, Method::GET] {
        assert_eq!(client.call(&pod(0), method).await, Ok(StatusCode::OK));
    }
    let seen = server.seen();
    assert_eq!(
        seen[0],
        (
            1,
            "GET /v1/sys/health HTTP/1.1 host: openbao-0.openbao.ns.svc:8200".to_owned()
        )
    );
    assert!(
        seen.iter().all(|(connection, _)| *connection == 1),
        "{seen:?}"
    );
    let expires = client.transport.certificate_expires(&pod(0)).await;
    assert_eq!(expires, Ok("2051-02-03T00:00:00Z".parse().expect("a time")));
    assert_eq!(client.dials.get(), 1);
}

#[tokio::test]
async fn a_new_incarnation_gets_a_new_connection() {
    let server = Server::new(&[Does::Answer(OK); 2]).await;
    let client = server.client();
    for uid in ["1", "2"] {
        let answer = client.call(&incarnation(0, uid), Method::GET).await;
        assert_eq!(answer, Ok(StatusCode::OK));
    }
    assert_eq!(client.dials.get(), 2);
}

#[tokio::test]
async fn another_authority_is_refused() {
    let server = Server::new(&[]).await;
    let error = server.trusting(&authority().pem()).get().await;
    let error = error.expect_err("another ca").to_string();
    assert!(error.contains("certificate is not accepted"), "{error}");
    assert!(error.contains("UnknownIssuer"), "{error}");
}

#[tokio::test]
async fn another_server_s_name_is_refused() {
    let server = Server::start("openbao-1.openbao.ns.svc", &[]).await;
    let error = server
        .client()
        .get()
        .await
        .expect_err("another name")
        .to_string();
    assert!(error.contains("certificate is not accepted"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let script = &[Does::Answer(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: https://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
    )];
    let server = Server::new(script).await;
    assert_eq!(
        server.client().get().await,
        Ok(StatusCode::TEMPORARY_REDIRECT)
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_abandoned_request_takes_its_connection_with_it() {
    let server = Server::new(&[Does::Answer(OK), Does::Hang, Does::Answer(OK)]).await;
    let client = server.client();
    assert_eq!(client.get().await, Ok(StatusCode::OK));
    let pod = pod(0);
    let mut hanging = Box::pin(client.call(&pod, Method::GET));
    while server.seen().len() < 2 {
        assert!(futures::poll!(&mut hanging).is_pending());
        tokio::task::yield_now().await;
    }
    drop(hanging);
    assert_eq!(client.get().await, Ok(StatusCode::OK));
    let connections: Vec<_> = server.seen().iter().map(|(number, _)| *number).collect();
    assert_eq!(connections, [1, 1, 2]);
}

#[tokio::test]
async fn a_dead_connection_is_reopened_for_a_get() {
    let server = Server::new(&[Does::Answer(OK), Does::Close, Does::Answer(OK)]).await;
    let client = server.client();
    assert_eq!(client.get().await, Ok(StatusCode::OK));
    assert_eq!(client.get().await, Ok(StatusCode::OK));
    let connections: Vec<_> = server.seen().iter().map(|(number, _)| *number).collect();
    assert_eq!(connections, [1, 1, 2]);
}

#[tokio::test]
async fn a_get_is_tried_at_most_twice() {
    let server = Server::new(&[Does::Answer(OK), Does::Close, Does::Close]).await;
    let client = server.client();
    assert_eq!(client.get().await, Ok(StatusCode::OK));
    assert!(matches!(client.get().await, Err(PortError::NoAnswer(_))));
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_put_or_post_is_never_sent_twice() {
    for method in [Method::PUT, Method::POST] {
        let server = Server::new(&[Does::Answer(OK), Does::Close]).await;
        let client = server.client();
        assert_eq!(client.get().await, Ok(StatusCode::OK));
        let result = client.call(&pod(0), method).await;
        assert!(matches!(result, Err(PortError::NoAnswer(_))), "{result:?}");
        assert_eq!(server.seen().len(), 2);
    }
}

#[tokio::test]
async fn a_failed_dial_is_not_repeated_within_a_second() {
    let server = Server::new(&[Does::Answer(OK)]).await;
    let client = server.trusting(&authority().pem());
    assert!(client.get().await.is_err());
    let error = client.get().await.expect_err("too early");
    assert!(
        error
            .to_string()
            .starts_with("no answer: not dialled again yet: "),
        "{error}"
    );
    assert_eq!(client.dials.get(), 1);
    // Another incarnation is another matter, and so is a second later.
    assert!(
        client
            .call(&incarnation(0, "2"), Method::GET)
            .await
            .is_err()
    );
    assert_eq!(client.dials.get(), 2);
    client.clock.advance(Duration::from_secs(1));
    assert!(
        client
            .call(&incarnation(0, "2"), Method::GET)
            .await
            .is_err()
    );
    assert_eq!(client.dials.get(), 3);
}

#[tokio::test]
async fn a_dial_given_up_counts_as_failed() {
    let server = Server::new(&[]).await;
    let client = server.client();
    let pod = pod(0);
    let mut dialling = Box::pin(client.call(&pod, Method::GET));
    assert!(futures::poll!(&mut dialling).is_pending());
    drop(dialling);
    assert!(matches!(client.get().await, Err(PortError::NoAnswer(_))));
    assert_eq!(client.dials.get(), 1);
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let server = Server::new(&[Does::Answer(
        "HTTP/1.1 200 OK\r\ncontent-length: 5000000\r\n\r\n",
    )])
    .await;
    let error = server.client().get().await.expect_err("too long");
    assert_eq!(error.to_string(), "an answer of more than 4194304 bytes");
}

#[tokio::test]
async fn a_streamed_body_that_ends_early_ends_with_an_error() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    const WHOLE: &str =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    const PART: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n";
    let server = Server::new(&[Does::Answer(WHOLE), Does::Part(PART), Does::Part(HEAD)]).await;
    let client = server.client();
    for (pieces, whole) in [(1, true), (1, false), (0, false)] {
        let response = client.transport.open(&pod(0), request(Method::GET)).await;
        let items: Vec<_> = response.expect("a head").into_body().collect().await;
        let good = items.iter().filter(|item| item.is_ok()).count();
        assert_eq!((good, items.len() == good), (pieces, whole), "{items:?}");
    }
    // A download's connection is not kept.
    assert_eq!(client.dials.get(), 3);
}

#[test]
fn a_bundle_needs_a_certificate() {
    assert_eq!(Trust::from_pem(b"").err(), Some(NoTrust::Empty));
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(
        Trust::from_pem(broken),
        Err(NoTrust::Unreadable(_))
    ));
}
