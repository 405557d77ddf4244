//! A process's beginning: from its start to being reached by the leader.

use std::time::Duration;

use super::{
    Event, Servers,
    log::Entry,
    node::{Node, Phase},
    release::Release,
    volume::Volume,
};
use crate::sim::{
    moment::Moment,
    processes::{Launch, Probed, Process, Processes},
};

/// From start to listening, idle (`contracts/openbao-live.md` 11).
const LISTENS_MS: (u64, u64) = (130, 350);
/// From listening to unsealed.
const UNSEALS_MS: (u64, u64) = (10, 50);
/// From unsealed until the leader, which goes on dialling the address of the
/// pod that was replaced, sees the new one (measured on a real Kubernetes).
const REACHED_MS: (u64, u64) = (100, 6000);
/// An empty server is taken in so long after it listens: of 68 on real servers
/// half within 0.15 s of their start, the last after 1.2 s.
const JOINS_MS: (u64, u64) = (20, 300);
/// One in so many is refused once and tries again: `retry_join`'s 2 s
/// (`contracts/openbao-live.md` iv).
const JOINS_LATE: u64 = 16;
const JOINS_LATE_MS: (u64, u64) = (2000, 2300);
/// How often a server that holds no key yet tries to open its seal, counted from
/// its start: 5.00 to 5.10 s of nine in ten of those 68.
const OPENS_EVERY: Duration = Duration::from_secs(5);
/// The first election timer of a process, three times as long as the others:
/// a dead cluster had a leader 9.5-18.9 s after its second voter's start
/// (`contracts/openbao-live.md` 11).
const FIRST_TIMER_MS: (u64, u64) = (8900, 18_500);

impl Processes for Servers {
    fn start(&mut self, launch: &Launch<'_>, now: Moment) {
        let Launch {
            pod, uid, image, ..
        } = *launch;
        self.advance(now);
        self.settle(now);
        let known = self.volumes.iter().position(|volume| volume.pod == pod);
        let volume = known.unwrap_or_else(|| {
            self.volumes.push(Volume::empty(pod));
            self.volumes.len() - 1
        });
        let release = Release::of_image(image);
        let mut node = Node::new(pod, uid, release.unwrap_or(Release::two(0, 0)), volume);
        node.settings = launch.settings;
        node.started = now;
        node.say(now, "INFO", &format!("starting {image}"));
        self.nodes.push(node);
        let place = self.nodes.len() - 1;
        if release.is_none() {
            // An image that is no server: its entry point fails.
            self.exit(place, 1, now);
        } else {
            self.within(now, LISTENS_MS, Event::Listen(place));
        }
        self.disturbed(now);
    }

    fn wipe(&mut self, pod: &str, now: Moment) {
        self.advance(now);
        self.settle(now);
        if self.running(pod).is_none()
            && let Some(volume) = self.volumes.iter_mut().find(|volume| volume.pod == pod)
        {
            *volume = Volume::empty(pod);
            self.disturbed(now);
        }
    }

    fn terminate(&mut self, uid: &str, now: Moment) {
        self.advance(now);
        self.settle(now);
        if let Some(node) = self.of_uid(uid) {
            self.end(node, now);
            self.disturbed(now);
        }
    }

    fn kill(&mut self, uid: &str, now: Moment) {
        self.advance(now);
        self.settle(now);
        if let Some(node) = self.of_uid(uid) {
            self.exit(node, 137, now);
            self.disturbed(now);
        }
    }

    fn process(&self, uid: &str) -> Option<Process> {
        let node = &self.nodes[self.of_uid(uid)?];
        Some(match node.phase {
            Phase::Exited(code) => Process::Exited { code },
            _ => Process::Running(self.probed(node)),
        })
    }

    fn log(&self, uid: &str) -> Vec<String> {
        let node = self.of_uid(uid).map(|node| &self.nodes[node]);
        node.map_or_else(Vec::new, |node| node.lines.clone())
    }
}

impl Servers {
    fn probed(&self, node: &Node) -> Probed {
        if !node.listens() {
            Probed::NotReady
        } else if node.paused || self.health_hangs(node) {
            Probed::Silence
        } else if node.phase == Phase::Unsealed {
            Probed::Ready
        } else {
            Probed::NotReady
        }
    }

    /// Whether a server that initializes itself is done before it has joined
    /// anybody: three of four were (`contracts/operator-live.md` 8.4.2).
    fn wins_against_joining(&mut self) -> bool {
        self.dice.below(4) > 0
    }

    /// It listens, and opens its seal or looks for a cluster to join.
    pub(super) fn listen(&mut self, node: usize, at: Moment) {
        if self.nodes[node].phase != Phase::Starting || self.nodes[node].ending {
            return;
        }
        self.nodes[node].phase = Phase::Sealed;
        self.nodes[node].say(at, "INFO", "core: listening");
        if self.volume(node).initialized {
            if !self.faults.stays_sealed(&self.nodes[node].pod) {
                self.within(at, UNSEALS_MS, Event::Unseal(node));
            }
        } else if self.nodes[node].settings.founds && self.wins_against_joining() {
            self.found_another(node);
            self.within(at, UNSEALS_MS, Event::Unseal(node));
        } else if self.volumes.iter().any(|volume| volume.initialized) {
            let late = self.dice.below(JOINS_LATE) == 0;
            let after = if late { JOINS_LATE_MS } else { JOINS_MS };
            self.within(at, after, Event::Join(node));
        } else {
            self.found(node);
            self.within(at, UNSEALS_MS, Event::Unseal(node));
        }
    }

    /// It opens its seal and starts its raft.
    pub(super) fn unseal(&mut self, node: usize, at: Moment) {
        if self.nodes[node].phase != Phase::Sealed || self.nodes[node].ending {
            return;
        }
        let volume = self.volume(node);
        let shut = volume.log.door_is_shut(volume.committed);
        let barred = shut && !self.nodes[node].release.shuts_the_door();
        let process = &mut self.nodes[node];
        process.phase = Phase::Unsealed;
        process.say(at, "INFO", "core: vault is unsealed");
        if barred {
            process.forwarding_only = true;
            process.say(
                at,
                "ERROR",
                "core: read-only post-unseal setup failed: error=\"failed to load response \
                 wrapping policy: check-and-set parameter did not match the current version\"",
            );
        } else if self.faults.fails_setup(process.release) {
            process.unfit = true;
            process.forwarding_only = true;
            process.say(
                at,
                "ERROR",
                "core: read-only post-unseal setup failed: error=\"failed to setup audit table\"",
            );
        }
        // A single voter waits for nobody.
        let alone = self.volume(node).log.configuration();
        let first = match alone.map(|list| list.voters().count()) {
            Some(1) => (2000, 4000),
            _ => FIRST_TIMER_MS,
        };
        self.nodes[node].timer += 1;
        let timer = self.nodes[node].timer;
        self.within(at, first, Event::Election(node, timer));
        self.within(at, REACHED_MS, Event::Reach(node));
        self.look_for_active(node, at);
    }

    /// An empty server asks the active one to be taken in.
    pub(super) fn join(&mut self, node: usize, at: Moment) {
        if self.nodes[node].phase != Phase::Sealed || self.nodes[node].ending {
            return;
        }
        let pod = self.nodes[node].pod.clone();
        let active = self.serving();
        let Some(active) = active.filter(|active| self.linked_pods(*active, node)) else {
            self.within(at, (2000, 2100), Event::Join(node));
            return;
        };
        let list = self.volume(active).log.configuration().cloned();
        let list = list.unwrap_or_default();
        let listed =
            self.shape.joins_without_vote(&pod) || self.nodes[node].settings.joins_without_vote;
        if listed {
            let id = pod.clone();
            self.commit(active, Entry::NonVoter { id, listed }, at);
        }
        let voter = list.voter(&pod).unwrap_or(false);
        self.commit(active, Entry::Configuration(list.with(&pod, voter)), at);
        self.volume_mut(node).initialized = true;
        // The leader dials an address it was given just now.
        self.nodes[node].reachable = true;
        if !self.faults.stays_sealed(&pod) {
            let mut opens = self.nodes[node].started + OPENS_EVERY;
            while opens <= at {
                opens += OPENS_EVERY;
            }
            self.within(opens, (5, 100), Event::Unseal(node));
        }
    }
}
