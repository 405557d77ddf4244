//! What is to be done, and when.

use std::collections::BTreeMap;

use super::object::Key;
use crate::sim::moment::Moment;

/// A controller's or the kubelet's next look at something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Task {
    Set(Key),
    Budget(Key),
    /// By UID.
    Pod(String),
    Job(Key),
    Claim(Key),
    /// By its Service.
    Slice(Key),
    /// The kubelet tells what it could not tell before; by UID.
    Report(String),
    /// The kubelet looks whether processes have ended.
    Relist,
}

/// Tasks by time; those of the same moment in the order they were added.
#[derive(Debug, Default)]
pub(super) struct Timers {
    tasks: BTreeMap<(Moment, u64), Task>,
    added: u64,
}

impl Timers {
    pub(super) fn add(&mut self, at: Moment, task: Task) {
        self.added += 1;
        self.tasks.insert((at, self.added), task);
    }

    pub(super) fn next(&self) -> Option<Moment> {
        self.tasks.keys().next().map(|(at, _)| *at)
    }

    /// The next task that is due.
    pub(super) fn take(&mut self, now: Moment) -> Option<(Moment, Task)> {
        let entry = self.tasks.first_entry()?;
        let at = entry.key().0;
        (at <= now).then(|| (at, entry.remove()))
    }
}
