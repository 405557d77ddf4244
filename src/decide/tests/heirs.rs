//! Who may be elected after a step-down, and what it means for the door.

use std::time::Duration;

use super::*;
use crate::model::{halt::HaltReason, names::PodName, version::Version};

const SECOND: Duration = Duration::from_secs(1);

/// Everybody but the leader is replaced: a step-down comes next.
fn before_the_step_down() -> Example {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    world.finish(1);
    world
}

fn answers(world: &mut Example, ordinal: u32, answer: Fact<bool>) {
    let name = PodName::of("prod", ordinal);
    world.snapshot.candidates.insert(name, answer);
}

#[test]
fn nobody_who_was_not_asked_is_trusted_to_lead() {
    let mut world = before_the_step_down();
    world.snapshot.candidates.clear();
    let decision = world.decide();
    assert_eq!(codes(&decision), ["NotAsked", "NotAsked"]);
    let asked = crate::decide::heirs::to_be_asked(&decision);
    assert_eq!(asked, [PodName::of("prod", 1), PodName::of("prod", 2)]);
    answers(&mut world, 1, Fact::Known(true));
    answers(&mut world, 2, Fact::Unknown("no answer".to_owned()));
    assert_eq!(codes(&world.decide()), ["Unseen"]);
    answers(&mut world, 2, Fact::Known(true));
    assert!(matches!(
        world.behind_holds(),
        Decision::Act(Action::StepDown { .. })
    ));
}

#[test]
fn a_standby_that_cannot_lead_stops_the_run_before_the_door() {
    let mut world = before_the_step_down();
    answers(&mut world, 2, Fact::Known(false));
    assert_eq!(codes(&world.decide()), ["CannotLead"]);
    world.now += 14 * SECOND;
    assert_eq!(
        codes(&world.decide()),
        ["CannotLead"],
        "it may still be at it"
    );
    world.now += SECOND;
    let Decision::Halt(halt) = world.decide() else {
        panic!("a halt")
    };
    assert_eq!(halt.reason, HaltReason::CannotLead);
    assert_eq!(halt.pod, Some(PodName::of("prod", 2)));
    assert_eq!(world.run.newest_active, "2.6.2".parse::<Version>().ok());
}

#[test]
fn nobody_who_could_take_over_goes_before_a_new_node_could() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    let answer = world.snapshot.candidates.remove(&PodName::of("prod", 2));
    assert_eq!(codes(&world.decide()), ["NotAsked"], "only the new one");
    answers(&mut world, 2, Fact::Known(false));
    assert_eq!(codes(&world.decide()), ["CannotLead"]);
    answers(&mut world, 2, answer.expect("asked"));
    assert_eq!(released(&world.behind_holds()).0, "prod-1");
    // Nor is it asked again, until the step-down.
    crate::decide::heirs::remember(&mut world.track, &world.snapshot);
    world.snapshot.candidates.clear();
    assert_eq!(released(&world.decide()).0, "prod-1");
    world.track.could_lead.clear();
    // Under `OnDelete` as well: a question is no reason to change the hold.
    world.voters_mut().strategy = UpdateStrategy::OnDelete;
    world.snapshot.candidates.clear();
    assert_eq!(codes(&world.decide()), ["NotAsked"]);
    // Once a new node leads the old ones cannot, and go whatever comes of them.
    world.lead(2);
    world.run.newest_active = Some("2.7.2".parse().expect("a version"));
    world.settle();
    world.finish(1);
    answers(&mut world, 1, Fact::Known(false));
    assert_eq!(released(&world.behind_holds()).0, "prod-0");
}

#[test]
fn the_node_that_steps_down_need_not_lead_again() {
    let mut world = before_the_step_down();
    answers(&mut world, 0, Fact::Known(false));
    assert!(matches!(
        world.behind_holds(),
        Decision::Act(Action::StepDown { .. })
    ));
}

#[test]
fn bringing_leadership_to_ordinal_0_asks_too() {
    let mut asked = Example::under_way("2.6.2", Order::ReverseOrdinal);
    asked.lead(1);
    asked.pass(SECOND);
    asked.settle();
    asked.cluster().spec.version = "2.6.2".to_owned();
    asked.cluster().spec.image = Some(crate::decide::example::image("2.6.2"));
    asked.voters_mut().image = Some(crate::decide::example::image("2.6.2"));
    asked.cluster().status.upgrade = None;
    assert!(matches!(
        asked.decide(),
        Decision::Act(Action::StepDown { .. })
    ));
    answers(&mut asked, 0, Fact::Known(false));
    assert_eq!(codes(&asked.decide()), ["CannotLead"]);
}

#[test]
fn before_2_5_a_standby_has_nothing_to_show() {
    let mut world = Example::under_way("2.4.4", Order::ReverseOrdinal);
    world.run.target.version = "2.4.5".parse().expect("a version");
    world.run.target.image = crate::decide::example::image("2.4.5");
    let image = world.run.target.image.clone();
    world.cluster().spec.version = "2.4.5".to_owned();
    world.cluster().spec.image = Some(image.clone());
    if let Some(upgrade) = &mut world.cluster().status.upgrade {
        upgrade.target_version = "2.4.5".to_owned();
    }
    world.voters_mut().image = Some(image);
    world.finish(2);
    world.finish(1);
    world.snapshot.candidates.clear();
    assert!(matches!(
        world.behind_holds(),
        Decision::Act(Action::StepDown { .. })
    ));
}

#[test]
fn a_step_down_is_recorded_as_an_activation_before_it_is_sent() {
    let mut world = before_the_step_down();
    let Decision::Act(Action::Record { record }) = world.decide() else {
        panic!("a record")
    };
    assert_eq!(record.newest_active, "2.7.2".parse::<Version>().ok());
    assert!(crate::decide::versions::door_ahead(&world.run));
    assert!(!crate::decide::versions::door_ahead(&record));
    world.run = *record;
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::StepDown { .. })
    ));
}

#[test]
fn nobody_leads_after_a_step_down_and_a_new_node_is_looked_at() {
    let mut world = before_the_step_down();
    let Decision::Act(step_down) = world.behind_holds() else {
        panic!("a step-down")
    };
    world.track.acted(&step_down, world.now);
    for ordinal in 0..3 {
        world.claims(ordinal, false);
    }
    world.snapshot.membership = Fact::Unknown("no leader is agreed on".to_owned());
    world.pass(SECOND);
    assert!(codes(&world.decide()).contains(&"NoLeader"));
    world.pass(121 * SECOND);
    let Decision::Halt(halt) = world.decide() else {
        panic!("a halt")
    };
    assert_eq!(halt.reason, HaltReason::NoLeader);
    assert_eq!(halt.pod, Some(PodName::of("prod", 1)));
}
