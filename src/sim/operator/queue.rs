//! When a controller looks at its resource next.

use std::time::Duration;

use crate::sim::moment::Moment;

/// Until a refused write is tried again: 0.3, 1, 2, 4 s and so on were seen
/// (`contracts/operator-live.md` 3), up to a minute (`contracts/operator.md` 2.1).
const FIRST: Duration = Duration::from_millis(300);
const MOST: Duration = Duration::from_secs(60);

/// A controller's work queue; it holds one resource.
#[derive(Debug, Default)]
pub(super) struct Queue {
    due: Option<Moment>,
    failures: u32,
}

impl Queue {
    /// When it next looks.
    pub(super) const fn due(&self) -> Option<Moment> {
        self.due
    }

    /// Has it look then, or earlier if that is planned.
    pub(super) fn wake(&mut self, at: Moment) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Whether it is time; if so, it is taken off.
    pub(super) fn take(&mut self, now: Moment) -> bool {
        let due = self.due.is_some_and(|at| at <= now);
        if due {
            self.due = None;
        }
        due
    }

    /// What it did went well.
    pub(super) const fn done(&mut self) {
        self.failures = 0;
    }

    /// What it did was refused: it tries again, later each time.
    pub(super) fn failed(&mut self, now: Moment) {
        let wait = match self.failures {
            0 => FIRST,
            tries => Duration::from_secs(1 << (tries - 1).min(6)),
        };
        self.failures += 1;
        self.wake(now + wait.min(MOST));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_waits_longer_up_to_a_minute() {
        let mut queue = Queue::default();
        let mut waits = Vec::new();
        for _ in 0..9 {
            queue.failed(Moment::START);
            let due = queue.due().expect("planned");
            waits.push(due.since(Moment::START).as_millis());
            assert!(queue.take(due));
        }
        assert_eq!(
            waits,
            [300, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]
        );
        queue.done();
        queue.failed(Moment::START);
        assert_eq!(queue.due(), Some(Moment::START + FIRST));
    }
}
