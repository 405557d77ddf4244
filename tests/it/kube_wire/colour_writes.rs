//! Writes of a blue/green upgrade: exact method, URI, type and body.

use baoctl::{
    model::{
        blue_green::{BlueGreenPhase, BlueGreenStatus},
        config_file::ConfigFile,
        front::Front,
        names::ResourceVersion,
        revision::Revision,
        volume::Volume,
        workload::{UpdateStrategy, Workload},
    },
    ports::{
        Colours, PortError,
        WriteMode::{DryRun, Real},
    },
};
use serde_json::{Value, json};

use super::api::{Api, MERGE, cluster, one, stored};

const APPLY: &str = "application/apply-patch+yaml";
const AT_REST: &str = "bg-at-rest-2.6.2";
const AFTER: &str = "bg-after-2.7.2";
const CORE: &str = "/api/v1/namespaces/vaultbg";
const GREEN_SET: &str = "/apis/apps/v1/namespaces/vaultbg/statefulsets/prod-25b560d2a1bef429";

fn green() -> Revision {
    Revision::of("2.7.2", "docker.io/openbao/openbao:2.7.2", 3)
}

fn front() -> Front {
    Front {
        name: "prod-public".to_owned(),
        resource_version: ResourceVersion("77".to_owned()),
        revision: None,
        maintenance: false,
        endpoints: Vec::new(),
    }
}

fn file() -> ConfigFile {
    ConfigFile {
        name: "prod-config-init".to_owned(),
        uid: "c".to_owned(),
        resource_version: ResourceVersion("78".to_owned()),
        maintenance: false,
        text: "initialize {}".to_owned(),
    }
}

fn workload() -> Workload {
    Workload {
        name: format!("prod-{}", green()),
        uid: "s".to_owned(),
        resource_version: ResourceVersion("79".to_owned()),
        generation: 1,
        observed_generation: 1,
        replicas: 3,
        strategy: UpdateStrategy::OnDelete,
        ordered_ready: true,
        image: None,
        current_revision: String::new(),
        update_revision: String::new(),
        grace_seconds: 30,
        min_ready_seconds: 0,
        maintenance: false,
        maintenance_ours: false,
        pods: Vec::new(),
        warnings: Vec::new(),
    }
}

fn object(version: &str) -> Value {
    json!({ "metadata": { "name": "x", "resourceVersion": version } })
}

fn annotations(value: Option<&str>) -> Value {
    json!({ "openbao.org/maintenance": value, "baoctl.openbao.org/maintenance": value })
}

#[tokio::test]
async fn green_is_made_under_the_operators_name_and_only_where_nothing_is() {
    let api = Api::default();
    let kube = api.kube_in("vaultbg", false);
    let cluster = cluster(&api, &kube, AT_REST).await;
    api.refuse(404, "no").answer(201, object("1"));
    kube.make_config(&cluster, &green(), "ui = true\n", Real)
        .await
        .expect("made");
    let asked = api.asked();
    let path = format!("{CORE}/configmaps/prod-config-{}", green());
    assert_eq!(asked[0].line, format!("GET {path}"));
    let query = "?fieldManager=openbao-operator&force=true";
    assert_eq!(asked[1].line, format!("PATCH {path}{query}"));
    assert_eq!(asked[1].kind, APPLY);
    let body = &asked[1].body;
    assert_eq!(body["data"], json!({ "config.hcl": "ui = true\n" }));
    // Labels and owner as the operator itself gives them to blue's.
    let blue = one(&format!("{AT_REST}/statefulsets"));
    for field in ["labels", "ownerReferences"] {
        assert_eq!(body["metadata"][field], blue["metadata"][field], "{field}");
    }

    let mut set = one(&format!("{AFTER}/statefulsets"));
    api.refuse(404, "no").answer(201, set.clone());
    let image = kube.make_set(&cluster, &set, DryRun).await;
    let expected = "docker.io/openbao/openbao:2.7.2";
    assert_eq!(image.expect("made").as_deref(), Some(expected));
    let asked = api.asked();
    assert_eq!(asked[0].line, format!("GET {GREEN_SET}"));
    assert_eq!(
        asked[1].line,
        format!("PATCH {GREEN_SET}{query}&dryRun=All")
    );
    assert_eq!(asked[1].body, set);

    // An apply would change what is there.
    api.answer(200, set.clone());
    let there = kube.make_set(&cluster, &set, Real).await;
    assert!(
        matches!(there, Err(PortError::Conflict { .. })),
        "{there:?}"
    );
    assert_eq!(api.asked().len(), 1);
    set["metadata"]["ownerReferences"][0]["uid"] = json!("another");
    let other = kube.make_set(&cluster, &set, Real).await;
    assert!(matches!(other, Err(PortError::Invalid(_))), "{other:?}");
    assert!(api.asked().is_empty());
}

#[tokio::test]
async fn changes_are_made_under_the_version_they_were_decided_on() {
    let api = Api::default();
    let kube = api.kube_in("vaultbg", false);
    for _ in 0..3 {
        api.answer(200, object("80"));
    }
    kube.turn_front(&front(), &green(), DryRun)
        .await
        .expect("turned");
    kube.empty_self_init(&file(), Real).await.expect("emptied");
    kube.scale(&workload(), 0, Real).await.expect("scaled");
    let asked = api.asked();
    assert_eq!(
        asked[0].line,
        format!("PATCH {CORE}/services/prod-public?fieldManager=baoctl&dryRun=All")
    );
    assert!(asked.iter().all(|asked| asked.kind == MERGE));
    let metadata = |version: &str| json!({ "resourceVersion": version });
    let selector = json!({ "openbao.org/revision": "25b560d2a1bef429" });
    assert_eq!(
        asked[0].body,
        json!({ "metadata": metadata("77"), "spec": { "selector": selector } })
    );
    assert_eq!(
        asked[1].line,
        format!("PATCH {CORE}/configmaps/prod-config-init?fieldManager=baoctl")
    );
    assert_eq!(
        asked[1].body,
        json!({ "metadata": metadata("78"), "data": { "config.hcl": "" } })
    );
    assert_eq!(
        asked[2].line,
        format!("PATCH {GREEN_SET}/scale?fieldManager=baoctl")
    );
    assert_eq!(
        asked[2].body,
        json!({ "metadata": metadata("79"), "spec": { "replicas": 0 } })
    );
    api.refuse(409, "the object has been modified");
    let late = kube.turn_front(&front(), &green(), Real).await;
    assert!(matches!(late, Err(PortError::Conflict { .. })), "{late:?}");
}

#[tokio::test]
async fn a_deletion_names_the_incarnation() {
    let api = Api::default();
    let kube = api.kube_in("vaultbg", false);
    let volume = Volume {
        name: "data-prod-25b560d2a1bef429-0".to_owned(),
        uid: "v".to_owned(),
        ordinal: 0,
        terminating: false,
    };
    for _ in 0..3 {
        api.answer(200, json!({ "status": "Success" }));
    }
    kube.delete_set(&workload(), Real).await.expect("deleted");
    kube.delete_config(&file(), Real).await.expect("deleted");
    kube.delete_volume(&volume, DryRun).await.expect("deleted");
    let asked = api.asked();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            format!("DELETE {GREEN_SET}"),
            format!("DELETE {CORE}/configmaps/prod-config-init"),
            format!("DELETE {CORE}/persistentvolumeclaims/data-prod-25b560d2a1bef429-0"),
        ]
    );
    let uids: Vec<&Value> = asked
        .iter()
        .map(|asked| &asked.body["preconditions"]["uid"])
        .collect();
    assert_eq!(uids, ["s", "c", "v"]);
    assert_eq!(asked[2].body["dryRun"], json!(["All"]));
    assert!(asked[0].body.get("dryRun").is_none());
}

#[tokio::test]
async fn the_annotation_that_opens_the_lock_goes_again_and_comes_before_a_deletion() {
    let api = Api::default();
    let kube = api.kube_in("vaultbg", true);
    api.answer(200, object("80")).answer(200, object("81"));
    kube.turn_front(&front(), &green(), Real)
        .await
        .expect("turned");
    let asked = api.asked();
    assert_eq!(
        asked[0].body["metadata"]["annotations"],
        annotations(Some("true"))
    );
    assert_eq!(asked[1].body["metadata"]["annotations"], annotations(None));
    assert_eq!(asked[1].body["metadata"]["resourceVersion"], "80");

    api.answer(200, object("80"))
        .answer(200, json!({ "status": "Success" }));
    kube.delete_set(&workload(), Real).await.expect("deleted");
    let asked = api.asked();
    assert_eq!(
        asked[0].body["metadata"]["annotations"],
        annotations(Some("true"))
    );
    assert_eq!(asked[0].body["metadata"]["resourceVersion"], "79");
    assert_eq!(asked[1].line, format!("DELETE {GREEN_SET}"));

    // One that others opened stays open, and a dry run deletes nothing.
    let open = Workload {
        maintenance: true,
        ..workload()
    };
    api.answer(200, json!({ "status": "Success" }));
    kube.delete_set(&open, Real).await.expect("deleted");
    assert_eq!(api.only().line, format!("DELETE {GREEN_SET}"));
    api.answer(200, object("80"));
    kube.delete_set(&workload(), DryRun).await.expect("tried");
    let asked = api.only();
    assert!(
        asked.line.ends_with("fieldManager=baoctl&dryRun=All"),
        "{asked:?}"
    );
}

#[tokio::test]
async fn the_status_stays_the_operators_and_keeps_what_is_not_known_here() {
    let api = Api::default();
    let kube = api.kube_in("vaultbg", false);
    let of_today = stored(AFTER, "8000", |object| {
        let status = &mut object["status"];
        status["blueGreen"]["operationID"] = json!("o-1");
        status["blueGreen"]["rollbackReason"] = json!("a reason");
        status["acceptedUpgradeStrategy"] = json!("BlueGreen");
        let entries = object["metadata"]["managedFields"].as_array_mut();
        for entry in entries.expect("entries") {
            if entry["manager"] == "openbao-adminops-controller" {
                entry["fieldsV1"]["f:status"]["f:acceptedUpgradeStrategy"] = json!({});
            }
        }
    });
    api.answer(200, of_today.clone());
    let cluster = {
        use baoctl::ports::{Checkpoints, Freshness};
        kube.cluster(Freshness::Fresh).await.expect("a cluster")
    };
    api.asked();
    let now = "2026-11-23T12:00:00.7Z".parse().expect("a time");
    let status = cluster.status.blue_green.clone().expect("a status");
    let wanted = BlueGreenStatus {
        green_revision: Some(green()),
        rollback_reason: None,
        ..status.entering(BlueGreenPhase::Syncing, now)
    };
    api.answer(200, of_today.clone()).answer(200, of_today);
    kube.publish_colours(&cluster, &wanted, Real)
        .await
        .expect("published");
    let asked = api.asked();
    // First what is to go, from every owner.
    let path = "/apis/openbao.org/v1alpha1/namespaces/vaultbg/openbaoclusters/prod/status";
    assert_eq!(asked[0].line, format!("PATCH {path}?fieldManager=baoctl"));
    assert_eq!(
        asked[0].body["status"],
        json!({ "blueGreen": { "rollbackReason": null } })
    );
    assert_eq!(
        asked[1].line,
        format!("PATCH {path}?fieldManager=openbao-adminops-controller&force=true")
    );
    assert_eq!(asked[1].kind, APPLY);
    assert_eq!(
        asked[1].body["status"],
        json!({
            "adminOps": {},
            "acceptedUpgradeStrategy": "BlueGreen",
            "blueGreen": {
                "blueImage": "docker.io/openbao/openbao:2.7.2",
                "blueRevision": "25b560d2a1bef429",
                "greenRevision": "25b560d2a1bef429",
                "operationID": "o-1",
                "phase": "Syncing",
                "startTime": "2026-11-23T12:00:00Z",
            },
        })
    );
}

#[tokio::test]
async fn the_first_status_of_a_cluster_is_written_whole() {
    let api = Api::default();
    let kube = api.kube_in("vaultbg", false);
    let cluster = cluster(&api, &kube, AT_REST).await;
    api.answer(200, one(&format!("{AT_REST}/openbaoclusters")));
    let wanted = BlueGreenStatus::at_rest(green(), None);
    kube.publish_colours(&cluster, &wanted, DryRun)
        .await
        .expect("tried");
    let asked = api.only();
    assert!(asked.line.ends_with("&dryRun=All"), "{}", asked.line);
    assert_eq!(
        asked.body["status"],
        json!({
            "adminOps": {},
            "blueGreen": { "phase": "Idle", "blueRevision": "25b560d2a1bef429" },
        })
    );
}
