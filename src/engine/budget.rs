//! How often one act may be done in a run, and for how long it may be refused.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    model::{
        action::{Action, ReleaseBy},
        halt::{Halt, HaltReason},
    },
    ports::PortError,
};

/// How often the very same act is done before it is clear that something undoes
/// it: this run itself, or somebody else. The hold changes twice for each pod
/// below the leader, which is six times with seven voters, and once more for
/// each pod that is lost meanwhile.
const TIMES: u32 = 40;

/// How long an act may be refused, or left without an answer.
const REFUSED: Duration = Duration::from_secs(5 * 60);

/// The same for an eviction: a disruption budget may have to wait for a pod of
/// somebody else's.
const EVICTION_REFUSED: Duration = Duration::from_secs(10 * 60);

/// Between two refusals that belong together: an eviction that conflicts is
/// tried again after two minutes (`AFTER_CONFLICTING_EVICTION`). After a longer
/// pause the act was not wanted meanwhile: an answer was lost, and it was done.
const APART: Duration = Duration::from_secs(3 * 60);

/// The acts of one run. Neither other acts nor waits in between clear anything:
/// only that the act succeeds.
#[derive(Debug, Default)]
pub(super) struct Budget {
    times: BTreeMap<String, u32>,
    /// When each act was first and last refused.
    refused: BTreeMap<String, (Duration, Duration)>,
}

impl Budget {
    /// Takes in that an act was done. A halt, once it was done too often.
    pub(super) fn done(&mut self, action: &Action) -> Option<Halt> {
        let name = action.to_string();
        self.refused.remove(&name);
        let times = self.times.entry(name).or_default();
        *times += 1;
        (*times > TIMES).then(|| {
            Halt::new(
                HaltReason::WorkloadChanged,
                format!("it was done {TIMES} times and does not last: {action}"),
            )
        })
    }

    /// Takes in that an act was refused. A halt with the server's words, once
    /// that has gone on for too long.
    pub(super) fn refused(
        &mut self,
        action: &Action,
        error: &PortError,
        now: Duration,
    ) -> Option<Halt> {
        let (since, last) = self.refused.entry(action.to_string()).or_insert((now, now));
        if now.saturating_sub(*last) > APART {
            *since = now;
        }
        *last = now;
        let eviction = matches!(
            action,
            Action::Release {
                by: ReleaseBy::Eviction,
                ..
            }
        );
        let limit = if eviction { EVICTION_REFUSED } else { REFUSED };
        let waited = now.saturating_sub(*since);
        (waited > limit).then(|| {
            let minutes = limit.as_secs() / 60;
            Halt::new(
                HaltReason::WaitedTooLong,
                format!("for {minutes} min it came to nothing: {action}: {error}"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        action::Hold,
        names::{PodName, PodRef, Pool},
    };

    const MINUTE: Duration = Duration::from_secs(60);

    fn hold(hold: Hold) -> Action {
        Action::Hold {
            pool: Pool::Voters,
            hold,
        }
    }

    fn eviction() -> Action {
        Action::Release {
            pool: Pool::Voters,
            pod: PodRef {
                name: PodName::of("prod", 1),
                uid: "uid".to_owned(),
            },
            by: ReleaseBy::Eviction,
        }
    }

    #[test]
    fn acts_that_undo_each_other_come_to_an_end() {
        let mut budget = Budget::default();
        for _ in 0..TIMES {
            assert_eq!(budget.done(&hold(Hold::OnDelete)), None);
            assert_eq!(budget.done(&hold(Hold::Partition(2))), None);
        }
        let halt = budget.done(&hold(Hold::OnDelete)).expect("a halt");
        assert_eq!(halt.reason, HaltReason::WorkloadChanged);
    }

    #[test]
    fn a_refusal_is_cleared_by_nothing_but_the_act_itself() {
        let busy = PortError::TooManyRequests("no budget left".to_owned());
        let mut budget = Budget::default();
        for minute in 1..=11 {
            assert_eq!(budget.refused(&eviction(), &busy, minute * MINUTE), None);
            budget.done(&hold(Hold::OnDelete));
        }
        let late = 11 * MINUTE + Duration::from_secs(1);
        let halt = budget.refused(&eviction(), &busy, late).expect("a halt");
        assert!(halt.message.contains("no budget left"), "{}", halt.message);
        budget.done(&eviction());
        assert_eq!(budget.refused(&eviction(), &busy, late), None);
    }

    #[test]
    fn no_answer_for_five_minutes_is_no_answer() {
        let gone = PortError::NoAnswer("504 Gateway Timeout".to_owned());
        let mut budget = Budget::default();
        let act = hold(Hold::Partition(3));
        for minute in 1..=6 {
            assert_eq!(budget.refused(&act, &gone, minute * MINUTE), None);
        }
        let halt = budget.refused(&act, &gone, 7 * MINUTE).expect("a halt");
        assert!(halt.message.contains("504"), "{}", halt.message);
    }

    #[test]
    fn a_lost_answer_long_ago_does_not_count_when_the_act_is_wanted_again() {
        let lost = PortError::NoAnswer("connection reset".to_owned());
        let mut budget = Budget::default();
        let act = hold(Hold::OnDelete);
        assert_eq!(budget.refused(&act, &lost, MINUTE), None);
        assert_eq!(budget.refused(&act, &lost, 20 * MINUTE), None);
    }
}
