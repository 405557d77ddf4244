//! An image that admission writes otherwise than it was asked for.

use crate::decide::{Decision, example::Example};
use crate::model::{action::Action, fact::Fact, halt::HaltReason, intent::Order, names::Pool};

const PINNED: &str = "mirror.example/openbao:2.7.2@sha256:0123";

/// A run whose own write of the image was stored as `PINNED`.
fn pinned() -> Example {
    let mut world = Example::under_way("2.6.2", Order::ReverseOrdinal);
    world.track.image_set = vec![Pool::Voters];
    world.voters_mut().image = Some(PINNED.to_owned());
    world.run.target.admitted_image = Some(PINNED.to_owned());
    world
}

#[test]
fn how_the_image_was_stored_is_recorded_before_anything_else_happens() {
    let mut world = pinned();
    match world.decide() {
        Decision::Act(Action::Record { record }) => assert_eq!(*record, world.run),
        other => panic!("not recorded: {other:?}"),
    }
    let run = world.run.clone();
    world.cluster().run = Fact::Known(Some(run));
    assert!(matches!(
        world.behind_holds(),
        Decision::Act(Action::Release { .. })
    ));
}

#[test]
fn any_other_image_was_set_by_somebody() {
    let mut world = pinned();
    let run = world.run.clone();
    world.cluster().run = Fact::Known(Some(run));
    world.voters_mut().image = Some(PINNED.replace("0123", "4567"));
    match world.decide() {
        Decision::Halt(halt) => assert_eq!(halt.reason, HaltReason::WorkloadChanged),
        other => panic!("not a halt: {other:?}"),
    }
}
