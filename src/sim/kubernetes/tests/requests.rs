//! Exact requests, and what they leave in managedFields.

use serde_json::{Value, json};

use super::world::World;
use crate::sim::kubernetes::{Caller, Fixture, Generation, Handled, Kind, WriteFault};

const CR: &str = "/apis/openbao.org/v1alpha1/namespaces/vault/openbaoclusters/prod";
const SET: &str = "/apis/apps/v1/namespaces/vault/statefulsets/prod";
const MERGE: &str = "application/merge-patch+json";
const JSON: &str = "application/json-patch+json";
const APPLY: &str = "application/apply-patch+yaml";

fn at_rest() -> World {
    World::at_rest(&Fixture::new("2.6.2"))
}

fn ask(world: &mut World, method: &str, uri: &str, kind: &str, body: &Value) -> (u16, Value) {
    world.ask(&Caller::masters("root"), method, uri, kind, body)
}

fn get(world: &mut World, uri: &str) -> Value {
    let (code, body) = ask(world, "GET", uri, "", &Value::Null);
    assert_eq!(code, 200, "{body}");
    body
}

fn managers(object: &Value) -> Vec<&str> {
    let entries = object["metadata"]["managedFields"]
        .as_array()
        .expect("entries");
    entries
        .iter()
        .filter_map(|entry| entry["manager"].as_str())
        .collect()
}

#[test]
fn a_foreign_merge_blocks_the_operators_apply_until_it_is_stripped() {
    let mut world = at_rest();
    let uri = format!("{CR}/status?fieldManager=baoctl");
    let body = json!({ "status": { "phase": "Failed" } });
    assert_eq!(ask(&mut world, "PATCH", &uri, MERGE, &body).0, 200);
    let apply = format!("{CR}/status?fieldManager=openbao-status-controller");
    let body = json!({
        "apiVersion": "openbao.org/v1alpha1", "kind": "OpenBaoCluster",
        "metadata": { "name": "prod", "namespace": "vault" },
        "status": { "phase": "Running", "currentVersion": "2.6.2" },
    });
    let (code, refusal) = ask(&mut world, "PATCH", &apply, APPLY, &body);
    assert_eq!(code, 409);
    let text = refusal["message"].as_str().expect("text");
    assert!(
        text.contains("conflicts with \"baoctl\"") && text.contains(".status.phase"),
        "{text}"
    );

    let object = get(&mut world, CR);
    let at = managers(&object)
        .iter()
        .position(|m| *m == "baoctl")
        .expect("it");
    let strip = json!([
        { "op": "test", "path": "/metadata/resourceVersion",
          "value": object["metadata"]["resourceVersion"] },
        { "op": "remove", "path": format!("/metadata/managedFields/{at}") },
    ]);
    // Through the subresource a strip is ignored.
    let (_, same) = ask(&mut world, "PATCH", &uri, JSON, &strip);
    assert!(managers(&same).contains(&"baoctl"));
    let main = format!("{CR}?fieldManager=baoctl");
    let (code, stripped) = ask(&mut world, "PATCH", &main, JSON, &strip);
    assert_eq!(code, 200, "{stripped}");
    assert!(!managers(&stripped).contains(&"baoctl"));
    assert_eq!(
        ask(&mut world, "PATCH", &main, JSON, &strip).0,
        422,
        "the test fails now"
    );
    let (code, applied) = ask(&mut world, "PATCH", &apply, APPLY, &body);
    assert_eq!(code, 200, "{applied}");
    assert_eq!(applied["status"]["phase"], "Running");
    // What it left out and nobody else owns is gone.
    assert_eq!(applied["status"].get("readyReplicas"), None);
    assert_eq!(applied["status"]["initialized"], true);
}

#[test]
fn equal_values_are_no_change_and_take_nothing() {
    let mut world = at_rest();
    let before = get(&mut world, CR);
    let body = json!({ "status": { "phase": "Running" }, "spec": { "version": "9.9.9" } });
    let uri = format!("{CR}/status?fieldManager=baoctl");
    let (code, after) = ask(&mut world, "PATCH", &uri, MERGE, &body);
    assert_eq!(
        (code, &after),
        (200, &before),
        "a spec through /status is ignored"
    );
    let body = json!({ "status": { "phase": "Failed" } });
    let (_, after) = ask(&mut world, "PATCH", CR, MERGE, &body);
    assert_eq!(
        after, before,
        "a status through the main resource is ignored"
    );
    let body = json!({ "spec": { "paused": true } });
    let dry = format!("{CR}?dryRun=All");
    let (_, dry) = ask(&mut world, "PATCH", &dry, MERGE, &body);
    assert_eq!(dry["metadata"]["generation"], 2);
    assert_eq!(get(&mut world, CR), before);
}

#[test]
fn half_an_upgrade_and_a_lost_admin_plane_are_refused() {
    let mut world = at_rest();
    let uri = format!("{CR}/status?fieldManager=x");
    let body = json!({ "status": { "upgrade": { "targetVersion": "1" } } });
    assert_eq!(ask(&mut world, "PATCH", &uri, MERGE, &body).0, 422);
    let stuck = format!("{CR}/status?fieldManager=openbao-upgrade-manager&force=true");
    let apply = |status: Value| json!({ "metadata": { "name": "prod" }, "status": status });
    let error = json!({ "adminOps": { "lastError": { "reason": "Error", "message": "m" } } });
    assert_eq!(
        ask(&mut world, "PATCH", &stuck, APPLY, &apply(error)).0,
        200
    );
    // `contracts/operator-live.md` 3: an empty apply does not release it.
    let (code, body) = ask(&mut world, "PATCH", &stuck, APPLY, &apply(json!({})));
    assert_eq!(code, 422, "{body}");
    let null = json!({ "status": { "adminOps": { "lastError": null } } });
    let (code, body) = ask(&mut world, "PATCH", &uri, MERGE, &null);
    assert_eq!((code, &body["status"]["adminOps"]), (200, &json!({})));
    assert!(!managers(&body).contains(&"openbao-upgrade-manager"));
}

#[test]
fn strategies_are_validated_and_defaulted() {
    let mut world = at_rest();
    let rolling = json!({ "spec": { "updateStrategy": { "type": "RollingUpdate",
        "rollingUpdate": { "partition": 3 } } } });
    let (_, set) = ask(&mut world, "PATCH", SET, MERGE, &rolling);
    let stanza = json!({ "partition": 3, "maxUnavailable": 1 });
    assert_eq!(set["spec"]["updateStrategy"]["rollingUpdate"], stanza);
    assert_eq!(set["metadata"]["generation"], 2);
    let on_delete = json!({ "spec": { "updateStrategy": { "type": "OnDelete" } } });
    assert_eq!(ask(&mut world, "PATCH", SET, MERGE, &on_delete).0, 422);
    let fixed = json!({ "spec": { "serviceName": "x" } });
    assert_eq!(ask(&mut world, "PATCH", SET, MERGE, &fixed).0, 422);
    let stale = json!({ "metadata": { "resourceVersion": "1" }, "spec": { "replicas": 5 } });
    assert_eq!(ask(&mut world, "PATCH", SET, MERGE, &stale).0, 409);
}

#[test]
fn faults_rights_and_the_audit() {
    let mut world = at_rest();
    world.kube.faults().writes.push(WriteFault {
        verb: "patch".to_owned(),
        kind: Some(Kind::StatefulSet),
        sub: None,
        left: 1,
        code: 503,
    });
    let body = json!({ "metadata": { "annotations": { "a": "b" } } });
    let uri = format!("{SET}?fieldManager=m");
    assert_eq!(ask(&mut world, "PATCH", &uri, MERGE, &body).0, 503);
    world.kube.deny("*", "patch", "statefulsets");
    assert_eq!(ask(&mut world, "PATCH", &uri, MERGE, &body).0, 403);
    world.kube.grant("*", "patch", "statefulsets");
    assert_eq!(ask(&mut world, "PATCH", &uri, MERGE, &body).0, 200);
    let seen: Vec<(u16, bool)> = world
        .kube
        .audit()
        .iter()
        .map(|entry| (entry.code, entry.changed()))
        .collect();
    assert_eq!(seen, [(503, false), (403, false), (200, true)]);
    assert_eq!(world.kube.audit()[2].manager, "m");
    let (code, body) = ask(&mut world, "GET", "/apis/x/v1/y", "", &Value::Null);
    assert_eq!((code, &body["kind"]), (404, &json!("Status")));
}

#[test]
fn the_generations_differ_by_their_schema() {
    let failure = json!({ "status": { "upgrade": {
        "targetVersion": "2", "fromVersion": "1", "currentPartition": 1,
        "failure": { "reason": "r" },
    } } });
    for (generation, kept) in [(Generation::January, false), (Generation::Today, true)] {
        let fixture = Fixture {
            generation,
            ..Fixture::new("2.6.2")
        };
        let mut world = World::at_rest(&fixture);
        let uri = format!("{CR}/status");
        let (code, body) = ask(&mut world, "PATCH", &uri, MERGE, &failure);
        assert_eq!(code, 200);
        assert_eq!(body["status"]["upgrade"].get("failure").is_some(), kept);
    }
}

#[test]
fn a_watch_tells_changes_and_ends_when_history_is_dropped() {
    let mut world = at_rest();
    let since = world.kube.revision();
    let watch = |world: &mut World| {
        let uri = format!(
            "/api/v1/namespaces/vault/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=290\
             &resourceVersion={since}&labelSelector=openbao.org%2Fcluster%3Dprod"
        );
        let request = http::Request::get(uri).body(hyper::body::Bytes::new());
        let request = request.expect("a request");
        match world.kube.handle(&request, &Caller::admin("a"), world.now) {
            Handled::Watch(watching) => watching,
            Handled::Whole(_) => panic!("no watch"),
        }
    };
    let mut watching = watch(&mut world);
    assert_eq!(world.kube.watch_events(&mut watching), Ok(Vec::new()));
    let now = world.now;
    world.kube.delete_pod("vault", "prod-1", true, now);
    let lines = world.kube.watch_events(&mut watching).expect("lines");
    assert_eq!(lines.len(), 1);
    let event: Value = serde_json::from_slice(&lines[0]).expect("JSON");
    assert_eq!(event["type"], "DELETED");
    assert_eq!(event["object"]["metadata"]["name"], "prod-1");
    assert_eq!(world.kube.watch_events(&mut watching), Ok(Vec::new()));
    world.kube.drop_history();
    assert_eq!(
        world.kube.watch_events(&mut watching),
        Ok(Vec::new()),
        "it had read all"
    );
    let mut late = watch(&mut world);
    let gone = world.kube.watch_events(&mut late).expect_err("gone");
    let event: Value = serde_json::from_slice(&gone).expect("JSON");
    assert_eq!(event["object"]["code"], 410);
}
