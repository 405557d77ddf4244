//! Judges single writes of blue/green (G of `reference/reliability.md` D3).

use serde_json::Value;

use super::{Deed, FRESH, Left, NodeSeen, Oracle, View};
use crate::sim::moment::Moment;

impl Oracle {
    /// Judges a write that only blue/green has, by the world just before it.
    pub(super) fn coloured(&mut self, deed: &Deed, before: &View, now: Moment) {
        self.named(deed, now);
        match deed {
            Deed::Promote { pod } => self.promoted(pod, before, now),
            Deed::Demote { pod } => self.demoted(pod, before, now),
            Deed::RemovePeer { pod } => self.removed(pod, before, now),
            Deed::Select { set } => self.selected(set, before, now),
            Deed::Emptied { set } => self.emptied(set, before, now),
            // Each is the operator's rendering of its revision, and serves or
            // may have to again.
            Deed::Reshaped { set } => {
                self.check("G8");
                self.violated("G8", now, format!("{set} was changed where it stands"));
            }
            Deed::Unclaimed { pod } => self.unclaimed(pod, before, now),
            _ => {}
        }
    }

    /// S12: an id is the name of a pod there is or was.
    fn named(&mut self, deed: &Deed, now: Moment) {
        let (Deed::Promote { pod } | Deed::Demote { pod } | Deed::RemovePeer { pod }) = deed else {
            return;
        };
        self.check("S12");
        if !self.pods.contains(pod) {
            let text = format!("{pod} is the name of no pod: {deed:?}");
            self.violated("S12", now, text);
        }
    }

    /// G6: a member's data stays.
    fn unclaimed(&mut self, pod: &str, before: &View, now: Moment) {
        self.check("G6");
        if before.nodes.iter().any(|node| node.pod == pod) {
            let text = format!("the volume of {pod} was deleted, and it is a member");
            self.violated("G6", now, text);
        }
    }

    /// Unfit, and not only since the write was on its way.
    fn is_unfit_for_long(&self, node: &NodeSeen, before: &View, now: Moment) -> bool {
        let since = self.ailing.get(&node.pod);
        !node.is_fit(before.committed) && since.is_some_and(|since| now.since(*since) > FRESH)
    }

    /// Follows how members without a vote fare, too: the others do not count
    /// before they carry the quorum.
    pub(super) fn follow_members(&mut self, view: &View, now: Moment) {
        for node in &view.nodes {
            if node.is_fit(view.committed) {
                self.ailing.remove(&node.pod);
            } else {
                self.ailing.entry(node.pod.clone()).or_insert(now);
            }
        }
    }

    /// The members of a colour that are fit.
    fn fit_of(&self, set: &str, before: &View, now: Moment) -> usize {
        let members = before.nodes.iter().filter(|node| colour(&node.pod) == set);
        let fit = members.filter(|node| !self.is_unfit_for_long(node, before, now));
        fit.count()
    }

    /// G1: one that is no member has nothing to be promoted to, a cluster of its
    /// own included; its whole colour is there first, and the resource's hook has
    /// had its word.
    fn promoted(&mut self, pod: &str, before: &View, now: Moment) {
        self.check("G1");
        if !before.nodes.iter().any(|node| node.pod == pod) {
            let text = format!("{pod} was promoted and is no member");
            self.violated("G1", now, text);
            return;
        }
        if before.hook_owed && !self.back {
            let text = format!("{pod} was promoted before the hook had succeeded");
            self.violated("G1", now, text);
        }
        let fit = self.fit_of(colour(pod), before, now);
        if fit < before.replicas() {
            let text = format!("{pod} was promoted while {fit} of its colour are fit");
            self.violated("G1", now, text);
        }
    }

    /// G3: the other colour votes as a whole. G2: whoever is left carries the
    /// quorum of all who vote now.
    fn demoted(&mut self, pod: &str, before: &View, now: Moment) {
        self.check("G2");
        self.check("G3");
        let voters = before.nodes.iter().filter(|node| node.voter);
        let fit: Vec<&NodeSeen> = voters
            .clone()
            .filter(|node| node.pod != pod && !self.is_unfit_for_long(node, before, now))
            .collect();
        let others = fit.iter().filter(|node| colour(&node.pod) != colour(pod));
        let others = others.count();
        // Of two voters each is needed: a cluster of one has no margin to keep, and
        // the change is decided by those who vote after it.
        let quorum = match before.replicas() {
            1 => 1,
            _ => voters.count() / 2 + 1,
        };
        if others < before.replicas() {
            let text = format!("{pod} was demoted while {others} of the other colour vote");
            self.violated("G3", now, text);
        }
        if fit.len() < quorum {
            let text = format!("{pod} was demoted while {} others are fit", fit.len());
            self.violated("G2", now, text);
        }
    }

    /// G5: neither a voter nor the leader.
    fn removed(&mut self, pod: &str, before: &View, now: Moment) {
        self.check("G5");
        let member = before.nodes.iter().find(|node| node.pod == pod);
        if let Some(node) = member.filter(|node| node.voter || node.leads()) {
            let what = if node.leads() { "leads" } else { "votes" };
            self.violated("G5", now, format!("{pod} was removed while it {what}"));
        }
    }

    /// G4: traffic goes where the leader is, and where everybody is Ready.
    fn selected(&mut self, set: &str, before: &View, now: Moment) {
        self.check("G4");
        let mut leading = before.nodes.iter().filter(|node| node.leads());
        let elsewhere = leading.find(|node| colour(&node.pod) != set);
        if let Some(leader) = elsewhere {
            let lately = self.active.as_ref().filter(|(pod, _)| *pod == leader.pod);
            if lately.is_some_and(|(_, since)| now.since(*since) > FRESH) {
                let text = format!("traffic went to {set} while {} leads", leader.pod);
                self.violated("G4", now, text);
            }
        }
        let fit = self.fit_of(set, before, now);
        if fit < before.replicas() {
            let text = format!("traffic went to {set}, of which {fit} are fit members");
            self.violated("G4", now, text);
        }
        let away = before.pods.iter().filter(|pod| colour(&pod.name) == set);
        let away = away.filter(|pod| {
            let since = self.away.get(&pod.name);
            since.is_some_and(|since| now.since(*since) > FRESH)
        });
        if let Some(pod) = away.map(|pod| pod.name.clone()).next() {
            let text = format!("traffic went to {set} while {pod} is not Ready");
            self.violated("G4", now, text);
        }
    }

    /// G8: nobody who votes is stopped, nor whom clients are led to.
    fn emptied(&mut self, set: &str, before: &View, now: Moment) {
        self.check("G4");
        self.check("G8");
        let mut voters = before.nodes.iter().filter(|node| node.voter);
        if let Some(node) = voters.find(|node| colour(&node.pod) == set) {
            let text = format!("{set} was taken away while {} votes", node.pod);
            self.violated("G8", now, text);
        }
        if before.selected.as_deref() == Some(set) {
            self.violated("G4", now, format!("{set} was taken away under its traffic"));
        }
    }

    /// What of the two colours is not as the operator leaves it
    /// (`contracts/operator.md` 8.4).
    pub(super) fn unfinished_colours(view: &View, left: &Left<'_>) -> Vec<String> {
        let mut wrong: Vec<String> = Vec::new();
        let selected = view.selected.as_deref().unwrap_or_default();
        let status = left.cluster.pointer("/status/blueGreen");
        let says = |field: &str| status.and_then(|status| status[field].as_str());
        if !matches!(says("phase"), None | Some("Idle")) || says("greenRevision").is_some() {
            wrong.push(format!("status.blueGreen is {status:?}"));
        }
        if let Some(blue) = says("blueRevision")
            && !selected.ends_with(&format!("-{blue}"))
        {
            wrong.push(format!("blue is {blue}, and clients are led to {selected}"));
        }
        let replicas = left.set.pointer("/spec/replicas").and_then(Value::as_u64);
        let strategy = left.set.pointer("/spec/updateStrategy/type");
        if replicas != Some(view.wanted.into()) || strategy.is_none_or(|kind| kind != "OnDelete") {
            wrong.push(format!(
                "{selected} is left with {replicas:?} pods and {strategy:?}"
            ));
        }
        let sets = left.beside.iter();
        wrong.extend(sets.map(|set| format!("{set} is still there")));
        // Read replicas have no colour.
        let read = selected
            .rsplit_once('-')
            .map(|(cluster, _)| format!("{cluster}-read"));
        let elsewhere =
            |pod: &&str| colour(pod) != selected && Some(colour(pod)) != read.as_deref();
        // What is named like no pod of a StatefulSet is somebody else's.
        let is_pod = |name: &&str| {
            let ordinal = name.rsplit_once('-').map_or("", |(_, ordinal)| ordinal);
            !ordinal.is_empty() && ordinal.bytes().all(|byte| byte.is_ascii_digit())
        };
        let members = view.nodes.iter().map(|node| node.pod.as_str());
        let members = members.filter(is_pod).filter(elsewhere);
        wrong.extend(members.map(|pod| format!("{pod} is still a member")));
        let pods = view.pods.iter().map(|pod| pod.name.as_str());
        let pods = pods.filter(elsewhere);
        wrong.extend(pods.map(|pod| format!("{pod} still runs")));
        wrong
    }
}

/// The StatefulSet of a pod.
pub(super) fn colour(pod: &str) -> &str {
    pod.rsplit_once('-').map_or("", |(set, _)| set)
}

impl View {
    /// How many there are of each colour.
    fn replicas(&self) -> usize {
        usize::try_from(self.wanted).unwrap_or(usize::MAX)
    }
}
