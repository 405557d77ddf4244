//! Where a blue/green run may be left.

use super::stage::Stage;
use crate::decide::{Decision, holding, safe_point::safe_point};
use crate::model::{action::Action, fact::Fact};

fn safe(stage: &Stage) -> bool {
    let world = &stage.world;
    safe_point(&world.run, &world.snapshot, &world.track, true)
}

#[test]
fn everywhere_but_from_the_step_down_until_clients_and_votes_have_followed() {
    let mut stage = Stage::of("2.6.2");
    let mut unsafe_acts = Vec::new();
    stage.go_on(|stage, decision| {
        assert_eq!(holding::before_leaving(&stage.world.world()), None);
        if let Decision::Act(action) = decision
            && !safe(stage)
        {
            unsafe_acts.push(action.to_string());
        }
        *decision == Decision::Done
    });
    let words: Vec<&str> = unsafe_acts
        .iter()
        .filter_map(|act| act.split(' ').next())
        .collect();
    assert_eq!(words, ["move", "demote"], "{unsafe_acts:#?}");
}

#[test]
fn an_open_step_down_and_parts_that_cannot_be_seen_hold_a_wish_to_stop() {
    let mut stage = Stage::of("2.6.2");
    assert!(safe(&stage));
    let mut step_down = None;
    stage.go_on(|_, decision| {
        step_down = match decision {
            Decision::Act(action @ Action::StepDown { .. }) => Some(action.clone()),
            _ => None,
        };
        step_down.is_some()
    });
    assert!(safe(&stage), "it is still to be sent");
    let mut asked = stage.clone();
    let (now, action) = (asked.world.now, step_down.expect("a step-down"));
    asked.world.track.acted(&action, now);
    assert!(!safe(&asked));
    stage.perform(&action);
    stage.world.settle();
    stage.world.snapshot.colour_parts = Fact::Unknown("no answer".to_owned());
    assert!(!safe(&stage), "green leads");
}
