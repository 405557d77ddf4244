//! Going back, before the one-way door and beyond it.

use crate::decide::{
    Decision, door,
    example::{Example, image},
};
use crate::model::{action::Action, fact::Fact, halt::HaltReason, intent::Order};

/// `prod-2` runs 2.7.2, and the run goes back to 2.6.2: declared and published,
/// the template still that of 2.7.2.
fn going_back() -> Example {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    world.run.abandoned = Some("2.7.2".parse().expect("a version"));
    world.run.target.version = "2.6.2".parse().expect("a version");
    world.run.target.image = image("2.6.2");
    let run = world.run.clone();
    let cluster = world.cluster();
    cluster.spec.version = "2.6.2".to_owned();
    cluster.spec.image = Some(image("2.6.2"));
    cluster.run = Fact::Known(Some(run));
    world.track.published = None;
    world.publish();
    world
}

fn beyond(world: &mut Example) {
    let Decision::Halt(halt) = world.decide() else {
        panic!("a halt: {:?}", world.decide())
    };
    assert_eq!(halt.reason, HaltReason::BeyondTheDoor);
}

#[test]
fn before_the_door_the_way_back_is_open() {
    let mut world = going_back();
    assert!(matches!(
        world.behind_holds(),
        Decision::Act(Action::SetImage { .. })
    ));
}

#[test]
fn whoever_leads_now_shuts_it_before_the_template_changes() {
    let mut world = going_back();
    world.lead(2);
    // What was seen is recorded first: no later run could observe it.
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::Record { .. })
    ));
    world.run.newest_active = Some("2.7.2".parse().expect("a version"));
    world.cluster().run = Fact::Known(Some(world.run.clone()));
    beyond(&mut world);
}

#[test]
fn whoever_was_recorded_to_have_led_shuts_it_whoever_leads_now() {
    let mut world = going_back();
    world.run.newest_active = Some("2.7.2".parse().expect("a version"));
    world.cluster().run = Fact::Known(Some(world.run.clone()));
    beyond(&mut world);
    // In the middle of the way back as well: nothing is released, nobody is
    // stepped down.
    let workload = world.voters_mut();
    workload.image = Some(image("2.6.2"));
    workload.update_revision = workload.current_revision.clone();
    beyond(&mut world);
}

#[test]
fn a_claim_that_nobody_agrees_with_counts() {
    let mut world = going_back();
    world.claims(2, true);
    let newest = door::newest_led(&world.run, &world.snapshot);
    assert_eq!(newest.map(ToString::to_string).as_deref(), Some("2.7.2"));
}

#[test]
fn a_pair_without_a_door_may_go_back_at_any_time() {
    let mut world = going_back();
    world.run.newest_active = Some("2.6.3".parse().expect("a version"));
    world.cluster().run = Fact::Known(Some(world.run.clone()));
    assert!(!matches!(world.behind_holds(), Decision::Halt(_)));
}

/// A newer node may shut it and never say that it leads.
#[test]
fn while_nobody_leads_nothing_goes_back() {
    let mut world = going_back();
    for ordinal in 0..3 {
        world.claims(ordinal, false);
    }
    assert_eq!(super::codes(&world.decide()), ["NoLeader"]);
}

/// A voter that is alone elects itself once it is unsealed, and may be gone
/// before anybody has seen it lead.
#[test]
fn a_voter_that_is_alone_counts_as_soon_as_it_is_unsealed() {
    let newest = |world: &Example| {
        let newest = door::newest_led(&world.run, &world.snapshot);
        newest.map(ToString::to_string)
    };
    let mut world = Example::of("2.6.2", 1);
    world.finish(0);
    world.claims(0, false);
    world.run.newest_active = None;
    assert_eq!(newest(&world).as_deref(), Some("2.7.2"));
    world.silent(0);
    assert_eq!(newest(&world), None);
    let mut three = Example::of("2.6.2", 3);
    three.finish(0);
    three.claims(0, false);
    three.run.newest_active = None;
    assert_ne!(newest(&three).as_deref(), Some("2.7.2"));
}

/// The template is the target's, every voter serves with the old version.
fn all_old() -> Example {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.claims(0, false);
    world
}

fn stranded(world: &Example) -> Option<&str> {
    let pod = door::stranded(&world.run, &world.snapshot)?;
    Some(pod.pod.name.as_str())
}

#[test]
fn where_only_old_ones_are_left_and_none_can_lead_one_new_one_would() {
    assert_eq!(stranded(&all_old()), Some("prod-2"));
    // One that could lead is there.
    let mut world = all_old();
    world.finish(1);
    assert_eq!(stranded(&world), None);
    // A vote may be missing for another reason.
    let mut world = all_old();
    world.silent(1);
    assert_eq!(stranded(&world), None);
    // No new pod was made yet.
    assert_eq!(stranded(&Example::three("2.6.2")), None);
}

#[test]
fn between_versions_that_lead_in_either_order_nobody_is_stranded() {
    let mut world = all_old();
    world.run.target.version = "2.6.3".parse().expect("a version");
    assert_eq!(stranded(&world), None);
}
