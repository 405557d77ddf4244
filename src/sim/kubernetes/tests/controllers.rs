//! The controllers in virtual time.

use std::time::Duration;

use serde_json::json;

use super::world::World;
use crate::sim::kubernetes::{Caller, Fixture, Key, Kind, PodTruth};
use crate::sim::{
    moment::Moment,
    processes::{Probed, Process},
};

fn at_rest() -> World {
    World::at_rest(&Fixture::new("2.6.2"))
}

fn pod(world: &World, name: &str) -> PodTruth {
    let found = world
        .kube
        .pods()
        .into_iter()
        .find(|pod| pod.key.name == name);
    found.expect("the pod")
}

/// Passes time until it is so; how long that took.
fn until(world: &mut World, so: impl Fn(&World) -> bool) -> Duration {
    let from = world.now;
    while !so(world) {
        assert!(world.now.since(from) < Duration::from_secs(120), "never");
        world.pass(Duration::from_millis(10));
    }
    world.now.since(from)
}

fn image(world: &mut World, image: &str) {
    let set = Fixture::new("2.6.2").set();
    let mut template = world.kube.object(&set).expect("the set")["spec"]["template"].clone();
    template["spec"]["containers"][0]["image"] = json!(image);
    let now = world.now;
    assert!(world.kube.edit(
        &set,
        json!({ "spec": { "template": template } }),
        "test",
        now
    ));
}

#[test]
fn at_rest_nothing_changes() {
    let mut world = at_rest();
    let before = world.kube.revision();
    world.pass(Duration::from_secs(60));
    assert_eq!(world.kube.revision(), before);
    let set = world.kube.sets().remove(0);
    assert_eq!(set.current_revision, set.update_revision);
    assert_eq!(set.observed, set.generation);
    assert!(world.kube.pods().iter().all(|pod| pod.ready));
}

#[test]
fn a_deleted_pod_is_replaced_in_the_measured_times() {
    let mut world = at_rest();
    let old = pod(&world, "prod-2");
    let now = world.now;
    world.kube.delete_pod("vault", "prod-2", false, now);
    assert!(pod(&world, "prod-2").terminating);
    let gone = until(&mut world, |world| {
        world
            .kube
            .pods()
            .iter()
            .any(|p| p.ordinal == 2 && p.uid != old.uid)
    });
    assert!((800..1500).contains(&gone.as_millis()), "{gone:?}");
    let ready = until(&mut world, |world| pod(world, "prod-2").ready);
    assert!((5500..7200).contains(&ready.as_millis()), "{ready:?}");
    assert_ne!(pod(&world, "prod-2").ip, old.ip);
    assert_eq!(pod(&world, "prod-2").revision, old.revision);
    assert_eq!(
        world.servers.0[&old.uid].1,
        Process::Exited { code: 0 },
        "signalled, not killed"
    );
}

#[test]
fn a_new_template_rolls_one_pod_at_a_time_from_the_top() {
    let mut world = at_rest();
    image(&mut world, "openbao:2.7.2");
    let mut order = Vec::new();
    let from = world.now;
    while world
        .kube
        .pods()
        .iter()
        .any(|pod| pod.image != "openbao:2.7.2" || !pod.ready)
        || world.kube.pods().len() < 3
    {
        assert!(world.now.since(from) < Duration::from_secs(60));
        world.pass(Duration::from_millis(20));
        let out: Vec<u32> = (0..3)
            .filter(|n| {
                !world
                    .kube
                    .pods()
                    .iter()
                    .any(|p| p.ordinal == *n && p.ready && !p.terminating)
            })
            .collect();
        assert!(out.len() <= 1, "{out:?}");
        if let Some(ordinal) = out.first()
            && order.last() != Some(ordinal)
        {
            order.push(*ordinal);
        }
    }
    assert_eq!(order, [2, 1, 0]);
    world.pass(Duration::from_secs(1));
    let set = world.kube.sets().remove(0);
    assert_eq!(set.current_revision, set.update_revision);
}

#[test]
fn a_broken_pod_is_not_replaced_until_it_is_deleted() {
    let mut world = at_rest();
    world
        .kube
        .faults()
        .missing_images
        .insert("bad:1".to_owned());
    image(&mut world, "bad:1");
    world.pass(Duration::from_secs(20));
    assert_eq!(pod(&world, "prod-2").waiting, Some("ImagePullBackOff"));
    image(&mut world, "docker.io/openbao/openbao:2.6.2");
    world.pass(Duration::from_secs(60));
    assert_eq!(pod(&world, "prod-2").image, "bad:1", "the known issue");
    let now = world.now;
    world.kube.delete_pod("vault", "prod-2", false, now);
    until(&mut world, |world| {
        world.kube.pods().len() == 3 && world.kube.pods().iter().all(|pod| pod.ready)
    });
    assert_eq!(
        pod(&world, "prod-2").image,
        "docker.io/openbao/openbao:2.6.2"
    );
}

#[test]
fn a_crashing_server_is_restarted_with_growing_pauses() {
    let mut world = at_rest();
    world.kube.faults().crashing.insert("bad:1".to_owned(), 1);
    image(&mut world, "bad:1");
    world.pass(Duration::from_secs(40));
    let broken = pod(&world, "prod-2");
    assert_eq!(broken.waiting, Some("CrashLoopBackOff"));
    assert!((2..=3).contains(&broken.restarts), "{}", broken.restarts);
    world.kube.faults().crashing.clear();
    until(&mut world, |world| pod(world, "prod-2").ready);
}

#[test]
fn a_process_that_ends_by_itself_is_noticed() {
    let mut world = at_rest();
    let uid = pod(&world, "prod-1").uid;
    world.servers.end(&uid, 2);
    world.pass(Duration::from_millis(2500));
    assert!(!pod(&world, "prod-1").ready);
    until(&mut world, |world| pod(world, "prod-1").ready);
    assert_eq!(pod(&world, "prod-1").restarts, 1);
    assert_eq!(pod(&world, "prod-1").uid, uid);
}

/// `early-activation` on real servers: a server frozen for 20 s never became
/// `NotReady`, for each of the six probes waits its 5 s.
#[test]
fn a_frozen_server_misses_a_probe_only_at_its_timeout() {
    let mut world = at_rest();
    let uid = pod(&world, "prod-1").uid;
    world.servers.meet(&uid, Probed::Silence);
    world.pass(Duration::from_secs(20));
    assert!(pod(&world, "prod-1").ready);
    world.servers.meet(&uid, Probed::Ready);
    world.pass(Duration::from_secs(10));
    assert!(pod(&world, "prod-1").ready, "it answered, and begins anew");
    world.servers.meet(&uid, Probed::Silence);
    let took = until(&mut world, |world| !pod(world, "prod-1").ready);
    assert!((30_000..=32_500).contains(&took.as_millis()), "{took:?}");
    world.servers.meet(&uid, Probed::Ready);
    let back = until(&mut world, |world| pod(world, "prod-1").ready);
    assert!(back <= Duration::from_millis(600), "{back:?}");
}

/// Refused is not frozen: six misses at the period of 2 s.
#[test]
fn a_server_that_refuses_is_not_ready_after_six_periods() {
    let mut world = at_rest();
    let uid = pod(&world, "prod-1").uid;
    world.servers.meet(&uid, Probed::NotReady);
    let took = until(&mut world, |world| !pod(world, "prod-1").ready);
    assert!((10_000..=12_000).contains(&took.as_millis()), "{took:?}");
}

#[test]
fn a_stuck_pod_stays_until_it_may_go() {
    let mut world = at_rest();
    let until_then = world.now + Duration::from_secs(30);
    world
        .kube
        .faults()
        .stuck_terminating
        .insert("prod-2".to_owned(), until_then);
    let now: Moment = world.now;
    world.kube.delete_pod("vault", "prod-2", false, now);
    world.pass(Duration::from_secs(25));
    assert!(pod(&world, "prod-2").terminating);
    world.pass(Duration::from_secs(8));
    assert!(!pod(&world, "prod-2").terminating);
}

#[test]
fn an_eviction_with_a_wrong_uid_uses_the_budget_up() {
    let mut world = at_rest();
    let caller = Caller::admin("jane");
    let evict = |world: &mut World, pod: &str, uid: &str| {
        let uri = format!("/api/v1/namespaces/vault/pods/{pod}/eviction");
        let body = json!({ "deleteOptions": { "preconditions": { "uid": uid } } });
        world.ask(&caller, "POST", &uri, "application/json", &body)
    };
    let uid = pod(&world, "prod-2").uid;
    assert_eq!(evict(&mut world, "prod-2", "wrong").0, 409);
    world.pass(Duration::from_secs(60));
    let (code, body) = evict(&mut world, "prod-2", &uid);
    assert_eq!(code, 429);
    assert_eq!(body["details"]["causes"][0]["reason"], "DisruptionBudget");
    world.pass(Duration::from_secs(65));
    assert_eq!(evict(&mut world, "prod-2", &uid).0, 201);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let run = || {
        let mut world = at_rest();
        image(&mut world, "openbao:2.7.2");
        world.pass(Duration::from_secs(40));
        let pods = world.kube.pods();
        let key = Key::new(Kind::Pod, "vault", "prod-0");
        (
            pods,
            world.kube.object(&key).map(ToString::to_string),
            world.kube.revision(),
        )
    };
    assert_eq!(run(), run());
}
