//! A scripted API server: gives prepared answers in turn and records what it
//! was asked.

use std::{
    cell::RefCell,
    collections::VecDeque,
    rc::Rc,
    sync::{Arc, Mutex},
    time::Duration,
};

use baoctl::{
    k8s::{Access, Kube},
    model::{cluster::Cluster, names::ClusterRef},
    ports::{Checkpoints, Clock, Freshness},
};
use http::{Request, Response};
use http_body_util::BodyExt;
use jiff::Timestamp;
use kube::{Client, client::Body};
use serde_json::{Value, json};

/// One request as it came over the wire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// Method and URI.
    pub(crate) line: String,
    /// Content type of the body.
    pub(crate) kind: String,
    /// The body, null when empty.
    pub(crate) body: Value,
}

/// The script and the record.
#[derive(Clone, Default)]
pub(crate) struct Api {
    answers: Arc<Mutex<VecDeque<(u16, Value)>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Api {
    /// Adds an answer; a text is sent as it is.
    pub(crate) fn answer(&self, status: u16, body: Value) -> &Self {
        self.answers
            .lock()
            .expect("no panic before")
            .push_back((status, body));
        self
    }

    /// A refusal in the API server's form.
    pub(crate) fn refuse(&self, status: u16, message: &str) -> &Self {
        let body = json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure",
            "message": message, "code": status,
        });
        self.answer(status, body)
    }

    /// What was asked since the last call.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().expect("no panic before"))
    }

    /// The one request since the last call.
    pub(crate) fn only(&self) -> Asked {
        let mut asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:#?}");
        asked.remove(0)
    }

    /// A client of this server.
    pub(crate) fn client(&self) -> Client {
        let api = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let api = api.clone();
            async move {
                let (parts, body) = request.into_parts();
                let bytes = body.collect().await?.to_bytes();
                let kind = parts.headers.get(http::header::CONTENT_TYPE);
                api.asked.lock().expect("no panic before").push(Asked {
                    line: format!("{} {}", parts.method, parts.uri),
                    kind: kind
                        .map(|kind| kind.to_str().expect("text").to_owned())
                        .unwrap_or_default(),
                    body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
                });
                let answer = api.answers.lock().expect("no panic before").pop_front();
                let (status, body) = answer.expect("an answer for each request");
                Ok::<_, kube::Error>(
                    Response::builder()
                        .status(status)
                        .header("date", "Mon, 23 Nov 2026 10:00:07 GMT")
                        .body(Body::from(match body {
                            Value::String(text) => text.into_bytes(),
                            object => object.to_string().into_bytes(),
                        }))
                        .expect("a response"),
                )
            }
        });
        Client::new(service, "default")
    }

    /// The adapter of `vault/prod` on this server.
    pub(crate) fn kube(&self) -> Kube<Noon> {
        self.kube_with(false)
    }

    /// The same, with or without `--maintenance-override`.
    pub(crate) fn kube_with(&self, maintenance_override: bool) -> Kube<Noon> {
        self.kube_in("vault", maintenance_override)
    }

    /// The adapter of the cluster `prod` in a namespace.
    pub(crate) fn kube_in(&self, namespace: &str, maintenance_override: bool) -> Kube<Noon> {
        let access = Access {
            own: self.client(),
            locked: None,
            maintenance_override,
        };
        let reference = ClusterRef {
            namespace: namespace.to_owned(),
            name: "prod".to_owned(),
        };
        Kube::new(reference, access, Rc::new(Noon::default())).expect("valid names")
    }
}

/// A clock that stands still and notes how long it was asked to wait.
#[derive(Default)]
pub(crate) struct Noon(pub(crate) RefCell<Vec<Duration>>);

impl Clock for Noon {
    fn wall(&self) -> Timestamp {
        "2026-11-23T10:00:00.5Z".parse().expect("a time")
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    async fn sleep(&self, duration: Duration) {
        self.0.borrow_mut().push(duration);
        // Short pauses pass at once; a long one outlasts every test.
        if duration > Duration::from_secs(2) {
            std::future::pending::<()>().await;
        }
    }
}

/// The items of a recorded list.
pub(crate) fn recorded(file: &str) -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/operator/");
    let text = std::fs::read_to_string(format!("{folder}{file}.yaml")).expect("a fixture");
    let list: Value = serde_yaml::from_str(&text).expect("YAML");
    list["items"].as_array().expect("a list").clone()
}

/// The only object of a recorded list.
pub(crate) fn one(file: &str) -> Value {
    recorded(file).remove(0)
}

/// A list as the API server sends it.
pub(crate) fn list(items: &[Value]) -> Value {
    json!({ "apiVersion": "v1", "kind": "List", "metadata": { "resourceVersion": "9000" }, "items": items })
}

/// The resource as recorded, read by the adapter.
pub(crate) async fn cluster(api: &Api, kube: &Kube<Noon>, file: &str) -> Cluster {
    api.answer(200, one(&format!("{file}/openbaoclusters")));
    let cluster = kube.cluster(Freshness::Fresh).await.expect("a cluster");
    api.asked();
    cluster
}

/// The stored object with another version and status fields.
pub(crate) fn stored(file: &str, version: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut object = one(&format!("{file}/openbaoclusters"));
    object["metadata"]["resourceVersion"] = json!(version);
    change(&mut object);
    object
}

/// URL path of the resource.
pub(crate) const CR: &str = "/apis/openbao.org/v1alpha1/namespaces/vault/openbaoclusters/prod";
/// Content type of a merge patch.
pub(crate) const MERGE: &str = "application/merge-patch+json";
