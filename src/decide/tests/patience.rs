//! How long each thing is waited for, and what the run says when it stops.

use std::time::Duration;

use super::codes;
use crate::decide::{Decision, example::Example, patience::left, track::StepDown};
use crate::model::{
    action::Action,
    fact::Fact,
    halt::{Halt, HaltReason},
    intent::Order,
    names::PodName,
    workload::ContainerState,
};

/// Makes one thing not fine.
type Bend = fn(&mut Example);

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// The halt that a wait becomes exactly when its patience is used up.
fn halt_after(world: &mut Example, patience: Duration) -> Halt {
    let first = world.decide();
    assert!(matches!(first, Decision::Wait { .. }), "{first:?}");
    let instant = Duration::from_millis(1);
    world.now += patience.checked_sub(instant).expect("a patience");
    let last = world.decide();
    assert!(matches!(last, Decision::Wait { .. }), "early: {last:?}");
    world.now += instant;
    match world.decide() {
        Decision::Halt(halt) => halt,
        other => panic!("not a halt after {patience:?}: {other:?}"),
    }
}

fn not_ready(world: &mut Example, container: ContainerState) {
    let pod = &mut world.voters_mut().pods[1];
    pod.ready = false;
    pod.container = container;
    world.track.observe(&world.snapshot, world.now);
}

#[test]
fn each_wait_has_its_own_patience_and_ends_in_its_own_halt() {
    let bends: [(Bend, Duration, HaltReason); 11] = [
        (
            |world| world.snapshot.cluster = Fact::Unknown("no answer".to_owned()),
            2 * MINUTE,
            HaltReason::Unobservable,
        ),
        (
            |world| world.voters_mut().generation = 2,
            2 * MINUTE,
            HaltReason::Unobservable,
        ),
        (
            |world| {
                world.track.operator_quiet = false;
                world.snapshot.active_jobs = Fact::Known(vec!["upgrade-prod-x".to_owned()]);
            },
            12 * MINUTE,
            HaltReason::WaitedTooLong,
        ),
        (
            |world| world.claims(0, false),
            2 * MINUTE,
            HaltReason::NoLeader,
        ),
        (
            |world| {
                let node = world.voters().pods[0].pod.clone();
                world.track.step_downs.push(StepDown {
                    node,
                    at: world.now,
                    settled: false,
                });
            },
            30 * MINUTE,
            HaltReason::StepDownFailed,
        ),
        (
            |world| {
                world.voters_mut().pods.remove(1);
            },
            5 * MINUTE,
            HaltReason::NotReplaced,
        ),
        (
            |world| world.voters_mut().pods[1].terminating = true,
            3 * MINUTE,
            HaltReason::StuckTerminating,
        ),
        (|world| world.silent(1), 5 * MINUTE, HaltReason::PodNotReady),
        (
            |world| {
                if let Fact::Known(health) = &mut world.node(1).health {
                    health.sealed = true;
                }
            },
            90 * SECOND,
            HaltReason::Sealed,
        ),
        (
            |world| {
                if let Fact::Known(health) = &mut world.node(1).health {
                    health.cluster_id = Some("another".to_owned());
                }
            },
            10 * SECOND,
            HaltReason::ForeignNode,
        ),
        (
            |world| world.snapshot.disruptions_allowed = Fact::Known(Some(0)),
            10 * MINUTE,
            HaltReason::WaitedTooLong,
        ),
    ];
    for (bend, patience, reason) in bends {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        bend(&mut world);
        assert_eq!(halt_after(&mut world, patience).reason, reason);
    }
}

#[test]
fn a_pod_that_is_not_ready_is_given_the_time_its_own_state_deserves() {
    let waiting = |reason: &str| ContainerState::Waiting {
        reason: reason.to_owned(),
        message: Some("no such manifest".to_owned()),
    };
    let fresh = || {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        world.replace(1);
        world
    };
    let mut world = fresh();
    not_ready(&mut world, waiting("ErrImagePull"));
    let halt = halt_after(&mut world, 30 * SECOND);
    assert_eq!(halt.reason, HaltReason::ImagePullFailed);
    assert_eq!(halt.pod, Some(PodName::of("prod", 1)));
    assert_eq!(
        halt.message,
        "prod-1 is not Ready after 30 s: ErrImagePull: no such manifest"
    );
    let mut world = fresh();
    not_ready(&mut world, ContainerState::Running { since: None });
    let halt = halt_after(&mut world, 12 * MINUTE);
    assert_eq!(halt.reason, HaltReason::PodNotReady);
    assert_eq!(
        halt.message,
        "prod-1 is not Ready: running, probe not passed yet, for 720 s"
    );
}

/// The detail is of the pod's container; a wait for something else about the
/// same pod says what that is.
#[test]
fn a_pod_s_container_is_not_blamed_for_what_its_node_says() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.silent(1);
    world.voters_mut().pods[1].container = ContainerState::Terminated {
        exit_code: 1,
        reason: None,
    };
    assert_eq!(
        halt_after(&mut world, 5 * MINUTE).message,
        "prod-1 does not answer: connection refused, for 300 s"
    );
}

#[test]
fn the_next_pod_has_as_much_time_as_the_first() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.silent(1);
    assert_eq!(codes(&world.decide()), ["NodeSilent"]);
    world.now += 4 * MINUTE;
    assert_eq!(codes(&world.decide()), ["NodeSilent"]);
    let answers = world.snapshot.nodes[&PodName::of("prod", 0)].clone();
    *world.node(1) = answers;
    world.claims(1, false);
    world.silent(2);
    world.settle();
    assert_eq!(codes(&world.decide()), ["NodeSilent"]);
    halt_after(&mut world, 5 * MINUTE);
}

fn waiting(reason: &str) -> ContainerState {
    ContainerState::Waiting {
        reason: reason.to_owned(),
        message: None,
    }
}

fn step_down_asked(world: &mut Example) {
    let node = world.voters().pods[0].pod.clone();
    world.track.acted(&Action::StepDown { node }, world.now);
}

#[test]
fn a_pull_that_fails_after_a_slow_start_has_only_just_failed() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.replace(1);
    not_ready(&mut world, waiting("ContainerCreating"));
    assert_eq!(codes(&world.decide()), ["PodNotReady"]);
    world.now += MINUTE;
    not_ready(&mut world, waiting("ErrImagePull"));
    assert_eq!(
        halt_after(&mut world, 30 * SECOND).reason,
        HaltReason::ImagePullFailed
    );
}

#[test]
fn a_process_that_keeps_exiting_runs_between_its_exits_and_is_the_same_trouble() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.replace(1);
    not_ready(&mut world, waiting("CrashLoopBackOff"));
    assert_eq!(codes(&world.decide()), ["PodNotReady"]);
    world.now += 20 * SECOND;
    not_ready(&mut world, ContainerState::Running { since: None });
    assert_eq!(codes(&world.decide()), ["PodNotReady"]);
    world.now += 20 * SECOND;
    not_ready(&mut world, waiting("CrashLoopBackOff"));
    assert!(matches!(world.decide(), Decision::Halt(_)));
}

#[test]
fn a_new_pod_that_starts_and_does_not_answer_is_one_wait_as_long_as_was_asked_for() {
    for asked in [12 * MINUTE, 30 * MINUTE] {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        world.start_timeout = asked;
        world.replace(1);
        world.silent(1);
        not_ready(&mut world, ContainerState::Running { since: None });
        assert_eq!(codes(&world.decide()), ["PodNotReady"]);
        assert_eq!(
            halt_after(&mut world, asked).reason,
            HaltReason::PodNotReady
        );
    }
}

#[test]
fn who_steps_down_may_take_its_time_while_nobody_leads() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    step_down_asked(&mut world);
    world.silent(0);
    world.claims(0, false);
    world.voters_mut().pods[0].ready = false;
    assert_eq!(codes(&world.decide()), ["SteppingDown"]);
    assert_eq!(
        halt_after(&mut world, 30 * MINUTE).reason,
        HaltReason::StepDownFailed
    );
}

/// A download blocks a step-down for half an hour while the others answer. Where
/// they hang as well, nobody could follow, and whoever is at risk is told so.
#[test]
fn a_step_down_is_not_waited_for_where_nobody_else_could_lead() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    step_down_asked(&mut world);
    for ordinal in 0..3 {
        world.silent(ordinal);
        world.claims(ordinal, false);
        world.voters_mut().pods[ordinal as usize].ready = false;
    }
    assert!(codes(&world.decide()).contains(&"NoLeader"));
    assert_eq!(
        halt_after(&mut world, 2 * MINUTE).reason,
        HaltReason::NoLeader
    );
}

#[test]
fn a_step_down_of_a_node_that_is_gone_is_no_reason_to_wait_for_a_leader() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    step_down_asked(&mut world);
    world.silent(0);
    world.voters_mut().pods[0].pod.uid = "another".to_owned();
    world.silent(1);
    world.replace(2);
    world.snapshot.membership = Fact::Unknown("no leader".to_owned());
    assert!(codes(&world.decide()).contains(&"NoLeader"));
    assert_eq!(
        halt_after(&mut world, 2 * MINUTE).reason,
        HaltReason::NoLeader
    );
}

#[test]
fn nodes_of_which_none_can_be_reached_are_not_seen_and_not_down() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    (0..3).for_each(|ordinal| world.silent(ordinal));
    assert_eq!(codes(&world.decide()), ["Unseen"]);
    let halt = halt_after(&mut world, 2 * MINUTE);
    assert_eq!(halt.reason, HaltReason::Unobservable);
    assert_eq!(
        halt.message,
        "cannot see the cluster: its nodes could not be observed: no node answers: connection refused, for 120 s"
    );
}

#[test]
fn each_wait_says_how_long_it_may_still_last() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.silent(1);
    let Decision::Wait { blockers } = world.decide() else {
        panic!("no wait")
    };
    world.now += MINUTE;
    assert_eq!(left(&blockers, &world.world()), Some(4 * MINUTE));
}
