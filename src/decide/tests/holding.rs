//! What holds the pods, for whoever un-pauses the operator meanwhile.

use std::time::Duration;

use super::{codes, released};
use crate::decide::{Decision, example::Example, holding};
use crate::model::{
    action::{Action, Hold, ReleaseBy},
    halt::HaltReason,
    intent::Order,
    names::Pool,
    workload::{ContainerState, UpdateStrategy},
};

fn partition(partition: u32) -> UpdateStrategy {
    UpdateStrategy::RollingUpdate {
        partition,
        max_unavailable_above_one: false,
    }
}

fn hold(hold: Hold) -> Decision {
    Decision::Act(Action::Hold {
        pool: Pool::Voters,
        hold,
    })
}

/// `prod-2` leads; `prod-1` was evicted past it and is away.
fn one_away() -> Example {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.lead(2);
    world.pass(Duration::from_millis(1));
    world.settle();
    let Decision::Act(release) = world.behind_holds() else {
        panic!("a release")
    };
    world.track.acted(&release, world.now);
    world.voters_mut().pods[1].terminating = true;
    world
}

/// Somebody un-pauses the operator, and the run sees it.
fn unpause(world: &mut Example, by: Option<&str>) {
    let cluster = world.cluster();
    cluster.spec.paused = Some(false);
    cluster.unpaused_by = by.map(ToOwned::to_owned);
    world.pass(Duration::from_millis(1));
}

#[test]
fn on_delete_lasts_from_the_eviction_until_the_pod_is_back() {
    let mut world = one_away();
    assert_eq!(world.voters().strategy, UpdateStrategy::OnDelete);
    assert_eq!(codes(&world.decide()), ["PodTerminating"]);
    world.voters_mut().pods.remove(1);
    assert_eq!(codes(&world.decide()), ["PodMissing"]);
    let mut world = one_away();
    world.replace(1);
    world.voters_mut().pods[1].ready = false;
    assert_eq!(world.decide(), hold(Hold::Partition(3)));
}

#[test]
fn an_operator_that_is_un_paused_finds_a_partition_and_is_paused_again() {
    let mut world = one_away();
    unpause(&mut world, Some("kubectl-edit"));
    assert_eq!(world.decide(), hold(Hold::Partition(3)));
    world.voters_mut().strategy = partition(3);
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::Begin { .. })
    ));
    // The operator had taken the hold off in between: it is put back.
    world.voters_mut().strategy = partition(0);
    assert_eq!(world.decide(), hold(Hold::Partition(3)));
    world.voters_mut().strategy = partition(3);
    world.cluster().spec.paused = Some(true);
    world.pass(Duration::from_millis(1));
    let Decision::Halt(halt) = world.decide() else {
        panic!("a halt")
    };
    assert_eq!(halt.reason, HaltReason::Unpaused);
    assert!(halt.message.starts_with("kubectl-edit un-paused"));
}

#[test]
fn a_pod_that_was_let_go_by_the_partition_may_go_on_going() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    let Decision::Act(release) = world.decide() else {
        panic!("a release")
    };
    world.track.acted(&release, world.now);
    world.voters_mut().strategy = partition(2);
    unpause(&mut world, None);
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::Begin { .. })
    ));
    world.voters_mut().strategy = partition(1);
    assert_eq!(world.decide(), hold(Hold::Partition(3)));
}

#[test]
fn what_is_declared_is_held_before_the_template_is_set() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    let workload = world.voters_mut();
    workload.image = Some(crate::decide::example::image("2.6.2"));
    workload.update_revision = workload.current_revision.clone();
    workload.strategy = partition(0);
    assert_eq!(
        holding::before_leaving(&world.world()),
        Some(Action::Hold {
            pool: Pool::Voters,
            hold: Hold::Partition(3)
        })
    );
    let cluster = world.cluster();
    cluster.spec.version = "2.6.2".to_owned();
    cluster.status.upgrade = None;
    assert_eq!(
        holding::before_leaving(&world.world()),
        None,
        "nothing was begun that could be rolled out"
    );
}

#[test]
fn beyond_the_door_no_pod_comes_back_old() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.lead(2);
    world.pass(Duration::from_millis(1));
    world.settle();
    for ordinal in [1, 0] {
        world.behind_holds();
        world.replace(ordinal);
        world.behind_holds();
        world.settle();
        world.publish();
    }
    assert_eq!(world.voters().strategy, partition(3), "an old node leads");
    world.lead(1);
    world.run.newest_active = Some("2.7.2".parse().expect("a version"));
    world.pass(Duration::from_millis(1));
    assert_eq!(world.decide(), hold(Hold::OnDelete));
    assert!(holding::before_leaving(&world.world()).is_some());
    world.behind_holds();
    world.settle();
    assert_eq!(released(&world.decide()), ("prod-2", ReleaseBy::Eviction));
    assert_eq!(holding::before_leaving(&world.world()), None);
}

#[test]
fn a_broken_old_pod_is_evicted_only_where_its_replacement_could_come_up() {
    let mut world = Example::under_way("2.6.2", Order::ReverseOrdinal);
    world.finish(2);
    world.silent(1);
    let pod = &mut world.voters_mut().pods[1];
    pod.ready = false;
    pod.container = ContainerState::Absent;
    pod.unschedulable = Some("0/3 nodes are available".to_owned());
    world.settle();
    assert_eq!(codes(&world.decide()), ["PodNotReady"]);
    world.pass(Duration::from_secs(300));
    assert!(
        matches!(world.decide(), Decision::Halt(halt) if halt.reason == HaltReason::Unschedulable)
    );
    let pod = &mut world.voters_mut().pods[1];
    pod.unschedulable = None;
    pod.container = ContainerState::Waiting {
        reason: "CrashLoopBackOff".to_owned(),
        message: None,
    };
    world.in_step();
    assert_eq!(
        world.decide(),
        hold(Hold::OnDelete),
        "below the partition it would come back as it is"
    );
    for _ in 0..2 {
        let Decision::Act(release @ Action::Release { .. }) = world.behind_holds() else {
            panic!("a release")
        };
        assert_eq!(
            released(&Decision::Act(release.clone())),
            ("prod-1", ReleaseBy::Eviction)
        );
        world.track.acted(&release, world.now);
        world.track.released.clear();
    }
    let Decision::Halt(halt) = world.behind_holds() else {
        panic!("a halt")
    };
    assert_eq!(halt.reason, HaltReason::NotReplaced);
    assert!(halt.message.contains("replaced 2 times"));
}
