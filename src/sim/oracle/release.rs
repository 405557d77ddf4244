//! Judges what lets a pod go: an eviction, a deletion, a partition that falls;
//! and what is replaced with none of them.

use super::{FRESH, Oracle, View, acts::SETTLE};
use crate::sim::moment::Moment;

/// How often one process may let pods of one name go: for the upgrade, for what
/// was lost meanwhile, and once more.
const MOST_RELEASES: u32 = 3;

impl Oracle {
    pub(super) fn released(&mut self, pod: &str, uid: &str, before: &View, now: Moment) {
        self.check("S2");
        self.check("S3");
        self.check("S4");
        self.check("S5");
        self.check("S9");
        self.check("L1");
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
        if self.stepped_down.as_ref().is_some_and(|(of, _)| of == pod) {
            self.check("R8");
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

    pub(super) fn partition(&mut self, from: u32, to: u32, before: &View, now: Moment) {
        let let_go = before
            .pods
            .iter()
            .filter(|pod| (to..from).contains(&pod.ordinal) && pod.version != self.tag)
            .count();
        // One that rises takes back what it had let go and nobody took.
        for pod in &before.pods {
            let taken_back = (from..to).contains(&pod.ordinal) && !pod.terminating;
            if taken_back && self.released.get(&pod.name) == Some(&pod.uid) {
                self.released.remove(&pod.name);
            }
        }
        // A partition that rises lets nothing go: it may come first.
        if to < from {
            self.intended(before, now);
        }
        if to < from && let_go > 0 {
            self.falls(from, to, before, now);
        }
        if let_go > 1 {
            self.violated("R2", now, format!("the partition fell from {from} to {to}"));
        }
    }

    /// R3: what was let go before runs the target. R4: everybody is Ready.
    fn falls(&mut self, from: u32, to: u32, before: &View, now: Moment) {
        for id in ["R2", "R3", "R4"] {
            self.check(id);
        }
        let above = before.pods.iter().filter(|pod| pod.ordinal >= from);
        let older = above.filter(|pod| pod.version != self.tag);
        let older: Vec<&str> = older.map(|pod| pod.name.as_str()).collect();
        if !older.is_empty() {
            let text = format!(
                "the partition fell to {to} while {} runs another version",
                older.join(", ")
            );
            self.violated("R3", now, text);
        }
        let unready = before.pods.iter().filter(|pod| {
            let since = self.away.get(&pod.name);
            since.is_some_and(|since| now.since(*since) > FRESH)
        });
        let unready: Vec<&str> = unready.map(|pod| pod.name.as_str()).collect();
        if !unready.is_empty() {
            let text = format!(
                "the partition fell to {to} while {} is not Ready",
                unready.join(", ")
            );
            self.violated("R4", now, text);
        }
    }

    /// Somebody un-pauses the operator while nobody could take it back: baoctl is
    /// dead, waits for the lease of the one before, or is cut off. Under
    /// `OnDelete`, which no partition can stand for while a pod is away that must
    /// come back new, nothing stops what follows (`contracts/operator-live.md` 9).
    pub fn unpaused_alone(&mut self, view: &View) {
        let old_leads = !view.is_led_by(&self.tag);
        // No template changes under blue/green: its sets are always so.
        let coloured = view.selected.is_some();
        self.verdict.exposed |= !coloured && view.set.on_delete && old_leads;
    }

    /// The StatefulSet's controller replaces a pod of its own accord, behind a
    /// hold that did not last (R7). Before a new node leads, that may be the old
    /// leader, or one too many.
    pub fn taken(&mut self, pod: &str, uid: &str, view: &View, now: Moment) {
        self.note(now, &format!("the controller replaces {pod}"));
        let ours = self.released.get(pod).is_some_and(|let_go| let_go == uid);
        let new_leads = view.is_led_by(&self.tag);
        if self.verdict.exposed {
            return;
        }
        if !ours && !new_leads && self.declared {
            let text = format!("{pod} is replaced, and nobody let it go");
            self.violated("R7", now, text);
        }
    }
}
