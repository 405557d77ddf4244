//! What is planned to go wrong, waiting for its moment.

use super::{
    fault::Fault,
    moment::Moment,
    scenario::{Planned, When},
};

/// Faults that have not struck yet.
#[derive(Debug, Clone, Default)]
pub struct Schedule {
    waiting: Vec<Planned>,
    /// Those whose moment is known, earliest first.
    due: Vec<(Moment, Fault)>,
}

impl Schedule {
    /// The faults of a scenario; their time counts from now.
    #[must_use]
    pub fn of(planned: &[Planned], now: Moment) -> Self {
        let mut schedule = Self::default();
        for planned in planned {
            match planned.when {
                When {
                    event: None,
                    write: None,
                    after,
                    ..
                } => schedule.at(now + after.unwrap_or_default(), planned.what.clone()),
                _ => schedule.waiting.push(planned.clone()),
            }
        }
        schedule
    }

    /// Lets a fault strike at a moment.
    pub fn at(&mut self, moment: Moment, fault: Fault) {
        // After those of the same moment: in the order they were planned.
        let place = self.due.partition_point(|(at, _)| *at <= moment);
        self.due.insert(place, (moment, fault));
    }

    /// Baoctl told of an event.
    pub fn event(&mut self, kind: &str, pod: Option<&str>, now: Moment) {
        self.moved(now, |when| {
            when.event.as_deref() == Some(kind)
                && (when.pod.is_none() || when.pod.as_deref() == pod)
        });
    }

    /// Baoctl sends its k-th write.
    pub fn write(&mut self, number: u64, now: Moment) {
        self.moved(now, |when| when.write == Some(number));
    }

    /// Whether anything waits for an event.
    #[must_use]
    pub fn listens(&self) -> bool {
        self.waiting
            .iter()
            .any(|planned| planned.when.event.is_some())
    }

    /// When the next one strikes.
    #[must_use]
    pub fn due(&self) -> Option<Moment> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The next one that strikes by now.
    pub fn take(&mut self, now: Moment) -> Option<Fault> {
        if self.due()? > now {
            return None;
        }
        let (_, fault) = self.due.remove(0);
        Some(fault)
    }

    /// Those whose moment is known and has not come.
    pub(super) fn due_later(&self) -> impl Iterator<Item = &(Moment, Fault)> {
        self.due.iter()
    }

    /// Those whose event or write has not come.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Planned> {
        self.waiting.iter()
    }

    fn moved(&mut self, now: Moment, is: impl Fn(&When) -> bool) {
        let mut at = 0;
        while at < self.waiting.len() {
            if is(&self.waiting[at].when) {
                let planned = self.waiting.remove(at);
                self.at(now + planned.when.after.unwrap_or_default(), planned.what);
            } else {
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_fault_strikes_once_and_so_long_after_its_event() {
        let planned = Planned {
            when: When {
                event: Some("podReplaced".to_owned()),
                pod: Some("prod-2".to_owned()),
                after: Some(Duration::from_millis(500)),
                ..When::default()
            },
            what: Fault::Unpause {},
        };
        let mut schedule = Schedule::of(&[planned], Moment::START);
        let at = Moment::START + Duration::from_secs(9);
        schedule.event("podReplaced", Some("prod-1"), at);
        assert_eq!(schedule.due(), None);
        schedule.event("podReplaced", Some("prod-2"), at);
        schedule.event("podReplaced", Some("prod-2"), at);
        let due = at + Duration::from_millis(500);
        assert_eq!(schedule.due(), Some(due));
        assert_eq!(schedule.take(at), None);
        assert_eq!(schedule.take(due), Some(Fault::Unpause {}));
        assert_eq!(schedule.take(due), None);
    }
}
