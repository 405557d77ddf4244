//! The pre-promotion hook: what has to succeed before green gets its first vote.

use std::time::Duration;

use crate::model::{
    action::Action,
    blocker::Blocker,
    blue_green_run::BlueGreenRun,
    fact::Fact,
    halt::{Halt, HaltReason},
    hook::{HookJob, HookState},
    record::RunRecord,
};

use super::colours::Colours;
use crate::decide::{Decision, gates, world::World};

/// The next step of the hook; `None` once it has passed, and where there is none.
pub(super) fn passed(world: &World<'_>, colours: &Colours<'_>) -> Option<Decision> {
    if colours.back || colours.run.hook_passed_at.is_some() {
        return None;
    }
    let hook = colours.hook.as_ref()?;
    let job = match &world.snapshot.hook {
        Fact::Unknown(why) => return Some(Decision::unseen("the pre-promotion hook", why)),
        Fact::Known(None) => {
            return Some(Decision::Act(Action::RunHook {
                image: hook.image.clone(),
            }));
        }
        Fact::Known(Some(job)) => job,
    };
    if job.terminating {
        return Some(Decision::wait(Blocker::HookGoing {
            job: job.name.clone(),
        }));
    }
    if !job.is_of(&world.run.id) {
        return Some(Decision::Halt(Halt::new(
            HaltReason::HookNotOurs,
            format!("the Job {} is there and not of this run", job.name),
        )));
    }
    Some(match &job.state {
        HookState::Running => Decision::wait(Blocker::HookRunning {
            running_ms: gates::millis(running(world, job)),
            limit_ms: gates::millis(hook.timeout),
        }),
        HookState::Succeeded => Decision::Act(Action::Record {
            record: Box::new(with_receipt(world, colours.run)),
        }),
        HookState::Failed { .. } if world.track.hook.is_from_before(job) => deletion(job),
        HookState::Failed { why } => Decision::Halt(Halt::new(
            HaltReason::HookFailed,
            format!("the pre-promotion hook failed: the Job {}: {why}", job.name),
        )),
    })
}

/// The deletion of this run's Job, where it is still there: an operator that is
/// un-paused takes a finished one of that name for its own
/// (`contracts/operator.md` 8.4).
pub(super) fn cleared(world: &World<'_>) -> Option<Decision> {
    match &world.snapshot.hook {
        Fact::Unknown(why) => Some(Decision::unseen("the pre-promotion hook", why)),
        Fact::Known(Some(job)) if job.is_of(&world.run.id) && !job.terminating => {
            Some(deletion(job))
        }
        Fact::Known(_) => None,
    }
}

fn deletion(job: &HookJob) -> Decision {
    Decision::Act(Action::DeleteHook {
        job: job.name.clone(),
        uid: job.uid.clone(),
    })
}

fn running(world: &World<'_>, job: &HookJob) -> Duration {
    let since = job.started_at.unwrap_or(world.snapshot.at);
    Duration::try_from(world.snapshot.at.duration_since(since)).unwrap_or_default()
}

fn with_receipt(world: &World<'_>, colours: &BlueGreenRun) -> RunRecord {
    RunRecord {
        blue_green: Some(BlueGreenRun {
            hook_passed_at: Some(world.snapshot.at),
            ..colours.clone()
        }),
        ..world.run.clone()
    }
}
