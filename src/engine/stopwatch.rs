//! Where the time of each pod's upgrade went, folded from what the run did and
//! saw.

use std::time::Duration;

use crate::{
    decide::rules::LEADER_SETTLES,
    event::{EventKind, PodTimings},
    model::{action::Action, blocker::Blocker, names::PodName},
};

/// Measures one pod at a time, from the moment it is next in line.
#[derive(Debug, Default)]
pub(super) struct Stopwatch {
    begin: Option<Duration>,
    /// The step-down before this pod, and when its rule of 12 s was over.
    step_down: Option<Duration>,
    settled: Option<Duration>,
    /// Waits before the release, by what was waited for.
    settle: Duration,
    budget: Duration,
    catch_up: Duration,
    pod: Option<PodName>,
    release: Option<Duration>,
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
                self.release = Some(began);
                self.released = Some(now);
            }
            Action::StepDown { .. } => {
                self.begin.get_or_insert(began);
                self.step_down.get_or_insert(began);
                self.settled = None;
            }
            // Preparing is no pod's time; the first one's begins after it.
            Action::SetImage { .. } => {
                *self = Self {
                    begin: Some(now),
                    ..Self::default()
                };
            }
            Action::Hold { .. }
            | Action::Declare { .. }
            | Action::TakeLock { .. }
            | Action::Begin { .. }
            | Action::TakeSnapshot { .. }
            | Action::Record { .. }
            | Action::Publish { .. }
            | Action::Unhold { .. }
            | Action::Complete
            | Action::Relinquish => {}
        }
    }

    /// Notes a wait that lasted from one decision to the next.
    pub(super) fn waited(&mut self, blockers: &[Blocker], lasted: Duration) {
        if self.released.is_some() || self.begin.is_none() || self.step_down.is_some() {
            return;
        }
        let any = |code: &[&str]| {
            blockers
                .iter()
                .any(|blocker| code.contains(&blocker.code()))
        };
        if any(&[
            "LeaderUnsettled",
            "SteppingDown",
            "LeaderDisputed",
            "NoLeader",
        ]) {
            self.settle += lasted;
        } else if any(&["NotCaughtUp", "NotObserved", "PodNotReady", "NodeSilent"]) {
            self.catch_up += lasted;
        } else if any(&["BudgetExhausted", "EvictionRefused"]) {
            self.budget += lasted;
        }
    }

    /// Notes what was seen.
    pub(super) fn saw(&mut self, event: &EventKind, now: Duration) {
        match event {
            EventKind::LeaderChanged { .. } if self.step_down.is_some() => {
                self.settled = Some(now + LEADER_SETTLES);
            }
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
        // The rule's 12 s and the move itself, not what the run took to notice.
        let settle = match account.step_down {
            Some(_) => between(account.step_down, account.settled.min(account.release)),
            None => account.settle,
        };
        let terminate = between(account.released, account.replaced);
        let start = between(account.replaced, account.ready);
        let catch_up = account.catch_up + between(account.ready, Some(now));
        let total = between(account.begin, Some(now));
        let named = settle + account.budget + terminate + start + catch_up;
        PodTimings {
            settle_ms: millis(settle),
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
