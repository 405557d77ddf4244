//! Reads: what is asked and what the model makes of recorded answers.

use baoctl::{
    k8s::{clusters, find_operator, serves_clusters, user},
    model::{
        fact::Fact,
        names::{PodName, Pool},
        survey::Permission,
        workload::{ContainerState, UpdateStrategy},
    },
    ports::{Checkpoints, Freshness, PortError, Workloads},
};
use serde_json::json;

use super::api::{Api, list, one, recorded};

const CR: &str = "GET /apis/openbao.org/v1alpha1/namespaces/vault/openbaoclusters/prod";

#[tokio::test]
async fn a_cluster_at_rest() {
    let api = Api::default();
    api.answer(200, one("at-rest-2.6.2/openbaoclusters"));
    let cluster = api
        .kube()
        .cluster(Freshness::Fresh)
        .await
        .expect("a cluster");
    assert_eq!(api.only().line, CR);
    assert_eq!(cluster.reference.to_string(), "vault/prod");
    assert_eq!(cluster.spec.version, "2.6.2");
    assert_eq!(cluster.spec.paused, None);
    assert_eq!(cluster.spec.jwt_role, "openbao-operator-upgrade");
    assert_eq!(cluster.status.current_version.as_deref(), Some("2.6.2"));
    assert_eq!(cluster.status.phase.as_deref(), Some("Running"));
    assert_eq!(cluster.status.upgrade, None);
    assert_eq!(cluster.status.operation_lock, None);
    assert_eq!(cluster.status.workload_error, None);
    assert_eq!(cluster.run, Fact::Known(None));
    assert_eq!(cluster.version_owners, ["kubectl-client-side-apply"]);
    assert!(cluster.foreign_managers.is_empty());
    let degraded = cluster.status.condition("Degraded").expect("a condition");
    assert_eq!(
        (degraded.status.as_str(), degraded.reason.as_str()),
        ("False", "Reconciling")
    );
}

#[tokio::test]
async fn a_cluster_whose_upgrade_by_the_operator_is_stuck() {
    let api = Api::default();
    api.answer(200, one("stuck-rolling/openbaoclusters"));
    let cluster = api
        .kube()
        .cluster(Freshness::Watched)
        .await
        .expect("a cluster");
    let upgrade = cluster.status.upgrade.expect("an upgrade");
    assert_eq!(upgrade.current_partition, 1);
    assert_eq!(upgrade.completed_pods, [2, 1]);
    assert_eq!(upgrade.failure_reason.as_deref(), Some("UpgradeFailed"));
    let lock = cluster.status.operation_lock.expect("a lock");
    assert_eq!(lock.holder, "openbaocluster/upgrade");
    assert_eq!(cluster.foreign_managers, ["openbao-upgrade-manager"]);
    assert_eq!(cluster.version_owners, ["kubectl-patch"]);
    assert_eq!(
        cluster.status.admin_ops_error.as_deref(),
        Some("Error: no leader found in cluster")
    );
}

#[tokio::test]
async fn todays_form_of_a_failure_and_an_unreadable_run_record() {
    let api = Api::default();
    let mut object = one("stuck-rolling/openbaoclusters");
    object["status"]["upgrade"] = json!({
        "targetVersion": "2.7.2", "fromVersion": "2.6.2", "currentPartition": 1,
        "failure": { "reason": "StepDownTimeout", "message": "late", "at": "2026-11-23T10:00:00Z" },
    });
    object["metadata"]["annotations"]["baoctl.openbao.org/run"] = json!("{\"v\":2}");
    object["metadata"]["annotations"]["baoctl.openbao.org/pause-requested"] = json!("soon");
    api.answer(200, object);
    let cluster = api
        .kube()
        .cluster(Freshness::Fresh)
        .await
        .expect("a cluster");
    let upgrade = cluster.status.upgrade.expect("an upgrade");
    assert_eq!(upgrade.failure_reason.as_deref(), Some("StepDownTimeout"));
    assert!(cluster.run.unknown().is_some(), "unreadable is not absent");
    let request = cluster.pause_requested.expect("a request is honoured");
    assert_eq!(request.reason.as_deref(), Some("soon"));
}

#[tokio::test]
async fn the_voters_are_the_pods_the_statefulset_owns() {
    let api = Api::default();
    api.answer(200, one("stuck-rolling/openbaoclusters"))
        .answer(200, one("stuck-rolling/statefulsets"))
        .answer(200, list(&recorded("stuck-rolling/pods")));
    let kube = api.kube();
    let cluster = kube.cluster(Freshness::Fresh).await.expect("a cluster");
    let voters = kube
        .workload(&cluster, Pool::Voters, Freshness::Fresh)
        .await
        .expect("an answer")
        .expect("voters");
    let asked = api.asked();
    assert_eq!(
        asked[1].line,
        "GET /apis/apps/v1/namespaces/vault/statefulsets/prod"
    );
    assert_eq!(
        asked[2].line,
        "GET /api/v1/namespaces/vault/pods?&labelSelector=openbao.org%2Fcluster%3Dprod"
    );
    // The recorded list also holds the operator's executor pod.
    assert!(recorded("stuck-rolling/pods").len() > 3);
    let names: Vec<&str> = voters
        .pods
        .iter()
        .map(|pod| pod.pod.name.as_str())
        .collect();
    assert_eq!(names, ["prod-0", "prod-1", "prod-2"]);
    assert_eq!(
        voters.strategy,
        UpdateStrategy::RollingUpdate {
            partition: 1,
            max_unavailable_above_one: false
        }
    );
    assert_eq!(
        voters.image.as_deref(),
        Some("docker.io/openbao/openbao:2.7.2")
    );
    assert_eq!(voters.current_revision, "prod-58ddccdd97");
    assert_eq!(voters.update_revision, "prod-d4b657c98");
    assert_eq!(voters.pods[0].revision, voters.current_revision);
    assert_eq!(voters.pods[2].revision, voters.update_revision);
    assert!(voters.ordered_ready && voters.is_observed() && !voters.maintenance);
    let pod = &voters.pods[1];
    assert!(pod.ready && !pod.terminating && pod.ip.is_some());
    assert!(matches!(
        pod.container,
        ContainerState::Running { since: Some(_) }
    ));
}

#[tokio::test]
async fn no_rolling_update_stanza_is_partition_0() {
    let api = Api::default();
    api.answer(200, one("at-rest-2.6.2/openbaoclusters"))
        .answer(200, one("at-rest-2.6.2/statefulsets"))
        .answer(200, list(&[]));
    let kube = api.kube();
    let cluster = kube.cluster(Freshness::Fresh).await.expect("a cluster");
    let voters = kube
        .workload(&cluster, Pool::Voters, Freshness::Fresh)
        .await
        .expect("an answer")
        .expect("voters");
    assert_eq!(
        voters.strategy,
        UpdateStrategy::RollingUpdate {
            partition: 0,
            max_unavailable_above_one: false
        }
    );
}

#[tokio::test]
async fn a_revisioned_cluster_and_read_replicas_that_are_another_clusters() {
    let api = Api::default();
    let mut object = one("at-rest-2.6.2/openbaoclusters");
    object["status"]["blueGreen"] = json!({ "phase": "Idle", "blueRevision": "abc" });
    let mut other = one("at-rest-2.6.2/statefulsets");
    other["metadata"]["ownerReferences"][0]["uid"] = json!("another");
    api.answer(200, object).refuse(404, "no").answer(200, other);
    let kube = api.kube();
    let cluster = kube.cluster(Freshness::Fresh).await.expect("a cluster");
    for pool in [Pool::Voters, Pool::ReadReplicas] {
        let found = kube.workload(&cluster, pool, Freshness::Fresh).await;
        assert_eq!(found.expect("an answer"), None);
    }
    let asked = api.asked();
    assert!(
        asked[1].line.ends_with("/statefulsets/prod-abc"),
        "{asked:?}"
    );
    assert!(
        asked[2].line.ends_with("/statefulsets/prod-read"),
        "{asked:?}"
    );
}

#[tokio::test]
async fn reviews_answer_one_by_one() {
    let api = Api::default();
    api.answer(201, json!({ "spec": {}, "status": { "allowed": true } }))
        .refuse(500, "boom");
    let permission = |resource: &str, namespace: Option<&str>| Permission {
        group: String::new(),
        resource: resource.to_owned(),
        verb: "create".to_owned(),
        name: None,
        namespace: namespace.map(str::to_owned),
        why: String::new(),
    };
    let permissions = [
        permission("pods/eviction", None),
        permission("nodes", Some("")),
    ];
    let answers = api.kube().review(&permissions).await;
    assert_eq!(answers[0].1, Fact::Known(true));
    assert!(answers[1].1.unknown().is_some());
    let attributes = &api.asked()[0].body["spec"]["resourceAttributes"];
    assert_eq!(attributes["resource"], "pods");
    assert_eq!(attributes["subresource"], "eviction");
    assert_eq!(attributes["namespace"], "vault");
}

#[tokio::test]
async fn version_and_skew_come_from_one_answer() {
    let api = Api::default();
    api.answer(200, json!({ "major": "1", "minor": "37" }));
    let server = api.kube().server().await.expect("an answer");
    assert_eq!(server, ("1.37".to_owned(), Fact::Known(7)));
    assert_eq!(api.only().line, "GET /version");
}

#[tokio::test]
async fn names_of_users_and_clusters() {
    let api = Api::default();
    api.answer(
        201,
        json!({ "status": { "userInfo": { "username": "oidc/jane doe" } } }),
    )
    .answer(200, list(&[one("at-rest-2.6.2/openbaoclusters")]));
    let client = api.client();
    assert_eq!(user(&client).await.expect("a name"), "oidc-jane-doe");
    assert_eq!(clusters(&client, "vault").await.expect("names"), ["prod"]);
}

/// A 404 alone does not tell a wrong name from an API server without the kind.
#[tokio::test]
async fn a_kind_that_is_not_served_is_told_from_an_object_that_is_not_there() {
    let api = Api::default();
    let kinds = |name: &str| {
        json!({
            "kind": "APIResourceList",
            "groupVersion": "openbao.org/v1alpha1",
            "resources": [{ "name": name, "kind": "X", "namespaced": true, "singularName": "", "verbs": [] }],
        })
    };
    api.answer(200, kinds("openbaoclusters"))
        .answer(200, kinds("openbaobackups"))
        .refuse(404, "the server could not find the requested resource")
        .refuse(503, "not yet");
    let client = api.client();
    assert_eq!(serves_clusters(&client).await, Ok(true));
    assert_eq!(serves_clusters(&client).await, Ok(false));
    assert_eq!(serves_clusters(&client).await, Ok(false));
    let away = serves_clusters(&client).await;
    assert!(matches!(away, Err(PortError::NoAnswer(_))), "{away:?}");
    assert_eq!(api.asked()[0].line, "GET /apis/openbao.org/v1alpha1");
}

/// Whoever may create a Deployment anywhere would otherwise say whom to
/// impersonate.
#[tokio::test]
async fn the_operators_account_comes_from_its_policy_alone() {
    let api = Api::default();
    let expression = "request.userInfo.username == 'system:serviceaccount:ops:bao-controller'";
    api.answer(
        200,
        list(&[json!({
            "metadata": { "name": "x-lock-managed-resource-mutations" },
            "spec": { "validations": [{ "expression": expression }] },
        })]),
    )
    .answer(200, list(&[]));
    let account = find_operator(&api.client()).await.expect("an account");
    assert_eq!(account.to_string(), "ops/bao-controller");
    let none = find_operator(&api.client()).await;
    assert!(matches!(none, Err(PortError::NotFound(_))), "{none:?}");
    let asked = api.asked();
    assert!(asked.iter().all(|asked| asked.line.contains("policies")));
}

/// The executor runs with the upgrade account: its image is not for whoever may
/// create a Deployment with the operator's labels to choose.
#[tokio::test]
async fn the_executors_image_is_only_that_of_the_operator_itself() {
    let planted = json!({
        "metadata": {
            "name": "openbao-operator-controller", "namespace": "ops",
            "labels": { "app.kubernetes.io/name": "openbao-operator" },
        },
        "spec": { "selector": {}, "template": { "spec": {
            "serviceAccountName": "somebody",
            "containers": [{ "name": "manager", "env": [
                { "name": "OPERATOR_VERSION", "value": "0.4.0" },
            ] }],
        } } },
    });
    let policy = json!({
        "metadata": { "name": "x-lock-managed-resource-mutations" },
        "spec": { "validations": [{ "expression":
            "request.userInfo.username == 'system:serviceaccount:ops:bao-controller'" }] },
    });
    for (policies, wanted) in [
        (
            vec![policy],
            "no Deployment that runs as ops/bao-controller",
        ),
        (
            Vec::new(),
            "no admission policy names the operator's account",
        ),
    ] {
        let api = Api::default();
        let kube = api.kube();
        api.answer(200, one("at-rest-2.6.2/openbaoclusters"));
        let mut cluster = kube.cluster(Freshness::Fresh).await.expect("a cluster");
        cluster.spec.executor_image = None;
        api.refuse(404, "jobs.batch not found")
            .answer(200, list(&policies))
            .answer(200, list(std::slice::from_ref(&planted)));
        let ran = kube.step_down_job(&cluster, &PodName::of("prod", 0)).await;
        let error = ran.expect_err("refused").to_string();
        assert!(error.contains(wanted), "{error}");
        assert!(error.contains("--as-operator=NAMESPACE/NAME"), "{error}");
        let asked = api.asked();
        let elsewhere = asked
            .iter()
            .filter(|asked| asked.line.contains("/deployments"))
            .find(|asked| !asked.line.contains("/namespaces/ops/deployments"));
        assert!(elsewhere.is_none(), "{}", elsewhere.expect("one").line);
    }
}

#[tokio::test]
async fn a_refused_read_is_an_error_of_its_kind() {
    let api = Api::default();
    api.refuse(403, "User \"a\" cannot get resource")
        .refuse(503, "later");
    let kube = api.kube();
    let forbidden = kube.cluster(Freshness::Fresh).await;
    assert!(
        matches!(forbidden, Err(PortError::Forbidden(_))),
        "{forbidden:?}"
    );
    let silent = kube.cluster(Freshness::Fresh).await;
    assert!(matches!(silent, Err(PortError::NoAnswer(_))), "{silent:?}");
}

#[tokio::test]
async fn evidence_is_clean_and_short() {
    let api = Api::default();
    api.answer(200, one("stuck-rolling/openbaoclusters"))
        .answer(200, one("stuck-rolling/statefulsets"))
        .answer(200, list(&recorded("stuck-rolling/pods")))
        .answer(200, json!("unable to retrieve container logs for containerd://007\nbefore\n"))
        .answer(200, json!("\u{1b}[31mpanic\n\nlast\n"))
        .answer(200, list(&[
            json!({ "metadata": {}, "involvedObject": {}, "reason": "Old", "message": "a", "lastTimestamp": "2026-11-23T09:00:00Z" }),
            json!({ "metadata": {}, "involvedObject": {}, "reason": "BackOff", "message": "b", "lastTimestamp": "2026-11-23T10:00:00Z" }),
        ]));
    let kube = api.kube();
    let cluster = kube.cluster(Freshness::Fresh).await.expect("a cluster");
    let voters = kube
        .workload(&cluster, Pool::Voters, Freshness::Fresh)
        .await;
    let voters = voters.expect("an answer").expect("voters");
    let evidence = kube.evidence(&voters.pods[0], None).await;
    let events: Vec<String> = evidence.events.iter().map(ToString::to_string).collect();
    assert_eq!(events, ["BackOff: b", "Old: a"]);
    assert_eq!(evidence.log, ["previous: before", "[31mpanic", "last"]);
    let asked = api.asked();
    let log = "GET /api/v1/namespaces/vault/pods/prod-0/log?&container=openbao&limitBytes=16384";
    assert_eq!(asked[3].line, format!("{log}&previous=true&tailLines=40"));
    assert_eq!(asked[4].line, format!("{log}&tailLines=40"));
    assert!(
        asked[5].line.contains("involvedObject.uid%3D"),
        "{}",
        asked[5].line
    );
    assert_eq!(voters.pods[0].pod.name, PodName("prod-0".to_owned()));
}
