//! What comes after what when nothing goes wrong.

use std::time::Duration;

use super::{codes, released};
use crate::decide::{Decision, advice::advice, example::Example};
use crate::model::{
    action::{Action, Hold, ReleaseBy},
    fact::Fact,
    halt::HaltReason,
    intent::Order,
    names::Pool,
    workload::UpdateStrategy,
};

#[test]
fn ownership_comes_first_and_in_order() {
    let mut world = Example::three("2.6.2");
    assert_eq!(
        world.decide(),
        Decision::Act(Action::TakeLock { displaced: None })
    );
    let holder = world.run.holder();
    world.cluster().status.operation_lock = Some(crate::model::cluster::OperationLock {
        operation: "Upgrade".to_owned(),
        holder,
        message: None,
        renewed_at: None,
    });
    assert!(
        matches!(world.decide(), Decision::Act(Action::Begin { record }) if record.paused_before.is_none())
    );
}

#[test]
fn nothing_is_declared_before_the_operator_is_quiet() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.track.operator_quiet = false;
    world.track.published = None;
    let cluster = world.cluster();
    cluster.spec.version = "2.6.2".to_owned();
    cluster.spec.image = Some(crate::decide::example::image("2.6.2"));
    cluster.status.upgrade = None;
    cluster.resource_version.0 = "2".to_owned();
    world.pass(Duration::from_secs(1));
    assert_eq!(codes(&world.decide()), ["OperatorNotPaused"]);
    world.snapshot.active_jobs = Fact::Known(vec!["upgrade-prod-x".to_owned()]);
    assert_eq!(codes(&world.decide()), ["JobsRunning"]);
    world.snapshot.active_jobs = Fact::Unknown("forbidden".to_owned());
    assert_eq!(codes(&world.decide()), ["Unseen"]);
}

#[test]
fn the_image_is_set_only_behind_an_observed_hold() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    let workload = world.voters_mut();
    workload.image = Some(crate::decide::example::image("2.6.2"));
    workload.update_revision = workload.current_revision.clone();
    workload.strategy = UpdateStrategy::RollingUpdate {
        partition: 0,
        max_unavailable_above_one: false,
    };
    let hold = Hold::Partition(3);
    let pool = Pool::Voters;
    assert_eq!(world.decide(), Decision::Act(Action::Hold { pool, hold }));
    world.voters_mut().strategy = UpdateStrategy::RollingUpdate {
        partition: 3,
        max_unavailable_above_one: false,
    };
    world.voters_mut().generation = 2;
    assert_eq!(codes(&world.decide()), ["NotObserved"]);
    world.voters_mut().observed_generation = 2;
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::SetImage { .. })
    ));
}

#[test]
fn reverse_ordinal_releases_from_the_top_by_partition() {
    let mut world = Example::under_way("2.6.2", Order::ReverseOrdinal);
    assert_eq!(
        released(&world.decide()),
        ("prod-2", ReleaseBy::Partition(2))
    );
    world.finish(2);
    assert_eq!(
        released(&world.decide()),
        ("prod-1", ReleaseBy::Partition(1))
    );
    world.finish(1);
    assert!(
        matches!(world.behind_holds(), Decision::Act(Action::StepDown { node }) if node.name.as_str() == "prod-0")
    );
}

#[test]
fn leader_last_passes_over_the_leader_wherever_it_sits() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.lead(2);
    world.pass(Duration::from_millis(1));
    world.settle();
    let on_delete = Decision::Act(Action::Hold {
        pool: Pool::Voters,
        hold: Hold::OnDelete,
    });
    let back = Decision::Act(Action::Hold {
        pool: Pool::Voters,
        hold: Hold::Partition(3),
    });
    for (ordinal, name) in [(1, "prod-1"), (0, "prod-0")] {
        assert_eq!(world.decide(), on_delete);
        assert_eq!(released(&world.behind_holds()), (name, ReleaseBy::Eviction));
        world.replace(ordinal);
        assert_eq!(world.decide(), back, "as soon as it is back");
        world.behind_holds();
        world.settle();
        world.publish();
    }
    assert!(
        matches!(world.behind_holds(), Decision::Act(Action::StepDown { node }) if node.name.as_str() == "prod-2")
    );
}

#[test]
fn a_leader_in_the_way_of_the_partition_turns_it_into_on_delete() {
    let mut world = Example::under_way("2.6.2", Order::ReverseOrdinal);
    world.finish(2);
    world.lead(1);
    world.pass(Duration::from_millis(1));
    world.settle();
    assert_eq!(
        world.decide(),
        Decision::Act(Action::Hold {
            pool: Pool::Voters,
            hold: Hold::OnDelete
        })
    );
    world.voters_mut().strategy = UpdateStrategy::OnDelete;
    assert_eq!(released(&world.decide()), ("prod-0", ReleaseBy::Eviction));
}

#[test]
fn the_old_leader_goes_only_after_the_settle_time() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    world.finish(1);
    let Decision::Act(step_down) = world.behind_holds() else {
        panic!("a step-down")
    };
    world.track.acted(&step_down, world.now);
    assert_eq!(codes(&world.decide()), ["SteppingDown"]);
    world.lead(2);
    world.run.newest_active = Some("2.7.2".parse().expect("a version"));
    world.pass(Duration::from_millis(600));
    assert_eq!(codes(&world.decide()), ["LeaderUnsettled"]);
    world.commit();
    world.pass(Duration::from_secs(11));
    assert_eq!(codes(&world.decide()), ["LeaderUnsettled"]);
    world.commit();
    world.pass(Duration::from_secs(1));
    assert_eq!(
        released(&world.decide()),
        ("prod-0", ReleaseBy::Partition(0))
    );
}

#[test]
fn an_early_activation_is_finished_forward_without_a_step_down() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    world.lead(2);
    world.run.newest_active = Some("2.7.2".parse().expect("a version"));
    world.pass(Duration::from_millis(1));
    world.settle();
    assert_eq!(
        released(&world.decide()),
        ("prod-1", ReleaseBy::Partition(1))
    );
    world.finish(1);
    assert_eq!(
        released(&world.decide()),
        ("prod-0", ReleaseBy::Partition(0))
    );
    world.finish(0);
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::Publish { .. } | Action::Complete)
    ));
}

#[test]
fn the_first_activation_is_recorded_before_anything_else() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    world.lead(2);
    world.pass(Duration::from_millis(1));
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::Record { record })
            if record.newest_active.as_ref().is_some_and(|version| version.to_string() == "2.7.2")
    ));
}

#[test]
fn the_end_is_strategy_then_status_then_ownership() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    world.finish(1);
    world.lead(2);
    world.run.newest_active = Some("2.7.2".parse().expect("a version"));
    world.finish(0);
    world.voters_mut().strategy = UpdateStrategy::OnDelete;
    assert_eq!(
        world.decide(),
        Decision::Act(Action::Unhold { pool: Pool::Voters })
    );
    world.voters_mut().strategy = UpdateStrategy::RollingUpdate {
        partition: 0,
        max_unavailable_above_one: false,
    };
    world.voters_mut().maintenance_ours = true;
    assert_eq!(
        world.decide(),
        Decision::Act(Action::Unhold { pool: Pool::Voters })
    );
    world.voters_mut().maintenance_ours = false;
    // The operator has answered the latest status write just now.
    world.cluster().resource_version.0 = "77".to_owned();
    world.pass(Duration::from_millis(1));
    assert_eq!(codes(&world.decide()), ["NotStill"]);
    world.commit();
    world.pass(Duration::from_secs(1));
    assert_eq!(world.decide(), Decision::Act(Action::Complete));
    // Leader-last does not finish in the order of the ordinals.
    if let Some((_, completed)) = &mut world.track.published {
        completed.rotate_left(1);
    }
    let cluster = world.cluster();
    cluster.status.upgrade = None;
    cluster.status.operation_lock = None;
    cluster.status.current_version = Some("2.7.2".to_owned());
    assert_eq!(world.decide(), Decision::Act(Action::Relinquish));
    let cluster = world.cluster();
    cluster.run = Fact::Known(None);
    cluster.spec.paused = None;
    assert_eq!(world.decide(), Decision::Done);
}

#[test]
fn reverse_ordinal_brings_the_leader_to_ordinal_0_or_gives_up_before_any_change() {
    let mut world = Example::three("2.6.2");
    let run = world.run.clone();
    {
        let cluster = world.cluster();
        cluster.spec.paused = Some(true);
        cluster.run = Fact::Known(Some(run.clone()));
        cluster.status.operation_lock = Some(crate::model::cluster::OperationLock {
            operation: "Upgrade".to_owned(),
            holder: run.holder(),
            message: None,
            renewed_at: None,
        });
    }
    world.track.begun = true;
    world.track.operator_quiet = true;
    world.lead(2);
    world.pass(Duration::from_secs(1));
    world.settle();
    let mut leaders = [1, 2].into_iter().cycle();
    for _ in 0..4 {
        let Decision::Act(step_down @ Action::StepDown { .. }) = world.decide() else {
            panic!("a step-down: {:?}", world.decide())
        };
        world.track.acted(&step_down, world.now);
        world.lead(leaders.next().expect("endless"));
        world.pass(Duration::from_millis(600));
        assert!(
            !matches!(world.decide(), Decision::Act(_)),
            "nothing before it has settled"
        );
        world.settle();
    }
    let Decision::Halt(halt) = world.decide() else {
        panic!("a halt")
    };
    assert_eq!(halt.reason, HaltReason::LeaderNotFirst);
    let on = world.cluster().reference.clone();
    let line = "baoctl upgrade rolling prod -n vault --to 2.7.2 --order leader-last";
    let next = advice(&halt, true, &on, &world.run, &world.snapshot).join("\n");
    assert!(next.contains(line), "{next}");
}

#[test]
fn one_replica_is_released_without_a_step_down() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    {
        world.run.target.replicas = 1;
        let workload = world.voters_mut();
        workload.replicas = 1;
        workload.pods.truncate(1);
        world.cluster().spec.replicas = 1;
        world
            .snapshot
            .nodes
            .retain(|name, _| name.as_str() == "prod-0");
        if let Fact::Known(membership) = &mut world.snapshot.membership {
            membership.peers.truncate(1);
        }
        world.snapshot.disruptions_allowed = Fact::Known(None);
        world.track.published = Some((1, Vec::new()));
    }
    world.settle();
    assert_eq!(
        released(&world.behind_holds()),
        ("prod-0", ReleaseBy::Partition(0))
    );
}

/// A process that resumes a run with nothing to write first must know that it
/// is under way: it went round in circles once, taking the lock it had just
/// given up.
#[test]
fn a_run_is_under_way_by_what_the_resource_shows() {
    use crate::decide::owning::is_under_way;
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    let run = world.run.clone();
    assert!(is_under_way(&run, world.cluster()));
    let bends: [fn(&mut Example); 3] = [
        |world| world.cluster().spec.paused = Some(false),
        |world| world.cluster().status.operation_lock = None,
        |world| world.cluster().run = Fact::Known(None),
    ];
    for bend in bends {
        let mut world = world.clone();
        bend(&mut world);
        assert!(!is_under_way(&run, world.cluster()));
    }
}
