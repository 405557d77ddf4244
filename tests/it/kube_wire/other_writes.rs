//! Leases, tokens and Jobs: exact method, URI and body.

use std::time::Duration;

use baoctl::{
    model::names::PodName,
    ports::{Leases, Workloads, WriteMode::Real},
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::api::{Api, cluster};

#[tokio::test]
async fn the_lease_is_created_once_and_then_updated_under_its_version() {
    let api = Api::default();
    let kube = api.kube();
    let lease = |version: &str, holder: Option<&str>| {
        json!({
            "metadata": { "name": "baoctl-prod", "resourceVersion": version },
            "spec": { "holderIdentity": holder, "leaseDurationSeconds": 15, "renewTime": "2026-11-23T10:00:00.000000Z" },
        })
    };
    api.refuse(404, "no")
        .answer(201, lease("5", Some("h")))
        .answer(200, lease("6", Some("")));
    assert_eq!(kube.lease().await.expect("an answer"), None);
    let now = "2026-11-23T10:00:00Z".parse().expect("a time");
    let life = Duration::from_secs(15);
    let held = kube
        .write_lease(None, Some("h"), life, now, Real)
        .await
        .expect("created");
    assert_eq!((held.holder.as_deref(), held.duration), (Some("h"), life));
    let free = kube
        .write_lease(Some(&held), None, life, now, Real)
        .await
        .expect("released");
    assert_eq!(free.holder, None);
    let asked = api.asked();
    let path = "/apis/coordination.k8s.io/v1/namespaces/vault/leases";
    assert_eq!(asked[0].line, format!("GET {path}/baoctl-prod"));
    assert_eq!(asked[1].line, format!("POST {path}?fieldManager=baoctl"));
    assert_eq!(asked[1].body["spec"]["holderIdentity"], "h");
    assert_eq!(
        asked[2].line,
        format!("PUT {path}/baoctl-prod?fieldManager=baoctl")
    );
    assert_eq!(asked[2].body["metadata"]["resourceVersion"], "5");
    assert!(asked[2].body["spec"].get("holderIdentity").is_none());
}

#[tokio::test]
async fn a_login_token_comes_from_the_upgrade_account_which_is_made_if_need_be() {
    let api = Api::default();
    api.refuse(404, "no")
        .answer(201, json!({ "metadata": { "name": "x" } }))
        .answer(201, json!({ "status": { "token": "a.b.c" } }));
    let kube = api.kube();
    kube.allow_account_creation();
    let token = kube.login_token("openbao-internal").await.expect("a token");
    assert_eq!(token.expose_secret(), "a.b.c");
    let asked = api.asked();
    let path = "/api/v1/namespaces/vault/serviceaccounts";
    assert_eq!(asked[1].line, format!("POST {path}?fieldManager=baoctl"));
    assert_eq!(
        asked[1].body["metadata"]["labels"]["openbao.org/component"],
        "upgrade"
    );
    assert_eq!(
        asked[2].line,
        format!("POST {path}/prod-upgrade-serviceaccount/token")
    );
    assert_eq!(
        asked[2].body["spec"],
        json!({ "audiences": ["openbao-internal"], "expirationSeconds": 600 })
    );
}

#[tokio::test]
async fn looking_makes_no_account_to_log_in_with() {
    let api = Api::default();
    api.refuse(404, "no");
    let error = api
        .kube()
        .login_token("openbao-internal")
        .await
        .expect_err("there is no account");
    assert!(
        matches!(error, baoctl::ports::PortError::NotFound(_)),
        "{error}"
    );
    assert_eq!(api.asked().len(), 1);
}

#[tokio::test]
async fn a_finished_step_down_job_is_removed_and_the_new_one_awaited() {
    let api = Api::default();
    let kube = api.kube();
    let cluster = cluster(&api, &kube, "stuck-rolling").await;
    let job =
        |status: Value| json!({ "metadata": { "name": "j", "uid": "old" }, "status": status });
    api.answer(200, job(json!({ "succeeded": 1 })))
        .answer(200, json!({ "status": "Success" }))
        .answer(200, json!({ "metadata": { "name": "sa" } }))
        .answer(201, job(json!({})))
        .answer(200, job(json!({ "active": 1 })))
        .answer(200, job(json!({ "succeeded": 1 })))
        .answer(200, json!({ "status": "Success" }));
    kube.step_down_job(&cluster, &PodName("prod-0".to_owned()))
        .await
        .expect("succeeded");
    let asked = api.asked();
    let path = "/apis/batch/v1/namespaces/vault/jobs";
    let name = "upgrade-prod-rolling-stepdown-leader-9655961317";
    assert_eq!(asked[0].line, format!("GET {path}/{name}"));
    assert_eq!(asked[1].line, format!("DELETE {path}/{name}"));
    assert_eq!(asked[1].body["preconditions"]["uid"], "old");
    assert_eq!(asked[3].line, format!("POST {path}?fieldManager=baoctl"));
    let spec = &asked[3].body["spec"]["template"]["spec"];
    assert_eq!(
        spec["containers"][0]["image"],
        "ghcr.io/dc-tec/openbao-upgrade:0.0.0"
    );
    assert_eq!(asked[6].line, format!("DELETE {path}/{name}"));
    assert_eq!(asked[6].body["propagationPolicy"], "Background");
    assert_eq!(asked.len(), 7);
}
