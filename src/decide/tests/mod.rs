//! The rolling sequence, asked about one situation at a time.

use std::time::Duration;

use super::{Decision, example::Example};
use crate::model::{
    action::{Action, Hold, ReleaseBy},
    fact::Fact,
    halt::HaltReason,
    intent::Order,
    names::{PodName, Pool},
    workload::{ContainerState, UpdateStrategy},
};

fn codes(decision: &Decision) -> Vec<&'static str> {
    match decision {
        Decision::Wait { blockers, .. } => blockers
            .iter()
            .map(crate::model::blocker::Blocker::code)
            .collect(),
        other => panic!("not a wait: {other:?}"),
    }
}

fn released(decision: &Decision) -> (&str, ReleaseBy) {
    match decision {
        Decision::Act(Action::Release { pod, by, .. }) => (pod.name.as_str(), *by),
        other => panic!("not a release: {other:?}"),
    }
}

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
fn a_foreign_lock_is_respected_unless_taken_over() {
    let mut world = Example::three("2.6.2");
    world.cluster().status.operation_lock = Some(crate::model::cluster::OperationLock {
        operation: "Backup".to_owned(),
        holder: "openbaocluster/backup".to_owned(),
        message: None,
        renewed_at: None,
    });
    assert!(matches!(world.decide(), Decision::Halt(halt) if halt.reason == HaltReason::LockLost));
}

#[test]
fn nothing_is_declared_before_the_operator_is_quiet() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.track.operator_quiet = false;
    world.track.published = None;
    let cluster = world.cluster();
    cluster.spec.version = "2.6.2".to_owned();
    cluster.spec.image = Some(super::example::image("2.6.2"));
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
    workload.image = Some(super::example::image("2.6.2"));
    workload.update_revision = workload.current_revision.clone();
    workload.strategy = UpdateStrategy::RollingUpdate {
        partition: 0,
        max_unavailable_above_one: false,
    };
    assert_eq!(
        world.decide(),
        Decision::Act(Action::Hold {
            pool: Pool::Voters,
            hold: Hold::OnDelete
        })
    );
    world.voters_mut().strategy = UpdateStrategy::OnDelete;
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
        matches!(world.decide(), Decision::Act(Action::StepDown { node }) if node.name.as_str() == "prod-0")
    );
}

#[test]
fn leader_last_passes_over_the_leader_wherever_it_sits() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.lead(2);
    world.pass(Duration::from_millis(1));
    world.settle();
    assert_eq!(released(&world.decide()), ("prod-1", ReleaseBy::Eviction));
    world.finish(1);
    assert_eq!(released(&world.decide()), ("prod-0", ReleaseBy::Eviction));
    world.finish(0);
    assert!(
        matches!(world.decide(), Decision::Act(Action::StepDown { node }) if node.name.as_str() == "prod-2")
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
    let Decision::Act(step_down) = world.decide() else {
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
    assert_eq!(released(&world.decide()), ("prod-0", ReleaseBy::Eviction));
}

#[test]
fn an_early_activation_is_finished_forward_without_a_step_down() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    world.lead(2);
    world.run.newest_active = Some("2.7.2".parse().expect("a version"));
    world.pass(Duration::from_millis(1));
    world.settle();
    assert_eq!(released(&world.decide()), ("prod-1", ReleaseBy::Eviction));
    world.finish(1);
    assert_eq!(released(&world.decide()), ("prod-0", ReleaseBy::Eviction));
    world.finish(0);
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::Publish { .. } | Action::Unhold { .. })
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
fn any_voter_that_is_not_fine_blocks_every_release() {
    let fine = Example::under_way("2.6.2", Order::LeaderLast);
    let bend: [(&str, fn(&mut Example)); 7] = [
        ("NodeSilent", |world| world.silent(1)),
        ("PodNotReady", |world| {
            world.voters_mut().pods[1].ready = false
        }),
        ("PodTerminating", |world| {
            world.voters_mut().pods[1].terminating = true
        }),
        ("NodeSealed", |world| {
            if let Fact::Known(health) = &mut world.node(1).health {
                health.sealed = true;
            }
        }),
        ("WrongCluster", |world| {
            if let Fact::Known(health) = &mut world.node(1).health {
                health.cluster_id = Some("another".to_owned());
            }
        }),
        ("NotVoter", |world| {
            if let Fact::Known(membership) = &mut world.snapshot.membership {
                membership.peers[1].voter = false;
            }
        }),
        ("Unseen", |world| {
            world.snapshot.membership = Fact::Unknown("403".to_owned())
        }),
    ];
    for (code, bend) in bend {
        let mut world = fine.clone();
        bend(&mut world);
        let decision = world.decide();
        assert!(codes(&decision).contains(&code), "{code}: {decision:?}");
    }
}

#[test]
fn a_restarted_node_must_apply_an_entry_younger_than_itself() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.replace(2);
    // Idle cluster: indexes are equal, and prove nothing.
    for _ in 0..5 {
        world.pass(Duration::from_secs(3));
    }
    assert_eq!(codes(&world.decide()), ["NotCaughtUp"]);
    world.commit();
    world.pass(Duration::from_secs(1));
    assert_eq!(
        codes(&world.decide()),
        ["NotCaughtUp"],
        "one reading is not two"
    );
    world.pass(Duration::from_secs(2));
    assert!(matches!(world.decide(), Decision::Act(_)));
}

#[test]
fn the_budget_is_waited_for_and_unknown_is_not_enough() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.snapshot.disruptions_allowed = Fact::Known(Some(0));
    assert_eq!(codes(&world.decide()), ["BudgetExhausted"]);
    world.snapshot.disruptions_allowed = Fact::Unknown("no answer".to_owned());
    assert_eq!(codes(&world.decide()), ["Unseen"]);
    world.snapshot.disruptions_allowed = Fact::Known(None);
    assert_eq!(released(&world.decide()), ("prod-2", ReleaseBy::Eviction));
}

#[test]
fn a_broken_pod_halts_with_its_own_reason_and_touches_no_other() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.replace(2);
    {
        let pod = &mut world.voters_mut().pods[2];
        pod.ready = false;
        pod.container = ContainerState::Waiting {
            reason: "ImagePullBackOff".to_owned(),
            message: Some("Back-off pulling image".to_owned()),
        };
    }
    world.silent(2);
    let first = world.decide();
    assert!(codes(&first).contains(&"PodNotReady"));
    world.pass(Duration::from_secs(31));
    let Decision::Halt(halt) = world.decide() else {
        panic!("a halt")
    };
    assert_eq!(halt.reason, HaltReason::ImagePullFailed);
    assert_eq!(halt.pod, Some(PodName::of("prod", 2)));
    assert!(
        halt.message.contains("Back-off pulling image"),
        "{}",
        halt.message
    );
}

#[test]
fn a_broken_pod_of_a_given_up_template_is_evicted_when_all_others_are_fine() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.replace(2);
    {
        let workload = world.voters_mut();
        workload.update_revision = "prod-2.7.2-mended".to_owned();
        let pod = &mut workload.pods[2];
        pod.ready = false;
        pod.container = ContainerState::Waiting {
            reason: "ErrImagePull".to_owned(),
            message: None,
        };
    }
    world.silent(2);
    world.settle();
    assert_eq!(released(&world.decide()), ("prod-2", ReleaseBy::Eviction));
    world.silent(1);
    assert!(codes(&world.decide()).contains(&"NodeSilent"));
}

#[test]
fn un_pausing_and_changing_the_target_stop_the_run() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.cluster().spec.paused = Some(false);
    assert!(matches!(world.decide(), Decision::Halt(halt) if halt.reason == HaltReason::Unpaused));
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.cluster().spec.version = "2.7.1".to_owned();
    assert!(
        matches!(world.decide(), Decision::Halt(halt) if halt.reason == HaltReason::TargetChanged)
    );
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.cluster().spec.replicas = 5;
    assert!(
        matches!(world.decide(), Decision::Halt(halt) if halt.reason == HaltReason::TargetChanged)
    );
}

#[test]
fn the_same_leader_again_is_tried_three_times_and_no_more() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    world.finish(1);
    for _ in 0..3 {
        let Decision::Act(step_down @ Action::StepDown { .. }) = world.decide() else {
            panic!("a step-down")
        };
        world.track.acted(&step_down, world.now);
        world.commit();
        world.pass(Duration::from_secs(16));
        world.settle();
    }
    assert!(
        matches!(world.decide(), Decision::Halt(halt) if halt.reason == HaltReason::StepDownFailed)
    );
}

#[test]
fn the_end_is_strategy_then_status_then_ownership() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    world.finish(1);
    world.lead(2);
    world.run.newest_active = Some("2.7.2".parse().expect("a version"));
    world.finish(0);
    assert_eq!(
        world.decide(),
        Decision::Act(Action::Unhold { pool: Pool::Voters })
    );
    world.voters_mut().strategy = UpdateStrategy::RollingUpdate {
        partition: 0,
        max_unavailable_above_one: false,
    };
    assert_eq!(world.decide(), Decision::Act(Action::Complete));
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
    assert!(halt.next.iter().any(|line| line.contains("leader-last")));
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
        world.snapshot.disruptions_allowed = Fact::Known(None);
        world.track.published = Some((1, Vec::new()));
    }
    world.settle();
    assert_eq!(released(&world.decide()), ("prod-0", ReleaseBy::Eviction));
}

#[test]
fn a_person_may_stop_between_pods_and_not_within_one() {
    let safe = |world: &Example| {
        super::rolling::safe_point(&world.run, &world.snapshot, &world.track, true)
    };
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    assert!(safe(&world));
    world.replace(2);
    assert!(!safe(&world), "a pod is between two versions");
    world.finish(2);
    assert!(safe(&world));
    world.lead(2);
    world.run.newest_active = Some("2.7.2".parse().expect("a version"));
    world.pass(Duration::from_millis(1));
    world.settle();
    assert!(
        !safe(&world),
        "past the point of no return with old voters left"
    );
}
