//! What is not fine blocks, and what lasts too long halts.

use std::time::Duration;

use super::{codes, released};
use crate::decide::{Decision, example::Example};
use crate::model::{
    action::{Action, Hold, ReleaseBy},
    fact::Fact,
    halt::HaltReason,
    intent::Order,
    names::{PodName, Pool},
    workload::{ContainerState, UpdateStrategy},
};

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

/// Makes one thing about a fine world not fine.
type Bend = fn(&mut Example);

#[test]
fn any_voter_that_is_not_fine_blocks_every_release() {
    let fine = Example::under_way("2.6.2", Order::LeaderLast);
    let bends: [(&str, Bend); 7] = [
        ("NodeSilent", |world| world.silent(1)),
        ("PodNotReady", |world| {
            world.voters_mut().pods[1].ready = false;
        }),
        ("PodTerminating", |world| {
            world.voters_mut().pods[1].terminating = true;
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
            world.snapshot.membership = Fact::Unknown("403".to_owned());
        }),
    ];
    for (code, bend) in bends {
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
    assert_eq!(
        released(&world.decide()),
        ("prod-2", ReleaseBy::Partition(2))
    );
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
    world.pass(Duration::ZERO);
    assert_eq!(codes(&world.decide()), ["PodNotReady"]);
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
    assert_eq!(
        released(&world.behind_holds()),
        ("prod-2", ReleaseBy::Eviction)
    );
    world.silent(1);
    assert!(codes(&world.behind_holds()).contains(&"NodeSilent"));
}

#[test]
fn changing_the_target_stops_the_run() {
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
        let Decision::Act(step_down @ Action::StepDown { .. }) = world.behind_holds() else {
            panic!("a step-down")
        };
        world.track.acted(&step_down, world.now);
        world.commit();
        world.pass(Duration::from_secs(16));
        world.settle();
    }
    // Whoever did not take over is to be looked at, not who led well.
    assert!(matches!(world.decide(), Decision::Halt(halt)
        if halt.reason == HaltReason::StepDownFailed && halt.pod == Some(PodName::of("prod", 1))));
}

#[test]
fn a_person_may_stop_between_pods_and_not_within_one() {
    let safe = |world: &Example| {
        crate::decide::safe_point::safe_point(&world.run, &world.snapshot, &world.track, true)
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

#[test]
fn a_mended_image_is_declared_held_and_set_before_the_broken_pod_goes() {
    let mut world = Example::under_way("2.6.2", Order::ReverseOrdinal);
    world.voters_mut().strategy = UpdateStrategy::RollingUpdate {
        partition: 2,
        max_unavailable_above_one: false,
    };
    world.replace(2);
    {
        let pod = &mut world.voters_mut().pods[2];
        pod.ready = false;
        pod.container = ContainerState::Waiting {
            reason: "ErrImagePull".to_owned(),
            message: None,
        };
    }
    world.silent(2);
    // The same run, resumed by another process with another image.
    world.run.target.image = "registry.example/openbao:2.7.2".to_owned();
    world.track.published = None;
    let image = world.run.target.image.clone();
    assert!(
        matches!(world.behind_holds(), Decision::Act(Action::Declare { image: declared, .. }) if declared == image)
    );
    world.cluster().spec.image = Some(image.clone());
    let Decision::Act(publish @ Action::Publish { .. }) = world.decide() else {
        panic!("progress")
    };
    world.track.acted(&publish, world.now);
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::SetImage { .. })
    ));
    world.voters_mut().image = Some(image);
    world.voters_mut().update_revision = "prod-mended".to_owned();
    world.settle();
    assert_eq!(
        released(&world.behind_holds()),
        ("prod-2", ReleaseBy::Eviction)
    );
}

#[test]
fn going_back_evicts_the_broken_pod_and_asks_no_leader_to_step_down() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.replace(2);
    {
        let pod = &mut world.voters_mut().pods[2];
        pod.ready = false;
        pod.container = ContainerState::Waiting {
            reason: "CrashLoopBackOff".to_owned(),
            message: None,
        };
    }
    world.silent(2);
    world.run.abandoned = Some("2.7.2".parse().expect("a version"));
    world.run.target.version = "2.6.2".parse().expect("a version");
    world.run.target.image = crate::decide::example::image("2.6.2");
    world.track.published = None;
    assert!(
        matches!(world.decide(), Decision::Act(Action::Declare { version, .. }) if version.to_string() == "2.6.2")
    );
    {
        let cluster = world.cluster();
        cluster.spec.version = "2.6.2".to_owned();
        cluster.spec.image = Some(crate::decide::example::image("2.6.2"));
    }
    let Decision::Act(publish @ Action::Publish { .. }) = world.decide() else {
        panic!("progress")
    };
    world.track.acted(&publish, world.now);
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::SetImage { .. })
    ));
    {
        let workload = world.voters_mut();
        workload.image = Some(crate::decide::example::image("2.6.2"));
        workload.update_revision = workload.current_revision.clone();
    }
    world.settle();
    world.publish();
    assert_eq!(
        released(&world.behind_holds()),
        ("prod-2", ReleaseBy::Eviction)
    );
    world.finish(2);
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::Unhold { pool: Pool::Voters })
    ));
}

/// The partition let a pod go, and it became active before the controller acted:
/// the release is taken back, and nobody may go on waiting for its replacement.
#[test]
fn a_release_that_was_taken_back_is_not_waited_for() {
    let mut world = Example::under_way("2.6.2", Order::ReverseOrdinal);
    world.finish(2);
    let Decision::Act(release) = world.decide() else {
        panic!("the next release")
    };
    assert_eq!(
        released(&Decision::Act(release.clone())),
        ("prod-1", ReleaseBy::Partition(1))
    );
    world.track.acted(&release, world.now);
    world.voters_mut().strategy = UpdateStrategy::RollingUpdate {
        partition: 1,
        max_unavailable_above_one: false,
    };
    world.lead(1);
    world.pass(Duration::from_millis(1));
    let Decision::Act(hold) = world.decide() else {
        panic!("the release is taken back")
    };
    assert!(matches!(
        hold,
        Action::Hold {
            hold: Hold::Partition(2),
            ..
        }
    ));
    for heard in [true, false] {
        let mut world = world.clone();
        if heard {
            world.track.acted(&hold, world.now);
        } else {
            world.track.unanswered(&hold, world.now);
        }
        world.voters_mut().strategy = UpdateStrategy::RollingUpdate {
            partition: 2,
            max_unavailable_above_one: false,
        };
        world.settle();
        assert_eq!(
            released(&world.behind_holds()),
            ("prod-0", ReleaseBy::Eviction)
        );
    }
}
