//! Whose the rest of a plane is: what a controller owns stays its own.

use baoctl::ports::{Checkpoints, Freshness, Progress, WriteMode::Real};
use serde_json::{Value, json};

use super::api::{Api, CR, stored};

fn apply(manager: &str) -> String {
    format!("PATCH {CR}/status?fieldManager={manager}&force=true")
}

fn progress() -> Progress {
    Progress {
        from: "2.6.2".to_owned(),
        target: "2.7.2".to_owned(),
        started_at: "2026-11-23T10:00:00Z".parse().expect("a time"),
        current_partition: 2,
        completed_pods: vec![2],
    }
}

/// The resource as the operator of today has it: a request that was handled,
/// a restore, and a condition of another controller.
fn of_today() -> Value {
    stored("at-rest-2.6.2", "8000", |object| {
        let status = object["status"].as_object_mut().expect("a status");
        let fields = json!({
            "acceptedUpgradeStrategy": "RollingUpdate",
            "upgradeRequests": { "lastHandledRetry": "2026-11-01T10:00:00Z" },
            "restore": { "phase": "Unknown" },
            "observedGeneration": 1,
            "readReplicas": { "replicas": 1, "readyReplicas": 1 },
        });
        status.extend(fields.as_object().expect("fields").clone());
        let conditions = status["conditions"].as_array_mut().expect("conditions");
        conditions.push(json!({
            "type": "PolicyReconciliationReady", "status": "True", "reason": "Ready",
            "message": "", "lastTransitionTime": "2026-11-01T10:00:00Z",
        }));
        let entries = object["metadata"]["managedFields"]
            .as_array_mut()
            .expect("entries");
        for entry in entries.iter_mut() {
            let more = match entry["manager"].as_str() {
                Some("openbao-adminops-controller") => json!({
                    "f:acceptedUpgradeStrategy": {},
                    "f:upgradeRequests": { "f:lastHandledRetry": {} },
                    "f:restore": { "f:phase": {} },
                }),
                Some("openbao-status-controller") => json!({
                    "f:observedGeneration": {},
                    "f:readReplicas": { "f:replicas": {}, "f:readyReplicas": {} },
                }),
                _ => continue,
            };
            let owned = entry["fieldsV1"]["f:status"].as_object_mut().expect("some");
            owned.extend(more.as_object().expect("fields").clone());
        }
        let theirs = json!({ "f:type": {}, "f:status": {} });
        entries.push(json!({
            "manager": "openbao-policy-controller", "operation": "Apply", "subresource": "status",
            "fieldsV1": { "f:status": { "f:conditions": {
                "k:{\"type\":\"PolicyReconciliationReady\"}": theirs,
            } } },
        }));
    })
}

#[tokio::test]
async fn what_a_controller_owns_survives_though_nobody_here_knows_it() {
    let api = Api::default();
    let kube = api.kube();
    api.answer(200, of_today());
    let cluster = kube.cluster(Freshness::Fresh).await.expect("a cluster");
    api.asked();
    api.answer(200, of_today()).answer(200, of_today());
    kube.publish(&cluster, &progress(), Real)
        .await
        .expect("published");
    let asked = api.asked();
    assert_eq!(asked[0].line, apply("openbao-adminops-controller"));
    let plane = &asked[0].body["status"];
    assert_eq!(plane["acceptedUpgradeStrategy"], "RollingUpdate");
    let handled = &plane["upgradeRequests"]["lastHandledRetry"];
    assert_eq!(handled, "2026-11-01T10:00:00Z");
    assert_eq!(plane["restore"]["phase"], "Unknown");
    assert!(plane.get("readReplicas").is_none(), "another controller's");
    assert_eq!(asked[1].line, apply("openbao-status-controller"));
    let plane = &asked[1].body["status"];
    assert_eq!(plane["observedGeneration"], 1);
    assert_eq!(plane["readReplicas"]["readyReplicas"], 1);
    assert!(plane.get("upgradeRequests").is_none());
    let conditions = plane["conditions"].as_array().expect("conditions");
    let mut kinds = conditions.iter().map(|condition| &condition["type"]);
    assert!(kinds.all(|kind| kind != "PolicyReconciliationReady"));
}

#[tokio::test]
async fn the_lock_of_today_has_an_owner_of_its_own() {
    let api = Api::default();
    let kube = api.kube();
    api.answer(200, of_today());
    let cluster = kube.cluster(Freshness::Fresh).await.expect("a cluster");
    api.asked();
    api.answer(200, of_today());
    kube.take_lock(&cluster, "baoctl/jane/r1", "upgrade to 2.7.2", Real)
        .await
        .expect("taken");
    let asked = api.only();
    assert_eq!(asked.line, apply("openbao-operationlock-controller"));
    let fields = asked.body["status"].as_object().expect("a plane");
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["operationLock"]);
}
