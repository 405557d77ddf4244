//! Whole blue/green runs on the embedded world: forward, held, back, killed and
//! un-paused.

mod hook;
mod story;

use std::time::Duration;

use serde_json::Value;

use crate::{
    engine::{End, StopReason},
    model::{action::Action, blue_green_run::Until, halt::HaltReason, record::RunRecord},
    sim::{
        crash::Side,
        fault::Fault,
        remains::differences,
        scenario::{Planned, When},
    },
};

use self::story::{Story, told};

fn until(until: Until) -> impl Fn(&mut RunRecord) {
    move |run| {
        if let Some(colours) = &mut run.blue_green {
            colours.until = until;
        }
    }
}

/// The way back to where the run came from.
fn back(run: &mut RunRecord) {
    run.abandoned = Some(run.target.version.clone());
    run.target.version = run.from.clone();
    let image = run.from_image.clone().expect("an image");
    run.target.ask_for(image);
}

#[test]
fn forward_to_the_end() {
    told(|| {
        let mut story = Story::of("2.6.2", "2.7.2");
        let outcome = story.run(until(Until::Done));
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        assert_eq!(outcome.leader_moves, 1);
        story.is_done();
    });
}

#[test]
fn held_in_step_then_on() {
    told(|| {
        let mut story = Story::of("2.6.2", "2.7.2");
        let outcome = story.run(until(Until::Ready));
        let reached = |until| End::Stopped {
            why: StopReason::Reached(until),
            safe: true,
        };
        assert_eq!(outcome.end, reached(Until::Ready), "{:#?}", story.acts);
        assert_eq!(outcome.leader_moves, 0);
        let outcome = story.run(until(Until::Cutover));
        assert_eq!(outcome.end, reached(Until::Cutover), "{:#?}", story.acts);
        let outcome = story.run(until(Until::Done));
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        story.is_done();
    });
}

#[test]
fn back_before_anything_that_serves_was_touched() {
    told(|| {
        let mut story = Story::of("2.6.2", "2.7.2");
        story.run(until(Until::Ready));
        story.world.lock().turn_back(&story.scenario);
        let outcome = story.run(back);
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        assert_eq!(outcome.leader_moves, 0);
        story.is_done();
    });
}

#[test]
fn back_after_the_cutover() {
    told(|| {
        let mut story = Story::of("2.6.1", "2.6.2");
        story.run(until(Until::Cutover));
        story.world.lock().turn_back(&story.scenario);
        let outcome = story.run(back);
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        assert_eq!(outcome.leader_moves, 1);
        story.is_done();
    });
}

/// The pods that were let go, in their order.
fn released(story: &Story) -> Vec<&str> {
    let acts = story.acts.iter();
    acts.filter_map(|act| match act {
        Action::Release { pod, .. } => Some(pod.name.as_str()),
        _ => None,
    })
    .collect()
}

#[test]
fn read_replicas_are_upgraded_before_green_votes_and_put_back_once_blue_serves() {
    told(|| {
        let more = "  readReplicas: 2\n";
        let mut story = Story::having("2.6.1", "2.6.2", more, Vec::new());
        // Nothing that serves is touched before the gate.
        story.run(until(Until::Ready));
        assert_eq!(released(&story), Vec::<&str>::new());
        story.run(until(Until::Cutover));
        assert_eq!(released(&story), ["prod-read-1", "prod-read-0"]);
        let place = |wanted: fn(&Action) -> bool| story.acts.iter().position(wanted);
        let last = place(
            |act| matches!(act, Action::Release { pod, .. } if pod.name.as_str() == "prod-read-0"),
        );
        assert!(last < place(|act| matches!(act, Action::ChangeMember { .. })));
        story.world.lock().turn_back(&story.scenario);
        let outcome = story.run(back);
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        assert_eq!(
            released(&story),
            ["prod-read-1", "prod-read-0", "prod-read-1", "prod-read-0"]
        );
        story.is_done();
    });
}

#[test]
fn read_replicas_stay_where_green_is_given_up_before_it_votes() {
    told(|| {
        let mut story = Story::having("2.6.2", "2.7.2", "  readReplicas: 1\n", Vec::new());
        story.run(until(Until::Ready));
        story.world.lock().turn_back(&story.scenario);
        let outcome = story.run(back);
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        assert_eq!(released(&story), Vec::<&str>::new());
        story.is_done();
        let mut story = Story::having("2.6.2", "2.7.2", "  readReplicas: 1\n", Vec::new());
        let outcome = story.run(until(Until::Done));
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        story.is_done();
    });
}

/// Killed at a write, it ends as if nothing had been.
fn killed_at(write: u64, side: Side, undisturbed: &Value) {
    let crash = Planned {
        when: When {
            write: Some(write),
            ..When::default()
        },
        what: Fault::Crash { side, away: None },
    };
    let mut story = Story::with("2.6.2", "2.7.2", vec![crash]);
    let outcome = story.run(until(Until::Done));
    let at = format!("killed at write {write} ({side:?})");
    assert_eq!(outcome.end, End::Finished, "{at}: {:#?}", story.acts);
    assert_eq!(story.killed, 1, "{at}");
    story.is_done();
    let remains = story.world.lock().remains();
    let differences = differences(undisturbed, &remains);
    assert!(differences.is_empty(), "{at}: {differences:#?}");
}

#[test]
fn a_run_that_is_killed_anywhere_is_gone_on_with() {
    told(|| {
        let mut story = Story::of("2.6.2", "2.7.2");
        story.run(until(Until::Done));
        story.is_done();
        let undisturbed = story.world.lock().remains();
        let writes = story.world.lock().crash().writes();
        // A few of them, each side in turn: every one is a whole run.
        let sides = Side::ALL.into_iter().cycle();
        for (write, side) in (1..=writes).rev().step_by(6).zip(sides) {
            killed_at(write, side, &undisturbed);
        }
    });
}

/// Somebody un-pauses the operator at a write, beside a run that sees it or
/// behind one that was killed there; how the next run ended.
fn unpaused_at(write: u64, killed: bool) -> (Story, End) {
    let when = || When {
        write: Some(write),
        ..When::default()
    };
    let mut faults = vec![Planned {
        when: when(),
        what: Fault::Unpause {},
    }];
    if killed {
        let side = Side::NoReply;
        let away = Some(Duration::from_secs(60));
        let what = Fault::Crash { side, away };
        faults.push(Planned { when: when(), what });
    }
    let mut story = Story::with("2.6.2", "2.7.2", faults);
    let outcome = story.run(until(Until::Done));
    (story, outcome.end)
}

#[test]
fn an_operator_that_is_unpaused_stops_the_run_and_costs_nothing() {
    told(|| {
        let mut undisturbed = Story::of("2.6.2", "2.7.2");
        assert_eq!(undisturbed.run(until(Until::Done)).end, End::Finished);
        let writes = undisturbed.world.lock().crash().writes();
        for write in (5..=writes).step_by(9) {
            let (mut story, end) = unpaused_at(write, false);
            // With the lock given back it comes too late to matter.
            if end == End::Finished && write + 5 > writes {
                story.is_done();
                continue;
            }
            let unpaused =
                |end: &End| matches!(end, End::Halted(halt) if halt.reason == HaltReason::Unpaused);
            assert!(unpaused(&end), "write {write}: {end:?}");
            let outcome = story.run(until(Until::Done));
            assert_eq!(outcome.end, End::Finished, "{write}: {:#?}", story.acts);
            story.is_done();
        }
    });
}

#[test]
fn a_green_that_an_unpaused_operator_let_found_a_cluster_can_be_given_up() {
    told(|| {
        // At the creation of its StatefulSet, before its first pod starts.
        let mut founded = 0;
        for write in 9..=11 {
            let (mut story, end) = unpaused_at(write, true);
            if end != End::Finished {
                assert!(
                    matches!(&end, End::Halted(halt) if halt.reason == HaltReason::ForeignNode),
                    "{write}: {end:?}"
                );
                founded += 1;
                story.world.lock().turn_back(&story.scenario);
                let outcome = story.run(back);
                assert_eq!(outcome.end, End::Finished, "{write}: {:#?}", story.acts);
            }
            story.is_done();
        }
        assert_eq!(founded, 1);
    });
}
