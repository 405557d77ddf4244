//! The pre-promotion hook in whole runs: passing, failing, killed beside.

use std::time::Duration;

use super::{back, story::Story, told, until};
use crate::{
    engine::{End, StopReason},
    model::{action::Action, blue_green_run::Until, halt::HaltReason},
    sim::{
        crash::Side,
        fault::Fault,
        kubernetes::{Key, Kind},
        scenario::{Planned, When},
    },
};

/// The next hook fails.
fn failing() -> Vec<Planned> {
    vec![Planned {
        when: When {
            after: Some(Duration::from_secs(1)),
            ..When::default()
        },
        what: Fault::HookFails { times: 1 },
    }]
}

/// What was done about hook and votes, in order.
fn told_of(story: &Story) -> Vec<&'static str> {
    let acts = story.acts.iter().filter_map(|act| match act {
        Action::RunHook { .. } => Some("run"),
        Action::DeleteHook { .. } => Some("delete"),
        Action::ChangeMember { .. } => Some("vote"),
        _ => None,
    });
    let mut acts: Vec<_> = acts.collect();
    acts.dedup();
    acts
}

fn is_left(story: &Story) -> bool {
    let key = Key::new(Kind::Job, "vault", "prod-validation-hook");
    story.world.lock().kubernetes.object(&key).is_some()
}

#[test]
fn it_passes_before_the_first_vote_and_leaves_nothing() {
    told(|| {
        let mut story = Story::hooked(Vec::new());
        let outcome = story.run(until(Until::Done));
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        assert_eq!(told_of(&story), ["run", "vote", "delete"]);
        assert!(!is_left(&story));
        story.is_done();
    });
}

#[test]
fn held_behind_it_then_on_without_it() {
    told(|| {
        let mut story = Story::hooked(Vec::new());
        let outcome = story.run(until(Until::Ready));
        let (why, safe) = (StopReason::Reached(Until::Ready), true);
        assert_eq!(outcome.end, End::Stopped { why, safe });
        assert_eq!(told_of(&story), ["run"]);
        story.run(until(Until::Done));
        assert_eq!(told_of(&story), ["run", "vote", "delete"]);
        story.is_done();
    });
}

#[test]
fn it_fails_with_its_log_and_is_run_again() {
    told(|| {
        let mut story = Story::hooked(failing());
        let outcome = story.run(until(Until::Done));
        let End::Halted(halt) = outcome.end else {
            panic!("{:?}", outcome.end)
        };
        assert_eq!(halt.reason, HaltReason::HookFailed);
        assert!(halt.message.contains("BackoffLimitExceeded"), "{halt:?}");
        let log = halt.evidence.join("\n");
        assert!(log.contains("log: green does not serve"), "{halt:?}");
        assert!(!log.contains('\u{1b}'), "{halt:?}");
        let next = halt.next.join("\n");
        assert!(next.contains("baoctl resume prod -n vault"), "{next}");
        assert!(
            next.contains("baoctl upgrade abort prod -n vault"),
            "{next}"
        );
        assert_eq!(told_of(&story), ["run"], "nothing that serves was touched");
        let outcome = story.run(until(Until::Done));
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        assert_eq!(told_of(&story), ["run", "delete", "run", "vote", "delete"]);
        story.is_done();
    });
}

#[test]
fn it_fails_and_green_is_given_up() {
    told(|| {
        let mut story = Story::hooked(failing());
        story.run(until(Until::Done));
        story.world.lock().turn_back(&story.scenario);
        let outcome = story.run(back);
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        assert_eq!(outcome.leader_moves, 0);
        assert!(!is_left(&story));
        story.is_done();
    });
}

#[test]
fn a_run_that_is_killed_beside_it_waits_for_the_same_one() {
    told(|| {
        let mut story = Story::hooked(Vec::new());
        story.run(until(Until::Ready));
        // The record's receipt is among the last writes: the Job is made a few
        // writes before it. Each side in turn: every one is a whole run.
        let writes = story.world.lock().crash().writes();
        let sides = Side::ALL.into_iter().cycle();
        for (write, side) in (writes.saturating_sub(8)..=writes).zip(sides) {
            let what = Fault::Crash { side, away: None };
            let when = When {
                write: Some(write),
                ..When::default()
            };
            let mut story = Story::hooked(vec![Planned { when, what }]);
            let outcome = story.run(until(Until::Ready));
            let at = format!("killed at write {write} ({side:?})");
            let (why, safe) = (StopReason::Reached(Until::Ready), true);
            assert_eq!(outcome.end, End::Stopped { why, safe }, "{at}");
            assert_eq!(jobs_made(&story), 1, "{at}");
        }
    });
}

/// How often a Job was made.
fn jobs_made(story: &Story) -> usize {
    let world = story.world.lock();
    let creations = world
        .kubernetes
        .audit()
        .iter()
        .filter(|write| write.kind == Some(Kind::Job) && write.verb == "create");
    creations
        .filter(|write| write.code == 201 && !write.dry_run)
        .count()
}
