//! Gathers what preflight judges: reads, access reviews and dry runs, all at
//! once, none of which changes anything. Only a token is made or renewed.

use futures::future::join_all;

use crate::{
    decide::leadership,
    model::{
        certificate::ServerCertificate,
        fact::Fact,
        intent::StepDownVia,
        names::PodName,
        record::RunRecord,
        room::Room,
        snapshot::Snapshot,
        survey::{DryRun, Login, Survey},
        workload::Pod,
    },
    ports::{
        BaoNodes, Checkpoints, Clock, Colours, Freshness, Leases, PortError, WriteMode, dry_run_of,
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
        permissions::permissions(
            &cluster.reference.namespace,
            &cluster.reference.name,
            access,
            run.blue_green.is_some(),
            run.blue_green.is_some() && cluster.spec.blue_green_spec.pre_promotion_hook.is_some(),
        )
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
    let room = room(&kube, run, &snapshot);
    let (server, permissions, dry_runs, config, (login, idle_entry), lease, certificate, room) = futures::join!(
        kube.server(),
        kube.review(&wanted),
        dry_runs(ports, &snapshot, run),
        config,
        login(ports, leader.clone()),
        kube.lease(),
        certificate(&nodes, leader, &made),
        room,
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
        login_deferred: access.jwt && matches!(login, Err(PortError::NotFound(_))),
        login: login.into(),
        idle_entry,
        lease_holder: Fact::from(lease).map(|lease| lease.and_then(|lease| lease.holder)),
        room: room.into(),
        certificate,
        no_trust: access.no_trust.clone(),
    }
}

/// Logs in, and tries what no list of capabilities tells: a batch token that may
/// renew itself cannot.
async fn login<K: Kube, B: BaoNodes, C: Clock>(
    ports: Ports<'_, K, B, C>,
    leader: Result<Pod, String>,
) -> (Result<Login, PortError>, Fact<bool>) {
    let leader = match leader {
        Ok(leader) => leader,
        Err(why) => return (Err(PortError::Other(why.clone())), Fact::Unknown(why)),
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
    (login, idle_entry)
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
    let (login, idle_entry) = login(ports, leader).await;
    survey.login = login.into();
    survey.idle_entry = idle_entry;
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
