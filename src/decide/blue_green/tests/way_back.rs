//! Abort and rollback: the same steps with the colours exchanged.

use super::stage::Stage;
use crate::decide::Decision;
use crate::model::{
    action::{Action, MemberChange},
    blue_green_run::Until,
    halt::HaltReason,
};

#[test]
fn before_the_first_vote_green_goes_as_if_it_had_never_been() {
    let mut stage = Stage::of("2.6.2");
    stage.run().until = Until::Ready;
    stage.store();
    stage.go_on(|_, decision| *decision == Decision::Reached(Until::Ready));
    stage.turn_back();
    let acts = stage.go_on(|_, decision| *decision == Decision::Done);
    assert!(
        !acts.iter().any(|act| {
            ["promote", "demote", "step", "move"]
                .iter()
                .any(|word| act.starts_with(word))
        }),
        "nothing that serves is touched: {acts:#?}"
    );
    let blue = stage.blue.to_string();
    assert!(stage.voters().iter().all(|id| id.contains(&blue)));
    assert_eq!(stage.members().peers.len(), 3);
    assert!(
        stage.parts().green_volumes.is_empty(),
        "a trap for the next try"
    );
    let cluster = stage.world.cluster();
    assert_eq!(cluster.spec.version, "2.6.2");
    assert_eq!(cluster.status.current_version.as_deref(), Some("2.6.2"));
}

#[test]
fn wherever_the_way_forward_stands_the_way_back_ends_with_blue_alone() {
    for from in ["2.7.1", "2.6.2"] {
        for stop in 0..60 {
            let mut stage = Stage::of(from);
            let mut left = stop;
            let mut done = false;
            stage.go_on(|_, decision| {
                done = *decision == Decision::Done;
                left -= i32::from(matches!(decision, Decision::Act(_)));
                done || left < 0
            });
            if done {
                break;
            }
            let cleaning = stage.is_cleaning_up();
            stage.turn_back();
            let green = stage.green.to_string();
            let door = from == "2.6.2"
                && stage
                    .world
                    .run
                    .newest_active
                    .as_ref()
                    .is_some_and(|it| it.to_string() == "2.7.2");
            let mut halted = false;
            let acts = stage.go_on(|stage, decision| {
                assert!(!stage.voters().is_empty());
                halted = matches!(decision, Decision::Halt(halt) if [HaltReason::BeyondTheDoor, HaltReason::NoWayBack].contains(&halt.reason));
                halted || *decision == Decision::Done
            });
            if halted {
                assert!(
                    door || cleaning,
                    "only a door that is shut is in the way, or blue gone"
                );
                continue;
            }
            assert!(
                stage.voters().iter().all(|id| !id.contains(&green)) && stage.voters().len() == 3,
                "after {stop}: {:?}, {acts:#?}",
                stage.voters()
            );
            assert!(
                stage
                    .leader()
                    .is_some_and(|it| !it.as_str().contains(&green))
            );
            let cluster = stage.world.cluster().clone();
            assert_eq!(cluster.spec.version, from);
        }
    }
}

#[test]
fn votes_that_the_way_forward_asked_away_are_seen_gone_before_green_loses_any() {
    let mut stage = Stage::of("2.7.1");
    let demoted = |stage: &Stage| stage.asked.iter().filter(|(_, vote)| !vote).count();
    stage.go_on(|stage, _| demoted(stage) == 2);
    // Another process turns back before autopilot's round.
    stage.turn_back();
    let now = stage.world.now;
    stage.world.track.leader.as_mut().expect("a leader").since = now;
    stage.world.track.members_asked.clear();
    let green = stage.green.to_string();
    stage.go_on(|stage, decision| {
        if let Decision::Act(Action::ChangeMember {
            change: MemberChange::Demote,
            ..
        }) = decision
        {
            let mut open = stage.asked.iter();
            assert!(open.all(|(pod, _)| pod.as_str().contains(&green)));
        }
        assert!(stage.voters().len() >= 3);
        *decision == Decision::Done
    });
}

#[test]
fn the_version_is_put_back_only_once_green_can_be_deleted() {
    let mut stage = Stage::of("2.7.1");
    stage.run().until = Until::Cutover;
    stage.store();
    stage.go_on(|_, decision| *decision == Decision::Reached(Until::Cutover));
    stage.turn_back();
    let green = stage.green.to_string();
    let mut declared = 0;
    stage.go_on(|stage, decision| {
        if let Decision::Act(Action::Declare { version, .. }) = decision {
            declared += 1;
            assert_eq!(version.to_string(), "2.7.1");
            assert!(stage.voters().iter().all(|id| !id.contains(&green)));
        }
        if let Decision::Act(Action::ChangeMember { change, member, .. }) = decision {
            // Blue's are never removed, whatever of them had lost its vote.
            assert!(*change != MemberChange::Remove || member.as_str().contains(&green));
        }
        *decision == Decision::Done
    });
    assert_eq!(declared, 1);
}
