//! What is done again: after a halt, in vain, after a death.

use std::time::Duration;

use crate::sim::{
    moment::Moment,
    oracle::{Deed, Ending, Oracle},
};

fn broken(oracle: &Oracle) -> Vec<&'static str> {
    let violations = oracle.verdict.violations.iter();
    violations.map(|violation| violation.invariant).collect()
}

fn at(seconds: u64) -> Moment {
    Moment::START + Duration::from_secs(seconds)
}

#[test]
fn whoever_has_halted_disturbs_nothing_until_somebody_asks_again() {
    let release = Deed::Release {
        pod: "prod-1".to_owned(),
        uid: "uid-1".to_owned(),
    };
    let word = Deed::Other {
        what: "the word of the halt".to_owned(),
    };
    let mut oracle = Oracle::default();
    oracle.halts();
    oracle.goes_on(&word, at(1));
    assert!(broken(&oracle).is_empty());
    oracle.goes_on(&release, at(2));
    assert_eq!(broken(&oracle), ["S15"]);
    let mut oracle = Oracle::default();
    oracle.halts();
    oracle.begun_again();
    oracle.goes_on(&release, at(3));
    assert!(broken(&oracle).is_empty());
}

/// Steps down these pods at these seconds.
fn stepped_down(times: &[(&str, u64)]) -> Vec<&'static str> {
    let mut oracle = Oracle::default();
    for (pod, seconds) in times {
        oracle.steps_down_again(pod, at(*seconds));
        oracle.stepped_down = Some(((*pod).to_owned(), at(*seconds)));
    }
    broken(&oracle)
}

#[test]
fn a_leader_that_comes_back_is_stepped_down_three_times_with_pauses() {
    assert!(stepped_down(&[("a", 0), ("a", 15), ("a", 30)]).is_empty());
    assert_eq!(
        stepped_down(&[("a", 0), ("a", 15), ("a", 30), ("a", 45)]),
        ["L4"]
    );
    assert_eq!(stepped_down(&[("a", 0), ("a", 13)]), ["L4"]);
    assert!(stepped_down(&[("a", 0), ("b", 13), ("a", 26)]).is_empty());
}

#[test]
fn a_process_ends_by_itself_and_one_after_a_death_ends_foreseen() {
    let ended = |ending, killed| {
        let mut oracle = Oracle::default();
        oracle.ended(ending, killed, at(9));
        broken(&oracle)
    };
    assert!(ended(Ending::Clean, true).is_empty());
    assert_eq!(ended(Ending::Never, false), ["L1"]);
    assert_eq!(ended(Ending::Unexpected, true), ["L2"]);
    assert_eq!(ended(Ending::Unexpected, false), ["L1"]);
}
