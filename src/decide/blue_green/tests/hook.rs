//! The pre-promotion hook: run once, before green gets its first vote.

use std::time::Duration;

use super::{codes, index, stage::Stage};
use crate::decide::{Decision, example::start};
use crate::model::{
    action::Action,
    blue_green::PromotionHook,
    blue_green_run::Until,
    fact::Fact,
    halt::HaltReason,
    hook::{HookJob, HookState},
    names::ResourceVersion,
};

/// The Job of a run, in this state.
pub(super) fn job(run: &str, state: HookState) -> HookJob {
    HookJob {
        name: "prod-validation-hook".to_owned(),
        uid: "hook-uid".to_owned(),
        resource_version: ResourceVersion("4".to_owned()),
        maintenance: false,
        run: Some(run.to_owned()),
        state,
        started_at: Some(start()),
        terminating: false,
    }
}

fn failed() -> HookState {
    HookState::Failed {
        why: "BackoffLimitExceeded".to_owned(),
    }
}

/// A cluster with a hook.
fn hooked() -> Stage {
    let mut stage = Stage::of("2.6.2");
    let spec = &mut stage.world.cluster().spec.blue_green_spec;
    spec.pre_promotion_hook = Some(PromotionHook {
        image: "check:1".to_owned(),
        command: Vec::new(),
        args: Vec::new(),
        timeout: Duration::from_secs(300),
    });
    stage
}

/// It has come to where the hook is asked about.
fn at_the_hook() -> Stage {
    let mut stage = hooked();
    stage.go_on(|_, decision| is_run(decision));
    stage
}

fn is_run(decision: &Decision) -> bool {
    matches!(decision, Decision::Act(Action::RunHook { .. }))
}

impl Stage {
    /// The Job is in this state, as of this run.
    fn hook(&mut self, state: HookState) -> &mut HookJob {
        let run = self.world.run.id.clone();
        self.world.snapshot.hook = Fact::Known(Some(job(&run, state)));
        match &mut self.world.snapshot.hook {
            Fact::Known(Some(job)) => job,
            other => panic!("{other:?}"),
        }
    }

    /// A running Job completes.
    pub(super) fn complete_hook(&mut self) {
        if let Fact::Known(Some(job)) = &mut self.world.snapshot.hook
            && job.state == HookState::Running
        {
            job.state = HookState::Succeeded;
        }
    }
}

fn halt(stage: &mut Stage) -> (HaltReason, String) {
    match stage.world.decide() {
        Decision::Halt(halt) => (halt.reason, halt.message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_runs_once_after_green_is_in_step_and_before_the_first_vote() {
    let mut stage = hooked();
    let green = stage.green.clone();
    let acts = stage.go_on(|_, decision| *decision == Decision::Done);
    let order = [
        "write phase Syncing".to_owned(),
        "run the pre-promotion hook check:1".to_owned(),
        "record what the run has learned".to_owned(),
        "write phase Promoting".to_owned(),
        format!("promote prod-{green}-0"),
        "delete the Job prod-validation-hook".to_owned(),
        "give the resource back to the operator".to_owned(),
    ];
    let places: Vec<usize> = order.iter().map(|act| index(&acts, act)).collect();
    assert!(places.is_sorted(), "{acts:#?}");
    let runs = acts.iter().filter(|act| act.starts_with("run the")).count();
    assert_eq!(runs, 1, "{acts:#?}");
}

#[test]
fn it_waits_for_the_time_in_step() {
    let mut stage = hooked();
    stage.run().min_sync_s = 60;
    stage.store();
    let mut waited = false;
    stage.go_on(|_, decision| {
        waited |= matches!(decision, Decision::Wait { blockers }
            if blockers.iter().any(|blocker| blocker.code() == "Syncing"));
        is_run(decision)
    });
    assert!(waited);
}

#[test]
fn what_cannot_be_seen_has_not_passed() {
    let mut stage = at_the_hook();
    stage.world.snapshot.hook = Fact::Unknown("403".to_owned());
    assert_eq!(codes(&stage.world.decide()), ["Unseen"]);
}

#[test]
fn while_it_runs_nothing_else_is_done_and_it_says_for_how_long() {
    let mut stage = at_the_hook();
    let at = stage.world.snapshot.at;
    stage.hook(HookState::Running).started_at = Some(at - Duration::from_secs(12));
    let decision = stage.world.decide();
    assert_eq!(codes(&decision), ["HookRunning"]);
    let Decision::Wait { blockers } = decision else {
        panic!("{decision:?}")
    };
    let text = blockers[0].to_string();
    assert!(text.contains("12.0 s of 300.0 s"), "{text}");
}

#[test]
fn the_gate_is_held_behind_it_and_its_receipt_outlives_its_job() {
    let mut stage = hooked();
    stage.run().until = Until::Ready;
    stage.store();
    let acts = stage.go_on(|_, decision| *decision == Decision::Reached(Until::Ready));
    index(&acts, "run the pre-promotion hook");
    // Its time to live is over while the gate is held.
    stage.world.snapshot.hook = Fact::Known(None);
    assert_eq!(stage.world.decide(), Decision::Reached(Until::Ready));
    stage.run().until = Until::Done;
    stage.store();
    let acts = stage.go_on(|_, decision| *decision == Decision::Done);
    assert!(
        !acts.iter().any(|act| act.starts_with("run the")),
        "{acts:#?}"
    );
}

#[test]
fn its_failure_stops_the_run_with_the_jobs_own_reason() {
    let mut stage = at_the_hook();
    stage.world.pass(Duration::ZERO);
    stage.hook(failed());
    stage.world.pass(Duration::ZERO);
    let (reason, message) = halt(&mut stage);
    assert_eq!(reason, HaltReason::HookFailed);
    assert!(message.contains("prod-validation-hook: BackoffLimitExceeded"));
}

#[test]
fn one_that_had_failed_before_this_process_began_is_made_anew() {
    let mut stage = at_the_hook();
    stage.world.track.hook = crate::decide::hook_seen::HookSeen::default();
    stage.hook(failed());
    stage.world.pass(Duration::ZERO);
    let acts = stage.go_on(|_, decision| matches!(decision, Decision::Wait { .. }));
    assert_eq!(
        acts,
        [
            "delete the Job prod-validation-hook",
            "run the pre-promotion hook check:1"
        ]
    );
    // The second failure is this process's own.
    stage.hook(failed()).uid = "another".to_owned();
    stage.world.pass(Duration::ZERO);
    assert_eq!(halt(&mut stage).0, HaltReason::HookFailed);
}

#[test]
fn one_that_is_going_is_waited_for() {
    let mut stage = at_the_hook();
    stage.hook(failed()).terminating = true;
    assert_eq!(codes(&stage.world.decide()), ["HookGoing"]);
}

#[test]
fn a_job_of_somebody_elses_is_never_taken_for_it() {
    for run in [None, Some("20261122-ffff".to_owned())] {
        let mut stage = at_the_hook();
        stage.hook(HookState::Succeeded).run = run;
        let (reason, message) = halt(&mut stage);
        assert_eq!(reason, HaltReason::HookNotOurs);
        assert!(message.contains("prod-validation-hook"), "{message}");
    }
}

#[test]
fn none_runs_on_the_way_back_and_its_job_goes() {
    for state in [HookState::Running, HookState::Succeeded, failed()] {
        let mut stage = at_the_hook();
        stage.hook(state);
        stage.turn_back();
        let acts = stage.go_on(|_, decision| *decision == Decision::Done);
        assert!(
            !acts.iter().any(|act| act.starts_with("run the")),
            "{acts:#?}"
        );
        index(&acts, "delete the Job prod-validation-hook");
    }
}

#[test]
fn a_job_of_somebody_elses_stays_on_the_way_back() {
    let mut stage = at_the_hook();
    stage.hook(HookState::Succeeded).run = None;
    stage.turn_back();
    let acts = stage.go_on(|_, decision| *decision == Decision::Done);
    assert!(!acts.iter().any(|act| act.contains("Job")), "{acts:#?}");
}
