//! What the tests of the OpenBao adapter share: pods, a clock that stands
//! still, recorded answers, and a transport that answers from a script.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    path::PathBuf,
    rc::Rc,
    time::Duration,
};

use baoctl::{
    bao::{BaoClient, Chunks, Jwt, TokenSource, Transport},
    model::{
        certificate::ServerCertificate,
        names::{PodName, PodRef},
        workload::Pod,
    },
    ports::{Clock, PortError},
};
use futures::{StreamExt, stream};
use http::{Request, Response};
use hyper::body::Bytes;
use jiff::Timestamp;
use secrecy::SecretString;

/// Planted wherever a secret goes; must come out nowhere.
pub(crate) const CANARY_TOKEN: &str = "s.canary-token-4711";
pub(crate) const CANARY_JWT: &str = "eyJ.canary-jwt-4711";

pub(crate) fn pod(ordinal: u32) -> Pod {
    incarnation(ordinal, "1")
}

pub(crate) fn incarnation(ordinal: u32, uid: &str) -> Pod {
    let made = PodRef {
        name: PodName::of("openbao", ordinal),
        uid: uid.to_owned(),
    };
    Pod {
        ready: true,
        container_ready: true,
        ..Pod::made(made, ordinal)
    }
}

pub(crate) fn fixture(version: &str, name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/fixtures/openbao")
        .join(version)
        .join(name)
}

/// A clock that only moves when told to.
#[derive(Clone, Default)]
pub(crate) struct StoppedClock(Rc<Cell<Duration>>);

impl StoppedClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.0.set(self.0.get() + by);
    }
}

impl Clock for StoppedClock {
    fn wall(&self) -> Timestamp {
        "2026-11-23T12:00:00Z".parse().expect("a time")
    }

    fn monotonic(&self) -> Duration {
        self.0.get()
    }

    /// A wait for something that does not come is over at once.
    async fn sleep(&self, duration: Duration) {
        self.advance(duration);
    }
}

/// What the transport does with one request.
pub(crate) enum Reply {
    Answer(u16, Bytes),
    /// 200, and the body in these pieces; `None` for a broken connection.
    Pieces(Vec<Option<Bytes>>),
    Broken,
    /// No answer, ever.
    Silence,
    /// 200, and this much of the body; then nothing, ever.
    Stalls(Bytes),
}

/// A recorded answer.
pub(crate) fn recorded(version: &str, name: &str) -> Reply {
    let text = std::fs::read_to_string(fixture(version, &format!("{name}.json"))).expect(name);
    let text = text.replace("REDACTED", CANARY_TOKEN);
    let sample: serde_json::Value = serde_json::from_str(&text).expect(name);
    let status = sample["status"].as_u64().expect("a status");
    answer(
        u16::try_from(status).expect("a status"),
        &sample["body"].to_string(),
    )
}

pub(crate) fn answer(status: u16, body: &str) -> Reply {
    Reply::Answer(status, Bytes::from(body.to_owned()))
}

pub(crate) fn errors(status: u16, text: &str) -> Reply {
    answer(status, &serde_json::json!({ "errors": [text] }).to_string())
}

/// Answers requests in order and writes them down.
#[derive(Clone, Default)]
pub(crate) struct Script(Rc<Lines>);

#[derive(Default)]
struct Lines {
    replies: RefCell<VecDeque<Reply>>,
    seen: RefCell<Vec<String>>,
}

impl Script {
    pub(crate) fn then(&self, replies: impl IntoIterator<Item = Reply>) -> &Self {
        self.0.replies.borrow_mut().extend(replies);
        self
    }

    /// The requests since the last call, as `pod METHOD path headers body`.
    pub(crate) fn seen(&self) -> Vec<String> {
        assert!(self.0.replies.borrow().is_empty(), "unasked replies");
        self.0.seen.take()
    }

    async fn next(
        &self,
        pod: &Pod,
        request: &Request<Bytes>,
    ) -> Result<Response<Reply>, PortError> {
        let mut line = format!("{} {} {}", pod.pod, request.method(), request.uri());
        let mut headers: Vec<_> = request.headers().iter().collect();
        headers.sort_by_key(|(name, _)| name.as_str());
        for (name, value) in headers {
            assert_eq!(value.is_sensitive(), name == "x-vault-token", "{name}");
            line.extend([" ", name.as_str(), "=", value.to_str().expect("text")]);
        }
        if !request.body().is_empty() {
            line.extend([" ", &String::from_utf8_lossy(request.body())]);
        }
        let reply = self.0.replies.borrow_mut().pop_front();
        let reply = reply.unwrap_or_else(|| panic!("not in the script: {line}"));
        self.0.seen.borrow_mut().push(line);
        let status = match &reply {
            Reply::Answer(status, _) => *status,
            Reply::Pieces(_) | Reply::Stalls(_) => 200,
            Reply::Silence => return std::future::pending().await,
            Reply::Broken => return Err(PortError::NoAnswer("connection reset".to_owned())),
        };
        Ok(Response::builder()
            .status(status)
            .body(reply)
            .expect("a status"))
    }
}

impl Transport for Script {
    async fn send(&self, pod: &Pod, request: Request<Bytes>) -> Result<Response<Bytes>, PortError> {
        Ok(self.next(pod, &request).await?.map(|reply| match reply {
            Reply::Answer(_, body) => body,
            _ => panic!("a streamed reply to {}", request.uri()),
        }))
    }

    async fn open(
        &self,
        pod: &Pod,
        request: Request<Bytes>,
    ) -> Result<Response<Chunks>, PortError> {
        Ok(self.next(pod, &request).await?.map(|reply| {
            let pieces = match reply {
                Reply::Answer(_, body) => vec![Some(body)],
                Reply::Pieces(pieces) => pieces,
                Reply::Stalls(head) => {
                    let head = stream::iter([Ok(head)]);
                    return head.chain(stream::pending()).boxed_local();
                }
                Reply::Broken | Reply::Silence => Vec::new(),
            };
            let broken = || PortError::NoAnswer("connection reset".to_owned());
            stream::iter(
                pieces
                    .into_iter()
                    .map(move |piece| piece.ok_or_else(broken)),
            )
            .boxed_local()
        }))
    }

    async fn certificate(&self, _: &Pod, _: &[PodName]) -> Result<ServerCertificate, PortError> {
        Ok(ServerCertificate {
            expires: Timestamp::MAX,
            not_for: Vec::new(),
        })
    }
}

pub(crate) struct FixedJwt;

impl Jwt for FixedJwt {
    async fn jwt(&self) -> Result<SecretString, PortError> {
        Ok(SecretString::from(CANARY_JWT))
    }

    fn source(&self) -> String {
        "TokenRequest for upgrade".to_owned()
    }
}

pub(crate) type Client = BaoClient<Script, FixedJwt, StoppedClock>;

pub(crate) fn by_login(script: &Script, clock: &StoppedClock) -> Client {
    let source = TokenSource::Jwt {
        jwt: FixedJwt,
        mount: "jwt-operator".to_owned(),
        role: "upgrade".to_owned(),
    };
    BaoClient::new(script.clone(), clock.clone(), source)
}

pub(crate) fn by_token(script: &Script) -> Client {
    let source = TokenSource::Given {
        token: SecretString::from(CANARY_TOKEN),
        source: "--token-file".to_owned(),
    };
    BaoClient::new(script.clone(), StoppedClock::default(), source)
}

/// An empty directory of its own, removed at the end.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bao-{name}"));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("a directory");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        };
        entries.map(name).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
