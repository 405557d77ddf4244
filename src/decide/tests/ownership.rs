//! Whose the cluster is to drive: lock, record, pause, and the pinned target.

use std::time::Duration;

use super::codes;
use crate::decide::{
    Decision,
    example::{Example, image, start},
    owning::{acknowledged, is_under_way},
    rolling,
    world::World,
};
use crate::model::{
    action::Action,
    blocker::Blocker,
    cluster::{Condition, OperationLock},
    fact::Fact,
    halt::HaltReason,
    intent::Order,
    pause::PauseRequest,
};

fn lock(holder: &str) -> OperationLock {
    OperationLock {
        operation: "Upgrade".to_owned(),
        holder: holder.to_owned(),
        message: None,
        renewed_at: None,
    }
}

fn pause_request(paused_before: Option<bool>) -> PauseRequest {
    PauseRequest {
        by: "bob".to_owned(),
        at: start(),
        reason: None,
        paused_before,
    }
}

fn halts(world: &mut Example) -> HaltReason {
    match world.decide() {
        Decision::Halt(halt) => halt.reason,
        other => panic!("not a halt: {other:?}"),
    }
}

/// What a process decides that may take another driver's lock.
fn taking_over(world: &Example) -> Decision {
    rolling::decide(&World {
        run: &world.run,
        take_over: true,
        start_timeout: crate::decide::rules::START_TIMEOUT,
        snapshot: &world.snapshot,
        track: &world.track,
        now: world.now,
    })
}

/// A run under way that this process has only just found.
fn found() -> Example {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.track.begun = false;
    world
}

#[test]
fn a_record_that_is_gone_or_cannot_be_read_stops_the_run() {
    let mut world = Example::three("2.6.2");
    world.cluster().run = Fact::Unknown("format 2".to_owned());
    assert_eq!(halts(&mut world), HaltReason::RecordLost);
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.cluster().run = Fact::Known(None);
    assert_eq!(halts(&mut world), HaltReason::RecordLost);
}

#[test]
fn the_record_of_another_run_means_that_it_has_the_cluster() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    if let Fact::Known(Some(stored)) = &mut world.cluster().run {
        stored.id = "20261123-ef01".to_owned();
    }
    assert_eq!(halts(&mut world), HaltReason::LockLost);
}

#[test]
fn a_resource_that_is_going_or_another_of_its_name_is_left_alone() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.cluster().deleting = true;
    assert_eq!(halts(&mut world), HaltReason::ClusterGone);
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.cluster().uid = "cr-uid-again".to_owned();
    assert_eq!(halts(&mut world), HaltReason::ClusterGone);
}

#[test]
fn a_cluster_at_rest_on_the_target_is_no_proof_that_this_run_is_done() {
    let mut world = Example::three("2.7.2");
    assert_eq!(
        world.decide(),
        Decision::Act(Action::TakeLock { displaced: None })
    );
}

#[test]
fn a_lock_is_taken_from_a_dead_run_of_ours_and_from_others_only_when_told() {
    let mut world = found();
    world.cluster().status.operation_lock = Some(lock("baoctl/bob/20261122-0000"));
    let taken = |holder: &str| {
        Decision::Act(Action::TakeLock {
            displaced: Some(holder.to_owned()),
        })
    };
    assert_eq!(world.decide(), taken("baoctl/bob/20261122-0000"));
    world.cluster().status.operation_lock = Some(lock("openbaocluster/upgrade"));
    assert_eq!(halts(&mut world), HaltReason::LockLost);
    assert_eq!(taking_over(&world), taken("openbaocluster/upgrade"));
}

#[test]
fn a_lock_that_somebody_takes_during_the_run_is_never_taken_back() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    for holder in ["openbaocluster/upgrade", "baoctl/bob/20261122-0000"] {
        world.cluster().status.operation_lock = Some(lock(holder));
        assert_eq!(halts(&mut world), HaltReason::LockLost);
        assert!(matches!(taking_over(&world), Decision::Halt(_)), "{holder}");
    }
    world.cluster().status.operation_lock = None;
    assert_eq!(
        world.decide(),
        Decision::Act(Action::TakeLock { displaced: None }),
        "a lock that is only gone is free"
    );
}

#[test]
fn a_run_that_is_found_begins_anew_unless_all_of_it_stands_on_the_resource() {
    let begins = |world: &mut Example| {
        matches!(
            world.decide(),
            Decision::Act(Action::Begin { record }) if record.id == world.run.id
        )
    };
    assert!(!begins(&mut found()));
    let bends: [fn(&mut Example); 3] = [
        |world| world.cluster().spec.paused = None,
        |world| world.cluster().pause_requested = Some(pause_request(None)),
        |world| world.run.newest_active = None,
    ];
    for bend in bends {
        let mut world = found();
        bend(&mut world);
        assert!(begins(&mut world), "{world:?}");
    }
}

#[test]
fn the_pause_to_put_back_is_the_one_that_was_there_before_any_run() {
    let remembered = |world: &mut Example| match world.decide() {
        Decision::Act(Action::Begin { record }) => record.paused_before,
        other => panic!("not a beginning: {other:?}"),
    };
    let mut world = Example::three("2.6.2");
    let holder = world.run.holder();
    world.cluster().status.operation_lock = Some(lock(&holder));
    world.cluster().spec.paused = Some(true);
    assert_eq!(remembered(&mut world), Some(true));
    // `baoctl pause` has set it; what was there before it stands in the request.
    world.cluster().pause_requested = Some(pause_request(Some(false)));
    assert_eq!(remembered(&mut world), Some(false));
    // An unfinished run has remembered already.
    let mut stored = world.run.clone();
    stored.paused_before = None;
    stored.newest_active = None;
    world.cluster().run = Fact::Known(Some(stored));
    assert_eq!(remembered(&mut world), None);
}

#[test]
fn a_run_is_under_way_only_with_its_own_lock_its_own_record_and_nobody_asking_to_stop() {
    let world = Example::under_way("2.6.2", Order::LeaderLast);
    let bends: [fn(&mut Example); 3] = [
        |world| world.cluster().status.operation_lock = Some(lock("baoctl/bob/20261122-0000")),
        |world| world.cluster().pause_requested = Some(pause_request(None)),
        |world| {
            if let Fact::Known(Some(stored)) = &mut world.cluster().run {
                stored.order = Order::ReverseOrdinal;
            }
        },
    ];
    for bend in bends {
        let mut world = world.clone();
        let run = world.run.clone();
        bend(&mut world);
        assert!(!is_under_way(&run, world.cluster()));
    }
}

#[test]
fn the_version_it_came_from_may_stand_there_until_the_target_was_declared() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.track.published = None;
    world.cluster().spec.version = "2.6.2".to_owned();
    assert_eq!(
        halts(&mut world),
        HaltReason::TargetChanged,
        "somebody set it back"
    );
    let declares =
        |world: &mut Example| matches!(world.decide(), Decision::Act(Action::Declare { .. }));
    if let Some(upgrade) = &mut world.cluster().status.upgrade {
        upgrade.target_version = "2.7.1".to_owned();
    }
    assert!(declares(&mut world), "that upgrade was another's");
    world.cluster().status.upgrade = None;
    assert!(declares(&mut world));
    world.cluster().spec.version = "2.7.1".to_owned();
    assert_eq!(halts(&mut world), HaltReason::TargetChanged);
    world.run.abandoned = Some("2.7.1".parse().expect("a version"));
    assert!(declares(&mut world), "what was given up may stand there");
}

#[test]
fn an_image_set_by_somebody_else_stops_the_run_and_an_absent_one_does_not() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.cluster().spec.image = None;
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::Release { .. })
    ));
    world.cluster().spec.image = Some(image("2.7.1"));
    assert_eq!(halts(&mut world), HaltReason::TargetChanged);
}

#[test]
fn an_operator_that_acknowledged_the_pause_is_quiet_sooner_than_one_that_is_silent() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.track.operator_quiet = false;
    world.cluster().resource_version.0 = "2".to_owned();
    world.pass(Duration::from_secs(1));
    let paused = |world: &mut Example| {
        world.cluster().status.conditions = vec![Condition {
            kind: "Available".to_owned(),
            status: "Unknown".to_owned(),
            reason: "Paused".to_owned(),
            message: String::new(),
            observed_generation: Some(1),
        }];
    };
    let acts = |world: &mut Example| matches!(world.decide(), Decision::Act(_));
    world.pass(Duration::from_millis(999));
    assert_eq!(codes(&world.decide()), ["OperatorNotPaused"]);
    let mut acknowledging = world.clone();
    paused(&mut acknowledging);
    let Decision::Wait { blockers, .. } = acknowledging.decide() else {
        panic!("a wait")
    };
    assert_eq!(
        blockers,
        [Blocker::NotStill {
            still_ms: 999,
            needed_ms: 1000
        }]
    );
    acknowledging.pass(Duration::from_millis(1));
    acknowledging.in_step();
    assert!(acts(&mut acknowledging));
    world.pass(Duration::from_secs(9));
    assert_eq!(codes(&world.decide()), ["OperatorNotPaused"]);
    world.pass(Duration::from_millis(1));
    world.in_step();
    assert!(acts(&mut world));
}

#[test]
fn an_acknowledgement_counts_for_this_generation_only() {
    let mut world = Example::three("2.6.2");
    let cluster = world.cluster();
    cluster.generation = 2;
    let condition = |status: &str, reason: &str, seen| Condition {
        kind: "Available".to_owned(),
        status: status.to_owned(),
        reason: reason.to_owned(),
        message: String::new(),
        observed_generation: seen,
    };
    for (status, reason, seen, wanted) in [
        ("Unknown", "Paused", Some(2), true),
        ("Unknown", "Paused", Some(3), true),
        ("Unknown", "Paused", None, true),
        ("Unknown", "Paused", Some(1), false),
        ("True", "Paused", Some(2), false),
        ("Unknown", "Reconciling", Some(2), false),
    ] {
        cluster.status.conditions = vec![condition(status, reason, seen)];
        assert_eq!(acknowledged(cluster), wanted, "{status}/{reason} {seen:?}");
    }
    cluster.status.conditions.clear();
    assert!(!acknowledged(cluster));
}
