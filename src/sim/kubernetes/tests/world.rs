//! A small world for the tests: the cluster, processes that obey, watches that
//! are fed, and a real client.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use futures::channel::mpsc;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Bytes, Frame};
use jiff::Timestamp;
use kube::{Client, client::Body};
use serde_json::Value;

use crate::sim::kubernetes::{Caller, Fixture, Handled, Kubernetes, Watching};
use crate::{
    k8s::{Access, Kube},
    model::names::ClusterRef,
    ports::Clock,
    sim::{
        dice::Dice,
        moment::Moment,
        processes::{Launch, Probed, Process, Processes},
    },
};

/// Servers that are ready at once and end at the first signal.
#[derive(Default)]
pub(super) struct Servers(pub(super) BTreeMap<String, (String, Process)>);

impl Processes for Servers {
    fn start(&mut self, launch: &Launch<'_>, _now: Moment) {
        let process = Process::Running(Probed::Ready);
        self.0
            .insert(launch.uid.to_owned(), (launch.image.to_owned(), process));
    }

    fn wipe(&mut self, _pod: &str, _now: Moment) {}

    fn terminate(&mut self, uid: &str, _now: Moment) {
        self.end(uid, 0);
    }

    fn kill(&mut self, uid: &str, _now: Moment) {
        self.end(uid, 137);
    }

    fn process(&self, uid: &str) -> Option<Process> {
        self.0.get(uid).map(|(_, process)| *process)
    }

    fn log(&self, uid: &str) -> Vec<String> {
        vec![format!("log of {uid}")]
    }
}

impl Servers {
    pub(super) fn end(&mut self, uid: &str, code: i32) {
        if let Some((_, process)) = self.0.get_mut(uid) {
            *process = Process::Exited { code };
        }
    }

    pub(super) fn meet(&mut self, uid: &str, probed: Probed) {
        if let Some((_, process)) = self.0.get_mut(uid) {
            *process = Process::Running(probed);
        }
    }
}

type Piece = Result<Frame<Bytes>, std::io::Error>;

pub(super) struct World {
    pub(super) kube: Kubernetes,
    pub(super) servers: Servers,
    pub(super) now: Moment,
    feeds: Vec<(Watching, mpsc::UnboundedSender<Piece>)>,
    pub(super) requests: usize,
}

impl World {
    /// `vault/prod` at rest, some time after the beginning.
    pub(super) fn at_rest(fixture: &Fixture) -> Self {
        let mut world = Self {
            kube: Kubernetes::new(Dice::seeded(1)),
            servers: Servers::default(),
            now: Moment::START,
            feeds: Vec::new(),
            requests: 0,
        };
        fixture.install(&mut world.kube, world.now, &mut world.servers);
        world.pass(Duration::from_secs(5));
        world
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(at) = self.kube.due().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.kube.advance(self.now, &mut self.servers);
        }
        self.now = end;
        self.kube.advance(end, &mut self.servers);
        self.feed();
    }

    fn feed(&mut self) {
        let kube = &self.kube;
        self.feeds.retain_mut(|(watching, feed)| {
            let (lines, more) = match kube.watch_events(watching) {
                Ok(lines) => (lines, true),
                Err(gone) => (vec![gone], false),
            };
            let sent = lines
                .into_iter()
                .all(|line| feed.unbounded_send(Ok(Frame::data(line))).is_ok());
            sent && more
        });
    }

    /// One request, answered whole.
    pub(super) fn ask(
        &mut self,
        caller: &Caller,
        method: &str,
        uri: &str,
        kind: &str,
        body: &Value,
    ) -> (u16, Value) {
        let bytes = if body.is_null() {
            Bytes::new()
        } else {
            Bytes::from(body.to_string())
        };
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("content-type", kind)
            .body(bytes)
            .expect("a request");
        match self.kube.handle(&request, caller, self.now) {
            Handled::Whole(answer) => (
                answer.status().as_u16(),
                serde_json::from_slice(answer.body()).unwrap_or(Value::Null),
            ),
            Handled::Watch(_) => panic!("a watch"),
        }
    }
}

/// A world shared with its clients, and their clock.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(super) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("no panic before")
    }

    pub(super) fn pass(&self, millis: u64) {
        self.world().pass(Duration::from_millis(millis));
    }

    pub(super) fn client(&self, caller: Caller) -> Client {
        let shared = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let (shared, caller) = (shared.clone(), caller.clone());
            async move {
                let (parts, body) = request.into_parts();
                let bytes = body.collect().await?.to_bytes();
                let request = Request::from_parts(parts, bytes);
                Ok::<_, kube::Error>(shared.answer(&request, &caller))
            }
        });
        Client::new(service, "default")
    }

    fn answer(
        &self,
        request: &Request<Bytes>,
        caller: &Caller,
    ) -> Response<UnsyncBoxBody<Bytes, std::io::Error>> {
        let mut world = self.world();
        world.requests += 1;
        let now = world.now;
        match world.kube.handle(request, caller, now) {
            Handled::Whole(answer) => {
                world.feed();
                answer.map(|bytes| {
                    Full::new(bytes)
                        .map_err(|never| match never {})
                        .boxed_unsync()
                })
            }
            Handled::Watch(watching) => {
                let (feed, pieces) = mpsc::unbounded();
                world.feeds.push((watching, feed));
                world.feed();
                Response::new(StreamBody::new(pieces).boxed_unsync())
            }
        }
    }

    /// The real adapter of `vault/prod`.
    pub(super) fn adapter(&self, own: Caller, locked: Option<Caller>) -> Kube<Self> {
        let access = Access {
            own: self.client(own),
            locked: locked.map(|caller| self.client(caller)),
            maintenance_override: false,
        };
        let reference = ClusterRef {
            namespace: "vault".to_owned(),
            name: "prod".to_owned(),
        };
        Kube::new(reference, access, std::rc::Rc::new(self.clone())).expect("valid names")
    }
}

impl Clock for Shared {
    fn wall(&self) -> Timestamp {
        self.world().now.wall()
    }

    fn monotonic(&self) -> Duration {
        self.world().now.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        self.world().pass(duration);
    }
}
