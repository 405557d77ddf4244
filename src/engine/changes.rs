//! What two observations in a row show to have happened.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    decide::{leadership, standing::is_seen},
    event::EventKind,
    model::{
        names::PodName,
        node::NodeView,
        raft::Membership,
        record::RunRecord,
        snapshot::Snapshot,
        workload::{ContainerState, Pod, Workload},
    },
};

/// The fold from observations to events.
#[derive(Debug, Default)]
pub(super) struct Changes {
    before: Option<Before>,
    leader: Option<(PodName, Duration)>,
    lost: bool,
    caught_up: BTreeSet<String>,
    /// Names of pods that were there, or should have been.
    pods: BTreeSet<PodName>,
    no_return: bool,
    /// The members as an agreed leader listed them last. In the moment in which
    /// a new one leads and is not agreed on yet there is no list: 14 to 370 ms
    /// at every second step-down of real servers.
    members: Option<Membership>,
}

impl Changes {
    /// Takes in one observation; returns what it shows to have changed.
    pub(super) fn observe(
        &mut self,
        snapshot: &Snapshot,
        run: &RunRecord,
        one_way: bool,
        released: &BTreeSet<String>,
        asked_to_step_down: Option<&PodName>,
        now: Duration,
    ) -> Vec<EventKind> {
        let mut events = Vec::new();
        self.leadership(snapshot, asked_to_step_down, now, &mut events);
        if let Some(members) = snapshot.membership.known() {
            self.members = Some(members.clone());
        }
        if one_way && !self.no_return {
            let members = self.members.as_ref();
            self.no_return = point_of_no_return(snapshot, members, run, &mut events);
        }
        if let Some(before) = &self.before {
            for now in snapshot.workloads() {
                // By name: a colour may change its place.
                let then = before.sets.iter().find(|then| then.name == now.name);
                for pod in &now.pods {
                    let change = PodChange {
                        pod,
                        then: then.and_then(|then| then.pod(pod.ordinal)),
                        is_first: !self.pods.contains(&pod.pod.name),
                        is_ours: released.contains(&pod.pod.uid) || pod.ordinal >= now.replicas,
                    };
                    change.tell(before, snapshot, &mut events);
                }
            }
            let seen = snapshot.workloads().flat_map(|set| &set.pods);
            self.pods.extend(seen.map(|pod| pod.pod.name.clone()));
        } else {
            // Who is away now comes back; who belongs to a later set comes new.
            let names = snapshot.workloads().flat_map(Workload::pod_names);
            self.pods = names.collect();
        }
        self.remember(snapshot, asked_to_step_down);
        events
    }

    fn remember(&mut self, snapshot: &Snapshot, steps_down: Option<&PodName>) {
        let before = self.before.get_or_insert_default();
        // Most observations find the sets as they were.
        if !before.sets.iter().eq(snapshot.workloads()) {
            before.sets = snapshot.workloads().cloned().collect();
        }
        let unsealed = snapshot.nodes.iter().filter(|(_, node)| node.is_unsealed());
        // Its answer is not waited for: that is no sign that it is sealed.
        let busy = steps_down
            .filter(|name| before.unsealed.contains(name))
            .cloned();
        before.unsealed = unsealed.map(|(name, _)| name.clone()).chain(busy).collect();
    }

    /// Notes nodes that are caught up; returns those that were not before.
    pub(super) fn caught_up(&mut self, pods: Vec<(&Pod, u64)>) -> Vec<EventKind> {
        let mut events = Vec::new();
        let now: BTreeSet<String> = pods.iter().map(|(pod, _)| pod.pod.uid.clone()).collect();
        for (pod, applied) in pods {
            if !self.caught_up.contains(&pod.pod.uid) {
                events.push(EventKind::NodeCaughtUp {
                    pod: pod.pod.name.clone(),
                    applied,
                });
            }
        }
        self.caught_up = now;
        events
    }

    fn leadership(
        &mut self,
        snapshot: &Snapshot,
        asked: Option<&PodName>,
        now: Duration,
        events: &mut Vec<EventKind>,
    ) {
        match (leadership::leader(snapshot), &self.leader) {
            (Ok(leader), before) => {
                let name = leader.pod.pod.name.clone();
                // Who led before we looked is no change.
                if let Some((from, seen)) = before.clone().filter(|(pod, _)| *pod != name) {
                    events.push(EventKind::LeaderChanged {
                        planned: asked == Some(&from),
                        from: Some(from),
                        to: name.clone(),
                        version: leader.node.version().cloned(),
                        leaderless_ms: u64::try_from(now.saturating_sub(seen).as_millis())
                            .unwrap_or(u64::MAX),
                    });
                }
                self.lost = false;
                self.leader = Some((name, now));
            }
            (Err(_), Some((from, _))) if !self.lost => {
                let nobody = snapshot.voters.known().is_some()
                    && leadership::claimants(snapshot).next().is_none();
                // Who cannot be seen may lead all the same.
                if nobody && is_seen(snapshot) {
                    self.lost = true;
                    events.push(EventKind::LeaderLost { from: from.clone() });
                }
            }
            (Err(_), _) => {}
        }
    }
}

/// As much of an observation as the next one is compared with.
#[derive(Debug, Default)]
struct Before {
    sets: Vec<Workload>,
    unsealed: BTreeSet<PodName>,
}

/// The first activation of the target in a one-way pair.
fn point_of_no_return(
    snapshot: &Snapshot,
    members: Option<&Membership>,
    run: &RunRecord,
    events: &mut Vec<EventKind>,
) -> bool {
    let Some(voters) = snapshot.voters.known() else {
        return false;
    };
    let version = |pod: &Pod| {
        snapshot
            .node(&pod.pod.name)
            .and_then(|node| node.version())
            .cloned()
    };
    for pod in leadership::claimants(snapshot) {
        if let Some(active) = version(pod).filter(|active| *active >= run.target.version) {
            events.push(EventKind::PointOfNoReturn {
                node: pod.pod.name.clone(),
                older_voters: voters
                    .pods
                    .iter()
                    .filter(|other| match version(other) {
                        Some(version) => version < active,
                        // It was asked to step down, and does not answer yet.
                        None => other.image.as_ref() != Some(&run.target.image),
                    })
                    .filter(|other| has_vote(members, &other.pod.name))
                    .map(|other| other.pod.name.clone())
                    .collect(),
                version: active,
            });
            return true;
        }
    }
    false
}

/// Whether a node votes; without a list any may.
fn has_vote(members: Option<&Membership>, pod: &PodName) -> bool {
    members.is_none_or(|list| list.peer(pod).is_some_and(|peer| peer.voter))
}

/// A pod in two observations.
struct PodChange<'a> {
    pod: &'a Pod,
    then: Option<&'a Pod>,
    /// There has been none of its name.
    is_first: bool,
    /// It goes because of this run.
    is_ours: bool,
}

impl PodChange<'_> {
    fn tell(&self, before: &Before, snapshot: &Snapshot, events: &mut Vec<EventKind>) {
        let pod = self.pod;
        let name = &pod.pod.name;
        let same = self.then.filter(|then| then.pod.uid == pod.pod.uid);
        if same.is_none() && self.is_first {
            events.push(EventKind::PodCreated {
                pod: name.clone(),
                revision: pod.revision.clone(),
            });
        } else if same.is_none() {
            events.push(EventKind::PodReplaced {
                pod: name.clone(),
                revision: pod.revision.clone(),
            });
        }
        if pod.terminating && !same.is_some_and(|then| then.terminating) {
            events.push(EventKind::PodTerminating {
                pod: name.clone(),
                ours: self.is_ours,
            });
        }
        let runs = |pod: &Pod| matches!(pod.container, ContainerState::Running { .. });
        if runs(pod) && !same.is_some_and(runs) {
            events.push(EventKind::PodStarted {
                pod: name.clone(),
                node: pod.node.clone(),
            });
        }
        let unsealed = snapshot.node(name).is_some_and(NodeView::is_unsealed);
        if unsealed && !(same.is_some() && before.unsealed.contains(name)) {
            events.push(EventKind::NodeUnsealed {
                pod: name.clone(),
                version: snapshot.node(name).and_then(|node| node.version()).cloned(),
            });
        }
        match (same.is_some_and(|then| then.ready), pod.ready) {
            (false, true) => events.push(EventKind::PodReady { pod: name.clone() }),
            (true, false) => events.push(EventKind::PodUnready { pod: name.clone() }),
            (false, false) | (true, true) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{decide::example::Example, model::fact::Fact};

    /// `prod-1` has lost its vote before `prod-0` steps down; what is told once
    /// `prod-2` says that it leads and nobody else has heard of it.
    fn told() -> Vec<PodName> {
        let mut changes = Changes::default();
        let mut world = Example::three("2.6.2");
        world.replace(2);
        if let Fact::Known(members) = &mut world.snapshot.membership {
            members.peers[1].voter = false;
        }
        let mut observe = |world: &Example| {
            let (none, now) = (BTreeSet::new(), Duration::ZERO);
            changes.observe(&world.snapshot, &world.run, true, &none, None, now)
        };
        observe(&world);
        world.lead(2);
        world.snapshot.membership = Fact::Unknown("no leader is agreed on".to_owned());
        let events = observe(&world);
        let older = events.into_iter().find_map(|event| match event {
            EventKind::PointOfNoReturn { older_voters, .. } => Some(older_voters),
            _ => None,
        });
        older.expect("the point of no return")
    }

    #[test]
    fn who_has_lost_its_vote_is_no_older_voter_while_the_leader_is_disputed() {
        assert_eq!(told(), [PodName("prod-0".to_owned())]);
    }
}
