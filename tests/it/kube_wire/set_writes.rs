//! Writes on StatefulSets and pods: exact method, URI, type and body.

use baoctl::{
    k8s::Kube,
    model::{
        action::Hold,
        names::{PodName, PodRef, Pool},
        workload::Workload,
    },
    ports::{
        Freshness, PortError, Workloads,
        WriteMode::{DryRun, Real},
    },
};
use serde_json::{Value, json};

use super::api::{Api, MERGE, Noon, cluster, list, one, recorded};

const SET: &str = "/apis/apps/v1/namespaces/vault/statefulsets/prod";

async fn voters(api: &Api, kube: &Kube<Noon>) -> Workload {
    let cluster = cluster(api, kube, "stuck-rolling").await;
    api.answer(200, one("stuck-rolling/statefulsets"))
        .answer(200, list(&recorded("stuck-rolling/pods")));
    let found = kube
        .workload(&cluster, Pool::Voters, Freshness::Fresh)
        .await;
    api.asked();
    found.expect("an answer").expect("voters")
}

fn set_version() -> Value {
    one("stuck-rolling/statefulsets")["metadata"]["resourceVersion"].clone()
}

#[tokio::test]
async fn the_statefulset_is_changed_under_its_own_version() {
    let api = Api::default();
    let kube = api.kube();
    let voters = voters(&api, &kube).await;
    let answer = one("stuck-rolling/statefulsets");
    for _ in 0..4 {
        api.answer(200, answer.clone());
    }
    kube.hold(&voters, Hold::OnDelete, Real)
        .await
        .expect("held");
    kube.hold(&voters, Hold::Partition(3), DryRun)
        .await
        .expect("held");
    kube.set_partition(&voters, 1, Real).await.expect("lowered");
    kube.set_image(&voters, "i:2", Real).await.expect("set");
    let asked = api.asked();
    let metadata = json!({ "resourceVersion": set_version() });
    assert_eq!(asked[0].line, format!("PATCH {SET}?fieldManager=baoctl"));
    assert_eq!(asked[0].kind, MERGE);
    let held = json!({ "updateStrategy": { "type": "OnDelete", "rollingUpdate": null } });
    assert_eq!(asked[0].body, json!({ "metadata": metadata, "spec": held }));
    assert_eq!(
        asked[1].line,
        format!("PATCH {SET}?fieldManager=baoctl&dryRun=All")
    );
    let partition = |at: u32| json!({ "updateStrategy": { "type": "RollingUpdate", "rollingUpdate": { "partition": at } } });
    assert_eq!(asked[1].body["spec"], partition(3));
    assert_eq!(asked[2].body["spec"], partition(1));
    assert_eq!(asked[3].kind, "application/strategic-merge-patch+json");
    let containers = json!([{ "name": "openbao", "image": "i:2" }]);
    assert_eq!(
        asked[3].body["spec"],
        json!({ "template": { "spec": { "containers": containers } } })
    );
}

#[tokio::test]
async fn the_annotation_that_opens_the_lock_comes_and_goes_with_the_writes() {
    let api = Api::default();
    let kube = api.kube_with(true);
    let voters = voters(&api, &kube).await;
    api.answer(200, one("stuck-rolling/statefulsets"));
    kube.set_partition(&voters, 1, Real).await.expect("lowered");
    let ours =
        json!({ "openbao.org/maintenance": "true", "baoctl.openbao.org/maintenance": "true" });
    assert_eq!(api.only().body["metadata"]["annotations"], ours);

    let mut annotated = one("stuck-rolling/statefulsets");
    annotated["metadata"]["annotations"] = ours;
    api.answer(200, annotated.clone()).answer(200, annotated);
    kube.unhold(&voters, Real).await.expect("released");
    let asked = api.asked();
    assert_eq!(asked[0].line, format!("GET {SET}"));
    assert_eq!(
        asked[1].body["metadata"]["annotations"],
        json!({ "openbao.org/maintenance": null, "baoctl.openbao.org/maintenance": null })
    );
    assert_eq!(
        asked[1].body["spec"]["updateStrategy"]["rollingUpdate"]["partition"],
        0
    );
}

#[tokio::test]
async fn an_annotation_of_others_stays() {
    let api = Api::default();
    let kube = api.kube_with(true);
    let mut voters = voters(&api, &kube).await;
    voters.maintenance = true;
    let mut annotated = one("stuck-rolling/statefulsets");
    annotated["metadata"]["annotations"] = json!({ "openbao.org/maintenance": "true" });
    api.answer(200, annotated.clone()).answer(200, annotated);
    kube.unhold(&voters, Real).await.expect("released");
    let asked = api.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(
        asked[1].body["metadata"],
        json!({ "resourceVersion": set_version() })
    );
}

#[tokio::test]
async fn an_outdated_or_denied_write_says_so() {
    let api = Api::default();
    let kube = api.kube();
    let voters = voters(&api, &kube).await;
    api.refuse(409, "the object has been modified").refuse(
        422,
        "ValidatingAdmissionPolicy 'lock' with binding 'b' denied request: no",
    );
    let conflict = kube.set_partition(&voters, 1, Real).await;
    assert!(
        matches!(conflict, Err(PortError::Conflict { .. })),
        "{conflict:?}"
    );
    let denied = kube.set_partition(&voters, 1, Real).await;
    assert!(
        matches!(&denied, Err(PortError::Denied { policy: Some(policy), .. }) if policy == "lock"),
        "{denied:?}"
    );
}

#[tokio::test]
async fn an_eviction_names_the_incarnation_and_looks_first() {
    let api = Api::default();
    let kube = api.kube();
    let pod = PodRef {
        name: PodName("prod-2".to_owned()),
        uid: "u2".to_owned(),
    };
    let found = json!({ "metadata": { "name": "prod-2", "uid": "u2" } });
    let path = "/api/v1/namespaces/vault/pods/prod-2";

    api.answer(200, found.clone())
        .answer(201, json!({ "status": "Success" }));
    kube.evict(&pod, DryRun).await.expect("evicted");
    let asked = api.asked();
    assert_eq!(asked[0].line, format!("GET {path}"));
    assert_eq!(
        asked[1].line,
        format!("POST {path}/eviction?fieldManager=baoctl&dryRun=All")
    );
    assert_eq!(asked[1].body["kind"], "Eviction");
    assert_eq!(asked[1].body["apiVersion"], "policy/v1");
    assert_eq!(
        asked[1].body["deleteOptions"],
        json!({ "preconditions": { "uid": "u2" } })
    );

    // Another incarnation: not even tried, for a refused eviction uses the
    // budget up.
    api.answer(
        200,
        json!({ "metadata": { "name": "prod-2", "uid": "u3" } }),
    );
    let other = kube.evict(&pod, Real).await;
    assert!(
        matches!(other, Err(PortError::Conflict { .. })),
        "{other:?}"
    );
    assert_eq!(api.asked().len(), 1);

    api.answer(200, found.clone())
        .refuse(429, "Cannot evict pod");
    let busy = kube.evict(&pod, Real).await;
    assert_eq!(
        busy,
        Err(PortError::TooManyRequests("Cannot evict pod".to_owned()))
    );
    api.asked();

    // Where evictions are not served: a delete under the same condition.
    api.answer(200, found)
        .refuse(404, "the server could not find the requested resource")
        .answer(200, json!({ "status": "Success" }));
    kube.evict(&pod, Real).await.expect("deleted");
    let asked = api.asked();
    assert_eq!(asked[2].line, format!("DELETE {path}"));
    assert_eq!(asked[2].body["preconditions"], json!({ "uid": "u2" }));
}
