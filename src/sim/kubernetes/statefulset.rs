//! The StatefulSet controller.

use std::time::Duration;

use serde_json::json;

use super::{
    Kubernetes,
    kind::Kind,
    object::{Key, Object},
    pod::PodWork,
    set_view::Set,
    timers::Task,
};
use crate::sim::moment::Moment;

/// A change is acted on within about 30 ms (`contracts/real-stack.md` 3).
const REACTION: [Duration; 2] = [Duration::from_millis(4), Duration::from_millis(24)];

/// A pod as far as the controller looks.
#[expect(clippy::struct_excessive_bools, reason = "independent facts of a pod")]
struct Member {
    uid: String,
    ordinal: u32,
    revision: String,
    healthy: bool,
    /// It counts as available: Ready for as long as is demanded.
    available: bool,
    ended: bool,
    terminating: bool,
}

impl Member {
    fn of(pod: &PodWork, min_ready: Duration, now: Moment) -> Self {
        let healthy = pod.ready && !pod.terminating();
        Self {
            uid: pod.uid.clone(),
            ordinal: pod.ordinal,
            revision: pod.revision.clone(),
            healthy,
            available: healthy && now.since(pod.ready_changed) >= min_ready,
            ended: pod.ended && !pod.terminating(),
            terminating: pod.terminating(),
        }
    }
}

impl Kubernetes {
    pub(super) fn noticed_set(&mut self, key: &Key, object: &Object, deleted: bool) {
        if deleted {
            self.sets.remove(key);
            return;
        }
        match self.sets.get_mut(key) {
            Some(set) if set.uid == object.uid() && set.generation == object.generation() => return,
            Some(set) if set.uid == object.uid() => set.follow(object),
            _ => {
                let set = Set::read(key, object);
                self.sets.insert(key.clone(), set);
            }
        }
        self.wake_set(key);
    }

    /// Has the controller look at a set soon.
    pub(super) fn wake_set(&mut self, key: &Key) {
        let Some(set) = self.sets.get_mut(key).filter(|set| !set.scheduled) else {
            return;
        };
        set.scheduled = true;
        let at = self.now + self.dice.between(REACTION[0], REACTION[1]);
        self.timers.add(at, Task::Set(key.clone()));
    }

    pub(super) fn sync_set(&mut self, key: &Key) {
        if let Some(until) = self.faults.sets_stalled.filter(|until| *until > self.now) {
            self.timers.add(until, Task::Set(key.clone()));
            return;
        }
        let Some(set) = self.sets.get_mut(key) else {
            return;
        };
        set.scheduled = false;
        let set = set.clone();
        self.adopt(&set);
        let members = self.members(&set);
        self.act_on(&set, &members);
        self.report_set(key);
        self.look_when_available(&set);
    }

    /// The controller looks again when a Ready pod comes to count as available.
    fn look_when_available(&mut self, set: &Set) {
        let pods = self
            .pods
            .values()
            .filter(|pod| pod.set_uid == set.uid && pod.ready);
        let available = pods.map(|pod| pod.ready_changed + set.min_ready);
        if let Some(at) = available.filter(|at| *at > self.now).min() {
            self.timers.add(at, Task::Set(set.key.clone()));
        }
    }

    /// The set's own pods, lowest ordinal first.
    fn members(&self, set: &Set) -> Vec<Member> {
        let mut members: Vec<Member> = self
            .pods
            .values()
            .filter(|pod| pod.set_uid == set.uid)
            .map(|pod| Member::of(pod, set.min_ready, self.now))
            .collect();
        members.sort_by_key(|member| member.ordinal);
        members
    }

    /// One pass: create what is missing, scale down, replace at most one.
    fn act_on(&mut self, set: &Set, members: &[Member]) {
        let at = |ordinal: u32| members.iter().find(|member| member.ordinal == ordinal);
        for ordinal in 0..set.replicas {
            match at(ordinal) {
                None => {
                    let revision = wanted_revision(set, members, ordinal);
                    self.create_pod(set, ordinal, &revision);
                    if set.ordered {
                        return;
                    }
                }
                // A pod whose phase is final is deleted and made anew.
                Some(member) if member.ended => {
                    self.delete_member(set, member);
                    return;
                }
                // OrderedReady: a broken pod blocks everything, its own
                // replacement included.
                Some(member) if set.ordered && !member.available => return,
                Some(_) => {}
            }
        }
        if let Some(surplus) = members.iter().rev().find(|m| m.ordinal >= set.replicas) {
            if !surplus.terminating {
                self.delete_member(set, surplus);
            }
            return;
        }
        if set.on_delete {
            return;
        }
        let lowest = set.partition.unwrap_or(0);
        let mut unavailable = members.iter().filter(|member| !member.available).count();
        for member in members.iter().rev().filter(|m| m.ordinal >= lowest) {
            if unavailable >= set.max_unavailable as usize {
                return;
            }
            if member.revision != set.update_revision && !member.terminating {
                // Nobody has set a partition: the operator's own rendering.
                if set.partition.is_none() {
                    let name = format!("{}-{}", set.key.name, member.ordinal);
                    self.unheld.push((name, member.uid.clone()));
                }
                self.delete_member(set, member);
                unavailable += usize::from(member.available);
            }
        }
    }

    fn delete_member(&mut self, set: &Set, member: &Member) {
        let name = format!("{}-{}", set.key.name, member.ordinal);
        let key = Key::new(Kind::Pod, &set.key.namespace, &name);
        if self.pods.contains_key(&member.uid) {
            self.begin_deletion(&key, None);
        }
    }

    /// Writes the status when it differs.
    pub(super) fn report_set(&mut self, key: &Key) {
        let Some(mut set) = self.sets.get(key).cloned() else {
            return;
        };
        let members = self.members(&set);
        let count = |test: &dyn Fn(&Member) -> bool| members.iter().filter(|m| test(m)).count();
        let updated = count(&|m| m.revision == set.update_revision && !m.terminating);
        let ready = count(&|m| m.healthy);
        let available = count(&|m| m.available);
        let whole = set.replicas as usize;
        if !set.on_delete && updated == whole && ready == whole && members.len() == whole {
            set.current_revision.clone_from(&set.update_revision);
        }
        set.observed = set.generation;
        let current = count(&|m| m.revision == set.current_revision && !m.terminating);
        let status = json!({
            "availableReplicas": available,
            "collisionCount": 0,
            "currentReplicas": current,
            "currentRevision": set.current_revision,
            "observedGeneration": set.observed,
            "readyReplicas": ready,
            "replicas": members.len(),
            "updateRevision": set.update_revision,
            "updatedReplicas": updated,
        });
        self.sets.insert(key.clone(), set);
        let Some(object) = self.store.get(key) else {
            return;
        };
        if object.value["status"] != status {
            let mut value = object.value.clone();
            value["status"] = status;
            self.commit(key, value);
        }
    }
}

/// The revision a missing pod is made on.
fn wanted_revision(set: &Set, members: &[Member], ordinal: u32) -> String {
    let on_current = match set.partition {
        _ if set.on_delete => false,
        Some(partition) => ordinal < partition,
        None => {
            let current = members
                .iter()
                .filter(|m| m.revision == set.current_revision && !m.terminating)
                .count();
            (ordinal as usize) < current
        }
    };
    if on_current && set.templates.contains_key(&set.current_revision) {
        set.current_revision.clone()
    } else {
        set.update_revision.clone()
    }
}
