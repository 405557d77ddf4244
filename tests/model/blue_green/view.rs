//! What a driver observes: the abstract state as the snapshot, the run and the
//! track that `decide` is given, and the way back.

use std::{collections::BTreeMap, time::Duration};

use baoctl::{
    decide::{
        in_step::{Commit, Commits},
        leadership,
        track::{Reading, Reign as TrackReign, StepDown, Track},
    },
    model::{
        action::MemberChange,
        blue_green::{BlueGreenPhase, BlueGreenStatus, Colour},
        blue_green_run::{BlueGreenRun, Until},
        cluster::{Cluster, OperationLock},
        colour_parts::ColourParts,
        config_file::ConfigFile,
        fact::Fact,
        front::{Endpoint, Front},
        intent::Order,
        names::{PodName, PodRef, ResourceVersion},
        node::{Health, LeaderAnswer, NodeView},
        raft::{Membership, Peer},
        record::{PinnedTarget, RunRecord},
        revision::Revision,
        snapshot::Snapshot,
        version::Version,
        volume::Volume,
        workload::{ContainerState, Pod, UpdateStrategy, Workload},
    },
};

use super::{
    state::{Down, Mem, Member, Phase, Record, Reign, Set, State, Status, at},
    world::World,
};
use crate::view::{NOW, cluster, image, small, start};

/// Longer than anything is remembered.
const LONG: Duration = Duration::from_secs(20);

/// The committed index, always.
const COMMITTED: u64 = 100;

/// The phases by their places.
pub(crate) const PHASES: [BlueGreenPhase; 7] = [
    BlueGreenPhase::Idle,
    BlueGreenPhase::DeployingGreen,
    BlueGreenPhase::JoiningMesh,
    BlueGreenPhase::Syncing,
    BlueGreenPhase::Promoting,
    BlueGreenPhase::DemotingBlue,
    BlueGreenPhase::Cleanup,
];
pub(crate) const IDLE: u8 = 0;
pub(crate) const SYNCING: u8 = 3;
pub(crate) const CLEANUP: u8 = 6;

/// What does not change within one configuration.
#[derive(Debug)]
pub(crate) struct Fixed {
    world: World,
    versions: [Version; 2],
    revisions: [Revision; 2],
    names: Vec<PodName>,
    cluster: Cluster,
}

impl Fixed {
    pub(crate) fn new(world: World) -> Self {
        let old = Version::new(2, if world.one_way { 6 } else { 7 }, 1);
        let versions = [old, Version::new(2, 7, 2)];
        let replicas = u32::from(world.n);
        let revisions = versions
            .each_ref()
            .map(|version| Revision::of(&version.to_string(), &image(version), replicas));
        let names = revisions
            .iter()
            .flat_map(|revision| revision.pods("prod", replicas))
            .collect();
        let mut cluster = cluster(replicas);
        cluster.spec.blue_green = true;
        cluster.spec.paused = Some(true);
        Self {
            world,
            versions,
            revisions,
            names,
            cluster,
        }
    }

    fn version(&self, colour: Colour) -> &Version {
        &self.versions[at(colour)]
    }

    fn revision(&self, colour: Colour) -> &Revision {
        &self.revisions[at(colour)]
    }

    pub(crate) fn revision_of(&self, colour: Colour) -> Revision {
        self.revision(colour).clone()
    }

    /// The colour of a revision.
    pub(crate) fn colour(&self, revision: &Revision) -> Colour {
        if *revision == self.revisions[1] {
            Colour::Green
        } else {
            Colour::Blue
        }
    }

    /// The node of a pod.
    pub(crate) fn index(&self, pod: &PodName) -> u8 {
        let mut names = self.names.iter();
        small(names.position(|name| name == pod).expect("a pod of ours"))
    }

    pub(crate) fn pod_ref(&self, i: u8) -> PodRef {
        let name = self.names[usize::from(i)].clone();
        PodRef {
            uid: format!("uid-{name}"),
            name,
        }
    }

    /// The run record, as the process knows it and the resource has it.
    pub(crate) fn run(&self, record: Record) -> RunRecord {
        let [old, new] = &self.versions;
        let target = self.version(record.rising());
        RunRecord {
            v: RunRecord::FORMAT,
            id: "1".to_owned(),
            user: "alice".to_owned(),
            started_at: start(),
            from: old.clone(),
            from_image: Some(image(old)),
            target: PinnedTarget {
                version: target.clone(),
                image: image(target),
                admitted_image: None,
                replicas: u32::from(self.world.n),
                cluster_uid: "cr".to_owned(),
                cluster_id: None,
            },
            order: Order::LeaderLast,
            paused_before: Some(false),
            snapshot_wanted: None,
            snapshot: None,
            waivers: Vec::new(),
            newest_active: Some(if record.newest { new } else { old }.clone()),
            abandoned: record.abandoned.then(|| new.clone()),
            took_over: false,
            blue_green: Some(BlueGreenRun {
                blue: self.revisions[0].clone(),
                green: self.revisions[1].clone(),
                until: Until::Done,
                min_sync_s: 0,
                soak_s: 0,
                hook_passed_at: None,
                cut_over_at: record.cut_over.then(start),
                delete_leftover_volumes: false,
                delete_blue_volumes: false,
            }),
        }
    }

    /// What is to be remembered of a record that is to be written.
    pub(crate) fn learned(&self, record: &RunRecord) -> (bool, bool) {
        let colours = record.blue_green.as_ref();
        (
            record.newest_active.as_ref() == Some(&self.versions[1]),
            colours.is_some_and(|colours| colours.cut_over_at.is_some()),
        )
    }

    /// A version's colour.
    pub(crate) fn declared(&self, version: &Version) -> Colour {
        if *version == self.versions[1] {
            Colour::Green
        } else {
            Colour::Blue
        }
    }

    pub(crate) fn status(&self, status: &BlueGreenStatus) -> Status {
        let phase = status.phase.as_ref();
        let place = PHASES.iter().position(|known| Some(known) == phase);
        Status {
            phase: small(place.expect("a phase of ours")),
            blue: self.colour(status.blue_revision.as_ref().expect("a revision")),
            green: status.green_revision.is_some(),
        }
    }

    /// One observation.
    pub(crate) fn snapshot(&self, s: &State) -> Snapshot {
        let mut snapshot = Snapshot {
            at: start() + NOW,
            cluster: Fact::Known(self.resource(s)),
            voters: self
                .set(s, s.status.blue)
                .map_or_else(|| Fact::Unknown("there is none".to_owned()), Fact::Known),
            read_replicas: Fact::Known(None),
            other_colour: Fact::Known(self.set(s, s.status.blue.other())),
            colour_parts: Fact::Known(Some(self.parts(s))),
            hook: Fact::Known(None),
            nodes: BTreeMap::new(),
            candidates: BTreeMap::new(),
            membership: Fact::Known(self.members(s)),
            disruptions_allowed: Fact::Known(None),
            active_jobs: Fact::Known(Vec::new()),
        };
        for (i, name) in (0..).zip(&self.names) {
            if s.node(i).phase != Phase::Gone {
                snapshot.nodes.insert(name.clone(), self.node(s, i));
                snapshot.candidates.insert(name.clone(), Fact::Known(true));
            }
        }
        if leadership::leader(&snapshot).is_err() {
            snapshot.membership = Fact::Unknown("no leader is agreed on".to_owned());
        }
        snapshot
    }

    fn resource(&self, s: &State) -> Cluster {
        let mut cluster = self.cluster.clone();
        cluster.spec.version = self.version(s.declared).to_string();
        cluster.spec.image = Some(image(self.version(s.declared)));
        let run = s.record.map(|record| self.run(record));
        let status = &mut cluster.status;
        status.current_version = Some(self.version(s.current).to_string());
        let holder = run.as_ref().filter(|_| s.locked).map(RunRecord::holder);
        status.operation_lock = holder.map(|holder| OperationLock {
            operation: "Upgrade".to_owned(),
            holder,
            message: None,
            renewed_at: None,
        });
        status.blue_green = Some(BlueGreenStatus {
            phase: Some(PHASES[usize::from(s.status.phase)].clone()),
            blue_revision: Some(self.revision(s.status.blue).clone()),
            blue_image: Some(image(self.version(s.status.blue))),
            green_revision: s.status.green.then(|| self.revisions[1].clone()),
            ..BlueGreenStatus::default()
        });
        cluster.run = Fact::Known(run);
        cluster
    }

    fn set(&self, s: &State, colour: Colour) -> Option<Workload> {
        let set = s.parts[at(colour)].set;
        if set == Set::Gone {
            return None;
        }
        let image = image(self.version(colour));
        let there = |i: &u8| s.node(*i).phase != Phase::Gone;
        let pods = self.world.of(colour).filter(there).map(|i| Pod {
            revision: "1".to_owned(),
            ready: s.node(i).alive(),
            image: Some(image.clone()),
            container: ContainerState::Running { since: None },
            container_ready: s.node(i).alive(),
            ..Pod::made(self.pod_ref(i), u32::from(i % self.world.n))
        });
        Some(Workload {
            name: self.revision(colour).statefulset("prod"),
            uid: "set".to_owned(),
            resource_version: ResourceVersion("0".to_owned()),
            generation: 1,
            observed_generation: 1,
            replicas: if set == Set::Full {
                u32::from(self.world.n)
            } else {
                0
            },
            strategy: UpdateStrategy::OnDelete,
            ordered_ready: true,
            current_revision: "1".to_owned(),
            update_revision: "1".to_owned(),
            grace_seconds: 30,
            min_ready_seconds: 0,
            maintenance: false,
            maintenance_ours: false,
            pods: pods.collect(),
            warnings: Vec::new(),
            image: Some(image),
        })
    }

    fn parts(&self, s: &State) -> ColourParts {
        let config = |colour: Colour| {
            s.parts[at(colour)].config.then(|| ConfigFile {
                name: self.revision(colour).config_map("prod"),
                uid: "config".to_owned(),
                resource_version: ResourceVersion("0".to_owned()),
                maintenance: false,
                text: "storage".to_owned(),
            })
        };
        let volumes = |colour: Colour| {
            let count = u32::from(self.world.n) * u32::from(s.parts[at(colour)].volumes);
            let named = |ordinal| Volume {
                name: self.revision(colour).volume("prod", ordinal),
                uid: "volume".to_owned(),
                ordinal,
                terminating: false,
            };
            (0..count).map(named).collect()
        };
        let serving = self.world.of(s.endpoints).filter(|i| s.node(*i).alive());
        ColourParts {
            front: Some(Front {
                name: "prod-public".to_owned(),
                resource_version: ResourceVersion("0".to_owned()),
                revision: Some(self.revision(s.front).clone()),
                maintenance: false,
                endpoints: serving
                    .map(|i| Endpoint {
                        pod: self.pod_ref(i),
                        ready: true,
                    })
                    .collect(),
            }),
            self_init: None,
            green_config: config(Colour::Green),
            blue_config: config(Colour::Blue),
            green_volumes: volumes(Colour::Green),
            blue_volumes: volumes(Colour::Blue),
        }
    }

    fn members(&self, s: &State) -> Membership {
        let listed = (0..).zip(&self.names);
        let listed = listed.filter(|(i, _)| s.node(*i).member != Member::Out);
        Membership {
            peers: listed
                .map(|(i, name)| Peer {
                    id: name.to_string(),
                    address: String::new(),
                    pod: Some(name.clone()),
                    voter: s.node(i).votes(),
                    version: None,
                })
                .collect(),
            autopilot: None,
        }
    }

    fn node(&self, s: &State, i: u8) -> NodeView {
        let node = s.node(i);
        if !node.alive() {
            return NodeView::unknown("no answer");
        }
        let active = s.leader == Some(i);
        let now = start() + NOW;
        let address = |leader: u8| {
            let name = &self.names[usize::from(leader)];
            format!("https://{name}.prod.vault.svc:8200")
        };
        let leader = if active && s.stepping {
            // A node that is stepping down does not answer (`rules`).
            Fact::Unknown("no answer".to_owned())
        } else {
            Fact::Known(LeaderAnswer {
                is_self: active,
                leader_address: s.leader.map(address),
                active_time: active.then(|| if s.settled { now - LONG } else { now }),
                committed_index: Some(COMMITTED),
                applied_index: Some(COMMITTED - u64::from(node.phase == Phase::Behind)),
            })
        };
        NodeView {
            health: Fact::Known(Health {
                initialized: true,
                sealed: false,
                standby: !active,
                version: Some(self.version(self.world.colour(i)).clone()),
                cluster_id: None,
                server_time: Some(now),
            }),
            leader,
        }
    }

    /// A driver's memory as the rules know it. Whoever is up has been seen to
    /// follow twice: how that is seen is checked with the rolling upgrade.
    pub(crate) fn track(&self, s: &State, snapshot: &Snapshot) -> Track {
        let mem = &s.mem;
        let ago = |old: bool| if old { NOW.saturating_sub(LONG) } else { NOW };
        let sets = snapshot.workloads().count();
        let mut track = Track {
            operator_quiet: true,
            begun: true,
            fingerprint: vec!["0".to_owned(); 1 + sets],
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
            pod: self.pod_ref(reign.node),
            since: ago(reign.old),
            witnessed: reign.witnessed,
        });
        if let Some(down) = mem.down {
            track.step_downs = (0..mem.tries)
                .map(|_| StepDown {
                    node: self.pod_ref(down.node),
                    at: ago(down.old),
                    settled: true,
                })
                .collect();
        }
        if let (Some(last), Some(down)) = (track.step_downs.last_mut(), mem.down) {
            last.settled = down.settled;
        }
        for (i, name) in (0..).zip(&self.names) {
            let reading = Reading {
                mark: Some(COMMITTED),
                count: if s.node(i).phase == Phase::Up { 2 } else { 0 },
                last: NOW,
            };
            track.readings.insert(self.pod_ref(i).uid, reading);
            if let Some((vote, old)) = mem.asked[usize::from(i)] {
                let change = if vote {
                    MemberChange::Promote
                } else {
                    MemberChange::Demote
                };
                track.members_asked.insert(name.clone(), (change, ago(old)));
            }
        }
        track
    }

    /// What a look left in the memory.
    pub(crate) fn remember(&self, track: &Track, mem: &mut Mem) {
        mem.reign = track.leader.as_ref().map(|reign| Reign {
            node: self.index(&reign.pod.name),
            old: reign.since < NOW,
            witnessed: reign.witnessed,
        });
        mem.down = mem.down.map(|down| Down {
            settled: track.step_downs.last().is_some_and(|last| last.settled),
            ..down
        });
    }
}
