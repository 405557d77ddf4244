//! Writes on the status: whole planes under the operator's own names.

use baoctl::{
    model::halt::{Halt, HaltReason},
    ports::{Checkpoints, Progress, WriteMode::Real},
};
use serde_json::{Value, json};

use super::api::{Api, CR, cluster, stored};

fn apply(manager: &str) -> String {
    format!("PATCH {CR}/status?fieldManager={manager}&force=true")
}

fn progress() -> Progress {
    Progress {
        from: "2.6.2".to_owned(),
        target: "2.7.2".to_owned(),
        started_at: "2026-11-23T10:00:00.7Z".parse().expect("a time"),
        current_partition: 2,
        completed_pods: vec![2],
    }
}

#[tokio::test]
async fn the_lock_is_applied_as_the_operators_own_controller() {
    let api = Api::default();
    let kube = api.kube();
    let cluster = cluster(&api, &kube, "at-rest-2.6.2").await;
    api.answer(200, stored("at-rest-2.6.2", "9001", |_| {}));
    kube.take_lock(&cluster, "baoctl/jane/r1", "upgrade to 2.7.2", Real)
        .await
        .expect("taken");
    let asked = api.only();
    assert_eq!(asked.line, apply("openbao-adminops-controller"));
    assert_eq!(asked.kind, "application/apply-patch+yaml");
    let metadata = json!({
        "name": "prod", "namespace": "vault", "resourceVersion": cluster.resource_version.0,
    });
    assert_eq!(asked.body["metadata"], metadata);
    assert_eq!(
        asked.body["status"],
        json!({
            "adminOps": {},
            "operationLock": {
                "operation": "Upgrade", "holder": "baoctl/jane/r1", "message": "upgrade to 2.7.2",
                "acquiredAt": "2026-11-23T10:00:00Z", "renewedAt": "2026-11-23T10:00:00Z",
            },
        })
    );
}

#[tokio::test]
async fn progress_clears_a_stale_failure_before_it_is_applied() {
    let api = Api::default();
    let kube = api.kube();
    let cluster = cluster(&api, &kube, "stuck-rolling").await;
    let cleared = |object: &mut Value| {
        let upgrade = object["status"]["upgrade"]
            .as_object_mut()
            .expect("an upgrade");
        upgrade.retain(|key, _| !key.starts_with("lastError"));
    };
    api.answer(200, stored("stuck-rolling", "9001", cleared))
        .answer(200, stored("stuck-rolling", "9002", cleared))
        .answer(200, stored("stuck-rolling", "9003", cleared));
    kube.publish(&cluster, &progress(), Real)
        .await
        .expect("published");
    let asked = api.asked();
    assert_eq!(
        asked[0].line,
        format!("PATCH {CR}/status?fieldManager=baoctl")
    );
    assert_eq!(
        asked[0].body["status"],
        json!({ "upgrade": {
            "lastErrorAt": null, "lastErrorMessage": null, "lastErrorReason": null,
        } })
    );
    assert_eq!(asked[1].line, apply("openbao-adminops-controller"));
    assert_eq!(asked[1].body["metadata"]["resourceVersion"], "9001");
    assert_eq!(
        asked[1].body["status"]["upgrade"],
        json!({
            "fromVersion": "2.6.2", "targetVersion": "2.7.2", "startedAt": "2026-11-23T10:00:00Z",
            "currentPartition": 2, "completedPods": [2],
        })
    );
    assert_eq!(asked[2].line, apply("openbao-status-controller"));
    assert_eq!(asked[2].body["metadata"]["resourceVersion"], "9002");
    let status = &asked[2].body["status"];
    assert_eq!(status["phase"], "Upgrading");
    assert_eq!(status["currentVersion"], "2.6.2");
    assert!(status.get("workload").is_none() && status.get("upgrade").is_none());
    let conditions = status["conditions"].as_array().expect("conditions");
    assert_eq!(conditions.len(), 11, "the whole list, which is the plane's");
    let upgrading = conditions
        .iter()
        .find(|c| c["type"] == "Upgrading")
        .expect("it");
    assert_eq!(upgrading["status"], "True");
    assert_eq!(
        upgrading["lastTransitionTime"], "2026-11-23T10:50:15Z",
        "kept"
    );
    let degraded = conditions
        .iter()
        .find(|c| c["type"] == "Degraded")
        .expect("it");
    assert_eq!(degraded["status"], "False");
    assert_eq!(
        degraded["lastTransitionTime"], "2026-11-23T10:00:00Z",
        "new"
    );
}

#[tokio::test]
async fn a_halt_is_written_in_the_form_the_schema_has() {
    let api = Api::default();
    let kube = api.kube();
    let cluster = cluster(&api, &kube, "stuck-rolling").await;
    let upgrade = json!({ "properties": { "failure": {}, "lastErrorReason": {} } });
    let crd = json!({ "spec": { "versions": [{ "name": "v1alpha1", "schema": {
        "openAPIV3Schema": { "properties": { "status": { "properties": { "upgrade": upgrade } } } },
    } }] } });
    api.answer(200, stored("stuck-rolling", "9000", |_| {}))
        .answer(200, crd)
        .answer(200, stored("stuck-rolling", "9001", |_| {}))
        .answer(200, stored("stuck-rolling", "9002", |_| {}));
    let halt = Halt::new(HaltReason::CrashLoop, "prod-2 exits with 1");
    kube.publish_halt(&cluster, &halt).await.expect("written");
    let asked = api.asked();
    assert!(
        asked[1]
            .line
            .ends_with("/customresourcedefinitions/openbaoclusters.openbao.org")
    );
    let written = &asked[2].body["status"]["upgrade"];
    assert_eq!(written["failure"]["reason"], "CrashLoop");
    assert_eq!(written["lastErrorReason"], "CrashLoop");
    let conditions = asked[3].body["status"]["conditions"]
        .as_array()
        .expect("conditions");
    let degraded = conditions
        .iter()
        .find(|c| c["type"] == "Degraded")
        .expect("it");
    assert_eq!(degraded["reason"], "CrashLoop");
    assert_eq!(degraded["message"], "prod-2 exits with 1");
}

#[tokio::test]
async fn the_status_at_rest_puts_the_version_first_and_leaves_no_claim() {
    let api = Api::default();
    let kube = api.kube();
    let cluster = cluster(&api, &kube, "stuck-rolling").await;
    let gone = |object: &mut Value| {
        let status = object["status"].as_object_mut().expect("a status");
        status.remove("upgrade");
        status.remove("operationLock");
        status.insert("adminOps".to_owned(), json!({}));
    };
    api.answer(200, stored("stuck-rolling", "9001", |_| {}))
        .answer(200, stored("stuck-rolling", "9002", gone))
        .answer(200, stored("stuck-rolling", "9003", gone));
    kube.complete(&cluster, "2.7.2", Real)
        .await
        .expect("complete");
    let asked = api.asked();
    assert_eq!(asked[0].line, apply("openbao-status-controller"));
    assert_eq!(asked[0].body["status"]["currentVersion"], "2.7.2");
    assert_eq!(asked[0].body["status"]["phase"], "Running");
    assert_eq!(
        asked[1].line,
        format!("PATCH {CR}/status?fieldManager=baoctl")
    );
    assert_eq!(
        asked[1].body,
        json!({
            "metadata": { "resourceVersion": "9001" },
            "status": { "upgrade": null, "operationLock": null, "adminOps": { "lastError": null } },
        })
    );
    // Without its error the controller keeps the field that was around it.
    assert_eq!(asked[2].line, apply("openbao-adminops-controller"));
    assert_eq!(asked[2].body["status"], json!({ "adminOps": {} }));
    assert_eq!(asked.len(), 3, "{asked:#?}");
}
