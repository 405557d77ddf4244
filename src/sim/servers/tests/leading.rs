//! Changes of leader, planned and not.

use super::bench::{NEW, OLD, three};
use crate::sim::{moment::Moment, processes::Processes};

#[test]
fn a_step_down_moves_leadership_in_three_quarters_of_a_second() {
    for seed in 0..30 {
        let mut bench = three(if seed % 2 == 0 { OLD } else { NEW }, seed);
        bench.log_in("prod-0");
        let before = bench.now;
        let answer = bench
            .ask("prod-0", "PUT", "sys/step-down", "")
            .expect("an answer");
        assert_eq!(answer.status, 204);
        let queued = bench.now.since(before).as_millis();
        assert!((2..=28).contains(&queued), "{queued}");
        let moved = bench.until(2000, |bench| {
            bench.active().is_some_and(|pod| pod != "prod-0")
        });
        moved.expect("another active node");
        let took = bench.now.since(before).as_millis();
        assert!((530..=745).contains(&took), "seed {seed}: {took}");
        let truth = bench.servers.truth();
        assert_eq!((truth.lost, truth.not_on_a_majority), (0, 0));
    }
}

#[test]
fn a_second_step_down_may_pick_the_one_that_pauses() {
    let gaps: Vec<u64> = (0..64)
        .map(|seed| {
            let mut bench = three(NEW, seed);
            bench.servers.step_down(bench.now);
            bench.until(2000, |bench| {
                bench.active().is_some_and(|pod| pod != "prod-0")
            });
            let second = bench.active().expect("an active node");
            bench.servers.step_down(bench.now);
            bench.wait(100);
            let moved = bench.until(15_000, |bench| bench.active().is_some());
            assert_ne!(bench.active().as_ref(), Some(&second), "seed {seed}");
            moved.expect("an active node")
        })
        .collect();
    assert!(gaps.iter().any(|gap| *gap < 1000), "{gaps:?}");
    assert!(
        gaps.iter().any(|gap| (8500..10_500).contains(gap)),
        "{gaps:?}"
    );
}

#[test]
fn a_killed_leader_is_missed_for_eight_to_fifteen_seconds() {
    for seed in 0..20 {
        let mut bench = three(OLD, seed);
        let uid = bench.uid("prod-0");
        bench.servers.kill(&uid, bench.now);
        assert_eq!(bench.active(), None);
        let took = bench.until(30_000, |bench| bench.active().is_some());
        let took = took.expect("an active node");
        assert!((7600..=15_200).contains(&took), "seed {seed}: {took}");
    }
}

#[test]
fn a_hung_leader_yields_soon_after_it_wakes() {
    let mut bench = three(NEW, 4);
    let uid = bench.uid("prod-0");
    bench.servers.pause(&uid, bench.now);
    assert!(bench.health("prod-0").is_none(), "it hangs");
    bench
        .until(30_000, |bench| bench.active().is_some())
        .expect("a new one");
    bench.wait(3000);
    bench.servers.resume(&uid, bench.now);
    assert!(bench.node("prod-0").active, "it does not know yet");
    let took = bench.until(1000, |bench| !bench.node("prod-0").active);
    assert!(took.expect("it yields") <= 500);
    bench.wait(2000);
    let truth = bench.servers.truth();
    assert_eq!((truth.lost, truth.not_on_a_majority), (0, 0));
    assert!(bench.node("prod-0").in_touch);
}

#[test]
fn a_leader_that_hangs_while_it_steps_down_hands_over_when_it_goes_on() {
    for seed in 0..10 {
        let mut bench = three(OLD, seed);
        let uid = bench.uid("prod-0");
        bench.servers.step_down(bench.now);
        bench.wait(50 * (seed + 1));
        bench.servers.pause(&uid, bench.now);
        bench.wait(2000);
        bench.servers.resume(&uid, bench.now);
        let took = bench.until(3000, |bench| bench.active().is_some());
        assert!(took.is_some(), "seed {seed}: nobody is active");
        let truth = bench.servers.truth();
        assert!(truth.longest_gap.as_millis() > 2000, "seed {seed}");
    }
}

#[test]
fn a_pause_of_writes_that_goes_on_is_counted() {
    let mut bench = three(OLD, 5);
    bench.wait(1000);
    for pod in ["prod-0", "prod-1", "prod-2"] {
        let uid = bench.uid(pod);
        bench.servers.kill(&uid, bench.now);
    }
    bench.wait(7000);
    assert!(bench.servers.truth().longest_gap.as_millis() >= 7000);
}

#[test]
fn a_dead_cluster_takes_nine_to_nineteen_seconds_to_come_back() {
    for seed in 0..10 {
        let mut bench = three(OLD, seed);
        for pod in ["prod-0", "prod-1", "prod-2"] {
            let uid = bench.uid(pod);
            bench.servers.kill(&uid, bench.now);
        }
        bench.wait(5000);
        for pod in ["prod-0", "prod-1", "prod-2"] {
            bench.start(pod, OLD);
        }
        bench.wait(500);
        assert_eq!(bench.health("prod-1"), Some(429), "unsealed, not active");
        let before = bench.now;
        bench
            .until(40_000, |bench| bench.active().is_some())
            .expect("a leader");
        let took = bench.now.since(before).as_millis() + 500;
        assert!((9000..=19_200).contains(&took), "seed {seed}: {took}");
        bench.wait(8000);
        assert_eq!(bench.servers.truth().lost, 0);
    }
}

#[test]
fn without_a_quorum_the_leader_gives_up_within_its_lease() {
    let mut bench = three(OLD, 2);
    for pod in ["prod-1", "prod-2"] {
        let uid = bench.uid(pod);
        bench.servers.kill(&uid, bench.now);
    }
    assert!(bench.node("prod-0").active);
    let took = bench.until(4000, |bench| !bench.node("prod-0").active);
    assert!((2600..=3101).contains(&took.expect("it gives up")));
    bench.wait(600);
    assert_eq!(bench.health("prod-0"), Some(429));
    bench.wait(30_000);
    assert_eq!(bench.active(), None);
}

#[test]
fn a_transfer_that_fails_brings_the_same_leader_back_after_its_pause() {
    let mut bench = three(NEW, 3);
    bench.servers.refuse_transfers(1, bench.now);
    bench.servers.step_down(bench.now);
    bench.wait(1);
    assert_eq!(bench.active(), None);
    let took = bench.until(15_000, |bench| bench.active().is_some());
    assert!(
        (10_400..10_700).contains(&took.expect("a leader")),
        "{took:?}"
    );
    assert_eq!(bench.active().as_deref(), Some("prod-0"));
}

#[test]
fn a_follower_cut_off_from_its_leader_disturbs_nobody() {
    let mut bench = three(NEW, 6);
    bench.servers.cut("prod-0", "prod-2", bench.now);
    bench.wait(60_000);
    assert_eq!(bench.active().as_deref(), Some("prod-0"));
    assert_eq!(bench.node("prod-0").term, 3);
    assert!(bench.node("prod-2").last_index < bench.node("prod-0").last_index);
    bench.servers.mend("prod-0", "prod-2", bench.now);
    bench.wait(100);
    assert_eq!(
        bench.node("prod-2").last_index,
        bench.node("prod-0").last_index
    );
    assert!(bench.now > Moment::START);
}
