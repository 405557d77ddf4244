//! Membership and autopilot.

use serde_json::Value;

use super::bench::{Bench, NEW, OLD, shape, three};
use crate::sim::{
    processes::Processes,
    servers::{FormedServer, Release},
};

const STATE: &str = "sys/storage/raft/autopilot/state";

fn state(bench: &mut Bench, pod: &str) -> Value {
    let mut answer = bench.get(pod, STATE).expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["data"].take()
}

fn server(id: &str) -> String {
    format!(r#"{{"server_id":"{id}"}}"#)
}

#[test]
fn a_removed_follower_looks_perfectly_healthy() {
    let mut bench = three(NEW, 1);
    bench.log_in("prod-0");
    let path = "sys/storage/raft/remove-peer";
    let answer = bench
        .ask("prod-0", "POST", path, &server("prod-2"))
        .expect("an answer");
    assert_eq!(answer.status, 204);
    let frozen = bench.node("prod-2").last_index;
    bench.wait(16_000);
    assert_eq!(bench.health("prod-2"), Some(429));
    let leader = bench.get("prod-2", "sys/leader").expect("an answer").body;
    assert_eq!(
        leader["leader_address"],
        "https://prod-0.prod.vault.svc:8200"
    );
    assert_eq!(bench.node("prod-2").last_index, frozen);
    let nodes = bench
        .get("prod-2", "sys/ha-status")
        .expect("forwarded")
        .body;
    assert_eq!(nodes["nodes"].as_array().map(Vec::len), Some(3));
    let path = "sys/storage/raft/configuration";
    for pod in ["prod-0", "prod-2"] {
        let list = bench.get(pod, path).expect("an answer").body;
        let servers = list["data"]["config"]["servers"].as_array().map(Vec::len);
        assert_eq!(servers, Some(2), "{pod}");
    }
    // Not even a restart shows it, and it disturbs no election.
    let uid = bench.uid("prod-2");
    bench.servers.terminate(&uid, bench.now);
    bench.exits(&uid, 1000).expect("an exit");
    bench.start("prod-2", NEW);
    bench.wait(40_000);
    assert_eq!(bench.health("prod-2"), Some(429));
    assert_eq!(bench.node("prod-0").term, 3);
    assert!(!bench.node("prod-2").in_touch);
}

#[test]
fn a_leader_that_removes_itself_is_wedged() {
    for release in [OLD, NEW] {
        let mut bench = three(release, 2);
        bench.log_in("prod-0");
        let path = "sys/storage/raft/remove-peer";
        assert!(
            bench
                .ask("prod-0", "POST", path, &server("prod-0"))
                .is_none()
        );
        bench
            .until(15_000, |bench| bench.active().is_some())
            .expect("another one");
        let expected = (release == NEW).then_some(200);
        assert_eq!(bench.health("prod-0"), expected);
        assert!(bench.get("prod-0", "sys/leader").is_none());
        let uid = bench.uid("prod-0");
        bench.servers.terminate(&uid, bench.now);
        assert_eq!(bench.exits(&uid, 40_000), None);
        bench.servers.kill(&uid, bench.now);
        assert_eq!(bench.exits(&uid, 0), Some(0));
    }
}

#[test]
fn votes_change_in_rounds_of_ten_seconds() {
    let mut bench = three(NEW, 3);
    bench.log_in("prod-0");
    let votes = |bench: &Bench| bench.node("prod-0").members.voter("prod-2");
    let demote = "sys/storage/raft/demote";
    let promote = "sys/storage/raft/promote";
    assert_eq!(
        bench
            .ask("prod-1", "POST", demote, &server("prod-2"))
            .map(|one| one.status),
        Some(204)
    );
    assert_eq!(votes(&bench), Some(true));
    let took = bench.until(11_000, |bench| votes(bench) == Some(false));
    assert!(took.expect("demoted") > 100);
    bench.wait(2100);
    let seen = state(&mut bench, "prod-0");
    assert_eq!(seen["non_voters"], serde_json::json!(["prod-2"]));
    assert_eq!(seen["servers"]["prod-2"]["status"], "non-voter");
    assert_eq!(seen["failure_tolerance"], 0);
    let again = bench
        .ask("prod-0", "POST", demote, &server("prod-2"))
        .expect("an answer");
    assert_eq!(again.status, 500);
    assert_eq!(
        bench
            .ask("prod-0", "POST", promote, &server("prod-2"))
            .map(|one| one.status),
        Some(204)
    );
    bench
        .until(21_000, |bench| votes(bench) == Some(true))
        .expect("promoted");
    let unknown = bench
        .ask("prod-0", "POST", promote, &server("nope"))
        .expect("an answer");
    assert!(
        unknown.body["errors"][0]
            .as_str()
            .is_some_and(|text| text.contains("not found"))
    );
}

#[test]
fn demoting_the_leader_waits_until_it_leads_no_more() {
    let mut bench = three(OLD, 4);
    bench.log_in("prod-0");
    let path = "sys/storage/raft/demote";
    assert_eq!(
        bench
            .ask("prod-0", "POST", path, &server("prod-0"))
            .map(|one| one.status),
        Some(204)
    );
    bench.wait(14_000);
    assert_eq!(bench.node("prod-0").members.voter("prod-0"), Some(true));
    bench.servers.step_down(bench.now);
    bench.wait(23_000);
    assert_eq!(bench.node("prod-0").members.voter("prod-0"), Some(false));
}

#[test]
fn a_new_server_joins_and_votes_later_or_never() {
    for (pod, votes) in [("prod-3", true), ("prod-green-0", false)] {
        let mut bench = three(NEW, 5);
        bench.start(pod, NEW);
        bench.wait(360);
        assert_eq!(bench.health(pod), Some(501));
        bench.wait(8000);
        assert_eq!(bench.health(pod), Some(429));
        assert_eq!(bench.node("prod-0").members.voter(pod), Some(false));
        bench.wait(26_000);
        assert_eq!(
            bench.node("prod-0").members.voter(pod),
            Some(votes),
            "{pod}"
        );
        let truth = bench.servers.truth();
        assert!(bench.node(pod).applied + 2 >= truth.committed);
    }
}

#[test]
fn a_read_replica_never_leads() {
    let mut shape = shape(&[NEW; 3], 0);
    if let Some(formed) = &mut shape.formed {
        formed.servers.push(FormedServer {
            pod: "prod-read-0".to_owned(),
            uid: "r".to_owned(),
            release: NEW,
            voter: false,
        });
    }
    let mut bench = Bench::of(shape, 6);
    bench.log_in("prod-read-0");
    let seen = state(&mut bench, "prod-read-0");
    assert_eq!(seen["non_voters"], serde_json::json!(["prod-read-0"]));
    for pod in ["prod-0", "prod-1"] {
        let uid = bench.uid(pod);
        bench.servers.kill(&uid, bench.now);
    }
    bench.wait(60_000);
    assert_eq!(bench.active(), None);
    assert_eq!(
        bench.node("prod-read-0").members.voter("prod-read-0"),
        Some(false)
    );
}

#[test]
fn autopilot_does_not_notice_a_fast_restart() {
    let mut bench = three(OLD, 7);
    bench.log_in("prod-0");
    let uid = bench.uid("prod-2");
    bench.servers.terminate(&uid, bench.now);
    bench.exits(&uid, 1000).expect("an exit");
    assert_eq!(state(&mut bench, "prod-0")["healthy"], true);
    bench.start("prod-2", Release::two(7, 0));
    let before = state(&mut bench, "prod-0")["servers"]["prod-2"]["version"].clone();
    assert_eq!(before, "2.6.2");
    bench.wait(3000);
    let after = state(&mut bench, "prod-0")["servers"]["prod-2"]["version"].clone();
    assert_eq!(after, "2.7.0");
    // One that stays away is noticed after ten seconds.
    let uid = bench.uid("prod-2");
    bench.servers.kill(&uid, bench.now);
    bench.wait(13_000);
    let seen = state(&mut bench, "prod-0");
    assert_eq!(
        (&seen["healthy"], &seen["failure_tolerance"]),
        (&Value::Bool(false), &0.into())
    );
}

#[test]
fn autopilot_knows_nothing_right_after_a_change_of_leader() {
    let mut bench = three(NEW, 8);
    bench.log_in("prod-0");
    bench.servers.step_down(bench.now);
    bench.until(2000, |bench| {
        bench.active().is_some_and(|pod| pod != "prod-0")
    });
    let leader = bench.active().expect("a leader");
    let seen = state(&mut bench, &leader);
    assert_eq!(seen["healthy"], false);
    assert_eq!(seen["servers"]["prod-0"]["version"], "");
    assert_eq!(seen["servers"]["prod-0"]["last_index"], 0);
    bench.wait(7000);
    assert_eq!(state(&mut bench, &leader)["healthy"], true);
}

#[test]
fn autopilot_flaps_under_load() {
    let mut shape = shape(&[NEW; 3], 0);
    shape.writes_every = Some(std::time::Duration::from_millis(3));
    let mut bench = Bench::of(shape, 9);
    bench.log_in("prod-0");
    let healthy: Vec<bool> = (0..20)
        .map(|_| {
            bench.wait(1000);
            state(&mut bench, "prod-0")["healthy"] == true
        })
        .collect();
    assert!(
        healthy.contains(&true) && healthy.contains(&false),
        "{healthy:?}"
    );
}

#[test]
fn a_cluster_founds_itself() {
    let mut shape = shape(&[NEW; 3], 0);
    shape.formed = None;
    let mut bench = Bench::of(shape, 10);
    for pod in ["prod-0", "prod-1", "prod-2"] {
        bench.start(pod, NEW);
        bench.wait(400);
    }
    bench
        .until(10_000, |bench| bench.active().is_some())
        .expect("an active node");
    bench.wait(30_000);
    let truth = bench.servers.truth();
    assert_eq!(truth.members.voters().count(), 3);
    assert_eq!((truth.lost, truth.not_on_a_majority), (0, 0));
}

#[test]
fn the_generation_stays_while_only_writes_happen() {
    let mut bench = three(NEW, 11);
    let before = bench.servers.generation();
    let written = bench.servers.truth().acknowledged;
    bench.wait(900);
    assert!(bench.servers.truth().acknowledged > written);
    assert!(bench.servers.generation() <= before + 3);
    bench.servers.step_down(bench.now);
    assert!(bench.servers.generation() > before);
}
