//! Judges single writes of baoctl.

use std::time::Duration;

use super::{Deed, FRESH, Oracle, View};
use crate::sim::moment::Moment;

/// From the second look before a grave write until it arrives: two requests and
/// a round of the nodes.
pub(super) const ON_ITS_WAY: Duration = Duration::from_millis(250);

/// Between a step-down and the next, and the release of who stepped down (R8).
/// A little less than the rule: the two arrive with different latencies.
pub(super) const SETTLE: Duration = Duration::from_millis(11_900);

impl Oracle {
    /// Judges a write that was done at `now`, by the world just before it.
    pub fn wrote(&mut self, deed: &Deed, conditional: bool, before: &View, now: Moment) {
        self.verdict.judged += 1;
        let text = format!("baoctl: {deed:?}");
        self.note(now, &text);
        for id in ["S1", "S10"] {
            self.check(id);
        }
        if before.selected.is_none() {
            self.check("S13");
        }
        self.goes_on(deed, now);
        self.safeguarded(deed, before, now);
        if !conditional {
            self.violated("S10", now, format!("unconditional: {deed:?}"));
        }
        match &before.lease {
            Some((holder, left)) if *left > 0 && self.holder.as_ref() == Some(holder) => {}
            Some((holder, left)) => {
                self.violated(
                    "S1",
                    now,
                    format!("the lease is {holder}'s, {left} s left: {deed:?}"),
                );
            }
            None => self.violated("S1", now, format!("without a lease: {deed:?}")),
        }
        let towards = matches!(
            deed,
            Deed::Release { .. } | Deed::StepDown { .. } | Deed::Template { .. }
        );
        let shut = self
            .shut_since
            .is_some_and(|since| now.since(since) > ON_ITS_WAY);
        if self.back && towards {
            self.check("R6");
        }
        if self.back && shut && towards {
            self.violated(
                "R6",
                now,
                format!("back through the one-way door: {deed:?}"),
            );
        }
        match deed {
            Deed::Release { pod, uid } => self.released(pod, uid, before, now),
            Deed::Partition { from, to } => self.partition(*from, *to, before, now),
            Deed::Template { version } => self.template(version, before, now),
            Deed::Declaration { version } => self.declared(version, before, now),
            Deed::Recorded { ordinals } => self.recorded(ordinals, before, now),
            Deed::StepDown { pod } => self.step_down(pod, before, now),
            Deed::Success { version } => self.success(version, before, now),
            Deed::Deletion { what } => {
                self.violated("S13", now, format!("deleted {what}"));
            }
            Deed::Other { .. } => {}
            _ => self.coloured(deed, before, now),
        }
    }

    /// A write that arrived a second time changed something again.
    pub fn changed_twice(&mut self, what: &str, now: Moment) {
        self.violated("S10", now, format!("sent twice, it changed twice: {what}"));
    }

    fn template(&mut self, version: &str, before: &View, now: Moment) {
        self.intended(before, now);
        if version != self.tag {
            // Back, and where that is not allowed any more.
            let invariant = if self.door_shut { "R6" } else { "S9" };
            let text = format!("the template went to {version}");
            self.violated(invariant, now, text);
        }
        self.check("R1");
        self.check("R7");
        let held = before.set.on_delete || before.set.partition >= before.set.replicas;
        if !held || !before.set.observed {
            self.violated(
                "R1",
                now,
                format!("the template changed to {version} before the lock was observed"),
            );
        }
    }

    fn step_down(&mut self, pod: &str, before: &View, now: Moment) {
        for id in ["S2", "S6", "R8", "L4"] {
            self.check(id);
        }
        let node = before.nodes.iter().find(|node| node.pod == pod);
        let heirs = before
            .nodes
            .iter()
            .filter(|node| node.voter && node.pod != pod);
        if heirs.count() == 0 {
            let text = format!("{pod} steps down and nobody can take over");
            self.violated("S2", now, text);
        }
        let barred = self.barred(pod, before, now);
        if !barred.is_empty() {
            let text = format!("{pod} steps down and {} cannot lead", barred.join(", "));
            self.violated("S2", now, text);
        }
        let older = before.older_voters(&self.tag);
        // On the way back the others are newer, and R6 judges the door.
        if let Some(node) = node
            && !self.back
            && node.active
            && node.version == self.tag
            && !older.is_empty()
        {
            let text = format!(
                "{pod} runs {} and steps down before {}",
                node.version,
                older.join(", ")
            );
            self.violated("S6", now, text);
        }
        if let Some((_, at)) = &self.stepped_down
            && now.since(*at) < SETTLE
        {
            let text = format!("two step-downs within {} ms", now.since(*at).as_millis());
            self.violated("R8", now, text);
        }
        self.steps_down_again(pod, now);
        self.stepped_down = Some((pod.to_owned(), now));
    }

    /// The other voters that are elected in vain.
    pub(super) fn barred<'v>(&self, pod: &str, before: &'v View, now: Moment) -> Vec<&'v str> {
        let others = before.nodes.iter();
        others
            .filter(|other| other.voter && other.pod != pod && other.cannot_lead)
            .map(|other| other.pod.as_str())
            .filter(|other| {
                let since = self.barred.get(*other);
                since.is_some_and(|since| now.since(*since) > FRESH)
            })
            .collect()
    }

    /// Another version stands on the resource, and not only since the write was
    /// on its way.
    pub(super) fn is_otherwise_declared(&self, before: &View, now: Moment) -> bool {
        before.declared != self.target
            && self
                .otherwise_declared
                .is_none_or(|since| now.since(since) > ON_ITS_WAY)
    }

    /// What the run aims at stands on the resource before anything is done
    /// for it.
    pub(super) fn intended(&mut self, before: &View, now: Moment) {
        self.check("S11");
        if self.is_otherwise_declared(before, now) {
            let text = format!("changed while spec.version is {}", before.declared);
            self.violated("S11", now, text);
        }
    }

    fn declared(&mut self, version: &str, before: &View, now: Moment) {
        self.check("S9");
        // Somebody changed what was declared: that stops the run.
        if self.declared || version != self.target {
            let text = format!("spec.version went from {} to {version}", before.declared);
            self.violated("S9", now, text);
        }
        self.declared = true;
    }

    fn recorded(&mut self, ordinals: &[u32], before: &View, now: Moment) {
        self.check("S7");
        for pod in before
            .pods
            .iter()
            .filter(|pod| ordinals.contains(&pod.ordinal))
        {
            let since = self.unfit.get(&pod.name);
            let unfit = since.is_some_and(|since| now.since(*since) > FRESH);
            let unproven = self.unproven(before, now).any(|other| other == pod.name);
            if pod.version != self.tag || pod.terminating || unfit || unproven {
                let text = format!("{} was recorded as done and is not", pod.name);
                self.violated("S7", now, text);
            }
        }
    }

    /// Judges a write of the lease, by who had it before.
    pub fn leased(&mut self, holder: Option<&str>, before: &View, now: Moment) {
        let Some(holder) = holder else { return };
        self.check("L5");
        if let Some((other, left)) = &before.lease
            && *left > 0
            && other != holder
        {
            let text = format!("{holder} took the lease of {other}, {left} s left");
            self.violated("L5", now, text);
        }
        if self.holder.as_deref() != Some(holder) {
            // Another process, which knows nothing of this one's.
            self.times_released.clear();
            self.in_vain = 0;
        }
        self.holder = Some(holder.to_owned());
        self.driver = Some(holder.to_owned());
    }

    /// A process begins: it may write nothing before the lease is its own.
    pub fn begun_again(&mut self) {
        self.driver = None;
        self.halted = false;
    }

    /// The living process has written the lease.
    #[must_use]
    pub const fn is_driven(&self) -> bool {
        self.driver.is_some()
    }
}
