//! The one-way door from 2.6 to 2.7.

use super::bench::{Bench, NEW, OLD, shape, three};
use crate::sim::processes::Processes;

/// Two running 2.6 standbys under an active 2.7: an early activation.
fn early(seed: u64) -> Bench {
    let mut bench = three(OLD, seed);
    bench.replace("prod-2", NEW);
    while bench.active().as_deref() != Some("prod-2") {
        bench.servers.step_down(bench.now);
        bench.wait(12_000);
    }
    bench
}

#[test]
fn a_2_6_cannot_lead_after_a_2_7_has() {
    let mut bench = early(1);
    assert!(bench.servers.truth().door_is_shut);
    let term = bench.node("prod-0").term;
    let uid = bench.uid("prod-2");
    bench.servers.terminate(&uid, bench.now);
    bench.exits(&uid, 3000).expect("an exit");
    bench.wait(150_000);
    assert_eq!(bench.active(), None);
    let grown = bench.node("prod-0").term.max(bench.node("prod-1").term) - term;
    assert!((90..500).contains(&grown), "{grown} terms");
    for pod in ["prod-0", "prod-1"] {
        assert_eq!(bench.health(pod), Some(429));
        let answer = bench.get(pod, "sys/leader").expect("an answer");
        assert_eq!(answer.status, 200);
        assert!(answer.body.get("is_self").is_none());
    }
    let log = bench.servers.log(&bench.uid("prod-0"));
    assert!(
        log.iter()
            .any(|line| line.contains("failed to load response wrapping policy"))
    );
    // Nothing is lost; one 2.7 ends it.
    bench.start("prod-2", NEW);
    bench
        .until(25_000, |bench| bench.active().is_some())
        .expect("it is over");
    assert_eq!(bench.active().as_deref(), Some("prod-2"));
    assert_eq!(bench.servers.truth().lost, 0);
}

#[test]
fn the_only_2_7_comes_back_as_itself_after_its_pause() {
    let mut bench = early(2);
    bench.servers.step_down(bench.now);
    bench.wait(5000);
    assert_eq!(bench.active(), None);
    bench
        .until(15_000, |bench| bench.active().is_some())
        .expect("a leader");
    assert_eq!(bench.active().as_deref(), Some("prod-2"));
}

#[test]
fn autopilot_goes_on_praising_it() {
    let mut bench = early(3);
    bench.wait(8000);
    bench.log_in("prod-2");
    let state = bench
        .get("prod-2", "sys/storage/raft/autopilot/state")
        .expect("an answer");
    assert_eq!(state.body["data"]["healthy"], true);
    assert_eq!(state.body["data"]["failure_tolerance"], 1);
}

#[test]
fn a_2_6_restarted_behind_the_door_only_forwards() {
    let mut bench = early(4);
    bench.wait(5000);
    bench.log_in("prod-2");
    bench.wait(100);
    let path = "sys/storage/raft/configuration";
    assert_eq!(
        bench
            .ask_itself("prod-0", "GET", path)
            .map(|one| one.status),
        Some(200)
    );
    bench.replace("prod-1", OLD);
    bench.wait(1000);
    assert!(bench.node("prod-1").forwarding_only);
    assert_eq!(bench.health("prod-1"), Some(429));
    assert_eq!(
        bench
            .ask_itself("prod-1", "GET", path)
            .map(|one| one.status),
        Some(307)
    );
    assert_eq!(bench.get("prod-1", path).map(|one| one.status), Some(200));
}

/// Seen on real servers: the node that fails to become active never says that
/// it leads, and the door is shut behind it.
#[test]
fn an_activation_that_fails_shuts_the_door_all_the_same() {
    let mut bench = three(OLD, 6);
    bench
        .servers
        .fail_setups(&format!("openbao:{NEW}"), bench.now);
    bench.replace("prod-1", NEW);
    bench.replace("prod-2", NEW);
    bench.wait(8000);
    bench.log_in("prod-0");
    bench.wait(3000);
    let path = "auth/token/lookup-self";
    for (pod, status) in [("prod-0", 200), ("prod-1", 307), ("prod-2", 307)] {
        let answer = bench.ask_itself(pod, "GET", path);
        assert_eq!(answer.map(|one| one.status), Some(status), "{pod}");
    }
    assert_eq!(bench.get("prod-1", path).map(|one| one.status), Some(200));
    assert_eq!(bench.health("prod-1"), Some(429));
    bench.servers.step_down(bench.now);
    bench.wait(50_000);
    assert_eq!(bench.active(), None);
    assert!(bench.servers.truth().door_is_shut);
    for (pod, why) in [
        ("prod-0", "failed to load response wrapping policy"),
        ("prod-1", "failed to setup audit table"),
    ] {
        let log = bench.servers.log(&bench.uid(pod));
        assert!(log.iter().any(|line| line.contains(why)), "{log:?}");
    }
}

#[test]
fn within_a_minor_there_is_no_door() {
    let mut bench = Bench::of(shape(&[OLD; 3], 0), 5);
    bench.servers.step_down(bench.now);
    bench.wait(12_000);
    bench.servers.step_down(bench.now);
    bench.wait(2000);
    assert!(bench.active().is_some());
    assert!(!bench.servers.truth().door_is_shut);
}
