//! Writes on the resource itself: exact method, URI, type and body.

use baoctl::{
    model::{
        intent::Order,
        pause::PauseRequest,
        record::{PinnedTarget, RunRecord},
        version::Version,
    },
    ports::{
        Checkpoints, Freshness, PortError,
        WriteMode::{DryRun, Real},
    },
};
use serde_json::{Value, json};

use super::api::{Api, CR, MERGE, cluster, one, stored};

fn record() -> RunRecord {
    RunRecord {
        v: 1,
        id: "r1".to_owned(),
        user: "jane".to_owned(),
        started_at: "2026-11-23T10:00:00Z".parse().expect("a time"),
        from: Version::new(2, 6, 2),
        target: PinnedTarget {
            version: Version::new(2, 7, 2),
            image: "i:2.7.2".to_owned(),
            admitted_image: None,
            replicas: 3,
            cluster_uid: "u".to_owned(),
            cluster_id: None,
        },
        order: Order::LeaderLast,
        paused_before: None,
        from_image: None,
        snapshot_wanted: None,
        snapshot: None,
        waivers: Vec::new(),
        newest_active: None,
        abandoned: None,
        took_over: false,
        blue_green: None,
    }
}

#[tokio::test]
async fn the_start_of_a_run_is_one_write() {
    let api = Api::default();
    let kube = api.kube();
    let cluster = cluster(&api, &kube, "at-rest-2.6.2").await;
    api.answer(200, stored("at-rest-2.6.2", "9001", |_| {}));
    kube.begin(&cluster, &record(), Real).await.expect("begun");
    let asked = api.only();
    assert_eq!(asked.line, format!("PATCH {CR}?fieldManager=baoctl"));
    assert_eq!(asked.kind, MERGE);
    assert_eq!(asked.body["spec"], json!({ "paused": true }));
    assert_eq!(
        asked.body["metadata"]["resourceVersion"],
        cluster.resource_version.0
    );
    let annotations = &asked.body["metadata"]["annotations"];
    assert_eq!(
        annotations["baoctl.openbao.org/pause-requested"],
        Value::Null
    );
    let text = annotations["baoctl.openbao.org/run"]
        .as_str()
        .expect("text");
    assert_eq!(
        serde_json::from_str::<RunRecord>(text).expect("a record"),
        record()
    );
}

#[tokio::test]
async fn the_other_writes_on_the_main_resource() {
    let api = Api::default();
    let kube = api.kube();
    let cluster = cluster(&api, &kube, "at-rest-2.6.2").await;
    for _ in 0..4 {
        api.answer(200, one("at-rest-2.6.2/openbaoclusters"));
    }
    let request = PauseRequest {
        by: "jane".to_owned(),
        at: "2026-11-23T10:00:00Z".parse().expect("a time"),
        reason: None,
        paused_before: None,
    };
    kube.declare(&cluster, "2.7.2", "i:2.7.2", DryRun)
        .await
        .expect("declared");
    kube.request_pause(&cluster, &request)
        .await
        .expect("requested");
    kube.clear_pause(&cluster, Some(None))
        .await
        .expect("cleared");
    kube.clear_pause(&cluster, None).await.expect("cleared");
    let asked = api.asked();
    assert_eq!(
        asked[0].line,
        format!("PATCH {CR}?fieldManager=baoctl&dryRun=All")
    );
    assert_eq!(
        asked[0].body["spec"],
        json!({ "version": "2.7.2", "image": "i:2.7.2" })
    );
    assert_eq!(asked[1].body["spec"], json!({ "paused": true }));
    assert_eq!(asked[2].body["spec"], json!({ "paused": null }));
    assert!(asked[3].body.get("spec").is_none());
}

#[tokio::test]
async fn a_pause_that_was_asked_for_during_a_run_outlasts_it() {
    let api = Api::default();
    let kube = api.kube();
    let mut object = one("at-rest-2.6.2/openbaoclusters");
    object["spec"]["paused"] = json!(true);
    object["metadata"]["annotations"]["baoctl.openbao.org/run"] = json!("{}");
    object["metadata"]["annotations"]["baoctl.openbao.org/pause-requested"] = json!("{}");
    api.answer(200, object);
    let cluster = kube.cluster(Freshness::Fresh).await.expect("a cluster");
    api.asked();
    api.answer(200, stored("at-rest-2.6.2", "9001", |_| {}));
    kube.relinquish(&cluster, None, Real)
        .await
        .expect("given back");
    let told = api.only().body.to_string();
    assert!(told.contains("baoctl.openbao.org~1run"), "{told}");
    assert!(!told.contains("pause"), "{told}");
}

#[tokio::test]
async fn the_last_write_strips_and_gives_back_in_one_patch() {
    let api = Api::default();
    let kube = api.kube();
    let mut object = one("stuck-rolling/openbaoclusters");
    object["spec"]["paused"] = json!(true);
    object["metadata"]["annotations"]["baoctl.openbao.org/run"] = json!("{}");
    let entry = json!({ "manager": "baoctl", "operation": "Update", "fieldsV1": {} });
    object["metadata"]["managedFields"]
        .as_array_mut()
        .expect("entries")
        .push(entry);
    let entries = object["metadata"]["managedFields"]
        .as_array()
        .expect("entries");
    let index = |manager: &str| {
        let at = entries.iter().position(|entry| entry["manager"] == manager);
        format!("/metadata/managedFields/{}", at.expect("an entry"))
    };
    let (ours, stuck) = (index("baoctl"), index("openbao-upgrade-manager"));
    let version = object["metadata"]["resourceVersion"].clone();
    api.answer(200, object.clone());
    let cluster = kube.cluster(Freshness::Fresh).await.expect("a cluster");
    api.asked();

    let clean = stored("at-rest-2.6.2", "9001", |_| {});
    api.answer(200, clean);
    kube.relinquish(&cluster, None, Real)
        .await
        .expect("given back");
    let asked = api.only();
    assert_eq!(asked.line, format!("PATCH {CR}?fieldManager=baoctl"));
    assert_eq!(asked.kind, "application/json-patch+json");
    assert_eq!(
        asked.body,
        json!([
            { "op": "test", "path": "/metadata/resourceVersion", "value": version },
            { "op": "remove", "path": ours },
            { "op": "remove", "path": stuck },
            { "op": "remove", "path": "/metadata/annotations/baoctl.openbao.org~1run" },
            { "op": "remove", "path": "/spec/paused" },
        ])
    );

    // Again, on what is stored now: nothing left to do.
    api.answer(200, stored("at-rest-2.6.2", "9001", |_| {}));
    let cluster = kube.cluster(Freshness::Fresh).await.expect("a cluster");
    api.asked();
    kube.relinquish(&cluster, None, Real)
        .await
        .expect("nothing to do");
    assert!(api.asked().is_empty());
}

#[tokio::test]
async fn putting_a_value_back_is_stripped_as_well() {
    let api = Api::default();
    let kube = api.kube();
    api.answer(
        200,
        stored("at-rest-2.6.2", "9000", |object| {
            object["spec"]["paused"] = json!(true);
        }),
    );
    let cluster = kube.cluster(Freshness::Fresh).await.expect("a cluster");
    api.asked();
    api.answer(
        200,
        stored("at-rest-2.6.2", "9001", |object| {
            object["spec"]["paused"] = json!(false);
            object["metadata"]["managedFields"] = json!([{ "manager": "baoctl" }]);
        }),
    )
    .answer(200, stored("at-rest-2.6.2", "9002", |_| {}));
    kube.relinquish(&cluster, Some(false), Real)
        .await
        .expect("given back");
    let asked = api.asked();
    assert_eq!(
        asked[0].body[1],
        json!({ "op": "add", "path": "/spec/paused", "value": false })
    );
    assert_eq!(asked[1].body[0]["value"], "9001");
    assert_eq!(asked[1].body[1]["path"], "/metadata/managedFields/0");
}

#[tokio::test]
async fn a_decision_on_an_unknown_older_view_is_a_conflict_without_a_write() {
    let api = Api::default();
    let kube = api.kube();
    let mut cluster = cluster(&api, &kube, "at-rest-2.6.2").await;
    cluster.resource_version.0 = "1".to_owned();
    api.answer(200, one("at-rest-2.6.2/openbaoclusters"));
    let result = kube.complete(&cluster, "2.7.2", Real).await;
    assert!(
        matches!(result, Err(PortError::Conflict { .. })),
        "{result:?}"
    );
    assert_eq!(api.only().line, format!("GET {CR}"));
}
