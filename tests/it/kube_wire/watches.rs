//! The watches: what is read from their copies, what wakes a waiter, and what
//! happens where they are forbidden.

use std::{
    rc::Rc,
    sync::{Arc, Mutex},
    time::Duration,
};

use baoctl::{
    k8s::{Access, Kube},
    model::{
        names::{ClusterRef, Pool},
        workload::{UpdateStrategy, Workload},
    },
    ports::{Checkpoints, Freshness, Workloads},
};
use futures::channel::mpsc;
use http::{Request, Response};
use http_body_util::{BodyExt, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Bytes, Frame};
use kube::{Client, client::Body};
use serde_json::{Value, json};

use super::api::{Noon, list, one, recorded};

/// What a watch is sent, piece by piece.
type Piece = Result<Frame<Bytes>, std::io::Error>;
/// The open watches, each with its path.
type Feeds = Vec<(String, mpsc::UnboundedSender<Piece>)>;
/// A body that may never end.
type Reply = UnsyncBoxBody<Bytes, std::io::Error>;

fn whole(text: &str) -> Reply {
    let bytes = Bytes::copy_from_slice(text.as_bytes());
    StreamBody::new(futures::stream::iter([Ok(Frame::data(bytes))])).boxed_unsync()
}

/// An API server of recorded objects whose StatefulSet watch is fed by hand.
#[derive(Clone, Default)]
struct Server {
    asked: Arc<Mutex<Vec<String>>>,
    forbid_watches: bool,
    feeds: Arc<Mutex<Feeds>>,
}

impl Server {
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().expect("no panic before"))
    }

    fn kube(&self) -> Kube<Noon> {
        let server = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let answer = server.answer(&request);
            async move { Ok::<_, std::io::Error>(answer) }
        });
        let access = Access {
            own: Client::new(service, "default"),
            locked: None,
            maintenance_override: false,
        };
        let reference = ClusterRef {
            namespace: "vault".to_owned(),
            name: "prod".to_owned(),
        };
        Kube::new(reference, access, Rc::new(Noon::default())).expect("valid names")
    }

    fn answer(&self, request: &Request<Body>) -> Response<Reply> {
        let uri = request.uri().to_string();
        let path = request.uri().path().to_owned();
        self.asked
            .lock()
            .expect("no panic before")
            .push(uri.clone());
        let reply = |status: u16, body: Reply| {
            Response::builder()
                .status(status)
                .body(body)
                .expect("a response")
        };
        let send = |object: Value| reply(200, whole(&object.to_string()));
        let many = uri.contains("limit=") || uri.contains("watch=true");
        if many && self.forbid_watches {
            let refusal =
                json!({ "kind": "Status", "code": 403, "reason": "Forbidden", "message": "no" });
            return reply(403, whole(&refusal.to_string()));
        }
        if uri.contains("watch=true") {
            let (feed, events) = mpsc::unbounded();
            let mut feeds = self.feeds.lock().expect("no panic before");
            feeds.push((path, feed));
            return reply(200, StreamBody::new(events).boxed_unsync());
        }
        match path.rsplit('/').next().unwrap_or_default() {
            "pods" => send(list(&recorded("stuck-rolling/pods"))),
            "statefulsets" => send(list(&recorded("stuck-rolling/statefulsets"))),
            "openbaoclusters" => send(list(&recorded("stuck-rolling/openbaoclusters"))),
            "prod" if path.contains("/statefulsets/") => send(one("stuck-rolling/statefulsets")),
            "prod" => send(one("stuck-rolling/openbaoclusters")),
            _ => send(list(&[])),
        }
    }

    fn feed(&self, plural: &str, event: &Value) {
        let piece = Frame::data(Bytes::from(format!("{event}\n")));
        for (path, feed) in self.feeds.lock().expect("no panic before").iter() {
            if path.ends_with(plural) {
                let piece = Frame::data(piece.data_ref().expect("data").clone());
                feed.unbounded_send(Ok(piece)).expect("the watch is read");
            }
        }
    }

    /// Ends all watches as a connection that breaks does.
    fn break_watches(&self) {
        for (_, feed) in self.feeds.lock().expect("no panic before").drain(..) {
            let broken = std::io::Error::other("broken");
            feed.unbounded_send(Err(broken)).expect("the watch is read");
        }
    }
}

fn with_partition(version: &str, partition: u32) -> Value {
    let mut set = one("stuck-rolling/statefulsets");
    set["metadata"]["resourceVersion"] = json!(version);
    set["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = json!(partition);
    set
}

fn partition(workload: &Workload) -> u32 {
    match workload.strategy {
        UpdateStrategy::RollingUpdate { partition, .. } => partition,
        UpdateStrategy::OnDelete => panic!("no partition"),
    }
}

async fn voters(kube: &Kube<Noon>, freshness: Freshness) -> Workload {
    let cluster = kube.cluster(freshness).await.expect("a cluster");
    kube.workload(&cluster, Pool::Voters, freshness)
        .await
        .expect("an answer")
        .expect("voters")
}

/// Waits for a change, for a moment of real time only.
async fn woken(kube: &Kube<Noon>) -> bool {
    tokio::time::timeout(Duration::from_millis(500), kube.changed())
        .await
        .is_ok()
}

#[tokio::test]
async fn once_synced_nothing_is_asked_and_changes_wake_the_waiter() {
    let server = Server::default();
    let kube = server.kube();
    kube.start_watches();
    while woken(&kube).await {}
    server.asked();
    assert_eq!(partition(&voters(&kube, Freshness::Watched).await), 1);
    assert_eq!(server.asked(), Vec::<String>::new());

    let event = json!({ "type": "MODIFIED", "object": with_partition("9100", 0) });
    server.feed("/statefulsets", &event);
    assert!(woken(&kube).await);
    assert_eq!(partition(&voters(&kube, Freshness::Watched).await), 0);
    assert!(!woken(&kube).await, "one change wakes once");
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_reader_sees_what_arrived_while_nobody_waited() {
    let server = Server::default();
    let kube = server.kube();
    kube.start_watches();
    while woken(&kube).await {}
    for (version, partition) in [("9100", 3), ("9101", 2), ("9102", 0)] {
        let object = with_partition(version, partition);
        server.feed(
            "/statefulsets",
            &json!({ "type": "MODIFIED", "object": object }),
        );
    }
    assert_eq!(partition(&voters(&kube, Freshness::Watched).await), 0);
}

#[tokio::test]
async fn a_late_event_does_not_take_a_fresh_read_back() {
    let server = Server::default();
    let kube = server.kube();
    kube.start_watches();
    while woken(&kube).await {}
    let fresh = voters(&kube, Freshness::Fresh).await;
    let late = json!({ "type": "MODIFIED", "object": with_partition("3", 3) });
    server.feed("/statefulsets", &late);
    assert!(woken(&kube).await);
    assert_eq!(voters(&kube, Freshness::Watched).await, fresh);
}

#[tokio::test]
async fn a_broken_watch_pauses_by_the_clock_and_lists_again() {
    let server = Server::default();
    let kube = server.kube();
    kube.start_watches();
    while woken(&kube).await {}
    server.asked();
    server.break_watches();
    while woken(&kube).await {}
    let lists = server.asked();
    let again = |plural: &str| {
        lists
            .iter()
            .filter(|uri| uri.contains(plural) && uri.contains("limit="))
            .count()
    };
    assert_eq!(
        (again("/pods?"), again("/statefulsets?")),
        (1, 1),
        "{lists:?}"
    );
    assert_eq!(partition(&voters(&kube, Freshness::Watched).await), 1);
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn without_permission_to_watch_every_read_is_a_request() {
    let server = Server {
        forbid_watches: true,
        ..Server::default()
    };
    let kube = server.kube();
    kube.start_watches();
    assert!(!woken(&kube).await, "nothing is ever seen to change");
    let tried = server.asked();
    assert_eq!(tried.len(), 5, "each tried once: {tried:?}");
    assert_eq!(partition(&voters(&kube, Freshness::Watched).await), 1);
    assert_eq!(server.asked().len(), 3);
}
