//! What of the planned faults struck, and what never did.

use std::{
    mem,
    task::{Poll, Waker},
};

use super::{fault::Fault, moment::Moment, scenario::When, world::World};

/// A fault that struck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    /// When.
    pub at: Moment,
    /// What.
    pub fault: Fault,
    /// Which pod, where it befell one.
    pub pod: Option<String>,
    /// Why nothing came of it.
    pub missed: Option<String>,
}

/// What has struck so far, and who wants to hear of it.
#[derive(Debug, Default)]
pub(super) struct Strikes {
    all: Vec<Strike>,
    told: usize,
    listener: Option<Waker>,
}

impl World {
    /// Takes note of a strike. Whoever listens is woken, but not while the process
    /// is suspended: it would look about.
    pub(super) fn record_strike(&mut self, fault: &Fault, pod: Option<String>) {
        let at = self.now();
        self.strikes.all.push(Strike {
            at,
            fault: fault.clone(),
            pod,
            missed: None,
        });
        if at >= self.link.suspended_until {
            self.woken.extend(self.strikes.listener.take());
        }
    }

    /// Nothing came of the latest.
    pub(super) fn missed(&mut self, why: &str) {
        if let Some(strike) = self.strikes.all.last_mut() {
            strike.missed = Some(why.to_owned());
        }
    }

    /// Those that were not told yet.
    pub fn untold_strikes(&mut self) -> Vec<Strike> {
        let told = mem::replace(&mut self.strikes.told, self.strikes.all.len());
        self.strikes.all[told..].to_vec()
    }

    /// The same, once there are any.
    pub fn poll_strikes(&mut self, waker: &Waker) -> Poll<Vec<Strike>> {
        let strikes = self.untold_strikes();
        if strikes.is_empty() {
            self.strikes.listener = Some(waker.clone());
            return Poll::Pending;
        }
        Poll::Ready(strikes)
    }

    /// All that have struck.
    #[must_use]
    pub fn strikes(&self) -> &[Strike] {
        &self.strikes.all
    }

    /// What is still planned, and why it has not struck; to be asked when the
    /// last process has ended.
    #[must_use]
    pub fn never_struck(&self) -> Vec<(Fault, String)> {
        let over = self.now();
        let due = self.schedule.due_later().map(|(at, fault)| {
            let why = format!("planned for {at}, and baoctl ended at {over}");
            (fault.clone(), why)
        });
        let waiting = self.schedule.waiting().map(|planned| {
            let why = self.why_not(&planned.when);
            (planned.what.clone(), why)
        });
        let missed = self.strikes.all.iter().filter_map(|strike| {
            let why = strike.missed.clone()?;
            Some((strike.fault.clone(), why))
        });
        let mut never: Vec<(Fault, String)> = due.chain(waiting).chain(missed).collect();
        never.extend(self.unused());
        never
    }

    fn why_not(&self, when: &When) -> String {
        match (&when.event, when.write) {
            (Some(event), _) => {
                let of = when.pod.as_ref().map(|pod| format!(" of {pod}"));
                format!("baoctl never told {event}{}", of.unwrap_or_default())
            }
            (None, Some(write)) => {
                let writes = self.crash.writes();
                format!("planned for write {write}, and baoctl sent {writes}")
            }
            (None, None) => "its moment never came".to_owned(),
        }
    }

    /// Faults that wait for a request which never came; one that has met some
    /// of its requests has struck.
    fn unused(&self) -> Vec<(Fault, String)> {
        let link = &self.link;
        let mut kinds = Vec::new();
        let latest = self.strikes.all.iter().rev().filter(|strike| {
            let kind = mem::discriminant(&strike.fault);
            let first = !kinds.contains(&kind);
            kinds.push(kind);
            first
        });
        let left = latest.filter_map(|strike| {
            let why = match &strike.fault {
                Fault::Crash { .. } if self.crash.is_pending() => {
                    "baoctl sent nothing more at which it could be killed"
                }
                Fault::LoseRequests { times } if link.lost_requests >= *times => {
                    "no request followed"
                }
                Fault::LoseReplies { times } if link.lost_replies >= *times => "no write followed",
                Fault::RepeatWrites { times } if link.repeated_writes >= *times => {
                    "no write followed"
                }
                Fault::Answer { .. } if self.kubernetes.refuses_writes() => "fewer writes followed",
                _ => return None,
            };
            Some((strike.fault.clone(), why.to_owned()))
        });
        left.collect()
    }
}
