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
            | Action::WritePhase { .. }
            | Action::EmptySelfInit
            | Action::CreateConfig { .. }
            | Action::CreateStatefulSet { .. }
            | Action::ChangeMember { .. }
            | Action::RunHook { .. }
            | Action::DeleteHook { .. }
            | Action::MoveService { .. }
            | Action::ScaleToNone { .. }
            | Action::DeletePart { .. }
            | Action::Complete
            | Action::Relinquish => {}
        }
    }

    /// Notes a wait from one decision, at `since`, to the next, at `now`.
    pub(super) fn waited(&mut self, blockers: &[Blocker], since: Duration, now: Duration) {
        let Some(begin) = self.begin else { return };
        if self.released.is_some() || self.step_down.is_some() {
            return;
        }
        // The wait in which the pod before this one became done is that pod's.
        let lasted = now.saturating_sub(since.max(begin));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        action::ReleaseBy,
        names::{PodRef, Pool},
    };

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn pod(ordinal: u32) -> PodName {
        PodName::of("prod", ordinal)
    }

    fn release(ordinal: u32) -> Action {
        Action::Release {
            pool: Pool::Voters,
            pod: PodRef {
                name: pod(ordinal),
                uid: format!("uid-{ordinal}"),
            },
            by: ReleaseBy::Partition(ordinal),
        }
    }

    /// Replaced after 900 ms, Ready 6 s later, caught up 300 ms after that.
    fn replace(stopwatch: &mut Stopwatch, ordinal: u32, released: u64) -> PodTimings {
        stopwatch.acted(&release(ordinal), ms(released - 20), ms(released));
        let replaced = EventKind::PodReplaced {
            pod: pod(ordinal),
            revision: "prod-2".into(),
        };
        stopwatch.saw(&replaced, ms(released + 900));
        stopwatch.saw(
            &EventKind::PodReady { pod: pod(ordinal) },
            ms(released + 6900),
        );
        stopwatch.done(&pod(ordinal), ms(released + 7200))
    }

    #[test]
    fn a_wait_across_two_pods_counts_once() {
        let mut stopwatch = Stopwatch::default();
        let set = Action::SetImage {
            pool: Pool::Voters,
            image: "openbao:2.6.2".into(),
        };
        stopwatch.acted(&set, ms(0), ms(40));
        let first = replace(&mut stopwatch, 2, 100);
        assert_eq!(first.own_ms, 60, "{first:?}");
        assert_eq!(first.total_ms(), 7260);

        // Begun at 7100 for the pod that is done at 7300; ends for the next.
        let behind = [Blocker::NotCaughtUp {
            pod: pod(2),
            applied: 7,
            wanted: 9,
            readings: 1,
            left_s: None,
        }];
        stopwatch.waited(&behind, ms(7100), ms(7350));
        let second = replace(&mut stopwatch, 0, 7400);
        assert_eq!(second.catch_up_ms, 300 + 50);
        assert_eq!(second.own_ms, 50, "{second:?}");
        assert_eq!(second.total_ms(), 7300);
    }
}
