//! Which pod goes, when it is asked again, and what is only waited for.

use std::time::Duration;

use super::{codes, released, replaced};
use crate::decide::{Decision, example::Example, track::Refusal, track::StepDown};
use crate::model::{
    action::{Action, Hold, ReleaseBy},
    blocker::Blocker,
    fact::Fact,
    halt::HaltReason,
    intent::Order,
    names::{PodName, Pool},
    workload::{ContainerState, UpdateStrategy},
};

const SECOND: Duration = Duration::from_secs(1);

fn partition(partition: u32) -> UpdateStrategy {
    UpdateStrategy::RollingUpdate {
        partition,
        max_unavailable_above_one: false,
    }
}

/// A pod whose image cannot be pulled.
fn break_pod(world: &mut Example, ordinal: usize) {
    let pod = &mut world.voters_mut().pods[ordinal];
    pod.ready = false;
    pod.container = ContainerState::Waiting {
        reason: "ErrImagePull".to_owned(),
        message: None,
    };
}

/// One voter, under way.
fn alone(order: Order) -> Example {
    let mut world = Example::under_way("2.6.2", order);
    world.run.target.replicas = 1;
    let stored = world.run.clone();
    let cluster = world.cluster();
    cluster.spec.replicas = 1;
    cluster.run = Fact::Known(Some(stored));
    let workload = world.voters_mut();
    workload.replicas = 1;
    workload.pods.truncate(1);
    world
        .snapshot
        .nodes
        .retain(|name, _| name.as_str() == "prod-0");
    world.track.published = Some((1, Vec::new()));
    world.settle();
    world
}

/// The next release goes past the leader, by eviction.
fn passed_over() -> Example {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.lead(2);
    world.pass(SECOND);
    world.settle();
    world
}

fn let_go(world: &mut Example) {
    let Decision::Act(release @ Action::Release { .. }) = world.behind_holds() else {
        panic!("a release: {:?}", world.decide())
    };
    world.track.acted(&release, world.now);
}

#[test]
fn a_pod_that_was_let_go_is_waited_for_and_not_let_go_again() {
    let mut world = passed_over();
    let_go(&mut world);
    assert_eq!(codes(&world.decide()), ["AwaitingReplacement"]);
    let mut world = Example::under_way("2.6.2", Order::ReverseOrdinal);
    world.voters_mut().strategy = partition(2);
    assert_eq!(codes(&world.decide()), ["AwaitingReplacement"]);
    let mut world = alone(Order::ReverseOrdinal);
    world.voters_mut().strategy = partition(0);
    assert_eq!(
        codes(&world.decide()),
        ["AwaitingReplacement"],
        "the only voter leads, and goes all the same"
    );
}

#[test]
fn a_pod_that_was_let_go_by_the_partition_is_not_gone_once_that_holds_it_again() {
    let mut world = Example::under_way("2.6.2", Order::ReverseOrdinal);
    let_go(&mut world);
    assert_eq!(
        released(&world.decide()),
        ("prod-2", ReleaseBy::Partition(2)),
        "the partition itself shows what it has let go"
    );
}

#[test]
fn a_broken_pod_that_was_evicted_is_not_evicted_again() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    break_pod(&mut world, 2);
    world.silent(2);
    world.settle();
    assert_eq!(
        released(&world.behind_holds()),
        ("prod-2", ReleaseBy::Eviction)
    );
    let_go(&mut world);
    assert_eq!(codes(&world.decide()), ["AwaitingReplacement"]);
    world.voters_mut().strategy = partition(2);
    assert_eq!(
        released(&world.decide()),
        ("prod-2", ReleaseBy::Eviction),
        "the controller replaces no broken pod of a partition"
    );
}

#[test]
fn a_pod_that_only_has_not_come_up_yet_is_not_evicted_for_it() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.voters_mut().pods[2].ready = false;
    assert_eq!(codes(&world.decide()), ["PodNotReady"]);
}

#[test]
fn a_broken_pod_is_evicted_without_budget_but_never_beside_another_that_is_down() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    break_pod(&mut world, 2);
    world.silent(2);
    world.snapshot.disruptions_allowed = Fact::Known(Some(0));
    world.settle();
    assert_eq!(
        released(&world.behind_holds()),
        ("prod-2", ReleaseBy::Eviction)
    );
    world.silent(1);
    assert!(codes(&world.behind_holds()).contains(&"NodeSilent"));
}

#[test]
fn a_pod_that_never_ran_is_replaced_where_nobody_leads() {
    let mut only = alone(Order::ReverseOrdinal);
    break_pod(&mut only, 0);
    only.silent(0);
    assert_eq!(
        released(&only.behind_holds()),
        ("prod-0", ReleaseBy::Eviction)
    );
    // One of three was lost beside it: its vote is the one that is missing.
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.lead(1);
    break_pod(&mut world, 2);
    world.silent(2);
    world.silent(1);
    world.voters_mut().pods[1].ready = false;
    world.voters_mut().pods[1].container = ContainerState::Absent;
    assert_eq!(
        released(&world.clone().behind_holds()),
        ("prod-2", ReleaseBy::Eviction)
    );
    // So it is on the way back, where the others are on the target already.
    let mut back = world.clone();
    let revision = back.voters().pods[0].revision.clone();
    back.voters_mut().update_revision = revision;
    back.voters_mut().pods[2].revision = "prod-given-up".to_owned();
    assert_eq!(
        released(&back.behind_holds()),
        ("prod-2", ReleaseBy::Eviction)
    );
    // One that runs and says nothing may lead.
    let mut silent = world.clone();
    silent.voters_mut().pods[1].container = ContainerState::Running { since: None };
    waits_for_a_leader(silent);
    // One that ran may have votes to give, or be about to.
    let mut ran = world.clone();
    ran.voters_mut().pods[2].restarts = 1;
    waits_for_a_leader(ran);
    let mut loops = world;
    loops.voters_mut().pods[2].container = ContainerState::Waiting {
        reason: "CrashLoopBackOff".to_owned(),
        message: None,
    };
    waits_for_a_leader(loops);
}

fn waits_for_a_leader(mut world: Example) {
    let decision = world.behind_holds();
    let Decision::Wait { blockers } = &decision else {
        panic!("{decision:?}")
    };
    assert!(blockers.contains(&Blocker::NoLeader), "{blockers:?}");
}

#[test]
fn a_refused_eviction_is_asked_again_after_its_pause_and_others_need_none() {
    let mut world = passed_over();
    world.behind_holds();
    let pod = world.voters().pods[1].pod.clone();
    for (conflict, pause) in [(false, 2 * SECOND), (true, 120 * SECOND)] {
        let mut world = world.clone();
        let refused = Refusal {
            pod: pod.clone(),
            at: world.now,
            why: "the budget needs 3 healthy pods".to_owned(),
            conflict,
        };
        world.track.refused = Some(refused.clone());
        world.now += pause.checked_sub(Duration::from_millis(1)).expect("longer");
        world.in_step();
        let Decision::Wait { blockers, .. } = world.decide() else {
            panic!("a wait")
        };
        assert_eq!(
            blockers,
            [Blocker::EvictionRefused {
                pod: pod.name.clone(),
                why: refused.why.clone(),
            }]
        );
        world.now += Duration::from_millis(1);
        assert_eq!(released(&world.decide()), ("prod-1", ReleaseBy::Eviction));
    }
    world.track.refused = Some(Refusal {
        pod: world.voters().pods[0].pod.clone(),
        at: world.now,
        why: "too many requests".to_owned(),
        conflict: true,
    });
    assert_eq!(released(&world.decide()), ("prod-1", ReleaseBy::Eviction));
}

#[test]
fn two_step_downs_are_fifteen_seconds_apart_whoever_was_asked() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    world.finish(1);
    let asked = world.now;
    world.track.step_downs.push(StepDown {
        node: world.voters().pods[1].pod.clone(),
        at: asked,
        settled: true,
    });
    world.now = asked + Duration::from_millis(14_999);
    world.in_step();
    let Decision::Wait { blockers, .. } = world.decide() else {
        panic!("a wait")
    };
    assert_eq!(
        blockers,
        [Blocker::LeaderUnsettled {
            leader: PodName::of("prod", 0),
            active_ms: 14_999,
            needed_ms: 15_000,
        }]
    );
    world.now = asked + 15 * SECOND;
    assert!(matches!(
        world.behind_holds(),
        Decision::Act(Action::StepDown { node }) if node.name.as_str() == "prod-0"
    ));
}

#[test]
fn an_image_that_somebody_else_changes_behind_the_run_stops_it() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.track.image_set.push(Pool::Voters);
    world.voters_mut().image = Some("registry.example/openbao:2.7.1".to_owned());
    let Decision::Halt(halt) = world.decide() else {
        panic!("a halt")
    };
    assert_eq!(halt.reason, HaltReason::WorkloadChanged);
}

#[test]
fn a_partition_holds_only_when_it_reaches_past_the_last_ordinal() {
    let mut world = Example::under_way("2.6.2", Order::ReverseOrdinal);
    world.voters_mut().image = Some("registry.example/openbao:2.6.2".to_owned());
    let sets = |world: &mut Example, at| {
        world.voters_mut().strategy = partition(at);
        match world.decide() {
            Decision::Act(Action::SetImage { .. }) => true,
            Decision::Act(Action::Hold { hold, .. }) => {
                assert_eq!(hold, Hold::Partition(3));
                false
            }
            other => panic!("neither held nor set: {other:?}"),
        }
    };
    assert!(!sets(&mut world, 2));
    assert!(sets(&mut world, 3));
    assert!(sets(&mut world, 4));
}

#[test]
fn nothing_is_judged_by_a_statefulset_whose_controller_has_not_acted() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.voters_mut().generation = 2;
    assert_eq!(codes(&world.decide()), ["NotObserved"]);
}

#[test]
fn a_pod_that_does_not_exist_blocks_the_next_one() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.voters_mut().pods.remove(1);
    assert_eq!(codes(&world.decide()), ["PodMissing"]);
}

#[test]
fn a_version_that_is_not_what_the_tag_says_blocks_unless_its_pod_is_going() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    if let Fact::Known(health) = &mut world.node(2).health {
        health.version = Some("2.7.1".parse().expect("a version"));
    }
    // Ownership, target and progress come first; they are as they were.
    world.track.published = Some((3, Vec::new()));
    assert_eq!(codes(&world.decide()), ["WrongVersion"]);
    world.voters_mut().pods[2].terminating = true;
    assert_eq!(codes(&world.decide()), ["PodTerminating"]);
}

#[test]
fn all_voters_on_the_target_are_not_the_end_without_a_leader() {
    let mut world = replaced();
    world.pass(SECOND);
    world.settle();
    world.publish();
    assert_eq!(
        world.decide(),
        Decision::Act(Action::Unhold { pool: Pool::Voters })
    );
    world.claims(1, false);
    assert_eq!(codes(&world.decide()), ["NoLeader"]);
}
