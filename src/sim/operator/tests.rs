//! The operator alone with a cluster, without baoctl.

mod blue_green;
mod receipts;

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    model::version::Version,
    sim::{
        fixture,
        kubernetes::{Key, Kind},
        scenario::{OperatorState, Scenario},
        world::World,
    },
};

fn world(operator: OperatorState, change: impl FnOnce(&mut Scenario)) -> World {
    let mut scenario = Scenario::undisturbed(Version::new(2, 7, 2));
    scenario.cluster.operator = operator;
    change(&mut scenario);
    fixture::world(&scenario, 1)
}

fn resource() -> Key {
    Key::new(Kind::OpenBaoCluster, "vault", "prod")
}

fn edit(world: &mut World, change: Value) {
    let now = world.now();
    assert!(world.kubernetes.edit(&resource(), change, "somebody", now));
}

fn wait(world: &mut World, seconds: u64) {
    let until = world.now() + Duration::from_secs(seconds);
    world.go_on_alone(until);
}

fn at<'a>(world: &'a World, pointer: &str) -> &'a Value {
    let object = world.kubernetes.object(&resource()).expect("the cluster");
    object.pointer(pointer).unwrap_or(&Value::Null)
}

fn said(world: &World, kind: &str) -> String {
    let conditions = at(world, "/status/conditions").as_array().expect("a list");
    let found = conditions.iter().find(|found| found["type"] == kind);
    let found = found.expect("the condition");
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    format!("{}/{}", text("status"), text("reason"))
}

fn versions(world: &World) -> Vec<String> {
    let pods = world.kubernetes.pods();
    let tag = |image: &str| image.rsplit(':').next().unwrap_or_default().to_owned();
    pods.iter().map(|pod| tag(&pod.image)).collect()
}

#[test]
fn at_rest_it_changes_nothing() {
    for state in [OperatorState::January, OperatorState::Today] {
        let mut world = world(state, |_| {});
        let set = Key::new(Kind::StatefulSet, "vault", "prod");
        let before = world.kubernetes.set(&set).expect("the set");
        let revision = world.kubernetes.revision();
        edit(
            &mut world,
            json!({ "metadata": { "annotations": { "test/kick": "1" } } }),
        );
        wait(&mut world, 60);
        let after = world.kubernetes.set(&set).expect("the set");
        assert_eq!(after, before, "{state:?}");
        assert_eq!(world.kubernetes.revision(), revision + 1, "{state:?}");
        assert_eq!(said(&world, "Available"), "True/AllReplicasReady");
        assert_eq!(world.operator.conflicts(), 0, "{state:?}");
    }
}

#[test]
fn a_pause_is_answered_in_a_moment_and_overwrites_a_degraded_condition() {
    let mut world = world(OperatorState::January, |_| {});
    edit(
        &mut world,
        json!({ "spec": { "paused": true, "version": "2.7.2" } }),
    );
    let until = world.now() + Duration::from_millis(200);
    world.go_on_alone(until);
    assert_eq!(said(&world, "Available"), "Unknown/Paused");
    assert_eq!(said(&world, "Degraded"), "False/Paused");
    assert_eq!(said(&world, "TLSReady"), "Unknown/Paused");
    wait(&mut world, 120);
    assert_eq!(versions(&world), ["2.6.2"; 3]);
    assert!(at(&world, "/status/upgrade").is_null());
    assert!(at(&world, "/status/operationLock").is_null());
}

#[test]
fn a_foreign_owner_of_a_field_stops_its_answer_until_the_claim_is_gone() {
    let mut world = world(OperatorState::January, |_| {});
    edit(&mut world, json!({ "status": { "phase": "Upgrading" } }));
    edit(
        &mut world,
        json!({ "metadata": { "annotations": { "test/kick": "1" } } }),
    );
    wait(&mut world, 5);
    let conflicts = world.operator.conflicts();
    assert!((3..=6).contains(&conflicts), "{conflicts}");
    let now = world.now();
    let refused = world.operator.refusals(&mut world.kubernetes, now);
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].contains("somebody"), "{refused:?}");
}

#[test]
fn the_upgrade_of_january_never_ends() {
    let mut world = world(OperatorState::January, |scenario| {
        scenario.cluster.leader = 0;
    });
    let image = "docker.io/openbao/openbao:2.7.2";
    edit(
        &mut world,
        json!({ "spec": { "version": "2.7.2", "image": image } }),
    );
    wait(&mut world, 600);
    assert!(at(&world, "/status/upgrade").is_object());
    assert_eq!(at(&world, "/status/currentVersion"), "2.6.2");
    assert_eq!(versions(&world)[1..], ["2.7.2", "2.7.2"]);
    assert!(world.operator.conflicts() > 3);
}

#[test]
fn the_upgrade_of_today_comes_to_its_end() {
    let mut world = world(OperatorState::Today, |scenario| {
        scenario.cluster.read_replicas = 1;
        scenario.cluster.leader = 0;
    });
    let image = "docker.io/openbao/openbao:2.7.2";
    edit(
        &mut world,
        json!({ "spec": { "version": "2.7.2", "image": image } }),
    );
    wait(&mut world, 600);
    assert_eq!(versions(&world), ["2.7.2"; 4]);
    assert_eq!(at(&world, "/status/currentVersion"), "2.7.2");
    assert!(at(&world, "/status/upgrade").is_null());
    assert!(at(&world, "/status/operationLock").is_null());
}

#[test]
fn stuck_is_as_it_was_recorded() {
    let world = world(OperatorState::Stuck, |_| {});
    assert_eq!(versions(&world), ["2.6.2", "2.7.2", "2.7.2"]);
    assert_eq!(world.servers.active_pod(), Some("prod-0"));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/operator");
    let text = std::fs::read_to_string(format!("{folder}/stuck-rolling/openbaoclusters.yaml"));
    let list: Value = serde_yaml::from_str(&text.expect("a file")).expect("YAML");
    let recorded = &list["items"][0];
    for pointer in [
        "/status/phase",
        "/status/activeLeader",
        "/status/currentVersion",
        "/status/readyReplicas",
        "/status/upgrade/currentPartition",
        "/status/upgrade/completedPods",
        "/status/upgrade/lastErrorReason",
        "/status/upgrade/lastErrorMessage",
        "/status/operationLock/holder",
        "/status/operationLock/message",
        "/status/adminOps/lastError/message",
    ] {
        assert_eq!(
            Some(at(&world, pointer)),
            recorded.pointer(pointer),
            "{pointer}"
        );
    }
    let owners = |object: &Value| {
        let entries = object["metadata"]["managedFields"]
            .as_array()
            .expect("owners");
        let of_status = entries
            .iter()
            .filter(|entry| entry["subresource"] == "status");
        let mut names: Vec<String> = of_status
            .map(|entry| format!("{} {}", entry["manager"], entry["operation"]))
            .collect();
        names.sort();
        names
    };
    let object = world.kubernetes.object(&resource()).expect("the cluster");
    assert_eq!(owners(object), owners(recorded));
}

#[test]
fn stuck_it_does_not_answer_a_pause() {
    let mut world = world(OperatorState::Stuck, |_| {});
    edit(&mut world, json!({ "spec": { "paused": true } }));
    let before = world.operator.conflicts();
    wait(&mut world, 30);
    assert_ne!(said(&world, "Available"), "Unknown/Paused");
    assert!(world.operator.conflicts() > before);
}

#[test]
fn today_a_failed_upgrade_waits_for_a_request_and_then_goes_on() {
    let mut world = world(OperatorState::Today, |_| {});
    world.kubernetes.faults().failing_jobs = true;
    let image = "docker.io/openbao/openbao:2.7.2";
    edit(
        &mut world,
        json!({ "spec": { "version": "2.7.2", "image": image } }),
    );
    wait(&mut world, 120);
    assert_eq!(
        at(&world, "/status/upgrade/failure/reason"),
        "UpgradeFailed"
    );
    let revision = world.kubernetes.revision();
    wait(&mut world, 600);
    assert_eq!(world.kubernetes.revision(), revision);
    world.kubernetes.faults().failing_jobs = false;
    edit(
        &mut world,
        json!({ "spec": { "upgrade": { "requests": { "retry": "1" } } } }),
    );
    wait(&mut world, 600);
    assert_eq!(at(&world, "/status/currentVersion"), "2.7.2");
}
