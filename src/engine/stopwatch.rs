//! Where the time of each pod's upgrade went, folded from what the run did and
//! saw.

use std::time::Duration;

use crate::{
    event::{EventKind, PodTimings},
    model::{action::Action, blocker::Blocker, names::PodName},
};

/// Measures one pod at a time.
#[derive(Debug, Default)]
pub(super) struct Stopwatch {
    begin: Option<Duration>,
    settle: Duration,
    budget: Duration,
    stepping_down: bool,
    pod: Option<PodName>,
    released: Option<Duration>,
    replaced: Option<Duration>,
    ready: Option<Duration>,
}

impl Stopwatch {
    /// Notes an act that took from `began` to `now`.
    pub(super) fn acted(&mut self, action: &Action, began: Duration, now: Duration) {
        match action {
            Action::Release { pod, .. } => {
                self.begin.get_or_insert(began);
                self.pod = Some(pod.name.clone());
                self.released = Some(now);
                self.stepping_down = false;
            }
            Action::StepDown { .. } => {
                self.begin.get_or_insert(began);
                self.settle += now.saturating_sub(began);
                self.stepping_down = true;
            }
            // Preparing is no pod's time; the next one begins after it.
            Action::SetImage { .. } | Action::Hold { .. } | Action::Declare { .. } => {
                *self = Self::default()
            }
            Action::TakeLock { .. }
            | Action::Begin { .. }
            | Action::TakeSnapshot { .. }
            | Action::Record { .. }
            | Action::Publish { .. }
            | Action::Unhold { .. }
            | Action::Complete
            | Action::Relinquish => {}
        }
        if matches!(action, Action::SetImage { .. }) {
            self.begin = Some(now);
        }
    }

    /// Notes a wait from `began` to `now`.
    pub(super) fn waited(&mut self, blockers: &[Blocker], began: Duration, now: Duration) {
        if self.released.is_some() || self.begin.is_none() {
            return;
        }
        let lasted = now.saturating_sub(began);
        let settles = |blocker: &Blocker| {
            matches!(
                blocker,
                Blocker::LeaderUnsettled { .. } | Blocker::SteppingDown { .. }
            )
        };
        if self.stepping_down || blockers.iter().any(settles) {
            self.settle += lasted;
        } else if blockers.iter().any(|blocker| {
            matches!(
                blocker,
                Blocker::BudgetExhausted | Blocker::EvictionRefused { .. }
            )
        }) {
            self.budget += lasted;
        }
    }

    /// Notes what was seen.
    pub(super) fn saw(&mut self, event: &EventKind, now: Duration) {
        match event {
            EventKind::PodReplaced { pod, .. } if self.pod.as_ref() == Some(pod) => {
                self.replaced.get_or_insert(now);
            }
            EventKind::PodReady { pod }
                if self.pod.as_ref() == Some(pod) && self.replaced.is_some() =>
            {
                self.ready.get_or_insert(now);
            }
            _ => {}
        }
    }

    /// A pod was verified: its account, and the next pod's time begins.
    pub(super) fn done(&mut self, pod: &PodName, now: Duration) -> PodTimings {
        let account = std::mem::take(self);
        self.begin = Some(now);
        if account.pod.as_ref() != Some(pod) {
            return PodTimings::default();
        }
        let between = |from: Option<Duration>, to: Option<Duration>| match (from, to) {
            (Some(from), Some(to)) => to.saturating_sub(from),
            _ => Duration::ZERO,
        };
        let terminate = between(account.released, account.replaced);
        let start = between(account.replaced, account.ready);
        let catch_up = between(account.ready, Some(now));
        let total = between(account.begin, Some(now));
        let named = account.settle + account.budget + terminate + start + catch_up;
        PodTimings {
            settle_ms: millis(account.settle),
            budget_ms: millis(account.budget),
            terminate_ms: millis(terminate),
            start_ms: millis(start),
            catch_up_ms: millis(catch_up),
            own_ms: millis(total.saturating_sub(named)),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
