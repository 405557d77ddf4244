//! The world's truth in the oracle's words, and its judgement at the end.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    kubernetes::{Key, Kind, PodNow},
    oracle::{Left, NodeSeen, PodSeen, SetSeen, SnapshotSeen, Traffic, Verdict, View},
    scenario::Scenario,
    schedule::Schedule,
    servers::Process,
    world::World,
};

/// The version in an image's tag, whether a digest pins it or not.
pub(super) fn tag(image: &str) -> String {
    image
        .split_once('@')
        .map_or(image, |(image, _)| image)
        .rsplit_once(':')
        .map_or_else(String::new, |(_, tag)| tag.to_owned())
}

/// What the oracle looks at all the time.
pub(super) struct Keys {
    /// The resource.
    resource: Key,
    /// The voters' StatefulSet.
    set: Key,
    /// baoctl's lease.
    lease: Key,
}

impl Keys {
    /// Those of this cluster.
    pub(super) fn of(namespace: &str, cluster: &str, set: &str) -> Self {
        Self {
            resource: Key::new(Kind::OpenBaoCluster, namespace, cluster),
            set: Key::new(Kind::StatefulSet, namespace, set),
            lease: Key::new(Kind::Lease, namespace, &format!("baoctl-{cluster}")),
        }
    }
}

impl World {
    /// The truth now.
    pub(super) fn view(&mut self) -> View {
        let set = self.set_seen();
        let lease = self.lease_seen();
        let declared = self.declared();
        let (selected, wanted) = if self.sets.len() > 1 {
            (self.selected(), self.replicas())
        } else {
            (None, set.replicas)
        };
        let sets = self.sets.iter();
        let pods: Vec<PodNow<'_>> = sets.flat_map(|set| self.kubernetes.pods_of(set)).collect();
        let ran = |pod: &PodNow<'_>| self.servers.has_run(pod.uid);
        let ran: Vec<bool> = pods.iter().map(ran).collect();
        let standing = self.servers.standing();
        let nodes = standing.members().iter().map(|member| {
            let process = standing.process(&member.id);
            // One that is being replaced counts by what will run there.
            let pod = pods.iter().find(|pod| pod.name == member.id);
            let version = match (pod, &process) {
                (Some(pod), _) => tag(pod.image),
                (None, Some(process)) => process.release.to_string(),
                (None, None) => String::new(),
            };
            let is = |what: fn(&Process) -> bool| process.as_ref().is_some_and(what);
            NodeSeen {
                pod: member.id.clone(),
                voter: member.voter,
                serving: is(|process| process.serving),
                reached: is(|process| process.reached),
                in_touch: is(|process| process.in_touch),
                version,
                active: is(|process| process.active),
                cannot_lead: is(|process| process.cannot_lead),
                applied: process.as_ref().map_or(0, |process| process.applied),
            }
        });
        let nodes = nodes.collect();
        let pods = pods.iter().zip(ran).map(|(pod, ran)| PodSeen {
            name: pod.name.to_owned(),
            uid: pod.uid.to_owned(),
            ordinal: pod.ordinal,
            version: tag(pod.image),
            ready: pod.ready,
            terminating: pod.terminating,
            ran,
        });
        View {
            set,
            pods: pods.collect(),
            nodes,
            committed: standing.committed,
            lease,
            wanted,
            selected,
            declared,
            snapshot: SnapshotSeen::default(),
            hook_owed: false,
            door_is_shut: standing.door_is_shut,
        }
    }

    /// `spec.version` of the resource.
    pub(super) fn declared(&self) -> String {
        self.resource()
            .and_then(|object| object.get("spec")?.get("version")?.as_str())
            .unwrap_or_default()
            .to_owned()
    }

    /// The StatefulSet whose pods the public Service's selector names.
    pub(super) fn selected(&self) -> Option<String> {
        let service = format!("{}-public", self.cluster);
        let key = Key::new(Kind::Service, &self.namespace, &service);
        let service = self.kubernetes.object(&key)?;
        let revision = service["spec"]["selector"]["openbao.org/revision"].as_str()?;
        Some(format!("{}-{revision}", self.cluster))
    }

    /// `spec.replicas` of the resource.
    fn replicas(&self) -> u32 {
        let spec = self.resource().and_then(|object| object.get("spec"));
        let replicas = spec.and_then(|spec| spec["replicas"].as_u64());
        replicas.and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
    }

    pub(super) fn set_seen(&self) -> SetSeen {
        let Some(set) = self.kubernetes.set_now(&self.keys.set) else {
            return SetSeen::default();
        };
        SetSeen {
            replicas: set.replicas,
            on_delete: set.on_delete,
            partition: set.partition,
            version: tag(set.image),
            observed: set.observed,
        }
    }

    /// The voters' pods.
    pub(super) fn pod_names(&self) -> Vec<String> {
        let names = self.sets.iter().flat_map(|name| {
            let key = Key::new(Kind::StatefulSet, &self.namespace, name);
            let set = self.kubernetes.set_now(&key);
            let replicas = set.map_or(0, |set| set.replicas);
            (0..replicas).map(move |ordinal| format!("{name}-{ordinal}"))
        });
        names.collect()
    }

    /// The voters' StatefulSet of the beginning.
    pub(super) fn first_set(&self) -> &str {
        &self.keys.set.name
    }

    pub(super) fn resource(&self) -> Option<&Value> {
        self.kubernetes.object(&self.keys.resource)
    }

    fn lease(&self) -> Option<&Value> {
        self.kubernetes.object(&self.keys.lease)
    }

    /// Has the oracle judge what the StatefulSet's controller replaced because
    /// nothing held it, while a run is under way.
    pub(super) fn judge_replacements(&mut self) {
        for (pod, uid) in self.kubernetes.take_unheld() {
            let under_way = self
                .resource()
                .and_then(|object| object.get("metadata")?.get("annotations"))
                .is_some_and(|all| all.get("baoctl.openbao.org/run").is_some());
            if under_way {
                let (view, now) = (self.view(), self.now());
                self.oracle.taken(&pod, &uid, &view, now);
            }
        }
    }

    /// From here on baoctl is asked to go back to where the cluster came from.
    pub fn turn_back(&mut self, scenario: &Scenario) {
        let version = scenario.cluster.version.to_string();
        self.oracle.turn_back(&version);
    }

    /// Holder of the lease, and the seconds it is still good for.
    pub(super) fn lease_seen(&self) -> Option<(String, i64)> {
        let spec = self.lease()?.get("spec")?;
        let holder = spec["holderIdentity"]
            .as_str()
            .filter(|name| !name.is_empty())?;
        let renewed: Timestamp = spec["renewTime"].as_str()?.parse().ok()?;
        let ends = renewed.as_second() + spec["leaseDurationSeconds"].as_i64().unwrap_or(0);
        Some((holder.to_owned(), ends - self.now().wall().as_second()))
    }

    /// Lets the world go on for a while after the last process, then judges it.
    pub fn settle(&mut self, aftermath: Duration, finished: bool) -> Verdict {
        // What strikes after the last word is nobody's to answer for.
        self.schedule = Schedule::default();
        let until = self.now() + aftermath;
        self.go_on_alone(until);
        let view = self.view();
        let truth = self.servers.truth();
        let attempts = self.servers.attempts();
        let now = self.now();
        // What is still planned against writes is none of the operator's.
        self.kubernetes.faults().writes.clear();
        let refused = self.operator.refusals(&mut self.kubernetes, now);
        let mut oracle = std::mem::take(&mut self.oracle);
        let traffic = Traffic {
            acknowledged: truth.acknowledged,
            lost: truth.lost,
            longest_gap_ms: u64::try_from(truth.longest_gap.as_millis()).unwrap_or(u64::MAX),
            failed: attempts.failed_writes + attempts.failed_reads,
            misled: attempts.misled,
        };
        let null = Value::Null;
        let serving = view.selected.as_deref().unwrap_or(self.first_set());
        let set = |name: &str| {
            let key = Key::new(Kind::StatefulSet, &self.namespace, name);
            self.kubernetes.object(&key)
        };
        let sets = self.sets.iter().filter(|name| *name != serving);
        let beside: Vec<String> = sets.filter(|name| set(name).is_some()).cloned().collect();
        let tokens = self.servers.tokens(now).into_iter().map(|(id, _)| id);
        let tokens: Vec<String> = tokens.collect();
        let left = Left {
            cluster: self.resource().unwrap_or(&null),
            set: set(serving).unwrap_or(&null),
            beside: &beside,
            lease: self.lease(),
            paused_before: self.paused_before,
            refused: &refused,
            tokens: &tokens,
        };
        oracle.verdict(&view, &left, traffic, finished, now)
    }
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn a_digest_is_no_tag() {
        assert_eq!(tag("r.example:5000/bao:2.7.2@sha256:0123"), "2.7.2");
        assert_eq!(tag("r.example:5000/bao:2.7.2"), "2.7.2");
    }
}
