//! Every object of Kubernetes that the adapter reads, spoilt.

use std::{
    collections::VecDeque,
    rc::Rc,
    sync::{Arc, Mutex},
    time::Duration,
};

use baoctl::{
    k8s::{Access, Kube, clusters, find_operator, user},
    model::{
        cluster::Cluster,
        fact::Fact,
        halt::{Halt, HaltReason},
        names::{ClusterRef, PodName, PodRef, Pool},
        pause::PauseRequest,
        record::RunRecord,
        survey::Permission,
        workload::{Pod, Workload},
    },
    ports::{Checkpoints, Clock, Freshness, Leases, PortError, Progress, Workloads, WriteMode},
};
use http::{Request, Response};
use http_body_util::BodyExt;
use jiff::Timestamp;
use kube::{Client, client::Body};
use proptest::{prelude::any, test_runner::TestCaseError};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::rubbish::{
    CANARY, ensure, feed, fit, fit_all, fit_error, respoilt, runtime, secret_free, spoiling,
    spoilt, text,
};

/// The most pods a pool may have before it is no cluster to upgrade.
const MOST_REPLICAS: u32 = 1000;
/// The longest text passed on: the longest file name there is on Linux.
const LONGEST: usize = 4096;

pub(crate) struct StoppedClock;

impl Clock for StoppedClock {
    fn wall(&self) -> Timestamp {
        "2026-11-23T12:00:00Z".parse().expect("a time")
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    async fn sleep(&self, _: Duration) {}
}

type Answers = Arc<Mutex<VecDeque<(u16, Vec<u8>)>>>;

/// An API server that gives prepared answers, and 404 from then on.
pub(crate) struct Server {
    runtime: Runtime,
    answers: Answers,
    paths: Arc<Mutex<Vec<String>>>,
    client: Client,
}

impl Server {
    pub(crate) fn new() -> Self {
        let runtime = runtime();
        let answers = Answers::default();
        let paths = Arc::<Mutex<Vec<String>>>::default();
        let (given, asked) = (Arc::clone(&answers), Arc::clone(&paths));
        let service = tower::service_fn(move |request: Request<Body>| {
            let answer = given.lock().expect("no panic before").pop_front();
            asked
                .lock()
                .expect("no panic before")
                .push(request.uri().path().to_owned());
            async move {
                request.into_body().collect().await?;
                let (status, body) = answer.unwrap_or_else(|| {
                    let gone = json!({ "kind": "Status", "message": "gone", "code": 404 });
                    (404, gone.to_string().into_bytes())
                });
                Ok::<_, kube::Error>(
                    Response::builder()
                        .status(status)
                        .header("date", "Mon, 23 Nov 2026 10:00:07 GMT")
                        .body(Body::from(body))
                        .expect("a response"),
                )
            }
        });
        let client = runtime.block_on(async { Client::new(service, "default") });
        Self {
            runtime,
            answers,
            paths,
            client,
        }
    }

    fn kube(&self) -> Kube<StoppedClock> {
        let access = Access {
            own: self.client.clone(),
            locked: None,
            maintenance_override: true,
        };
        Kube::new(reference(), access, Rc::new(StoppedClock)).expect("valid names")
    }

    /// What the adapter makes of these answers.
    pub(crate) fn asked<T>(
        &self,
        answers: impl IntoIterator<Item = (u16, Vec<u8>)>,
        ask: impl AsyncFnOnce(&Kube<StoppedClock>) -> T,
    ) -> T {
        *self.answers.lock().expect("no panic before") = answers.into_iter().collect();
        self.paths.lock().expect("no panic before").clear();
        let kube = self.kube();
        self.runtime.block_on(ask(&kube))
    }

    /// No answer may lead the adapter to ask outside of where it belongs.
    pub(crate) fn stayed_inside(&self) -> Result<(), TestCaseError> {
        for path in self.paths.lock().expect("no panic before").iter() {
            ensure(
                !path.contains("..") && !path.contains("//") && path.len() < 600,
                || format!("asked for {path:.200}"),
            )?;
        }
        Ok(())
    }
}

fn reference() -> ClusterRef {
    ClusterRef {
        namespace: "vault".to_owned(),
        name: "prod".to_owned(),
    }
}

/// The items of a recorded list, without most of what no parser looks at.
fn recorded(file: &str) -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/operator/");
    let text = std::fs::read_to_string(format!("{folder}{file}.yaml")).expect("a fixture");
    let list: Value = serde_yaml::from_str(&text).expect("YAML");
    let mut items = list["items"].as_array().expect("a list").clone();
    for item in &mut items {
        if let Some(entries) = item["metadata"]["managedFields"].as_array_mut() {
            entries.truncate(2);
            for entry in entries {
                entry["fieldsV1"] = json!({ "f:spec": { "f:version": {} } });
            }
        }
        for pointer in ["/spec", "/spec/template/spec"] {
            let Some(spec) = item.pointer_mut(pointer).and_then(Value::as_object_mut) else {
                continue;
            };
            spec.retain(|key, _| !matches!(key.as_str(), "volumes" | "volumeClaimTemplates"));
            for kind in ["containers", "initContainers"] {
                for container in spec
                    .get_mut(kind)
                    .and_then(Value::as_array_mut)
                    .into_iter()
                    .flatten()
                {
                    *container = json!({ "name": container["name"], "image": container["image"] });
                }
            }
        }
    }
    items
}

fn resource() -> Value {
    let mut resource = recorded("stuck-rolling/openbaoclusters").remove(0);
    resource["metadata"]["annotations"] = json!({
        RunRecord::ANNOTATION: record().to_string(),
        "baoctl.openbao.org/pause-requested": pause().to_string(),
    });
    resource["status"]["blueGreen"] = json!({ "phase": "Idle" });
    resource["status"]["breakGlass"] = json!({ "active": false });
    resource
}

fn record() -> Value {
    json!({
        "v": 1, "id": "20261123T100000Z-0011aabb", "user": "jane",
        "startedAt": "2026-11-23T10:00:00.5Z", "from": "2.6.2",
        "fromImage": "openbao/openbao:2.6.2",
        "target": {
            "version": "2.7.2", "image": "openbao/openbao:2.7.2", "replicas": 3,
            "clusterUid": "1eb102ba", "clusterId": "2c7c1f0e",
        },
        "order": "leader-last", "pausedBefore": false, "snapshotWanted": "/tmp/a.snap",
        "snapshot": {
            "file": "/tmp/a  b.snap", "index": 90, "bytes": 46617, "sha256": "00ff",
            "at": "2026-11-23T10:01:00Z",
        },
        "waivers": [{ "ignoreCheck": "raft.in-sync" }, "acceptOneWay"],
        "newestActive": "2.7.2", "abandoned": "2.7.1", "tookOver": true,
    })
}

fn pause() -> Value {
    json!({ "by": "jane", "at": "2026-11-23T10:00:00Z", "reason": "lunch", "pausedBefore": true })
}

pub(crate) fn list(items: &[Value]) -> Value {
    json!({ "apiVersion": "v1", "kind": "List", "metadata": { "resourceVersion": "9000" }, "items": items })
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// The resource as recorded, read by the adapter.
pub(crate) fn cluster(server: &Server) -> Cluster {
    let answer = (200, bytes(&resource()));
    server
        .asked([answer], async |kube| kube.cluster(Freshness::Fresh).await)
        .expect("a cluster")
}

fn read(server: &Server, resource: Vec<u8>) -> Result<Cluster, PortError> {
    server.asked([(200, resource)], async |kube| {
        kube.cluster(Freshness::Fresh).await
    })
}

fn fit_cluster(found: &Result<Cluster, PortError>) -> Result<(), TestCaseError> {
    match found {
        Err(error) => fit_error(error),
        Ok(cluster) => fit_all(cluster, LONGEST),
    }
}

#[test]
fn resource_with_status() {
    let server = Server::new();
    let resource = resource();
    feed("the OpenBaoCluster", &spoiling(), |spoiling| {
        let found = read(&server, spoilt(&resource, &spoiling));
        fit_cluster(&found)?;
        if let Ok(cluster) = found {
            for pool in [Pool::Voters, Pool::ReadReplicas] {
                let answer = server.asked([], async |kube| {
                    kube.workload(&cluster, pool, Freshness::Fresh).await
                });
                if let Err(error) = answer {
                    fit_error(&error)?;
                }
                server.stayed_inside()?;
            }
            let config = server.asked([], async |kube| kube.config(&cluster).await);
            fit_error(&config.expect_err("there is none"))?;
            server.stayed_inside()?;
        }
        Ok(())
    });
}

fn with_annotation(key: &str, text: &str) -> Vec<u8> {
    let mut resource = recorded("at-rest-2.6.2/openbaoclusters").remove(0);
    resource["metadata"]["annotations"] = json!({ key: text });
    bytes(&resource)
}

/// A record, spoilt, is one that means the same when it is written and read
/// again, or it is unknown; it is never absent.
fn run_of(server: &Server, text: &str) -> Result<(), TestCaseError> {
    let found = read(server, with_annotation(RunRecord::ANNOTATION, text));
    fit_cluster(&found)?;
    let run = found.expect("only the annotation is spoilt").run;
    match run {
        Fact::Unknown(_) => Ok(()),
        Fact::Known(None) => Err(crate::rubbish::fail("an absent record".to_owned())),
        Fact::Known(Some(record)) => {
            let text = serde_json::to_string(&record).expect("JSON");
            let again = read(server, with_annotation(RunRecord::ANNOTATION, &text));
            let again = again.expect("only the annotation differs").run;
            ensure(again == Fact::Known(Some(record)), || {
                format!("{again:?} from {text}")
            })
        }
    }
}

#[test]
fn run_record() {
    let server = Server::new();
    let known = record();
    let read: RunRecord = serde_json::from_value(known.clone()).expect("a record");
    let written = serde_json::to_value(&read).expect("JSON");
    assert_eq!(written, known, "the sample has every field");
    feed("the run record", &spoiling(), |spoiling| {
        let text = spoilt(&known, &spoiling);
        run_of(&server, &String::from_utf8_lossy(&text))
    });
    feed("the run record, of any text", &text(), |text| {
        run_of(&server, &text)
    });
}

#[test]
fn pause_request() {
    let server = Server::new();
    let known = pause();
    let strategy = (spoiling(), text(), any::<bool>());
    feed(
        "the request to pause",
        &strategy,
        |(spoiling, text, any)| {
            let text = if any {
                text
            } else {
                String::from_utf8_lossy(&spoilt(&known, &spoiling)).into_owned()
            };
            let key = "baoctl.openbao.org/pause-requested";
            let found = read(&server, with_annotation(key, &text));
            fit_cluster(&found)?;
            let asked = found
                .expect("only the annotation is spoilt")
                .pause_requested;
            ensure(asked.is_some(), || "the request was lost".to_owned())?;
            let written: String = serde_json::to_string(&asked).expect("JSON");
            let again: Option<PauseRequest> = serde_json::from_str(&written).expect("a request");
            ensure(again == asked, || written)
        },
    );
}

pub(crate) fn fit_workload(
    found: Result<Option<Workload>, PortError>,
) -> Result<Option<Workload>, TestCaseError> {
    match found {
        Err(error) => fit_error(&error).map(|()| None),
        Ok(None) => Ok(None),
        Ok(Some(workload)) => {
            fit_all(&workload, 401)?;
            let replicas = workload.replicas;
            ensure(replicas <= MOST_REPLICAS, || format!("{replicas} replicas"))?;
            for pod in &workload.pods {
                let name = PodName::of(&workload.name, pod.ordinal);
                ensure(pod.pod.name == name, || format!("{} as {name}", pod.pod))?;
            }
            Ok(Some(workload))
        }
    }
}

#[test]
fn statefulset() {
    let server = Server::new();
    let cluster = cluster(&server);
    let set = recorded("stuck-rolling/statefulsets").remove(0);
    let pods = bytes(&list(&[]));
    feed("a StatefulSet", &spoiling(), |spoiling| {
        let answers = [(200, spoilt(&set, &spoiling)), (200, pods.clone())];
        let found = server.asked(answers, async |kube| {
            kube.workload(&cluster, Pool::Voters, Freshness::Fresh)
                .await
        });
        if let Some(workload) = fit_workload(found)? {
            let written = server.asked([(200, bytes(&set))], async |kube| {
                kube.set_partition(&workload, 1, WriteMode::Real).await
            });
            if let Err(error) = written {
                fit_error(&error)?;
            }
            server.stayed_inside()?;
        }
        Ok(())
    });
}

#[test]
fn pods() {
    let server = Server::new();
    let cluster = cluster(&server);
    let set = bytes(&recorded("stuck-rolling/statefulsets")[0]);
    let mut all = recorded("stuck-rolling/pods");
    all.retain(|pod| {
        pod["metadata"]["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("prod-"))
    });
    all.truncate(2);
    all[0]["status"]["containerStatuses"][0]["state"] =
        json!({ "waiting": { "reason": "CrashLoopBackOff", "message": "back-off" } });
    all[1]["status"]["conditions"] = json!([
        { "type": "PodScheduled", "status": "False", "message": "0/3 nodes" },
        { "type": "Ready", "status": "True", "lastTransitionTime": "2026-11-23T10:00:00Z" },
    ]);
    let pods = list(&all);
    feed("pods", &spoiling(), |spoiling| {
        let answers = [(200, set.clone()), (200, spoilt(&pods, &spoiling))];
        let found = server.asked(answers, async |kube| {
            kube.workload(&cluster, Pool::Voters, Freshness::Fresh)
                .await
        });
        let found = fit_workload(found)?;
        if let Some(pod) = found.as_ref().and_then(|workload| workload.pods.first()) {
            let evicted =
                server.asked([], async |kube| kube.evict(&pod.pod, WriteMode::Real).await);
            fit_error(&evicted.expect_err("there is none"))?;
            server.stayed_inside()?;
        }
        Ok(())
    });
}

#[test]
fn jobs_and_budgets() {
    let server = Server::new();
    let cluster = cluster(&server);
    let job = |name: &str, status: Value| json!({ "metadata": { "name": name, "uid": "1" }, "spec": { "template": {} }, "status": status });
    let jobs = list(&[
        job("upgrade-prod-1", json!({ "active": 1 })),
        job(
            "upgrade-prod-2",
            json!({ "failed": 1, "conditions": [{ "type": "Failed", "status": "True" }] }),
        ),
        job("backup", json!({ "succeeded": 1 })),
    ]);
    feed("Jobs", &spoiling(), |spoiling| {
        let answers = [(200, spoilt(&jobs, &spoiling))];
        match server.asked(answers, async |kube| kube.active_jobs(&cluster).await) {
            Ok(names) => names.iter().try_for_each(|name| fit(name, 400)),
            Err(error) => fit_error(&error),
        }
    });
    let job = job("upgrade-prod-0", json!({ "succeeded": 1 }));
    feed("the executor Job", &spoiling(), |spoiling| {
        let done = bytes(&job);
        let answers = [
            (200, spoilt(&job, &spoiling)),
            (200, done.clone()),
            (200, done),
        ];
        let leader = PodName::of("prod", 0);
        let ran = server.asked(answers, async |kube| {
            kube.step_down_job(&cluster, &leader).await
        });
        server.stayed_inside()?;
        ran.map_or_else(|error| fit_error(&error), Ok)
    });
    let budget = json!({
        "metadata": { "name": "prod-pdb", "resourceVersion": "7" },
        "spec": {
            "maxUnavailable": 1,
            "selector": {
                "matchLabels": { "app.kubernetes.io/instance": "prod" },
                "matchExpressions": [{ "key": "openbao.org/cluster", "operator": "In", "values": ["prod"] }],
            },
        },
        "status": { "disruptionsAllowed": 1, "currentHealthy": 3, "desiredHealthy": 2, "expectedPods": 3 },
    });
    let budgets = list(&[budget]);
    let pods = list(&recorded("stuck-rolling/pods"));
    feed("PodDisruptionBudgets", &spoiling(), |spoiling| {
        let answers = [(200, spoilt(&budgets, &spoiling)), (200, bytes(&pods))];
        match server.asked(answers, async |kube| {
            kube.disruptions_allowed(&cluster).await
        }) {
            Ok(_) => Ok(()),
            Err(error) => fit_error(&error),
        }
    });
}

#[test]
fn lease() {
    let server = Server::new();
    let lease = json!({
        "metadata": { "name": "baoctl-prod", "namespace": "vault", "resourceVersion": "41" },
        "spec": {
            "holderIdentity": "baoctl/jane/20261123T100000Z-0011aabb",
            "leaseDurationSeconds": 15, "renewTime": "2026-11-23T10:00:00.000000Z",
        },
    });
    feed("the Lease", &spoiling(), |spoiling| {
        match server.asked([(200, spoilt(&lease, &spoiling))], async |kube| {
            kube.lease().await
        }) {
            Ok(Some(lease)) => {
                fit(lease.holder.as_deref().unwrap_or_default(), 400)?;
                // What the field has room for; the engine decides how long to believe it.
                let most = Duration::from_secs(2_147_483_647);
                ensure(lease.duration <= most, || format!("{:?}", lease.duration))
            }
            Ok(None) => Ok(()),
            Err(error) => fit_error(&error),
        }
    });
}

#[test]
fn refusals() {
    let server = Server::new();
    let refusal = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403,
        "message": "statefulsets.apps \"prod\" is forbidden: ValidatingAdmissionPolicy 'lock' with binding 'lock' denied request: no",
        "details": { "name": "prod-0", "kind": "pods", "causes": [
            { "reason": "DisruptionBudget", "message": "needs 2 healthy pods and has 2", "field": "x" },
        ] },
    });
    let codes = [400, 401, 403, 404, 409, 422, 429, 500, 502, 504];
    let strategy = (spoiling(), 0..codes.len());
    feed(
        "refusals of the API server",
        &strategy,
        |(spoiling, code)| {
            let answers = [(codes[code], spoilt(&refusal, &spoiling))];
            let found = server.asked(answers, async |kube| kube.cluster(Freshness::Fresh).await);
            found.map_or_else(|error| fit_error(&error), |_| Ok(()))
        },
    );
}

#[test]
fn operator_and_schema() {
    let server = Server::new();
    let deployment = json!({
        "metadata": { "name": "openbao-operator-controller", "namespace": "ops" },
        "spec": { "selector": {}, "template": { "spec": {
            "serviceAccountName": "bao-controller",
            "containers": [{ "name": "manager", "env": [{ "name": "OPERATOR_VERSION", "value": "0.4.0" }] }],
        } } },
    });
    let policy = json!({
        "metadata": { "name": "x-lock-managed-resource-mutations" },
        "spec": { "validations": [{ "expression":
            "request.userInfo.username == 'system:serviceaccount:ops:bao-controller'" }] },
    });
    let deployments = list(&[deployment]);
    let policies = list(&[policy]);
    feed("the operator's policy", &spoiling(), |spoiling| {
        let answers = [(200, spoilt(&policies, &spoiling))];
        match server.asked(answers, async |_| find_operator(&server.client).await) {
            Ok(account) => {
                fit(&account.user(), 600)?;
                let again = account.to_string().parse();
                ensure(again.as_ref() == Ok(&account), || format!("{account:?}"))
            }
            Err(error) => fit_error(&error),
        }
    });
    let mut nameless = cluster(&server);
    nameless.spec.executor_image = None;
    feed("the operator's executor image", &spoiling(), |spoiling| {
        let gone = || {
            (
                404,
                bytes(&json!({ "kind": "Status", "message": "no", "code": 404 })),
            )
        };
        let found = (200, bytes(&policies));
        let answers = [gone(), found, (200, spoilt(&deployments, &spoiling))];
        let leader = PodName::of("prod", 0);
        let ran = server.asked(answers, async |kube| {
            kube.step_down_job(&nameless, &leader).await
        });
        fit_error(&ran.expect_err("nothing else answers"))
    });
    let schema = json!({ "properties": {
        "spec": { "properties": { "upgrade": { "properties": { "executorImage": {} } } } },
        "status": { "properties": {
            "observedGeneration": {},
            "upgrade": { "properties": { "failure": {}, "lastErrorReason": {} } },
        } },
    } });
    let crd = json!({ "spec": { "versions": [
        { "name": "v1alpha1", "schema": { "openAPIV3Schema": schema.clone() } },
    ] } });
    let mut published = schema;
    published["x-kubernetes-group-version-kind"] = json!([{ "kind": "OpenBaoCluster" }]);
    let document = json!({ "components": { "schemas": { "org.OpenBaoCluster": published } } });
    let object = bytes(&resource());
    let strategy = (spoiling(), any::<bool>());
    feed("the kind's schema", &strategy, |(spoiling, hidden)| {
        let mut answers = vec![(200, object.clone())];
        if hidden {
            answers.push((404, Vec::new()));
        }
        answers.push((
            200,
            spoilt(if hidden { &document } else { &crd }, &spoiling),
        ));
        let found = server.asked(answers, async |kube| kube.schema().await);
        found.map_or_else(|error| fit_error(&error), |_| Ok(()))
    });
}

/// What is written back is made of what was read, whatever that is.
#[test]
fn status_planes_and_ownership() {
    let server = Server::new();
    let resource = resource();
    let progress = Progress {
        from: "2.6.2".to_owned(),
        target: "2.7.2".to_owned(),
        started_at: Timestamp::UNIX_EPOCH,
        current_partition: 3,
        completed_pods: Vec::new(),
    };
    let halt = Halt::new(HaltReason::Unobservable, "nothing answers");
    let strategy = (
        proptest::collection::vec((any::<u8>(), any::<u32>(), any::<u32>()), 0..6),
        0..6_u8,
    );
    feed(
        "the status and ownership as written back",
        &strategy,
        |(changes, act)| {
            let object = bytes(&respoilt(&resource, &changes));
            let answers = vec![(200, object); 6];
            let written = server.asked(answers, async |kube| {
                let Ok(cluster) = kube.cluster(Freshness::Fresh).await else {
                    return Ok(());
                };
                match act {
                    0 => {
                        kube.take_lock(&cluster, "baoctl/a/b", "m", WriteMode::Real)
                            .await
                    }
                    1 => kube.publish(&cluster, &progress, WriteMode::DryRun).await,
                    2 => kube.publish(&cluster, &progress, WriteMode::Real).await,
                    3 => kube.publish_halt(&cluster, &halt).await,
                    4 => kube.complete(&cluster, "2.7.2", WriteMode::Real).await,
                    _ => kube.relinquish(&cluster, Some(true), WriteMode::Real).await,
                }
            });
            server.stayed_inside()?;
            written.map_or_else(|error| fit_error(&error), Ok)
        },
    );
}

#[test]
fn accounts_secrets_and_the_server() {
    let server = Server::new();
    let account = bytes(&json!({ "metadata": { "name": "x" } }));
    let token = json!({ "kind": "TokenRequest", "status": { "token": CANARY, "expirationTimestamp": "2026-11-23T10:00:00Z" } });
    // No change takes the planted text elsewhere, so wherever it shows up it
    // was shown by the adapter.
    feed("a token of Kubernetes'", &spoiling(), |spoiling| {
        let answers = [(200, account.clone()), (201, spoilt(&token, &spoiling))];
        match server.asked(answers, async |kube| kube.login_token("bao").await) {
            Ok(token) => secret_free(&token),
            Err(error) => fit_error(&error),
        }
    });
    let secret = json!({ "kind": "Secret", "data": {
        "ca.crt": "Y2FuYXJ5", "tls.key": CANARY, "other": "s.canary-token-4711",
    } });
    feed(
        "the Secret with the CA",
        &spoiling(),
        |spoiling| match server.asked([(200, spoilt(&secret, &spoiling))], async |kube| {
            kube.ca_bundle().await
        }) {
            Ok(_) => Ok(()),
            Err(error) => fit_error(&error),
        },
    );
    let version = json!({ "major": "1", "minor": "37+", "gitVersion": "v1.37.0" });
    feed(
        "the API server's version",
        &spoiling(),
        |spoiling| match server.asked([(200, spoilt(&version, &spoiling))], async |kube| {
            kube.server().await
        }) {
            Ok((version, _)) => fit(&version, 401),
            Err(error) => fit_error(&error),
        },
    );
    let review = json!({ "spec": {}, "status": { "allowed": true, "userInfo": { "username": "oidc/jane doe" } } });
    let permission = Permission {
        group: String::new(),
        resource: "pods/eviction".to_owned(),
        verb: "create".to_owned(),
        name: None,
        namespace: None,
        why: String::new(),
    };
    feed(
        "reviews",
        &(spoiling(), any::<bool>()),
        |(spoiling, of_user)| {
            let answers = [(201, spoilt(&review, &spoiling))];
            if of_user {
                return match server.asked(answers, async |_| user(&server.client).await) {
                    Ok(name) => {
                        ensure(!name.is_empty() && !name.contains('/'), || name.clone())?;
                        fit(&name, 128)
                    }
                    Err(error) => fit_error(&error),
                };
            }
            let permissions = [permission.clone()];
            fit_all(
                &server.asked(answers, async |kube| kube.review(&permissions).await),
                1200,
            )
        },
    );
    let clusters_found = list(&[json!({ "metadata": { "name": "prod" } })]);
    feed("the list of clusters", &spoiling(), |spoiling| {
        let answers = [(200, spoilt(&clusters_found, &spoiling))];
        match server.asked(answers, async |_| clusters(&server.client, "vault").await) {
            Ok(names) => names.iter().try_for_each(|name| fit(name, 253)),
            Err(error) => fit_error(&error),
        }
    });
    let cluster = cluster(&server);
    let map = json!({ "metadata": { "name": "prod-config" }, "data": { "config.hcl": "seal \"static\" {}" } });
    feed("the ConfigMap", &spoiling(), |spoiling| {
        let answers = [(200, spoilt(&map, &spoiling))];
        match server.asked(answers, async |kube| kube.config(&cluster).await) {
            Ok(_) => Ok(()),
            Err(error) => fit_error(&error),
        }
    });
}

#[test]
fn evidence() {
    let server = Server::new();
    let event = |reason: &str| json!({ "metadata": {}, "involvedObject": {}, "reason": reason, "message": "b", "lastTimestamp": "2026-11-23T10:00:00Z" });
    let events = list(&[event("BackOff"), event("Failed")]);
    let made = PodRef {
        name: PodName::of("prod", 0),
        uid: "1".to_owned(),
    };
    let pod = Pod {
        restarts: 1,
        ..Pod::made(made, 0)
    };
    let strategy = (spoiling(), text(), text());
    feed("logs and events", &strategy, |(spoiling, before, now)| {
        let answers = [
            (200, before.into_bytes()),
            (200, now.into_bytes()),
            (200, spoilt(&events, &spoiling)),
        ];
        let found = server.asked(answers, async |kube| kube.evidence(&pod, None).await);
        let events = found.events.iter().map(ToString::to_string);
        events.chain(found.log).try_for_each(|line| fit(&line, 620))
    });
}
