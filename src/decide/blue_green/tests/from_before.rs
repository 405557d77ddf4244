//! What lies or stands there already: volumes, a configuration, votes.

use super::{
    codes, index,
    stage::{CONFIG, Stage, file, volumes},
};
use crate::decide::Decision;
use crate::model::{action::Action, blue_green_run::Until, fact::Fact, halt::HaltReason};

#[test]
fn volumes_that_are_going_are_waited_for_and_not_deleted_again() {
    let mut stage = Stage::of("2.6.2");
    stage.run().delete_leftover_volumes = true;
    stage.store();
    let mut old = volumes(&stage.green.clone());
    for volume in &mut old {
        volume.terminating = true;
    }
    stage.parts().green_volumes = old;
    stage.go_on(|_, decision| {
        matches!(decision, Decision::Wait { .. }) && codes(decision) == ["VolumesGoing"]
    });
}

#[test]
fn volumes_from_before_are_refused_or_deleted_by_consent() {
    let mut stage = Stage::of("2.6.2");
    let green = stage.green.clone();
    stage.parts().green_volumes = volumes(&green);
    stage.go_on(|_, decision| matches!(decision, Decision::Halt(halt) if halt.reason == HaltReason::VolumesLeft));
    stage.run().delete_leftover_volumes = true;
    stage.store();
    let acts = stage
        .go_on(|_, decision| matches!(decision, Decision::Act(Action::CreateStatefulSet { .. })));
    index(&acts, "delete the volumes of");
}

#[test]
fn a_configuration_from_before_that_gives_votes_is_made_anew() {
    let mut stage = Stage::of("2.6.2");
    stage.parts().green_config = Some(file("green", CONFIG));
    let acts = stage
        .go_on(|_, decision| matches!(decision, Decision::Act(Action::CreateStatefulSet { .. })));
    assert!(index(&acts, "delete the ConfigMap of") < index(&acts, "create the ConfigMap of"));
    let config = stage.parts().green_config.clone().expect("green's");
    assert!(
        config.text.contains("retry_join_as_non_voter"),
        "{config:?}"
    );
}

#[test]
fn votes_that_somebody_else_gave_green_do_not_open_the_gate() {
    let mut stage = Stage::of("2.6.2");
    stage.run().until = Until::Ready;
    stage.store();
    stage.go_on(|_, decision| *decision == Decision::Reached(Until::Ready));
    for pod in stage.green.clone().pods("prod", 3) {
        if let Fact::Known(membership) = &mut stage.world.snapshot.membership {
            let peer = membership
                .peers
                .iter_mut()
                .find(|peer| peer.id == pod.as_str());
            peer.expect("a member").voter = true;
        }
        assert_eq!(
            stage.world.decide(),
            Decision::Reached(Until::Ready),
            "{pod}"
        );
    }
}
