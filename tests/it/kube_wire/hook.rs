//! The Job of the pre-promotion hook: how it is made, read, explained and
//! deleted.

use std::time::Duration;

use baoctl::{
    model::{
        blue_green::PromotionHook,
        hook::{HookJob, HookState},
        names::ResourceVersion,
    },
    ports::{
        Colours, PortError,
        WriteMode::{DryRun, Real},
    },
};
use serde_json::{Value, json};

use super::api::{Api, MERGE, cluster};

const JOBS: &str = "/apis/batch/v1/namespaces/vaultbg/jobs";
const JOB: &str = "/apis/batch/v1/namespaces/vaultbg/jobs/prod-validation-hook";
const RUN: &str = "20261123-abcd";

fn hook() -> PromotionHook {
    PromotionHook {
        image: "registry.example/check:1".to_owned(),
        command: vec!["sh".to_owned()],
        args: vec!["-c".to_owned(), "bao status".to_owned()],
        timeout: Duration::from_secs(90),
    }
}

fn seen() -> HookJob {
    HookJob {
        name: "prod-validation-hook".to_owned(),
        uid: "u".to_owned(),
        resource_version: ResourceVersion("7".to_owned()),
        maintenance: false,
        run: Some(RUN.to_owned()),
        state: HookState::Running,
        started_at: None,
        terminating: false,
    }
}

#[tokio::test]
async fn it_is_made_as_the_operator_makes_it_and_names_its_run() {
    let api = Api::default();
    let kube = api.kube_in("vaultbg", false);
    let cluster = cluster(&api, &kube, "bg-at-rest-2.6.2").await;
    api.answer(201, json!({})).answer(201, json!({}));
    for mode in [DryRun, Real] {
        kube.make_hook(&cluster, &hook(), RUN, mode)
            .await
            .expect("made");
    }
    let asked = api.asked();
    let line = format!("POST {JOBS}?fieldManager=baoctl");
    assert_eq!(asked[0].line, format!("{line}&dryRun=All"));
    assert_eq!(asked[1].line, line);
    let job = &asked[1].body;
    assert_eq!(job["metadata"]["name"], "prod-validation-hook");
    assert_eq!(
        job["metadata"]["labels"],
        json!({
            "app.kubernetes.io/instance": "prod",
            "app.kubernetes.io/managed-by": "openbao-operator",
            "app.kubernetes.io/name": "openbao",
            "openbao.org/cluster": "prod",
            "openbao.org/component": "validation-hook",
        })
    );
    let annotations = &job["metadata"]["annotations"];
    assert_eq!(*annotations, json!({ "baoctl.openbao.org/run-id": RUN }));
    assert_eq!(job["metadata"]["ownerReferences"][0]["uid"], cluster.uid);
    let spec = &job["spec"];
    assert_eq!(spec["backoffLimit"], 0);
    assert_eq!(spec["activeDeadlineSeconds"], 90);
    assert_eq!(spec["ttlSecondsAfterFinished"], 3600);
    let template = &spec["template"];
    assert_eq!(template.get("metadata"), None, "no server's labels");
    assert_eq!(template["spec"].get("serviceAccountName"), None);
    assert_eq!(template["spec"]["restartPolicy"], "Never");
    let container = &template["spec"]["containers"][0];
    assert_eq!(container["name"], "validation");
    assert_eq!(container["image"], "registry.example/check:1");
    assert_eq!(container["command"], json!(["sh"]));
    assert_eq!(container["args"], json!(["-c", "bao status"]));
}

#[tokio::test]
async fn one_that_is_there_is_a_conflict() {
    let api = Api::default();
    let kube = api.kube_in("vaultbg", false);
    let cluster = cluster(&api, &kube, "bg-at-rest-2.6.2").await;
    let exists = json!({ "kind": "Status", "status": "Failure", "code": 409,
        "reason": "AlreadyExists", "message": "jobs.batch \"prod-validation-hook\" already exists" });
    api.answer(409, exists);
    let made = kube.make_hook(&cluster, &hook(), RUN, Real).await;
    assert!(matches!(made, Err(PortError::Conflict { .. })), "{made:?}");
}

#[tokio::test]
async fn it_is_read_by_its_name() {
    let api = Api::default();
    let kube = api.kube_in("vaultbg", false);
    let cluster = cluster(&api, &kube, "bg-at-rest-2.6.2").await;
    api.answer(404, json!({ "kind": "Status", "code": 404 }))
        .answer(
            200,
            json!({ "metadata": { "uid": "u", "resourceVersion": "7" } }),
        )
        .answer(403, json!({ "kind": "Status", "code": 403 }));
    assert_eq!(kube.hook_job(&cluster).await, Ok(None));
    let operators = kube.hook_job(&cluster).await.expect("read");
    assert_eq!(operators.expect("a Job").run, None);
    let forbidden = kube.hook_job(&cluster).await;
    assert!(forbidden.is_err(), "what may not be seen is not absent");
    assert_eq!(api.asked()[0].line, format!("GET {JOB}"));
}

#[tokio::test]
async fn exactly_this_one_is_deleted() {
    let api = Api::default();
    api.answer(200, json!({}));
    let kube = api.kube_in("vaultbg", false);
    kube.delete_hook(&seen(), Real).await.expect("deleted");
    let asked = api.asked();
    assert_eq!(asked[0].line, format!("DELETE {JOB}"));
    assert_eq!(asked[0].body["preconditions"]["uid"], "u");
    assert_eq!(asked[0].body["propagationPolicy"], "Background");
    assert_eq!(asked.len(), 1);
}

#[tokio::test]
async fn the_lock_is_opened_before_one_that_was_made_without_is_deleted() {
    let api = Api::default();
    api.answer(200, json!({})).answer(200, json!({}));
    let kube = api.kube_in("vaultbg", true);
    kube.delete_hook(&seen(), Real).await.expect("deleted");
    let asked = api.asked();
    assert_eq!(asked[0].line, format!("PATCH {JOB}?fieldManager=baoctl"));
    assert_eq!(asked[0].kind, MERGE);
    let metadata = &asked[0].body["metadata"];
    assert_eq!(metadata["resourceVersion"], "7");
    assert_eq!(metadata["annotations"]["openbao.org/maintenance"], "true");
    assert_eq!(asked[1].line, format!("DELETE {JOB}"));
}

#[tokio::test]
async fn its_failure_is_explained_by_its_own_pod() {
    let api = Api::default();
    let list = |items: Value| json!({ "metadata": {}, "items": items });
    api.answer(200, list(json!([])))
        .answer(
            200,
            list(json!([{ "metadata": { "name": "prod-validation-hook-x7k2p", "uid": "p" } }])),
        )
        .answer(200, list(json!([])))
        .answer(200, json!("kv v2 is not mounted"));
    let kube = api.kube_in("vaultbg", false);
    let evidence = kube.hook_evidence(&seen()).await;
    assert_eq!(evidence.log, ["kv v2 is not mounted"]);
    let asked = api.asked();
    assert!(
        asked[0].line.contains("involvedObject.uid%3Du"),
        "{}",
        asked[0].line
    );
    assert!(
        asked[1]
            .line
            .contains("labelSelector=batch.kubernetes.io%2Fcontroller-uid%3Du"),
        "{}",
        asked[1].line
    );
    let log = &asked[3].line;
    assert!(log.contains("pods/prod-validation-hook-x7k2p/log"), "{log}");
    assert!(log.contains("container=validation"), "{log}");
}
