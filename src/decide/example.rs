//! A cluster to decide about in tests: healthy and at rest, then bent by hand.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use crate::model::{
    action::Action,
    cluster::{Cluster, OperationLock, UpgradeStatus},
    fact::Fact,
    intent::Order,
    names::{PodName, ResourceVersion},
    node::NodeView,
    raft::Membership,
    record::{PinnedTarget, RunRecord},
    snapshot::Snapshot,
    workload::{Pod, UpdateStrategy, Workload},
};

use super::{
    Decision,
    example_parts::{address, cluster, node, peer, pod},
    rolling,
    track::Track,
    world::World,
};

/// A world of values.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    /// What is observed.
    pub snapshot: Snapshot,
    /// The run that looks at it.
    pub run: RunRecord,
    /// Its memory.
    pub track: Track,
    /// Its time.
    pub now: Duration,
    /// What was asked for.
    pub start_timeout: Duration,
}

/// A moment all examples begin at.
#[must_use]
pub(super) fn start() -> Timestamp {
    Timestamp::from_second(1_795_000_000).expect("a moment")
}

/// The image of a version.
#[must_use]
pub(super) fn image(version: &str) -> String {
    format!("docker.io/openbao/openbao:{version}")
}

impl Example {
    /// Three voters of a version, `prod-0` leading, nothing begun.
    #[must_use]
    pub(crate) fn three(version: &str) -> Self {
        Self::of(version, 3)
    }

    /// So many voters.
    #[must_use]
    pub(super) fn of(version: &str, replicas: u32) -> Self {
        let pods: Vec<Pod> = (0..replicas).map(|ordinal| pod(ordinal, version)).collect();
        let nodes: BTreeMap<PodName, NodeView> = pods
            .iter()
            .map(|pod| (pod.pod.name.clone(), node(version, pod.ordinal == 0)))
            .collect();
        let membership = Membership {
            peers: pods.iter().map(peer).collect(),
            autopilot: None,
        };
        let candidates = pods
            .iter()
            .map(|pod| (pod.pod.name.clone(), Fact::Known(true)))
            .collect();
        let snapshot = Snapshot {
            at: start(),
            candidates,
            cluster: Fact::Known(cluster(version, replicas)),
            voters: Fact::Known(Workload {
                name: "prod".to_owned(),
                uid: "sts-uid".to_owned(),
                resource_version: ResourceVersion("10".to_owned()),
                generation: 1,
                observed_generation: 1,
                replicas,
                strategy: UpdateStrategy::RollingUpdate {
                    partition: 0,
                    max_unavailable_above_one: false,
                },
                ordered_ready: true,
                image: Some(image(version)),
                current_revision: format!("prod-{version}"),
                update_revision: format!("prod-{version}"),
                grace_seconds: 30,
                min_ready_seconds: 0,
                maintenance: false,
                maintenance_ours: false,
                pods,
                warnings: Vec::new(),
            }),
            read_replicas: Fact::Known(None),
            other_colour: Fact::Known(None),
            colour_parts: Fact::Known(None),
            hook: Fact::Known(None),
            nodes,
            membership: Fact::Known(membership),
            disruptions_allowed: Fact::Known(Some(1)),
            active_jobs: Fact::Known(Vec::new()),
        };
        let run = RunRecord {
            v: RunRecord::FORMAT,
            id: "20261123-abcd".to_owned(),
            user: "alice".to_owned(),
            started_at: start(),
            from: version.parse().expect("a version"),
            from_image: Some(image(version)),
            target: PinnedTarget {
                version: "2.7.2".parse().expect("a version"),
                image: image("2.7.2"),
                admitted_image: None,
                replicas,
                cluster_uid: "cr-uid".to_owned(),
                cluster_id: Some("cluster-id".to_owned()),
            },
            order: Order::ReverseOrdinal,
            paused_before: None,
            snapshot_wanted: None,
            snapshot: None,
            waivers: Vec::new(),
            newest_active: Some(version.parse().expect("a version")),
            abandoned: None,
            took_over: false,
            blue_green: None,
        };
        Self {
            snapshot,
            run,
            track: Track::default(),
            now: Duration::from_secs(1000),
            start_timeout: crate::decide::rules::START_TIMEOUT,
        }
    }

    /// The same, with the run under way: lock, record, pause, declared and
    /// published, the template on the target, held by the order's lock, the
    /// operator quiet, every node caught up and the leader settled.
    #[must_use]
    pub(super) fn under_way(version: &str, order: Order) -> Self {
        let mut example = Self::three(version);
        example.run.order = order;
        let run = example.run.clone();
        {
            let cluster = example.cluster();
            cluster.spec.paused = Some(true);
            cluster.spec.version = "2.7.2".to_owned();
            cluster.spec.image = Some(image("2.7.2"));
            cluster.run = Fact::Known(Some(run.clone()));
            cluster.status.operation_lock = Some(OperationLock {
                operation: "Upgrade".to_owned(),
                holder: run.holder(),
                message: None,
                renewed_at: None,
            });
            cluster.status.upgrade = Some(UpgradeStatus {
                target_version: "2.7.2".to_owned(),
                from_version: version.to_owned(),
                started_at: Some(start()),
                current_partition: 3,
                completed_pods: Vec::new(),
                failure_reason: None,
                failure_message: None,
            });
            let workload = example.voters_mut();
            workload.image = Some(image("2.7.2"));
            workload.update_revision = "prod-2.7.2".to_owned();
            workload.strategy = UpdateStrategy::RollingUpdate {
                partition: 3,
                max_unavailable_above_one: false,
            };
        }
        example.track.begun = true;
        example.track.operator_quiet = true;
        example.track.published = Some((3, Vec::new()));
        example.settle();
        example
    }

    /// Lets time pass with entries committed, until every node that answers is
    /// caught up and the leader has settled.
    pub(super) fn settle(&mut self) {
        for _ in 0..4 {
            self.commit();
            self.pass(Duration::from_secs(5));
        }
    }

    /// One observation later.
    pub(super) fn pass(&mut self, later: Duration) {
        self.now += later;
        self.snapshot.at = start() + self.now;
        for node in self.snapshot.nodes.values_mut() {
            if let Fact::Known(health) = &mut node.health {
                health.server_time = Some(start() + self.now);
            }
        }
        self.track.observe(&self.snapshot, self.now);
    }

    /// What a decision is asked about.
    pub(super) fn world(&self) -> World<'_> {
        World {
            run: &self.run,
            take_over: false,
            start_timeout: self.start_timeout,
            snapshot: &self.snapshot,
            track: &self.track,
            now: self.now,
        }
    }

    /// The decision now.
    pub(super) fn decide(&mut self) -> Decision {
        let decision = rolling::decide(&self.world());
        if let Decision::Wait { blockers } = &decision {
            self.track.wait(blockers, self.now);
        }
        decision
    }

    /// A new entry, applied by every node that answers.
    pub(super) fn commit(&mut self) {
        for node in self.snapshot.nodes.values_mut() {
            if let Fact::Known(answer) = &mut node.leader {
                answer.committed_index = answer.committed_index.map(|index| index + 1);
                answer.applied_index = answer.applied_index.map(|index| index + 1);
            }
        }
    }

    /// The voters.
    #[must_use]
    pub(super) fn voters(&self) -> &Workload {
        self.snapshot.voters.known().expect("voters")
    }

    /// The voters, to bend.
    pub(super) fn voters_mut(&mut self) -> &mut Workload {
        let Fact::Known(workload) = &mut self.snapshot.voters else {
            panic!("voters")
        };
        workload
    }

    /// The resource, to bend.
    pub(super) fn cluster(&mut self) -> &mut Cluster {
        let Fact::Known(cluster) = &mut self.snapshot.cluster else {
            panic!("a cluster")
        };
        cluster
    }

    /// A node, to bend.
    pub(super) fn node(&mut self, ordinal: u32) -> &mut NodeView {
        self.snapshot
            .nodes
            .get_mut(&PodName::of("prod", ordinal))
            .expect("a node")
    }

    /// A node names another as leader.
    pub(super) fn names_leader(&mut self, ordinal: u32, leader: u32) {
        if let Fact::Known(answer) = &mut self.node(ordinal).leader {
            answer.leader_address = Some(address(leader));
        }
    }

    /// Leadership moves, and every node knows.
    pub(crate) fn lead(&mut self, leader: u32) {
        let replicas = self.voters().replicas;
        let now = start() + self.now;
        for ordinal in 0..replicas {
            if let Fact::Known(answer) = &mut self.node(ordinal).leader {
                answer.is_self = ordinal == leader;
                answer.leader_address = Some(address(leader));
                answer.active_time = (ordinal == leader).then_some(now);
            }
            if let Fact::Known(health) = &mut self.node(ordinal).health {
                health.server_time = Some(now);
            }
        }
    }

    /// A pod comes back on the template, unsealed and Ready, not yet caught up.
    pub(crate) fn replace(&mut self, ordinal: u32) {
        let version = self.run.target.version.to_string();
        let revision = self.voters().update_revision.clone();
        let mut fresh = pod(ordinal, &version);
        fresh.pod.uid = format!("{}-new", fresh.pod.uid);
        fresh.revision = revision;
        let workload = self.voters_mut();
        workload.pods[ordinal as usize] = fresh;
        let leader = (0..workload.replicas).find(|other| {
            self.snapshot
                .nodes
                .get(&PodName::of("prod", *other))
                .is_some_and(NodeView::is_active)
        });
        let index = self
            .snapshot
            .nodes
            .values()
            .filter_map(NodeView::applied_index)
            .max();
        let mut answers = node(&version, false);
        if let Fact::Known(answer) = &mut answers.leader {
            answer.leader_address = leader.map(address);
            answer.committed_index = index;
            answer.applied_index = index;
        }
        self.snapshot
            .nodes
            .insert(PodName::of("prod", ordinal), answers);
    }

    /// A pod is done: replaced and caught up, and the partition with it.
    pub(super) fn finish(&mut self, ordinal: u32) {
        if let UpdateStrategy::RollingUpdate { partition, .. } = &mut self.voters_mut().strategy {
            *partition = (*partition).min(ordinal);
        }
        self.replace(ordinal);
        self.settle();
        self.publish();
    }

    /// Writes the progress that is due, if any is.
    pub(super) fn publish(&mut self) {
        if let Decision::Act(action @ Action::Publish { .. }) = self.decide() {
            self.track.acted(&action, self.now);
        }
    }
}
