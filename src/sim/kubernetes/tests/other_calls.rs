//! The real adapter's smaller calls: leases, logins, evidence, Jobs.

use std::time::Duration;

use serde_json::Value;

use super::adapter::{adapter, cluster, locked_world, voters};
use crate::{
    k8s,
    model::names::PodName,
    ports::{
        Checkpoints, Clock, Freshness, Leases, PortError, Workloads,
        WriteMode::{DryRun, Real},
    },
    sim::kubernetes::{Caller, Key, Kind, OPERATOR},
};

#[tokio::test]
async fn the_lease_is_made_renewed_and_fought_for() {
    let shared = locked_world();
    let kube = adapter(&shared);
    assert_eq!(kube.lease().await, Ok(None));
    let life = Duration::from_secs(15);
    kube.write_lease(None, Some("a"), life, shared.wall(), DryRun)
        .await
        .expect("a dry run");
    let first = kube
        .write_lease(None, Some("a"), life, shared.wall(), Real)
        .await
        .expect("made");
    shared.pass(5000);
    let second = kube
        .write_lease(Some(&first), Some("a"), life, shared.wall(), Real)
        .await
        .expect("renewed");
    let late = kube
        .write_lease(Some(&first), Some("b"), life, shared.wall(), Real)
        .await;
    assert!(matches!(late, Err(PortError::Conflict { .. })), "{late:?}");
    let also = kube
        .write_lease(None, Some("b"), life, shared.wall(), Real)
        .await;
    assert!(matches!(also, Err(PortError::Conflict { .. })), "{also:?}");
    assert_eq!(kube.lease().await, Ok(Some(second)));
}

#[tokio::test]
async fn what_is_read_once() {
    let shared = locked_world();
    let kube = adapter(&shared);
    let seen = cluster(&kube).await;
    assert!(kube.config(&seen).await.expect("a config").contains("raft"));
    assert_eq!(kube.ca_bundle().await, Ok(b"ca".to_vec()));
    let (version, skew) = kube.server().await.expect("a version");
    assert_eq!(version, "1.37");
    assert_eq!(skew, crate::model::fact::Fact::Known(0));
    let schema = kube.schema().await.expect("a schema");
    assert!(schema.last_error && !schema.failure && !schema.executor_image);
    kube.allow_account_creation();
    kube.login_token("openbao-internal").await.expect("a token");
    let key = Key::new(Kind::ServiceAccount, "vault", "prod-upgrade-serviceaccount");
    assert!(
        shared
            .world()
            .kube
            .object(&key)
            .is_some_and(Value::is_object)
    );
    let client = shared.client(Caller::admin("jane"));
    assert_eq!(k8s::user(&client).await, Ok("jane".to_owned()));
    let account = k8s::find_operator(&client).await.expect("the operator");
    assert_eq!(account.user(), OPERATOR);
}

#[tokio::test]
async fn evidence_of_a_pod_that_cannot_start() {
    let shared = locked_world();
    let kube = adapter(&shared);
    let bad = "bad:1".to_owned();
    shared
        .world()
        .kube
        .faults()
        .missing_images
        .insert(bad.clone());
    let set = voters(&kube, Freshness::Fresh).await;
    kube.set_image(&set, &bad, Real).await.expect("changed");
    shared.pass(5000);
    let set = voters(&kube, Freshness::Fresh).await;
    let evidence = kube.evidence(&set.pods[2], None).await;
    let told = evidence
        .events
        .iter()
        .any(|event| event.message.contains("Failed to pull image"));
    assert!(told, "{evidence:?}");
}

#[tokio::test]
async fn the_executor_job_runs_and_is_removed() {
    let shared = locked_world();
    let kube = adapter(&shared);
    kube.allow_account_creation();
    let seen = cluster(&kube).await;
    let leader = PodName("prod-0".to_owned());
    kube.step_down_job(&seen, &leader).await.expect("it ran");
    let done = shared.world().kube.take_finished_jobs();
    assert_eq!(done.len(), 1);
    assert_eq!(
        (done[0].run_id.as_str(), done[0].succeeded),
        ("prod-0", true)
    );
    assert_eq!(kube.active_jobs(&seen).await, Ok(Vec::new()));
}
