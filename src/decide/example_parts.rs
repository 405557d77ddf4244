//! The parts of the example cluster, each healthy and at rest.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::{
    blue_green::BlueGreenSpec,
    blue_green_run::{BlueGreenRun, Until},
    certificate::ServerCertificate,
    cluster::{Cluster, ClusterSpec, ClusterStatus, Condition, OwnershipMarks},
    fact::Fact,
    names::{ClusterRef, PodName, PodRef, ResourceVersion},
    node::{Health, LeaderAnswer, NodeView},
    raft::Peer,
    revision::Revision,
    snapshot::Snapshot,
    survey::Survey,
    version::Version,
    workload::{ContainerState, Pod},
};

use super::example::{Example, image, start};

/// The servers' certificate, with all names, until then.
pub(super) fn certificate(expires: Timestamp) -> Fact<ServerCertificate> {
    Fact::Known(ServerCertificate {
        expires,
        not_for: Vec::new(),
    })
}

pub(super) fn address(ordinal: u32) -> String {
    format!("https://prod-{ordinal}.prod.vault.svc:8200")
}

pub(super) fn pod(ordinal: u32, version: &str) -> Pod {
    Pod {
        pod: PodRef {
            name: PodName::of("prod", ordinal),
            uid: format!("uid-{ordinal}-{version}"),
        },
        ordinal,
        revision: format!("prod-{version}"),
        created: Some(start()),
        terminating: false,
        ready: true,
        ready_since: Some(start()),
        unschedulable: None,
        image: Some(image(version)),
        container: ContainerState::Running {
            since: Some(start()),
        },
        container_ready: true,
        restarts: 0,
        other_containers: Vec::new(),
        unmet_gates: Vec::new(),
        disruption: None,
        finalizers: Vec::new(),
        warnings: Vec::new(),
        node: Some("node-a".to_owned()),
        ip: Some(format!("10.244.0.{}", 10 + ordinal)),
    }
}

pub(super) fn node(version: &str, active: bool) -> NodeView {
    NodeView {
        health: Fact::Known(Health {
            initialized: true,
            sealed: false,
            standby: !active,
            version: Some(version.parse::<Version>().expect("a version")),
            cluster_id: Some("cluster-id".to_owned()),
            server_time: Some(start()),
        }),
        leader: Fact::Known(LeaderAnswer {
            is_self: active,
            leader_address: Some(address(0)),
            active_time: active.then(|| start() - Duration::from_secs(86_400)),
            committed_index: Some(100),
            applied_index: Some(100),
        }),
    }
}

pub(super) fn peer(pod: &Pod) -> Peer {
    Peer {
        id: pod.pod.name.to_string(),
        address: format!("{}.prod.vault.svc:8201", pod.pod.name),
        pod: Some(pod.pod.name.clone()),
        voter: true,
        version: None,
    }
}

pub(super) fn cluster(version: &str, replicas: u32) -> Cluster {
    Cluster {
        reference: ClusterRef {
            namespace: "vault".to_owned(),
            name: "prod".to_owned(),
        },
        uid: "cr-uid".to_owned(),
        resource_version: ResourceVersion("1".to_owned()),
        generation: 1,
        deleting: false,
        spec: ClusterSpec {
            version: version.to_owned(),
            image: Some(image(version)),
            replicas,
            paused: None,
            profile: Some("Development".to_owned()),
            plain_http: false,
            acme_domain: None,
            proxy_protocol: None,
            blue_green: false,
            blue_green_spec: BlueGreenSpec::default(),
            pre_upgrade_snapshot: false,
            backup_schedule: None,
            executor_image: None,
            jwt_role: "openbao-operator-upgrade".to_owned(),
            unseal: "static".to_owned(),
            read_replicas: 0,
        },
        status: ClusterStatus {
            phase: Some("Running".to_owned()),
            initialized: true,
            current_version: Some(version.to_owned()),
            conditions: vec![Condition {
                kind: "Available".to_owned(),
                status: "True".to_owned(),
                reason: "AllReplicasReady".to_owned(),
                message: "All 3 replicas are ready".to_owned(),
                observed_generation: Some(1),
            }],
            ..ClusterStatus::default()
        },
        run: Fact::Known(None),
        pause_requested: None,
        ownership_marks: OwnershipMarks::default(),
        version_owners: Vec::new(),
        unpaused_by: None,
        foreign_managers: Vec::new(),
    }
}

impl Example {
    /// A node claims to be active, or no longer does.
    pub(super) fn claims(&mut self, ordinal: u32, active: bool) {
        if let Fact::Known(answer) = &mut self.node(ordinal).leader {
            answer.is_self = active;
        }
    }

    /// A node does not answer.
    pub(super) fn silent(&mut self, ordinal: u32) {
        *self.node(ordinal) = NodeView::unknown("connection refused");
    }

    /// A node that is down: its pod is not Ready, it does not answer.
    pub(super) fn down(&mut self, ordinal: u32) {
        self.silent(ordinal);
        self.voters_mut().pods[ordinal as usize].ready = false;
    }
}

/// A blue/green run with nothing done, asked for to its end at once.
pub(super) fn colours(blue: Revision, green: Revision) -> BlueGreenRun {
    BlueGreenRun {
        blue,
        green,
        until: Until::Done,
        min_sync_s: 0,
        soak_s: 0,
        hook_passed_at: None,
        cut_over_at: None,
        delete_leftover_volumes: false,
        delete_blue_volumes: false,
    }
}

/// What preflight looks at beside an observation, with nothing asked.
pub(super) fn survey(snapshot: &Snapshot) -> Survey {
    Survey {
        snapshot: snapshot.clone(),
        server_version: Fact::Known("1.33".to_owned()),
        clock_skew_s: Fact::Known(0),
        permissions: Vec::new(),
        dry_runs: Vec::new(),
        config: Fact::Unknown("not asked".to_owned()),
        login: Fact::Unknown("not asked".to_owned()),
        idle_entry: Fact::Known(true),
        autopilot: Fact::Known(None),
        forwards: Vec::new(),
        login_deferred: false,
        no_trust: None,
        lease_holder: Fact::Known(None),
        room: Fact::Known(None),
        claims: Fact::Known(Vec::new()),
        kube_nodes: Fact::Known(None),
        free_bytes: Fact::Known(None),
        certificate: certificate(start()),
    }
}
