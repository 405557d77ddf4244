//! What is done to the servers by somebody else: stopped processes, cut links,
//! slow disks, seals that stay shut.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    Event, Servers,
    log::Entry,
    node::{Phase, Role},
    release::Release,
};
use crate::sim::moment::Moment;

/// The faults in force.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults {
    cut: BTreeSet<(String, String)>,
    slow: BTreeMap<String, Duration>,
    sealed: BTreeSet<String>,
    /// Releases whose servers cannot set themselves up.
    unfit: BTreeSet<Release>,
    refused: u32,
    terminated: BTreeSet<usize>,
    /// What stopped processes would have done meanwhile.
    postponed: Vec<(usize, Event)>,
    held: BTreeMap<String, usize>,
}

impl Faults {
    pub(super) fn is_cut(&self, one: &str, other: &str) -> bool {
        !self.cut.is_empty() && self.cut.contains(&ordered(one, other))
    }

    pub(super) fn is_slow(&self, pod: &str) -> bool {
        !self.slow.is_empty() && self.slow.contains_key(pod)
    }

    pub(super) fn slowness(&self, pod: &str) -> Option<Duration> {
        self.slow.get(pod).copied()
    }

    pub(super) fn stays_sealed(&self, pod: &str) -> bool {
        self.sealed.contains(pod)
    }

    pub(super) fn fails_setup(&self, release: Release) -> bool {
        self.unfit.contains(&release)
    }

    /// Whether this transfer fails.
    pub(super) const fn refuses_transfer(&mut self) -> bool {
        let refuses = self.refused > 0;
        self.refused = self.refused.saturating_sub(1);
        refuses
    }

    pub(super) fn postpone(&mut self, node: usize, event: Event) {
        self.postponed.push((node, event));
    }

    pub(super) fn terminate_when_resumed(&mut self, node: usize) {
        self.terminated.insert(node);
    }
}

fn ordered(one: &str, other: &str) -> (String, String) {
    let (first, second) = if one < other {
        (one, other)
    } else {
        (other, one)
    };
    (first.to_owned(), second.to_owned())
}

impl Servers {
    /// Does something at a moment.
    fn at(&mut self, now: Moment, act: impl FnOnce(&mut Self)) {
        self.advance(now);
        self.settle(now);
        act(self);
        self.disturbed(now);
    }

    /// SIGSTOP: a process that hangs.
    pub fn pause(&mut self, uid: &str, now: Moment) {
        self.at(now, |servers| {
            if let Some(node) = servers.of_uid(uid) {
                servers.nodes[node].paused = true;
            }
        });
    }

    /// SIGCONT.
    pub fn resume(&mut self, uid: &str, now: Moment) {
        self.at(now, |servers| {
            let Some(node) = servers.of_uid(uid) else {
                return;
            };
            let one = &mut servers.nodes[node];
            if !std::mem::take(&mut one.paused) {
                return;
            }
            let lost = one.phase == Phase::Unsealed && !one.contact && one.role != Role::Leader;
            if lost {
                servers.expect_leader(node, now);
            }
            let postponed = std::mem::take(&mut servers.faults.postponed);
            for (process, event) in postponed {
                if process == node {
                    servers.schedule(now, event);
                } else {
                    servers.faults.postpone(process, event);
                }
            }
            if servers.faults.terminated.remove(&node) {
                servers.end(node, now);
            }
        });
    }

    /// Cuts the network between the raft nodes of two pods.
    pub fn cut(&mut self, one: &str, other: &str, now: Moment) {
        self.at(now, |servers| {
            servers.faults.cut.insert(ordered(one, other));
        });
    }

    /// Mends it.
    pub fn mend(&mut self, one: &str, other: &str, now: Moment) {
        self.at(now, |servers| {
            servers.faults.cut.remove(&ordered(one, other));
        });
    }

    /// Lets entries reach a pod's node only every so often; `None` ends that.
    pub fn slow(&mut self, pod: &str, every: Option<Duration>, now: Moment) {
        self.at(now, |servers| {
            let before = match every {
                Some(every) => servers.faults.slow.insert(pod.to_owned(), every),
                None => servers.faults.slow.remove(pod),
            };
            let mut volumes = servers.volumes.iter();
            let volume = volumes.position(|volume| volume.pod == pod);
            if let (None, Some(every), Some(volume)) = (before, every, volume) {
                servers.schedule(now + every, Event::Batch(volume));
            }
        });
    }

    /// Makes the setup of every server fail that an image's release unseals from
    /// now on.
    pub fn fail_setups(&mut self, image: &str, now: Moment) {
        self.at(now, |servers| {
            servers.faults.unfit.extend(Release::of_image(image));
        });
    }

    /// Makes the next transfers of leadership fail.
    pub fn refuse_transfers(&mut self, count: u32, now: Moment) {
        self.at(now, |servers| servers.faults.refused = count);
    }

    /// Makes a pod's node stay sealed when it starts; ending that opens its
    /// seal if it is running.
    pub fn keep_sealed(&mut self, pod: &str, sealed: bool, now: Moment) {
        self.at(now, |servers| {
            if sealed {
                servers.faults.sealed.insert(pod.to_owned());
            } else if servers.faults.sealed.remove(pod)
                && let Some(node) = servers.running(pod)
                && servers.volume(node).initialized
            {
                servers.within(now, (10, 50), Event::Unseal(node));
            }
        });
    }

    /// Takes the data from a pod's volume; its process must not run.
    pub fn wipe(&mut self, pod: &str, now: Moment) {
        self.at(now, |servers| {
            if servers.running(pod).is_none() {
                for volume in &mut servers.volumes {
                    if volume.pod == pod {
                        *volume = super::volume::Volume::empty(pod);
                    }
                }
            }
        });
    }

    /// Somebody begins a snapshot download from a pod's node and does not get
    /// on with it (`contracts/openbao-live.md` 0.5).
    pub fn hold_download(&mut self, pod: &str, now: Moment) {
        self.at(now, |servers| {
            if let Some(node) = servers.running(pod)
                && servers.faults.held.insert(pod.to_owned(), node).is_none()
            {
                servers.nodes[node].readers += 1;
            }
        });
    }

    /// That download ends.
    pub fn release_download(&mut self, pod: &str, now: Moment) {
        self.at(now, |servers| {
            if let Some(node) = servers.faults.held.remove(pod)
                && servers.nodes[node].readers > 0
            {
                servers.read_unlock(node, now);
            }
        });
    }

    /// The pod whose node is active and serves.
    #[must_use]
    pub fn active_pod(&self) -> Option<&str> {
        self.serving().map(|node| self.nodes[node].pod.as_str())
    }

    /// Somebody revokes every token there is.
    pub fn revoke_tokens(&mut self, now: Moment) {
        self.at(now, |servers| {
            if let Some(node) = servers.serving() {
                servers.revoke_all(node, now);
            }
        });
    }

    /// Somebody adds a voter that nobody will ever answer for.
    pub fn add_voter(&mut self, id: &str, now: Moment) {
        self.at(now, |servers| {
            let Some(node) = servers.serving() else {
                return;
            };
            if let Some(list) = servers.volume(node).log.configuration() {
                let list = list.with(id, true);
                servers.commit(node, Entry::Configuration(list), now);
            }
        });
    }

    /// Somebody makes a node a permanent non-voter; one that is already stays.
    pub fn take_vote(&mut self, id: &str, now: Moment) {
        self.at(now, |servers| {
            if let Some(node) = servers.serving() {
                let _ = servers.demote(node, id, now);
            }
        });
    }

    /// Somebody else steps the active node down.
    pub fn step_down(&mut self, now: Moment) {
        self.at(now, |servers| {
            if let Some(node) = servers.serving() {
                servers.take_up_step_down(node, now);
            }
        });
    }
}
