//! Reads of a blue/green cluster: what is asked and what the model makes of
//! recorded answers.

use std::time::Duration;

use baoctl::{
    k8s::Kube,
    model::{
        blue_green::{AutoRollback, BlueGreenPhase, BlueGreenStatus},
        cluster::Cluster,
        fact::Fact,
        front::Front,
        revision::Revision,
    },
    ports::{Colours, Freshness::Fresh, PortError},
};
use serde_json::{Value, json};

use super::api::{Api, Noon, cluster, list, one, recorded};

const BLUE: &str = "bfbe65e4bec01d40";
const AT_REST: &str = "bg-at-rest-2.6.2";

fn blue() -> Revision {
    Revision::named(BLUE).expect("a revision")
}

fn item(file: &str, name: &str) -> Value {
    let all = recorded(&format!("{AT_REST}/{file}"));
    let found = all
        .into_iter()
        .find(|item| item["metadata"]["name"] == name);
    found.unwrap_or_else(|| panic!("no {name}"))
}

async fn at_rest(api: &Api) -> (Kube<Noon>, Cluster) {
    let kube = api.kube_in("vaultbg", false);
    let cluster = cluster(api, &kube, AT_REST).await;
    (kube, cluster)
}

/// Blue's pods, as far as the recorded EndpointSlices tell.
fn pods() -> Value {
    let slices = recorded(&format!("{AT_REST}/endpointslices"));
    let endpoints = slices[0]["endpoints"].as_array().expect("endpoints");
    let owner = one(&format!("{AT_REST}/statefulsets"))["metadata"]["uid"].clone();
    let pods: Vec<Value> = endpoints
        .iter()
        .map(|endpoint| {
            let owners = json!([{ "apiVersion": "apps/v1", "kind": "StatefulSet",
                "name": format!("prod-{BLUE}"), "uid": owner, "controller": true }]);
            let target = &endpoint["targetRef"];
            json!({ "metadata": { "name": target["name"], "uid": target["uid"],
                "ownerReferences": owners } })
        })
        .collect();
    list(&pods)
}

#[tokio::test]
async fn a_cluster_before_and_after_its_first_upgrade() {
    let api = Api::default();
    let before = cluster(&api, &api.kube_in("vaultbg", false), "bg-at-rest-2.6.2").await;
    assert!(before.spec.blue_green);
    let spec = &before.spec.blue_green_spec;
    assert!(spec.auto_promote && !spec.pre_upgrade_snapshot);
    assert_eq!(spec.max_job_failures, 5);
    let ten = Duration::from_secs(10);
    assert_eq!(spec.min_sync_duration, Fact::Known(ten));
    assert_eq!(spec.pre_promotion_hook, None);
    assert_eq!(spec.auto_rollback, AutoRollback::default());
    // The operator makes it when first an upgrade begins.
    assert_eq!(before.status.blue_green, None);
    assert_eq!(before.status.blue_revision(), None);

    let after = cluster(&api, &api.kube_in("vaultbg", false), "bg-after-2.7.2").await;
    let image = "docker.io/openbao/openbao:2.7.2";
    let found = after.status.blue_green.clone().expect("a status");
    assert_eq!(
        found,
        BlueGreenStatus {
            phase: Some(BlueGreenPhase::Idle),
            blue_revision: Some(Revision::of("2.7.2", image, 3)),
            blue_image: Some(image.to_owned()),
            start_time: Some("2026-11-23T11:02:37Z".parse().expect("a time")),
            ..BlueGreenStatus::default()
        }
    );
    assert!(found.is_idle());
}

#[tokio::test]
async fn the_pods_of_a_colour_and_the_service_that_leads_to_them() {
    let api = Api::default();
    let (kube, cluster) = at_rest(&api).await;
    api.answer(200, list(&recorded(&format!("{AT_REST}/statefulsets"))));
    assert_eq!(kube.revisions(&cluster).await, Ok(vec![blue()]));
    api.asked();

    api.answer(200, one(&format!("{AT_REST}/statefulsets")))
        .answer(200, pods());
    let found = kube.coloured(&cluster, &blue(), Fresh).await;
    let workload = found.expect("an answer").expect("blue");
    assert_eq!(workload.name, format!("prod-{BLUE}"));
    assert_eq!(workload.pods.len(), 3);
    let path = format!("GET /apis/apps/v1/namespaces/vaultbg/statefulsets/prod-{BLUE}");
    assert_eq!(api.asked()[0].line, path);

    let slices = recorded(&format!("{AT_REST}/endpointslices"));
    let of = |name: &str| {
        slices
            .iter()
            .find(|slice| slice["metadata"]["labels"]["kubernetes.io/service-name"] == name)
    };
    let public = of("prod-public").expect("a slice").clone();
    let front = async |slices: &[Value]| -> Front {
        api.answer(200, item("services", "prod-public"))
            .answer(200, list(slices));
        let front = kube.front(&cluster).await;
        front.expect("an answer").expect("a service")
    };
    let found = front(std::slice::from_ref(&public)).await;
    let asked = api.asked();
    assert_eq!(
        asked[0].line,
        "GET /api/v1/namespaces/vaultbg/services/prod-public"
    );
    assert_eq!(
        asked[1].line,
        "GET /apis/discovery.k8s.io/v1/namespaces/vaultbg/endpointslices\
         ?&labelSelector=kubernetes.io%2Fservice-name%3Dprod-public"
    );
    assert_eq!(found.revision, Some(blue()));
    assert!(found.leads_exactly_to(&workload.pods));
    assert!(!found.leads_exactly_to(&workload.pods[..2]));

    // Not yet ready, a stranger among them, none at all.
    let mut unready = public.clone();
    unready["endpoints"][1]["conditions"]["ready"] = json!(false);
    assert!(!front(&[unready]).await.leads_exactly_to(&workload.pods));
    let mut other = public.clone();
    other["endpoints"][1]["targetRef"]["uid"] = json!("another incarnation");
    assert!(
        !front(&[public, other])
            .await
            .leads_exactly_to(&workload.pods)
    );
    assert!(!front(&[]).await.leads_exactly_to(&[]));
}

#[tokio::test]
async fn configurations_and_volumes_of_a_revision() {
    let api = Api::default();
    let (kube, cluster) = at_rest(&api).await;
    let name = format!("prod-config-{BLUE}");
    api.answer(200, item("configmaps", &name))
        .answer(200, item("configmaps", "prod-config-init"))
        .refuse(404, "not found");
    let config = kube.config_of(&cluster, &blue()).await;
    let config = config.expect("an answer").expect("a configuration");
    assert_eq!(config.name, name);
    assert!(
        config
            .text
            .ends_with("service_registration \"kubernetes\" {\n}\n")
    );
    let init = kube.self_init(&cluster).await;
    assert!(
        init.expect("an answer")
            .is_some_and(|file| !file.text.is_empty())
    );
    assert_eq!(kube.self_init(&cluster).await, Ok(None));
    let asked = api.asked();
    let path = "GET /api/v1/namespaces/vaultbg/configmaps";
    assert_eq!(asked[0].line, format!("{path}/{name}"));
    assert_eq!(asked[1].line, format!("{path}/prod-config-init"));

    let mut claims = recorded(&format!("{AT_REST}/persistentvolumeclaims"));
    claims[2]["metadata"]["deletionTimestamp"] = json!("2026-11-23T11:00:00Z");
    // Without a label the pod of that name takes it all the same.
    claims[0]["metadata"]["labels"] = json!({});
    api.answer(200, list(&claims)).answer(200, list(&claims));
    let found = kube.volumes(&cluster, &blue()).await.expect("volumes");
    let ordinals: Vec<_> = found.iter().map(|volume| volume.ordinal).collect();
    assert_eq!(ordinals, [0, 1, 2]);
    let going: Vec<_> = found.iter().map(|volume| volume.terminating).collect();
    assert_eq!(going, [false, false, true]);
    let green = Revision::named("25b560d2a1bef429").expect("a revision");
    assert_eq!(kube.volumes(&cluster, &green).await, Ok(Vec::new()));
}

#[tokio::test]
async fn what_another_cluster_owns_is_no_colour_of_this_one() {
    let api = Api::default();
    let (kube, cluster) = at_rest(&api).await;
    let stranger = |mut object: Value| {
        object["metadata"]["ownerReferences"][0]["uid"] = json!("another");
        object
    };
    let set = stranger(one(&format!("{AT_REST}/statefulsets")));
    api.answer(200, set.clone())
        .answer(200, list(&[set]))
        .answer(200, stranger(item("services", "prod-public")))
        .answer(200, stranger(item("configmaps", "prod-config-init")));
    let refused = |error: Option<PortError>| {
        let error = error.expect("an error").to_string();
        assert!(error.contains("belongs to something else"), "{error}");
    };
    refused(kube.pattern(&cluster, &blue()).await.err());
    assert_eq!(kube.revisions(&cluster).await, Ok(Vec::new()));
    refused(kube.front(&cluster).await.err());
    refused(kube.self_init(&cluster).await.err());
}

#[tokio::test]
async fn the_pattern_is_the_object_as_it_is_stored() {
    let api = Api::default();
    let (kube, cluster) = at_rest(&api).await;
    let mut set = one(&format!("{AT_REST}/statefulsets"));
    set["spec"]["template"]["spec"]["somethingNew"] = json!({ "of": "tomorrow" });
    api.answer(200, set.clone());
    let found = kube.pattern(&cluster, &blue()).await;
    let found = found.expect("an answer").expect("blue");
    assert_eq!(found["spec"], set["spec"]);
    assert_eq!(found["metadata"]["labels"], set["metadata"]["labels"]);
}
