//! Judges a write that lets a pod go.

use super::{FRESH, Oracle, View, acts::SETTLE};
use crate::sim::moment::Moment;

/// How often one process may let pods of one name go: for the upgrade, for what
/// was lost meanwhile, and once more.
const MOST_RELEASES: u32 = 3;

impl Oracle {
    pub(super) fn released(&mut self, pod: &str, uid: &str, before: &View, now: Moment) {
        let lasting = |since: Option<&Moment>| since.is_some_and(|since| now.since(*since) > FRESH);
        // It votes for nobody and keeps nobody from leading: where nobody leads,
        // taking it can only help.
        let carries = before.active().is_some() || !before.never_ran(pod);
        // S2: all others carry the quorum while this one is away.
        let unfit: Vec<String> = before
            .nodes
            .iter()
            .filter(|node| node.voter && node.pod != pod && lasting(self.unfit.get(&node.pod)))
            .map(|node| node.pod.clone())
            .collect();
        if carries && !unfit.is_empty() {
            let text = format!(
                "{pod} let go while {} cannot carry the quorum",
                unfit.join(", ")
            );
            self.violated("S2", now, text);
        }
        let unproven: Vec<&str> = self
            .unproven(before, now)
            .filter(|other| *other != pod)
            .collect();
        if carries && !unproven.is_empty() {
            let text = format!(
                "{pod} let go before {} was seen in step twice",
                unproven.join(", ")
            );
            self.violated("S2", now, text);
        }
        // S2: an old leader that fails must find a successor.
        let barred = self.barred(pod, before, now);
        if !barred.is_empty() && before.active().is_some_and(|node| node.version != self.tag) {
            let text = format!("{pod} let go while {} cannot lead", barred.join(", "));
            self.violated("S2", now, text);
        }
        // S3: one at a time.
        let others: Vec<String> = self
            .released
            .iter()
            .filter(|(other, _)| *other != pod)
            .map(|(other, _)| other.clone())
            .collect();
        if !others.is_empty() {
            let text = format!("{pod} let go while {} is not back", others.join(", "));
            self.violated("S3", now, text);
        }
        // S5: somebody leads.
        let leaderless = self.leaderless;
        if carries && leaderless.is_some_and(|since| now.since(since) > FRESH) {
            self.violated("S5", now, format!("{pod} let go while nobody leads"));
        }
        // S4, S6: never the active node.
        let voters = before.voters_that_run();
        if let Some((active, since)) = &self.active
            && active == pod
            && voters > 1
            && before.active().is_some_and(|node| node.pod == *pod)
            && now.since(*since) > FRESH
        {
            let text = format!("{pod} let go while it is active");
            self.violated("S4", now, text);
        }
        if let Some((stepped, at)) = &self.stepped_down
            && stepped == pod
            && now.since(*at) < SETTLE
        {
            let text = format!(
                "{pod} let go {} ms after its step-down",
                now.since(*at).as_millis()
            );
            self.violated("R8", now, text);
        }
        if self.is_otherwise_declared(before, now) {
            let text = format!("{pod} let go while spec.version is {}", before.declared);
            self.violated("S9", now, text);
        }
        self.released.insert(pod.to_owned(), uid.to_owned());
        let times = self.times_released.entry(pod.to_owned()).or_default();
        *times += 1;
        if *times > MOST_RELEASES {
            let text = format!("{pod} let go {times} times");
            self.violated("L1", now, text);
        }
    }
}
