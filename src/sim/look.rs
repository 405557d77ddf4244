//! The world's truth in the oracle's words, and its judgement at the end.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    kubernetes::{Key, Kind},
    oracle::{Left, NodeSeen, PodSeen, SetSeen, Traffic, Verdict, View},
    scenario::Scenario,
    schedule::Schedule,
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

impl World {
    /// The truth now.
    pub(super) fn view(&mut self) -> View {
        let truth = self.servers.truth();
        let mut pods = self.kubernetes.pods();
        pods.retain(|pod| pod.set.name == self.cluster);
        let nodes = truth
            .members
            .members
            .iter()
            .map(|member| {
                let server = truth.nodes.iter().rev().find(|node| node.pod == member.id);
                // One that is being replaced counts by what will run there.
                let image = pods.iter().find(|pod| pod.key.name == member.id);
                NodeSeen {
                    pod: member.id.clone(),
                    voter: member.voter,
                    serving: server.is_some_and(|node| {
                        node.running && !node.sealed && !node.ending && !node.paused
                    }),
                    reached: server.is_some_and(|node| node.reached),
                    in_touch: server.is_some_and(|node| node.in_touch),
                    version: image.map_or_else(
                        || server.map_or_else(String::new, |node| node.release.to_string()),
                        |pod| tag(&pod.image),
                    ),
                    active: server.is_some_and(|node| node.active && node.running),
                    cannot_lead: server
                        .is_some_and(|node| node.running && (node.unfit || node.forwarding_only)),
                    applied: server.map_or(0, |node| node.applied),
                }
            })
            .collect();
        View {
            set: self.set_seen(),
            pods: pods
                .iter()
                .map(|pod| PodSeen {
                    name: pod.key.name.clone(),
                    uid: pod.uid.clone(),
                    ordinal: pod.ordinal,
                    version: tag(&pod.image),
                    ready: pod.ready,
                    terminating: pod.terminating,
                })
                .collect(),
            nodes,
            committed: truth.committed,
            lease: self.lease_seen(),
            declared: self.declared(),
            door_is_shut: truth.door_is_shut,
        }
    }

    /// `spec.version` of the resource.
    pub(super) fn declared(&self) -> String {
        self.resource()
            .and_then(|object| object.pointer("/spec/version"))
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    pub(super) fn set_seen(&self) -> SetSeen {
        let Some(set) = self.kubernetes.set(&self.set_key()) else {
            return SetSeen::default();
        };
        SetSeen {
            replicas: set.replicas,
            on_delete: set.on_delete,
            partition: set.partition,
            version: tag(&set.image),
            observed: set.observed >= set.generation,
        }
    }

    /// The voters' pods.
    pub(super) fn pod_names(&self) -> Vec<String> {
        let set = self.kubernetes.set(&self.set_key());
        let replicas = set.map_or(0, |set| set.replicas);
        (0..replicas)
            .map(|ordinal| format!("{}-{ordinal}", self.cluster))
            .collect()
    }

    fn set_key(&self) -> Key {
        Key::new(Kind::StatefulSet, &self.namespace, &self.cluster)
    }

    pub(super) fn resource(&self) -> Option<&Value> {
        let key = Key::new(Kind::OpenBaoCluster, &self.namespace, &self.cluster);
        self.kubernetes.object(&key)
    }

    fn lease(&self) -> Option<&Value> {
        let name = format!("baoctl-{}", self.cluster);
        self.kubernetes
            .object(&Key::new(Kind::Lease, &self.namespace, &name))
    }

    /// Has the oracle judge what the StatefulSet's controller replaced because
    /// nothing held it, while a run is under way.
    pub(super) fn judge_replacements(&mut self) {
        for (pod, uid) in self.kubernetes.take_unheld() {
            let under_way = self
                .resource()
                .and_then(|object| object.pointer("/metadata/annotations"))
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
        let now = self.now();
        // What is still planned against writes is none of the operator's.
        self.kubernetes.faults().writes.clear();
        let refused = self.operator.refusals(&mut self.kubernetes, now);
        let mut oracle = std::mem::take(&mut self.oracle);
        let traffic = Traffic {
            acknowledged: truth.acknowledged,
            lost: truth.lost,
            longest_gap_ms: u64::try_from(truth.longest_gap.as_millis()).unwrap_or(u64::MAX),
        };
        let set = self.set_key();
        let null = Value::Null;
        let left = Left {
            cluster: self.resource().unwrap_or(&null),
            set: self.kubernetes.object(&set).unwrap_or(&null),
            lease: self.lease(),
            paused_before: self.paused_before,
            refused: &refused,
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
