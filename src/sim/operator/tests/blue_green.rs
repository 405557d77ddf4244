//! Un-paused under `BlueGreen`, in each state that somebody may have left.

use serde_json::{Value, json};

use super::{at, edit, resource, wait, world};
use crate::sim::{
    kubernetes::{Key, Kind},
    operator::{
        client::{Client, Manner, Told},
        plane,
    },
    scenario::OperatorState,
    strategy::Strategy,
    world::World,
};

fn coloured() -> World {
    world(OperatorState::January, |scenario| {
        scenario.cluster.strategy = Strategy::BlueGreen;
    })
}

fn object(world: &World, kind: Kind, name: &str) -> Value {
    let key = Key::new(kind, "vault", name);
    world.kubernetes.object(&key).cloned().unwrap_or_default()
}

/// Green's StatefulSet, without pods, and the phase of an upgrade.
fn under_way(world: &mut World, phase: &str, lock: Option<&str>) -> String {
    let [blue, green] = [world.sets[0].clone(), world.sets[1].clone()];
    let revision = green.trim_start_matches("prod-").to_owned();
    let text = object(world, Kind::StatefulSet, &blue).to_string();
    let mut set: Value = serde_json::from_str(&text.replace(&blue, &green)).expect("a set");
    set["metadata"] = json!({ "name": green, "namespace": "vault" });
    set["spec"]["replicas"] = json!(0);
    let now = world.now();
    world.kubernetes.insert(set, "openbao-operator", now);
    if let Some(holder) = lock {
        let lock = json!({ "operation": "Upgrade", "holder": holder });
        edit(world, json!({ "status": { "operationLock": lock } }));
    }
    // As its own, or it could not change it.
    let mut mine =
        plane::admin_ops(false).of(&plane::status(&object(world, Kind::OpenBaoCluster, "prod")));
    mine["blueGreen"]["phase"] = json!(phase);
    mine["blueGreen"]["greenRevision"] = json!(revision);
    let mut client = Client {
        kubernetes: &mut world.kubernetes,
        key: &resource(),
        now,
        told: &mut Told::default(),
    };
    let manager = plane::admin_ops(false).manager;
    let stored = client.apply_status(manager, &mine, Manner::Forcing);
    assert_eq!(stored, Ok(()));
    green
}

fn serves(world: &World) -> String {
    let front = object(world, Kind::Service, "prod-public");
    let revision = &front["spec"]["selector"]["openbao.org/revision"];
    format!("prod-{}", revision.as_str().unwrap_or_default())
}

fn kick(world: &mut World) {
    edit(
        world,
        json!({ "metadata": { "annotations": { "test/kick": "1" } } }),
    );
}

#[test]
fn at_rest_it_changes_nothing() {
    let mut world = coloured();
    let revision = world.kubernetes.revision();
    kick(&mut world);
    wait(&mut world, 60);
    assert_eq!(world.kubernetes.revision(), revision + 1);
}

#[test]
fn a_version_that_is_current_costs_green_its_servers() {
    let mut world = coloured();
    let green = under_way(&mut world, "Syncing", None);
    kick(&mut world);
    wait(&mut world, 10);
    assert!(object(&world, Kind::StatefulSet, &green).is_null());
    assert_eq!(at(&world, "/status/blueGreen/phase"), "Idle");
    assert!(at(&world, "/status/blueGreen/greenRevision").is_null());
    let holder = at(&world, "/status/operationLock/holder");
    assert_eq!(holder, "openbaocluster/upgrade", "nothing releases it");
}

#[test]
fn under_a_foreign_lock_green_stays_and_all_else_is_rendered() {
    let mut world = coloured();
    let blue = world.sets[0].clone();
    let green = under_way(&mut world, "DemotingBlue", Some("baoctl/somebody/other"));
    let now = world.now();
    let init = Key::new(Kind::ConfigMap, "vault", "prod-config-init");
    let emptied = json!({ "data": { "config.hcl": "" } });
    assert!(world.kubernetes.edit(&init, emptied, "somebody", now));
    assert_eq!(serves(&world), blue);
    kick(&mut world);
    wait(&mut world, 60);
    assert!(!object(&world, Kind::StatefulSet, &green).is_null());
    assert_eq!(at(&world, "/status/blueGreen/phase"), "DemotingBlue");
    assert_eq!(serves(&world), green, "before anybody of it leads");
    let init = object(&world, Kind::ConfigMap, "prod-config-init");
    assert_ne!(
        init["data"]["config.hcl"], "",
        "what founds a cluster is back"
    );
}
