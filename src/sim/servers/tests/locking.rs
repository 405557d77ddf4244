//! Slow downloads and the state lock.

use super::bench::{NEW, OLD, three};

#[test]
fn a_slow_download_blocks_a_step_down_and_all_writes() {
    for release in [OLD, NEW] {
        let mut bench = three(release, 1);
        bench.log_in("prod-0");
        bench.servers.hold_download("prod-0", bench.now);
        let answer = bench
            .ask("prod-0", "PUT", "sys/step-down", "")
            .expect("an answer");
        assert_eq!(answer.status, 204);
        bench.wait(50);
        let written = bench.servers.truth().acknowledged;
        bench.wait(120_000);
        assert!(bench.get("prod-0", "sys/leader").is_none(), "it hangs");
        assert!(bench.get("prod-0", "sys/seal-status").is_none(), "it hangs");
        let expected = (release == NEW).then_some(200);
        assert_eq!(bench.health("prod-0"), expected);
        assert_eq!(bench.servers.truth().acknowledged, written);
        let ticket = bench.send("prod-0", "GET", "sys/leader", "");
        bench.servers.release_download("prod-0", bench.now);
        assert!(bench.answer(ticket, 600).is_some(), "it goes on");
        bench
            .until(1000, |bench| bench.active().is_some())
            .expect("it has moved");
        assert_ne!(bench.active().as_deref(), Some("prod-0"));
    }
}

#[test]
fn a_slow_download_keeps_a_standby_from_becoming_active() {
    let mut bench = three(NEW, 2);
    for pod in ["prod-1", "prod-2"] {
        bench.servers.hold_download(pod, bench.now);
    }
    bench.servers.step_down(bench.now);
    bench.wait(9000);
    assert_eq!(bench.active(), None);
    for pod in ["prod-1", "prod-2"] {
        bench.servers.release_download(pod, bench.now);
    }
    let took = bench.until(1000, |bench| bench.active().is_some());
    assert!(took.expect("an active node") <= 300);
}

#[test]
fn a_second_step_down_on_the_way_hangs_and_then_fails() {
    let mut bench = three(NEW, 3);
    bench.log_in("prod-0");
    bench.ask("prod-0", "PUT", "sys/step-down", "");
    bench.wait(20);
    let ticket = bench.send("prod-0", "PUT", "sys/step-down", "");
    assert!(bench.answer(ticket, 300).is_none());
    let answer = bench.answer(ticket, 400).expect("an answer");
    let crate::sim::servers::Reply::Whole(answer) = answer else {
        panic!("the node is there");
    };
    assert_eq!(answer.status(), 500);
}

#[test]
fn health_of_2_6_hangs_for_the_teardown_and_that_of_2_7_does_not() {
    for (release, expected) in [(OLD, None), (NEW, Some(429))] {
        let mut bench = three(release, 3);
        bench.servers.step_down(bench.now);
        bench.wait(20);
        assert_eq!(bench.health("prod-0"), expected);
        bench.wait(700);
        assert_eq!(bench.health("prod-0"), Some(429));
    }
}

#[test]
fn an_own_download_ends_with_its_client() {
    let mut bench = three(NEW, 4);
    bench.log_in("prod-0");
    let ticket = bench.send("prod-0", "GET", "sys/storage/raft/snapshot", "");
    bench.servers.step_down(bench.now);
    bench.wait(1);
    assert!(bench.node("prod-0").active, "the download is in the way");
    bench.servers.abandon(ticket, bench.now);
    assert!(!bench.node("prod-0").active);
    bench.wait(1000);
    assert!(bench.servers.answers().is_empty());
}
