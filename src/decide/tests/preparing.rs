//! What comes before the pods, and the progress that is published beside them.

use std::time::Duration;

use super::{codes, replaced};
use crate::decide::{
    Decision,
    example::{Example, image, start},
    preparing::progress,
    world::World,
};
use crate::model::{
    action::Action, fact::Fact, intent::Order, record::SnapshotRecord, workload::UpdateStrategy,
};

/// A run that owns the cluster and has not declared its target.
fn owned(order: Order) -> Example {
    let mut world = Example::under_way("2.6.2", order);
    world.track.published = None;
    let cluster = world.cluster();
    cluster.spec.version = "2.6.2".to_owned();
    cluster.spec.image = Some(image("2.6.2"));
    cluster.status.upgrade = None;
    let workload = world.voters_mut();
    workload.image = Some(image("2.6.2"));
    workload.update_revision = workload.current_revision.clone();
    workload.strategy = UpdateStrategy::RollingUpdate {
        partition: 0,
        max_unavailable_above_one: false,
    };
    world
}

/// One voter replaced, and nothing published about it.
fn one_done() -> Example {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.replace(2);
    world.settle();
    world
}

fn seen(world: &Example) -> (u32, Vec<u32>) {
    progress(&World {
        run: &world.run,
        take_over: false,
        start_timeout: crate::decide::rules::START_TIMEOUT,
        snapshot: &world.snapshot,
        track: &world.track,
        now: world.now,
    })
    .expect("the voters are seen")
}

fn declares(world: &mut Example) -> bool {
    matches!(world.behind_holds(), Decision::Act(Action::Declare { .. }))
}

fn publishes(world: &mut Example) -> Option<(u32, Vec<u32>)> {
    match world.decide() {
        Decision::Act(Action::Publish {
            current_partition,
            completed_pods,
        }) => Some((current_partition, completed_pods)),
        _ => None,
    }
}

#[test]
fn no_step_down_comes_first_when_ordinal_0_leads_or_the_template_is_set_already() {
    let mut world = owned(Order::ReverseOrdinal);
    assert!(declares(&mut world));
    world.lead(2);
    world.pass(Duration::from_millis(1));
    world.settle();
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::StepDown { node }) if node.name.as_str() == "prod-2"
    ));
    // Its pods go by the template whoever leads; the order was settled before.
    world.voters_mut().image = Some(image("2.7.2"));
    assert!(declares(&mut world));
}

#[test]
fn leadership_is_brought_to_ordinal_0_only_when_the_leader_and_all_voters_are_fine() {
    let mut world = owned(Order::ReverseOrdinal);
    world.lead(2);
    world.pass(Duration::from_millis(1));
    world.settle();
    let mut fault = world.clone();
    fault.voters_mut().pods[1].ready = false;
    assert_eq!(codes(&fault.decide()), ["PodNotReady"]);
    let mut fault = world.clone();
    fault.claims(2, false);
    assert_eq!(codes(&fault.decide()), ["NoLeader"]);
    world.snapshot.voters = Fact::Unknown("no answer".to_owned());
    assert_eq!(codes(&world.decide()), ["Unseen"]);
}

#[test]
fn the_snapshot_is_taken_once_of_a_settled_leader_before_anything_is_declared() {
    let mut world = owned(Order::LeaderLast);
    world.run.snapshot_wanted = Some("/backup/prod.snap".to_owned());
    world.cluster().run = Fact::Known(Some(world.run.clone()));
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::TakeSnapshot { node, file })
            if node.name.as_str() == "prod-0" && file == "/backup/prod.snap"
    ));
    let mut moved = world.clone();
    moved.lead(1);
    moved.pass(Duration::from_secs(1));
    assert_eq!(codes(&moved.decide()), ["LeaderUnsettled"]);
    world.run.snapshot = Some(SnapshotRecord {
        file: "/backup/prod.snap".to_owned(),
        index: 100,
        bytes: 1,
        sha256: "00".to_owned(),
        at: start(),
    });
    assert!(declares(&mut world));
}

#[test]
fn a_declaration_is_of_version_and_image_both() {
    let mut world = owned(Order::LeaderLast);
    world.cluster().spec.version = "2.7.2".to_owned();
    assert!(declares(&mut world), "the image is still the old one");
    world.cluster().spec.image = None;
    assert!(
        !declares(&mut world),
        "without spec.image the version says it all"
    );
}

#[test]
fn progress_is_the_lowest_ordinal_from_which_on_every_voter_is_done() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    assert_eq!(seen(&world), (3, vec![]));
    world.replace(1);
    world.settle();
    assert_eq!(seen(&world), (3, vec![1]), "the one above it is old");
    world.replace(2);
    assert_eq!(seen(&world), (3, vec![1]), "it has not caught up yet");
    world.settle();
    assert_eq!(seen(&world), (1, vec![1, 2]));
    world.lead(1);
    world.replace(0);
    world.settle();
    assert_eq!(seen(&world), (0, vec![0, 1, 2]));
    world.voters_mut().image = Some(image("2.7.1"));
    assert_eq!(seen(&world), (3, vec![]), "the template is another's");
}

#[test]
fn a_voter_that_was_done_stays_done_for_as_long_as_it_is_on_the_target() {
    let mut world = one_done();
    world.track.published = Some((2, vec![2]));
    world.voters_mut().pods[2].ready = false;
    assert_eq!(seen(&world), (2, vec![2]));
    world.voters_mut().pods[2].revision = "prod-2.6.2".to_owned();
    assert_eq!(seen(&world), (3, vec![]));
    let mut world = one_done();
    world.voters_mut().pods[2].ready = false;
    assert_eq!(seen(&world), (3, vec![]), "it never was");
}

#[test]
fn pods_are_published_in_the_order_in_which_they_were_done() {
    let mut world = one_done();
    assert_eq!(publishes(&mut world), Some((2, vec![2])));
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    if let Some(upgrade) = &mut world.cluster().status.upgrade {
        upgrade.completed_pods = vec![1];
    }
    for ordinal in [2, 1] {
        world.replace(ordinal);
    }
    world.settle();
    assert_eq!(publishes(&mut world), Some((1, vec![1, 2])));
    // What stands there and is not so is taken out.
    if let Some(upgrade) = &mut world.cluster().status.upgrade {
        upgrade.completed_pods = vec![0, 2];
    }
    assert_eq!(publishes(&mut world), Some((1, vec![2, 1])));
}

#[test]
fn progress_that_stands_on_the_resource_is_not_written_again() {
    let stands = |world: &mut Example, partition, completed: &[u32]| {
        if let Some(upgrade) = &mut world.cluster().status.upgrade {
            upgrade.current_partition = partition;
            upgrade.completed_pods = completed.to_vec();
        }
    };
    let mut world = one_done();
    stands(&mut world, 2, &[2]);
    assert_eq!(publishes(&mut world), None);
    for (partition, completed) in [(3, vec![2]), (2, vec![]), (2, vec![1])] {
        stands(&mut world, partition, &completed);
        assert!(publishes(&mut world).is_some(), "{partition} {completed:?}");
    }
    stands(&mut world, 2, &[2]);
    if let Some(upgrade) = &mut world.cluster().status.upgrade {
        upgrade.failure_reason = Some("StepDownFailed".to_owned());
    }
    assert!(publishes(&mut world).is_some(), "a failure that is over");
    let mut world = one_done();
    stands(&mut world, 2, &[2]);
    world.track.published = None;
    assert!(
        publishes(&mut world).is_some(),
        "a process that has said nothing yet says it, and the conditions with it"
    );
}

#[test]
fn what_somebody_else_makes_of_the_published_progress_is_not_fought_with() {
    let mut world = one_done();
    world.track.published = Some((2, vec![2]));
    if let Some(upgrade) = &mut world.cluster().status.upgrade {
        upgrade.current_partition = 0;
    }
    assert_eq!(publishes(&mut world), None);
    world.track.published = Some((2, vec![1]));
    assert!(publishes(&mut world).is_some());
    world.track.published = Some((2, vec![2, 1]));
    assert!(publishes(&mut world).is_some());
    world.track.published = Some((3, vec![2]));
    assert!(publishes(&mut world).is_some());
}

#[test]
fn nothing_is_published_once_the_resource_is_at_rest_on_the_target() {
    let mut world = one_done();
    world.track.published = Some((3, vec![]));
    assert!(publishes(&mut world).is_some());
    world.cluster().status.current_version = Some("2.7.2".to_owned());
    world.cluster().status.upgrade = None;
    assert_eq!(publishes(&mut world), None);
}

#[test]
fn a_run_found_after_its_status_was_completed_has_only_its_end_left() {
    let mut world = replaced();
    world.pass(Duration::from_secs(1));
    world.settle();
    world.track.published = None;
    world.voters_mut().strategy = UpdateStrategy::RollingUpdate {
        partition: 0,
        max_unavailable_above_one: false,
    };
    world.cluster().status.current_version = Some("2.7.2".to_owned());
    assert!(publishes(&mut world).is_some(), "status.upgrade is there");
    world.cluster().status.upgrade = None;
    assert_eq!(world.decide(), Decision::Act(Action::Complete));
    world.cluster().status.current_version = Some("2.6.2".to_owned());
    assert!(publishes(&mut world).is_some(), "nothing was completed");
}
