//! Gathers what preflight judges: reads, access reviews and dry runs, all at
//! once, none of which changes anything. Only a token is made or renewed.

use std::{collections::BTreeSet, path::Path};

use futures::future::join_all;

use crate::{
    decide::leadership,
    model::{
        certificate::ServerCertificate,
        fact::Fact,
        intent::StepDownVia,
        names::PodName,
        node::NodeView,
        raft::Autopilot,
        record::RunRecord,
        room::Room,
        snapshot::Snapshot,
        survey::{DryRun, Login, Survey},
        workload::Pod,
    },
    ports::{
        BaoNodes, Checkpoints, Clock, Colours, Freshness, Leases, PortError, Workloads, WriteMode,
        dry_run_of,
    },
};

pub use super::permissions::Access;
use super::{Kube, Ports, act::Act, colours, emit::Events, observe::observe, permissions, planned};

/// The paths whose capabilities matter to an upgrade.
const PATHS: &[&str] = &[
    "sys/step-down",
    "sys/storage/raft/autopilot/state",
    "sys/storage/raft/configuration",
    "sys/storage/raft/snapshot",
    "sys/storage/raft/promote",
    "sys/storage/raft/demote",
    "sys/storage/raft/remove-peer",
];

/// Gathers it.
pub async fn survey<K: Kube, B: BaoNodes, C: Clock>(
    ports: Ports<'_, K, B, C>,
    snapshot: Snapshot,
    run: &RunRecord,
    access: &Access,
) -> Survey {
    let Ports { kube, nodes, .. } = ports;
    let mut snapshot = snapshot;
    if let (Some(cluster), Some(colours)) = (snapshot.cluster.known(), &run.blue_green) {
        let read = colours::parts(ports, cluster, colours).await;
        snapshot.colour_parts = read.map(Some).into();
        snapshot.hook = colours::hook(ports, cluster, true).await.into();
    }
    let cluster = snapshot.cluster.known();
    let wanted = cluster.map_or_else(Vec::new, |cluster| {
        permissions::permissions(cluster, access, run.blue_green.is_some())
    });
    let leader = leadership::leader(&snapshot)
        .map(|leader| leader.pod.clone())
        .map_err(|blocker| blocker.to_string());
    let config = async {
        match cluster {
            Some(cluster) => kube.config(cluster).await.into(),
            None => Fact::Unknown("the resource was not seen".to_owned()),
        }
    };
    let made = made(&snapshot, run);
    let pods: Vec<PodName> = snapshot
        .workloads()
        .flat_map(|workload| &workload.pods)
        .map(|pod| pod.pod.name.clone())
        .collect();
    let hosts = snapshot.workloads().flat_map(|workload| &workload.pods);
    let hosts: BTreeSet<String> = hosts.filter_map(|pod| pod.node.clone()).collect();
    let hosts: Vec<String> = hosts.into_iter().collect();
    let room = room(&kube, run, &snapshot);
    let (
        server,
        permissions,
        dry_runs,
        config,
        token,
        lease,
        certificate,
        room,
        claims,
        kube_nodes,
    ) = futures::join!(
        kube.server(),
        kube.review(&wanted),
        dry_runs(ports, &snapshot, run),
        config,
        token(ports, &snapshot, leader.clone()),
        kube.lease(),
        certificate(&nodes, leader, &made),
        room,
        kube.claims(&pods),
        kube.kube_nodes(&hosts),
    );
    let (server_version, clock_skew_s) = match server {
        Ok((version, skew)) => (Fact::Known(version), skew),
        Err(error) => (
            Fact::Unknown(error.to_string()),
            Fact::Unknown(error.to_string()),
        ),
    };
    Survey {
        snapshot,
        server_version,
        clock_skew_s,
        permissions,
        dry_runs,
        config,
        login_deferred: access.jwt && matches!(token.login, Err(PortError::NotFound(_))),
        login: token.login.into(),
        idle_entry: token.idle_entry,
        autopilot: token.autopilot,
        forwards: token.forwards,
        lease_holder: Fact::from(lease).map(|lease| lease.and_then(|lease| lease.holder)),
        room: room.into(),
        claims: claims.into(),
        kube_nodes: kube_nodes.into(),
        free_bytes: free_bytes(run, access),
        certificate,
        no_trust: access.no_trust.clone(),
    }
}

/// What was tried with the token.
struct Token {
    login: Result<Login, PortError>,
    idle_entry: Fact<bool>,
    autopilot: Fact<Option<Autopilot>>,
    forwards: Vec<(PodName, Fact<()>)>,
}

/// Logs in, and tries what no list of capabilities tells: a batch token that may
/// renew itself cannot.
async fn token<K: Kube, B: BaoNodes, C: Clock>(
    ports: Ports<'_, K, B, C>,
    snapshot: &Snapshot,
    leader: Result<Pod, String>,
) -> Token {
    let leader = match leader {
        Ok(leader) => leader,
        Err(why) => {
            return Token {
                login: Err(PortError::Other(why.clone())),
                idle_entry: Fact::Unknown(why.clone()),
                autopilot: Fact::Unknown(why),
                forwards: Vec::new(),
            };
        }
    };
    let login = ports.nodes.login(&leader, PATHS).await;
    let idle_entry = match &login {
        // It is refused; nothing is written with it.
        Ok(login) if login.is_root() => Fact::Unknown("it is a root token".to_owned()),
        Ok(_) => match ports.nodes.touch(&leader).await {
            Ok(()) => Fact::Known(true),
            Err(PortError::Forbidden(_) | PortError::Invalid(_)) => Fact::Known(false),
            Err(error) => Fact::Unknown(error.to_string()),
        },
        Err(error) => Fact::Unknown(error.to_string()),
    };
    let autopilot = match &login {
        Ok(login) if !login.is_root() => match ports.nodes.autopilot(&leader).await {
            Ok(autopilot) => Fact::Known(Some(autopilot)),
            Err(PortError::Forbidden(_)) => Fact::Known(None),
            Err(error) => Fact::Unknown(error.to_string()),
        },
        Ok(_) => Fact::Unknown("it is a root token".to_owned()),
        Err(error) => Fact::Unknown(error.to_string()),
    };
    let forwards = match idle_entry {
        Fact::Known(true) => forwards(&ports.nodes, snapshot, &leader).await,
        Fact::Known(false) | Fact::Unknown(_) => Vec::new(),
    };
    Token {
        login,
        idle_entry,
        autopilot,
        forwards,
    }
}

/// Writes through each standby that answers.
async fn forwards<B: BaoNodes>(
    nodes: &B,
    snapshot: &Snapshot,
    leader: &Pod,
) -> Vec<(PodName, Fact<()>)> {
    let pods = snapshot.workloads().flat_map(|workload| &workload.pods);
    let answers = |pod: &&Pod| {
        let node = snapshot.node(&pod.pod.name);
        pod.pod != leader.pod && node.is_some_and(NodeView::is_unsealed)
    };
    join_all(pods.filter(answers).map(|pod| async move {
        let forwarded = Box::pin(nodes.forward(pod, leader)).await;
        (pod.pod.name.clone(), forwarded.into())
    }))
    .await
}

/// Does what had to wait until the login's account exists.
pub async fn catch_up<K: Kube, B: BaoNodes, C: Clock>(
    ports: Ports<'_, K, B, C>,
    survey: &mut Survey,
) {
    // What was read for the planned colours: no record names them yet.
    let before = &survey.snapshot;
    let (read, hook) = (before.colour_parts.clone(), before.hook.clone());
    survey.snapshot = observe(ports, Freshness::Fresh).await;
    survey.snapshot.colour_parts = read;
    survey.snapshot.hook = hook;
    let leader = leadership::leader(&survey.snapshot)
        .map(|leader| leader.pod.clone())
        .map_err(|blocker| blocker.to_string());
    let token = token(ports, &survey.snapshot, leader).await;
    survey.login = token.login.into();
    survey.idle_entry = token.idle_entry;
    survey.autopilot = token.autopilot;
    survey.forwards = token.forwards;
    survey.login_deferred = false;
}

/// What is left for green, before it is made.
async fn room<K: Colours>(
    kube: &K,
    run: &RunRecord,
    snapshot: &Snapshot,
) -> Result<Option<Room>, PortError> {
    let (Some(planned), Some(cluster)) = (&run.blue_green, snapshot.cluster.known()) else {
        return Ok(None);
    };
    // Once green is made blue may be gone.
    if run.abandoned.is_some() || colours::is_made(snapshot, &planned.green) {
        return Ok(None);
    }
    match planned.blue.pods(&cluster.reference.name, 1).first() {
        Some(like) => kube.room(like).await.map(Some),
        None => Ok(None),
    }
}

/// What the disk has left for a snapshot that is still to be taken.
fn free_bytes(run: &RunRecord, access: &Access) -> Fact<Option<u64>> {
    let wanted = run.snapshot_wanted.as_ref();
    let Some(file) = wanted.filter(|_| access.keeps_files && run.snapshot.is_none()) else {
        return Fact::Known(None);
    };
    let folder = Path::new(file).parent();
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    match rustix::fs::statvfs(folder.unwrap_or(Path::new("."))) {
        Ok(disk) => Fact::Known(Some(disk.f_bavail.saturating_mul(disk.f_frsize))),
        Err(error) => Fact::Unknown(error.to_string()),
    }
}

/// The pods that the run makes.
fn made(snapshot: &Snapshot, run: &RunRecord) -> Vec<PodName> {
    match (&run.blue_green, snapshot.cluster.known()) {
        (Some(colours), Some(cluster)) => colours
            .green
            .pods(&cluster.reference.name, run.target.replicas),
        _ => Vec::new(),
    }
}

async fn certificate<B: BaoNodes>(
    nodes: &B,
    leader: Result<Pod, String>,
    pods: &[PodName],
) -> Fact<ServerCertificate> {
    match leader {
        Ok(leader) => nodes.certificate(&leader, pods).await,
        Err(why) => Fact::Unknown(why),
    }
}

/// Tries every planned write with `dryRun=All`, through the very code that will
/// make it.
async fn dry_runs<K: Kube, B: BaoNodes, C: Clock>(
    ports: Ports<'_, K, B, C>,
    snapshot: &Snapshot,
    run: &RunRecord,
) -> Vec<(crate::model::action::Action, DryRun)> {
    let (events, _receiver) = Events::channel();
    let act = Act {
        ports,
        events: &events,
        step_down: StepDownVia::Direct,
        ownership: None,
    };
    join_all(planned::writes(run, snapshot).into_iter().map(|action| {
        let act = &act;
        async move {
            let result = act
                .perform(&action, snapshot, run, WriteMode::DryRun)
                .await
                .map(drop);
            let answer = match result {
                // The budget or another writer was in the way this instant; the
                // write itself is allowed.
                Err(PortError::TooManyRequests(_) | PortError::Conflict { .. }) => DryRun::Accepted,
                result => dry_run_of(result),
            };
            (action, answer)
        }
    }))
    .await
}
