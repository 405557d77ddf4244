//! Changes of members, as blue/green makes them (`contracts/openbao-live.md` 7,
//! `operator-live.md` 8.4).

use super::bench::{Bench, NEW, shape, three};
use crate::sim::processes::{Processes as _, Settings};

const PATH: &str = "sys/storage/raft";

fn change(bench: &mut Bench, what: &str, id: &str) -> u16 {
    let body = format!(r#"{{"server_id":"{id}"}}"#);
    let answer = bench.ask("prod-0", "POST", &format!("{PATH}/{what}"), &body);
    answer.expect("an answer").status
}

/// Three voters and `prod-3`, which joined as its settings say.
fn with_green(seed: u64) -> Bench {
    let mut bench = three(NEW, seed);
    bench.log_in("prod-0");
    let settings = Settings {
        joins_without_vote: true,
        founds: false,
    };
    bench.launch("prod-3", "g", "openbao:2.7.2", settings);
    bench.wait(8000);
    bench
}

fn votes(bench: &Bench, pod: &str) -> Option<bool> {
    bench.node("prod-0").members.voter(pod)
}

#[test]
fn settings_make_a_permanent_non_voter_until_it_is_promoted() {
    let mut bench = with_green(1);
    bench.wait(34_000);
    assert_eq!(votes(&bench, "prod-3"), Some(false));
    assert_eq!(change(&mut bench, "promote", "prod-3"), 204);
    assert_eq!(votes(&bench, "prod-3"), Some(false), "asynchronous");
    let took = bench.until(11_000, |bench| votes(bench, "prod-3") == Some(true));
    assert!(took.is_some(), "the next round of 10 s");
}

#[test]
fn several_changes_take_one_round() {
    // Posting all and waiting for all: 9.6 s for both (8.4.5).
    let mut bench = three(NEW, 2);
    bench.log_in("prod-0");
    for pod in ["prod-1", "prod-2"] {
        assert_eq!(change(&mut bench, "demote", pod), 204);
    }
    let both = |bench: &Bench| {
        votes(bench, "prod-1") == Some(false) && votes(bench, "prod-2") == Some(false)
    };
    assert!(bench.until(11_000, both).is_some());
}

#[test]
fn a_non_voter_is_removed_at_once_and_stays_on_the_list() {
    let mut bench = with_green(3);
    assert_eq!(change(&mut bench, "remove-peer", "prod-3"), 204);
    // 0.02-0.16 s (8.4.13).
    let took = bench.until(160, |bench| votes(bench, "prod-3").is_none());
    assert!(took.is_some());
    bench.servers.kill("g", bench.now);
    bench.servers.wipe("prod-3", bench.now);
    bench.launch("prod-3", "h", "openbao:2.7.2", Settings::default());
    bench.wait(40_000);
    assert_eq!(
        votes(&bench, "prod-3"),
        Some(false),
        "wiped, and on the list"
    );
    assert_eq!(change(&mut bench, "promote", "prod-3"), 204);
    bench.wait(21_000);
    assert_eq!(votes(&bench, "prod-3"), Some(true));
}

#[test]
fn a_demoted_leader_is_promoted_before_anything_came_of_it() {
    let mut bench = three(NEW, 4);
    bench.log_in("prod-0");
    assert_eq!(change(&mut bench, "demote", "prod-0"), 204);
    bench.wait(14_000);
    assert_eq!(bench.active().as_deref(), Some("prod-0"));
    assert_eq!(change(&mut bench, "promote", "prod-0"), 204);
    bench.servers.step_down(bench.now);
    bench.wait(23_000);
    assert_eq!(votes(&bench, "prod-0"), Some(true));
}

#[test]
fn members_are_changed_only_with_the_right_to() {
    let mut shape = shape(&[NEW; 3], 0);
    shape.rights.changes_members = false;
    let mut bench = Bench::of(shape, 5);
    bench.log_in("prod-0");
    for what in ["promote", "demote", "remove-peer"] {
        assert_eq!(change(&mut bench, what, "prod-2"), 403, "{what}");
    }
    bench.wait(21_000);
    assert_eq!(votes(&bench, "prod-2"), Some(true));
}
