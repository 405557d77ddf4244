//! The quorum is that of the voter list, not of the replicas.

use super::codes;
use crate::decide::{Decision, example::Example, quorum};
use crate::model::{
    action::Action,
    fact::Fact,
    intent::Order,
    names::PodName,
    raft::{Membership, Peer},
};

fn membership(world: &mut Example) -> &mut Membership {
    match &mut world.snapshot.membership {
        Fact::Known(membership) => membership,
        Fact::Unknown(why) => panic!("{why}"),
    }
}

/// Voters that no pod is left of.
fn left_over(world: &mut Example, ids: &[&str]) {
    let dead = ids.iter().map(|id| Peer {
        id: (*id).to_owned(),
        address: format!("{id}.prod.vault.svc:8201"),
        pod: None,
        voter: true,
        version: None,
    });
    membership(world).peers.extend(dead);
}

#[test]
fn nobody_is_taken_while_the_list_has_voters_that_are_no_pods() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    left_over(&mut world, &["prod-3"]);
    assert_eq!(codes(&world.decide()), ["VotersAreNoPods"]);
    world.finish(2);
    world.finish(1);
    assert_eq!(codes(&world.decide()), ["VotersAreNoPods"], "a step-down");
}

#[test]
fn the_end_is_not_written_while_the_list_has_voters_that_are_no_pods() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    world.finish(1);
    world.lead(2);
    world.run.newest_active = Some("2.7.2".parse().expect("a version"));
    world.finish(0);
    assert!(
        matches!(world.decide(), Decision::Act(_)),
        "{:?}",
        world.decide()
    );
    left_over(&mut world, &["prod-lost"]);
    assert_eq!(codes(&world.decide()), ["VotersAreNoPods"]);
}

#[test]
fn a_pod_with_two_votes_is_a_stranger_once() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    let mut twin = membership(&mut world).peers[1].clone();
    twin.id = "a3f1".to_owned();
    membership(&mut world).peers.push(twin);
    assert_eq!(
        quorum::strangers(membership(&mut world.clone()), &world.snapshot),
        ["a3f1"]
    );
    assert_eq!(codes(&world.decide()), ["VotersAreNoPods"]);
}

#[test]
fn a_list_that_was_not_seen_is_waited_for() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.snapshot.membership = Fact::Unknown("403".to_owned());
    assert!(codes(&world.decide()).contains(&"Unseen"));
    assert!(quorum::margin(&world.world(), None).is_some());
}

#[test]
fn one_voter_less_must_still_be_a_majority_of_the_list() {
    let mut world = Example::of("2.6.2", 5);
    world.pass(std::time::Duration::ZERO);
    assert_eq!(quorum::margin(&world.world(), None), None);
    world.silent(4);
    assert_eq!(quorum::margin(&world.world(), None), None, "4 - 1 of 5");
    world.silent(3);
    let blocker = quorum::margin(&world.world(), None).expect("no margin");
    assert_eq!(blocker.code(), "NoQuorumMargin");
    assert_eq!(
        quorum::margin(&world.world(), Some(&PodName::of("prod", 3))),
        None,
        "it is down already and costs nothing"
    );
}

#[test]
fn each_stranger_is_told_with_what_to_type() {
    let mut world = Example::three("2.6.2");
    left_over(&mut world, &["prod-4", "bao-x"]);
    let lines = quorum::removals(membership(&mut world.clone()), &world.snapshot);
    assert!(lines[0].contains("prod-4, which was a pod of this StatefulSet"));
    assert!(lines[0].ends_with("bao operator raft remove-peer prod-4"));
    assert!(lines[1].contains("never was a pod"));
}

#[test]
fn with_every_voter_a_pod_and_alive_the_first_goes() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::Release { .. })
    ));
}

/// It is being replaced; to remove its peer would take a vote from the cluster.
#[test]
fn a_pod_that_is_away_is_no_stranger() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.voters_mut().pods.remove(1);
    assert!(quorum::strangers(membership(&mut world.clone()), &world.snapshot).is_empty());
    assert_eq!(codes(&world.decide()), ["PodMissing"]);
}
