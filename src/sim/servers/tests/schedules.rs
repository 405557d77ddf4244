//! Random schedules of trouble.

use std::{fmt::Write, time::Duration};

use super::bench::{Bench, NEW, OLD, shape};
use crate::sim::{dice::Dice, processes::Processes};

/// One server at a time goes, by SIGTERM or SIGKILL, sometimes right after a
/// step-down or a cut, and comes back. Gives all that could be seen.
fn schedule(seed: u64) -> String {
    let mut dice = Dice::seeded(seed ^ 0x5eed);
    let voters = if dice.permille(500) { 3 } else { 5 };
    let release = if dice.permille(500) { OLD } else { NEW };
    let mut bench = Bench::of(shape(&vec![release; voters], 0), seed);
    let mut told = String::new();
    for _ in 0..6 {
        let pod = format!("prod-{}", dice.below(voters as u64));
        let uid = bench.uid(&pod);
        let peer = format!("prod-{}", dice.below(voters as u64));
        match dice.below(6) {
            0 => bench.servers.terminate(&uid, bench.now),
            1 | 2 => bench.servers.kill(&uid, bench.now),
            3 => bench.servers.step_down(bench.now),
            4 => bench.servers.pause(&uid, bench.now),
            _ => bench.servers.cut(&pod, &peer, bench.now),
        }
        bench.wait(dice.below(14_000));
        bench.servers.resume(&uid, bench.now);
        bench.servers.mend(&pod, &peer, bench.now);
        let uid = bench.uid(&pod);
        if bench.node(&pod).ending {
            bench.exits(&uid, 15_000);
        }
        if !bench.node(&pod).running {
            bench.start(&pod, release);
        }
        bench.wait(dice.below(9000));
        let truth = bench.servers.truth();
        assert_eq!((truth.lost, truth.not_on_a_majority), (0, 0), "seed {seed}");
        let status = bench.health(&pod);
        let _ = write!(told, "{:?} {:?} {status:?};", truth.active, truth.log);
    }
    bench
        .until(60_000, |bench| bench.active().is_some())
        .expect("it recovers");
    bench.wait(8000);
    let truth = bench.servers.truth();
    assert_eq!((truth.lost, truth.not_on_a_majority), (0, 0), "seed {seed}");
    assert!(
        truth.acknowledged > 500,
        "seed {seed}: {}",
        truth.acknowledged
    );
    for node in truth.nodes {
        assert_eq!(
            node.last_index,
            truth.log.last().map_or(0, |run| run.last),
            "seed {seed}"
        );
    }
    let _ = write!(told, "{:?}", bench.servers.acknowledged());
    told
}

#[test]
fn no_acknowledged_write_is_lost() {
    for seed in 0..200 {
        schedule(seed);
    }
}

#[test]
fn the_same_seed_gives_the_same_answers() {
    for seed in [3, 17] {
        assert_eq!(schedule(seed), schedule(seed));
    }
    assert_ne!(schedule(3), schedule(17));
}

#[test]
fn how_often_somebody_looks_changes_nothing() {
    let run = |step: u64| {
        let mut bench = Bench::of(shape(&[NEW; 3], 0), 5);
        bench.servers.step_down(bench.now);
        for _ in 0..(12_000 / step) {
            bench.wait(step);
        }
        let uid = bench.uid("prod-1");
        bench.servers.kill(&uid, bench.now);
        for _ in 0..(24_000 / step) {
            bench.wait(step);
        }
        let acknowledged = bench.servers.acknowledged().to_vec();
        (bench.servers.truth(), acknowledged)
    };
    assert_eq!(run(1), run(3000));
    assert!(run(1).0.acknowledged > 1000);
}

#[test]
fn nobody_is_woken_while_nothing_happens() {
    let mut bench = Bench::of(shape(&[NEW; 3], 0), 5);
    bench.wait(60_000);
    assert_eq!(bench.servers.due(), None);
    let gap = bench.servers.truth().longest_gap;
    assert!(gap <= Duration::from_millis(20), "{gap:?}");
}

#[test]
fn a_slow_follower_trails_and_catches_up() {
    let mut bench = Bench::of(shape(&[NEW; 3], 0), 5);
    bench
        .servers
        .slow("prod-2", Some(Duration::from_secs(4)), bench.now);
    bench.wait(3900);
    let behind = bench.node("prod-0").last_index - bench.node("prod-2").last_index;
    assert!((150..=200).contains(&behind), "{behind}");
    bench.servers.slow("prod-2", None, bench.now);
    bench.wait(20);
    assert_eq!(
        bench.node("prod-0").last_index,
        bench.node("prod-2").last_index
    );
}
