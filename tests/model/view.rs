//! What a driver observes: the abstract state as a `Snapshot`, its memory as a
//! `Track`, and both ways back.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use baoctl::{
    decide::in_step::{Commit, Commits},
    decide::track::{
        Reading as TrackReading, Refusal, Reign as TrackReign, StepDown, Track, Unpaused,
    },
    model::{
        blue_green::BlueGreenSpec,
        cluster::{
            Cluster, ClusterSpec, ClusterStatus, Condition, OperationLock, OwnershipMarks,
            UpgradeStatus,
        },
        fact::Fact,
        intent::Order,
        names::{ClusterRef, PodName, PodRef, Pool, ResourceVersion},
        node::{Health, LeaderAnswer, NodeView},
        raft::{Membership, Peer},
        record::{PinnedTarget, RunRecord},
        snapshot::Snapshot,
        version::Version,
        workload::{ContainerState, Pod as PodView, UpdateStrategy, Workload},
    },
};
use jiff::Timestamp;

use crate::state::{
    Cr, Declared, Down, Driver, Lock, MOST, Mark, Mem, Phase, Reading, Refused, Reign, SETTLED,
    State, Strategy, View,
};

/// One tick.
pub(crate) const TICK: Duration = Duration::from_secs(4);

/// Now, always: only ages are part of a state.
pub(crate) const NOW: Duration = Duration::from_secs(10_000);

/// The committed index, always: only distances to it are part of a state.
const COMMITTED: u64 = 100;

/// What does not change within one configuration.
#[derive(Debug)]
pub(crate) struct Fixed {
    pub n: u8,
    pub one_way: bool,
    pub old: Version,
    pub new: Version,
    run: RunRecord,
    blank: Snapshot,
    names: Vec<PodName>,
    addresses: Vec<String>,
}

pub(crate) fn start() -> Timestamp {
    Timestamp::from_second(1_795_000_000).expect("a moment")
}

pub(crate) fn image(version: &Version) -> String {
    format!("openbao:{version}")
}

impl Fixed {
    pub(crate) fn new(n: u8, one_way: bool, order: Order) -> Self {
        let old = Version::new(2, if one_way { 6 } else { 7 }, 1);
        let new = Version::new(2, 7, 2);
        let names: Vec<PodName> = (0..u32::from(n)).map(|i| PodName::of("prod", i)).collect();
        let addresses = (0..n)
            .map(|i| format!("https://prod-{i}.prod.vault.svc:8200"))
            .collect();
        let run = RunRecord {
            v: RunRecord::FORMAT,
            id: "1".to_owned(),
            user: "alice".to_owned(),
            started_at: start(),
            from: old.clone(),
            from_image: Some(image(&old)),
            target: PinnedTarget {
                version: new.clone(),
                image: image(&new),
                admitted_image: None,
                replicas: u32::from(n),
                cluster_uid: "cr".to_owned(),
                cluster_id: None,
            },
            order,
            paused_before: Some(false),
            snapshot_wanted: None,
            snapshot: None,
            waivers: Vec::new(),
            newest_active: None,
            abandoned: None,
            took_over: false,
            blue_green: None,
        };
        let blank = Snapshot {
            at: start(),
            cluster: Fact::Known(cluster(u32::from(n))),
            voters: Fact::Known(Workload {
                name: "prod".to_owned(),
                uid: "set".to_owned(),
                resource_version: ResourceVersion("0".to_owned()),
                generation: 2,
                observed_generation: 2,
                replicas: u32::from(n),
                strategy: UpdateStrategy::OnDelete,
                ordered_ready: true,
                image: None,
                current_revision: "old".to_owned(),
                update_revision: "old".to_owned(),
                grace_seconds: 30,
                min_ready_seconds: 0,
                maintenance: false,
                maintenance_ours: false,
                pods: Vec::new(),
                warnings: Vec::new(),
            }),
            read_replicas: Fact::Known(None),
            other_colour: Fact::Known(None),
            colour_parts: Fact::Known(None),
            hook: Fact::Known(None),
            nodes: BTreeMap::new(),
            candidates: names
                .iter()
                .map(|name| (name.clone(), Fact::Known(true)))
                .collect(),
            membership: Fact::Known(Membership {
                peers: names
                    .iter()
                    .map(|name| Peer {
                        id: name.to_string(),
                        address: String::new(),
                        pod: Some(name.clone()),
                        voter: true,
                        version: None,
                    })
                    .collect(),
                autopilot: None,
            }),
            disruptions_allowed: Fact::Known(None),
            active_jobs: Fact::Known(Vec::new()),
        };
        Self {
            n,
            one_way,
            old,
            new,
            run,
            blank,
            names,
            addresses,
        }
    }

    /// The run record as a process has it.
    pub(crate) fn run(&self, newest: bool) -> RunRecord {
        RunRecord {
            newest_active: Some(self.version(newest).clone()),
            ..self.run.clone()
        }
    }

    pub(crate) fn version(&self, new: bool) -> &Version {
        if new { &self.new } else { &self.old }
    }

    /// The pod a memory or an observation means.
    pub(crate) fn pod_ref(&self, ordinal: u8, outlived: bool) -> PodRef {
        PodRef {
            name: self.names[usize::from(ordinal)].clone(),
            uid: format!("{}{ordinal}", if outlived { 'x' } else { 'u' }),
        }
    }

    /// The ordinal of a pod.
    pub(crate) fn ordinal(&self, pod: &PodRef) -> u8 {
        (0..self.n)
            .find(|i| self.names[usize::from(*i)] == pod.name)
            .expect("a pod of this cluster")
    }

    /// One observation: Kubernetes by `view`, the nodes as they are.
    pub(crate) fn snapshot(&self, state: &State, view: &View, quiet: bool) -> Snapshot {
        let mut snapshot = self.blank.clone();
        if let Fact::Known(cluster) = &mut snapshot.cluster {
            self.fill_cluster(cluster, &view.cr);
            if !quiet {
                cluster.resource_version = ResourceVersion(fingerprint(view).to_string());
            }
        }
        if let Fact::Known(set) = &mut snapshot.voters {
            set.observed_generation = if view.set == view.controller { 2 } else { 1 };
            set.strategy = match view.set.strategy {
                Strategy::Partition(partition) => UpdateStrategy::RollingUpdate {
                    partition: u32::from(partition),
                    max_unavailable_above_one: false,
                },
                Strategy::OnDelete => UpdateStrategy::OnDelete,
            };
            set.image = Some(image(self.version(view.set.new_image)));
            set.update_revision = revision(view.controller.new_image);
            set.pods = (0..self.n)
                .filter(|i| view.pods[usize::from(*i)].phase.exists())
                .map(|i| self.pod(i, view))
                .collect();
        }
        for i in (0..self.n).filter(|i| view.pods[usize::from(*i)].phase.exists()) {
            let node = self.node(state, view, i);
            snapshot
                .nodes
                .insert(self.names[usize::from(i)].clone(), node);
        }
        if self.n > 1 {
            let ready = (0..self.n).filter(|i| state.up(self.n, *i)).count();
            snapshot.disruptions_allowed =
                Fact::Known(Some(i32::from(ready == usize::from(self.n))));
        }
        if baoctl::decide::leadership::leader(&snapshot).is_err() {
            snapshot.membership = Fact::Unknown("no leader is agreed on".to_owned());
        }
        snapshot
    }

    fn fill_cluster(&self, cluster: &mut Cluster, cr: &Cr) {
        cluster.spec.paused = Some(cr.paused);
        cluster.spec.version = match cr.version {
            Declared::Old => self.old.to_string(),
            Declared::Target => self.new.to_string(),
            Declared::Other => "9.9.9".to_owned(),
        };
        cluster.spec.image = Some(image(self.version(cr.version == Declared::Target)));
        cluster.run = Fact::Known(cr.record.map(|newest| self.run(newest)));
        let status = &mut cluster.status;
        status.current_version = Some(self.version(cr.current_new).to_string());
        status.upgrade = cr.upgrade.map(|(partition, mask)| UpgradeStatus {
            target_version: self.new.to_string(),
            from_version: self.old.to_string(),
            started_at: None,
            current_partition: u32::from(partition),
            completed_pods: ordinals(mask),
            failure_reason: None,
            failure_message: None,
        });
        status.operation_lock = match cr.lock {
            Lock::Free => None,
            Lock::Ours => Some(self.run.holder()),
            Lock::Dead => Some("baoctl/alice/0".to_owned()),
            Lock::Foreign => Some("openbaocluster/backup".to_owned()),
        }
        .map(|holder| OperationLock {
            operation: "Upgrade".to_owned(),
            holder,
            message: None,
            renewed_at: None,
        });
        if cr.acknowledged {
            status.conditions = vec![Condition {
                kind: "Available".to_owned(),
                status: "Unknown".to_owned(),
                reason: "Paused".to_owned(),
                message: String::new(),
                observed_generation: None,
            }];
        }
    }

    fn pod(&self, ordinal: u8, view: &View) -> PodView {
        let pod = view.pods[usize::from(ordinal)];
        PodView {
            revision: revision(pod.new),
            terminating: pod.phase == Phase::Terminating,
            ready: pod.phase == Phase::Up,
            image: Some(image(self.version(pod.new))),
            container: if pod.phase == Phase::Broken {
                ContainerState::Waiting {
                    reason: "CrashLoopBackOff".to_owned(),
                    message: None,
                }
            } else {
                ContainerState::Running { since: None }
            },
            container_ready: pod.phase == Phase::Up,
            ..PodView::made(self.pod_ref(ordinal, false), u32::from(ordinal))
        }
    }

    fn node(&self, state: &State, view: &View, ordinal: u8) -> NodeView {
        let seen = view.pods[usize::from(ordinal)].phase;
        let pod = state.pod(ordinal);
        let same = view.outlived & (1 << ordinal) == 0;
        let dialled = matches!(seen, Phase::Up | Phase::Starting | Phase::Sealed);
        if !dialled || !same || !matches!(pod.phase, Phase::Up | Phase::Sealed) {
            return NodeView::unknown("no answer");
        }
        let sealed = pod.phase == Phase::Sealed;
        let active = state.leader == Some(ordinal);
        let now = start() + NOW;
        let health = Health {
            initialized: true,
            sealed,
            standby: !active,
            version: Some(self.version(pod.new).clone()),
            cluster_id: None,
            server_time: Some(now),
        };
        let leader = if sealed {
            Fact::Unknown("sealed".to_owned())
        } else if active && state.stepping {
            // A node that is stepping down does not answer (`rules`).
            Fact::Unknown("no answer".to_owned())
        } else {
            let named = state.leader.map(|leader| {
                if state.agreed || active {
                    leader
                } else {
                    (leader + 1) % self.n
                }
            });
            Fact::Known(LeaderAnswer {
                is_self: active,
                leader_address: named.map(|leader| self.addresses[usize::from(leader)].clone()),
                active_time: active.then(|| now - TICK * u32::from(state.led)),
                committed_index: Some(COMMITTED),
                applied_index: Some(if pod.behind { COMMITTED - 1 } else { COMMITTED }),
            })
        };
        NodeView {
            health: Fact::Known(health),
            leader,
        }
    }

    /// A driver's memory as the rules know it.
    pub(crate) fn track(&self, driver: &Driver) -> Track {
        let mem = &driver.mem;
        let mut track = Track {
            operator_quiet: mem.quiet,
            begun: mem.begun,
            image_set: mem.image_set.then_some(Pool::Voters).into_iter().collect(),
            published: mem
                .published
                .map(|(partition, mask)| (u32::from(partition), ordinals(mask))),
            // Once the operator is quiet nobody here answers our writes, so the
            // wait before the resource is completed only takes time.
            still_since: ago(if mem.quiet {
                crate::state::OLDEST
            } else {
                mem.still
            }),
            fingerprint: vec![
                if mem.quiet {
                    "0".to_owned()
                } else {
                    mem.fingerprint.to_string()
                },
                "0".to_owned(),
            ],
            unpaused: mem.unpaused.then_some(Unpaused { by: None }),
            evicted: (0..self.n)
                .flat_map(|i| {
                    let times = usize::from(mem.evicted[usize::from(i)]);
                    std::iter::repeat_n(self.names[usize::from(i)].clone(), times)
                })
                .collect(),
            // Time goes by in ticks that are longer than any look is apart: what a
            // node has applied of the present index is what it follows.
            commits: Commits {
                looks: vec![NOW; 2],
                last: Some((COMMITTED, NOW)),
                young: vec![Commit {
                    index: COMMITTED,
                    after: NOW,
                }],
            },
            ..Track::default()
        };
        track.leader = mem.reign.map(|reign| TrackReign {
            pod: self.pod_ref(reign.pod, reign.outlived),
            since: ago(reign.age),
            witnessed: reign.witnessed,
        });
        for i in 0..self.n {
            let reading = mem.readings[usize::from(i)];
            let mark = match reading.mark {
                Mark::Unset => None,
                Mark::Next => Some(COMMITTED + 1),
                Mark::Reached => Some(COMMITTED),
            };
            let last = ago(u8::from(reading.old));
            let reading = TrackReading {
                mark,
                count: reading.count,
                last,
            };
            track
                .readings
                .insert(self.pod_ref(i, false).uid.clone(), reading);
            if mem.released & (1 << i) != 0 {
                track.released.insert(self.pod_ref(i, false).uid, NOW);
            }
        }
        track.step_downs = self.step_downs(mem);
        track.refused = mem.refused.map(|refused| Refusal {
            pod: self.pod_ref(refused.pod, false),
            // The two minutes after a conflict pass in three ticks: less is
            // waited than in truth, which only adds behaviour.
            at: ago(refused.age * if refused.conflict { 10 } else { 1 }),
            why: String::new(),
            conflict: refused.conflict,
        });
        track
    }

    fn step_downs(&self, mem: &Mem) -> Vec<StepDown> {
        let Some(last) = mem.down else {
            return Vec::new();
        };
        let long_ago = |pod| StepDown {
            node: pod,
            at: Duration::ZERO,
            settled: true,
        };
        let mut tries = mem.tries;
        if !last.outlived {
            tries[usize::from(last.pod)] -= 1;
        }
        let mut all: Vec<StepDown> = (0..self.n)
            .flat_map(|i| (0..tries[usize::from(i)]).map(move |_| i))
            .map(|i| long_ago(self.pod_ref(i, false)))
            .collect();
        while all.len() + 1 < usize::from(mem.all_tries) {
            all.insert(0, long_ago(self.pod_ref(0, true)));
        }
        all.push(StepDown {
            node: self.pod_ref(last.pod, last.outlived),
            at: ago(last.age),
            settled: last.settled,
        });
        all
    }

    /// What the rules left in the memory.
    pub(crate) fn remember(&self, track: &Track, mem: &mut Mem, view: &View) {
        mem.begun = track.begun;
        mem.quiet = track.operator_quiet;
        mem.image_set = !track.image_set.is_empty();
        mem.published = track
            .published
            .as_ref()
            .map(|(partition, done)| (small(*partition), mask(done)));
        mem.reign = track.leader.as_ref().map(|reign| Reign {
            pod: self.ordinal(&reign.pod),
            outlived: reign.pod.uid.starts_with('x'),
            age: age(reign.since).min(SETTLED),
            witnessed: reign.witnessed,
        });
        mem.unpaused = track.unpaused.is_some();
        mem.released = 0;
        for i in 0..self.n {
            let evicted = track.times_replaced(&self.names[usize::from(i)]);
            mem.evicted[usize::from(i)] = small(evicted).min(2);
            let uid = self.pod_ref(i, false).uid;
            if track.released.contains_key(&uid) {
                mem.released |= 1 << i;
            }
            let reading = track.readings.get(&uid).cloned().unwrap_or_default();
            mem.readings[usize::from(i)] = Reading {
                mark: match reading.mark {
                    None => Mark::Unset,
                    Some(mark) if mark > COMMITTED => Mark::Next,
                    Some(_) => Mark::Reached,
                },
                count: reading.count,
                // Only the step from one to two asks for it.
                old: reading.count != 1 || age(reading.last) > 0,
            };
        }
        mem.all_tries = small(track.step_downs.len()).min(4);
        mem.tries = [0; MOST];
        for step_down in &track.step_downs {
            if step_down.node.uid.starts_with('u') {
                mem.tries[usize::from(self.ordinal(&step_down.node))] += 1;
            }
        }
        mem.down = track.step_downs.last().map(|last| Down {
            pod: self.ordinal(&last.node),
            outlived: last.node.uid.starts_with('x'),
            age: age(last.at),
            settled: last.settled,
        });
        mem.refused = track.refused.as_ref().map(|refused| Refused {
            pod: self.ordinal(&refused.pod),
            age: if refused.conflict {
                small(NOW.saturating_sub(refused.at).as_secs() / (10 * TICK.as_secs()))
            } else {
                age(refused.at)
            },
            conflict: refused.conflict,
        });
        if mem.quiet {
            mem.still = 0;
            mem.fingerprint = 0;
        } else {
            mem.still = age(track.still_since);
            mem.fingerprint = fingerprint(view);
        }
    }
}

pub(crate) fn cluster(replicas: u32) -> Cluster {
    Cluster {
        reference: ClusterRef {
            namespace: "vault".to_owned(),
            name: "prod".to_owned(),
        },
        uid: "cr".to_owned(),
        resource_version: ResourceVersion("0".to_owned()),
        generation: 1,
        deleting: false,
        spec: ClusterSpec {
            version: String::new(),
            image: None,
            replicas,
            paused: None,
            profile: None,
            blue_green: false,
            blue_green_spec: BlueGreenSpec::default(),
            pre_upgrade_snapshot: false,
            backup_schedule: None,
            executor_image: None,
            plain_http: false,
            acme_domain: None,
            proxy_protocol: None,
            jwt_role: String::new(),
            unseal: String::new(),
            read_replicas: 0,
        },
        status: ClusterStatus::default(),
        run: Fact::Known(None),
        pause_requested: None,
        ownership_marks: OwnershipMarks::default(),
        version_owners: Vec::new(),
        unpaused_by: None,
        foreign_managers: Vec::new(),
    }
}

fn revision(new: bool) -> String {
    if new { "new" } else { "old" }.to_owned()
}

fn fingerprint(view: &View) -> u64 {
    let mut hasher = DefaultHasher::new();
    (view.cr, view.set, view.controller).hash(&mut hasher);
    hasher.finish()
}

fn ordinals(mask: u8) -> Vec<u32> {
    (0..8).filter(|i| mask & (1 << i) != 0).collect()
}

/// Ordinals as a mask.
pub(crate) fn mask(ordinals: &[u32]) -> u8 {
    ordinals.iter().fold(0, |mask, i| mask | (1 << i))
}

/// A number that is known to be small.
pub(crate) fn small(number: impl TryInto<u8>) -> u8 {
    number.try_into().unwrap_or(u8::MAX)
}

fn ago(ticks: u8) -> Duration {
    NOW.saturating_sub(TICK * u32::from(ticks))
}

fn age(since: Duration) -> u8 {
    small(NOW.saturating_sub(since).as_secs() / TICK.as_secs()).min(crate::state::OLDEST)
}
