//! One observation: concurrent reads, each with its deadline; what fails
//! becomes unknown.

use std::collections::BTreeMap;

use futures::future::join_all;

use crate::{
    decide::leadership,
    model::{
        colour_parts::ColourParts,
        fact::Fact,
        names::{PodName, Pool},
        snapshot::Snapshot,
        workload::{Pod, Workload},
    },
    ports::{BaoNodes, Checkpoints, Clock, Freshness, PortError, Workloads},
};

use super::{Kube, Ports, answers::answers, colours, late};

/// Observes everything once, and why what is not as it should be is not.
pub async fn observe<K: Kube, B: BaoNodes, C: Clock>(
    ports: Ports<'_, K, B, C>,
    freshness: Freshness,
) -> Snapshot {
    let mut snapshot = observe_but(ports, freshness, Known::default()).await;
    late::explain(&ports.kube, &mut snapshot).await;
    snapshot
}

/// What a look does not ask for.
#[derive(Debug, Default)]
pub(super) struct Known<'a> {
    /// What belongs to the colours, where it was read lately.
    pub parts: Option<Fact<Option<ColourParts>>>,
    /// The node that ends being active: its answer is not waited for.
    pub steps_down: Option<&'a PodName>,
}

/// Observes everything but what is known.
pub(super) async fn observe_but<K: Kube, B: BaoNodes, C: Clock>(
    ports: Ports<'_, K, B, C>,
    freshness: Freshness,
    known: Known<'_>,
) -> Snapshot {
    let Ports { kube, nodes, clock } = ports;
    let cluster = match kube.cluster(freshness).await {
        Ok(cluster) => colours::named(ports, cluster).await,
        Err(error) => return blind(clock, error.to_string()),
    };
    let (voters, read_replicas, disruptions_allowed, active_jobs, colours, hook) = futures::join!(
        kube.workload(&cluster, Pool::Voters, freshness),
        kube.workload(&cluster, Pool::ReadReplicas, freshness),
        kube.disruptions_allowed(&cluster),
        kube.active_jobs(&cluster),
        colours::of_run(ports, &cluster, freshness, known.parts),
        colours::hook(ports, &cluster, colours::has_run(&cluster)),
    );
    let (other_colour, colour_parts) = colours;
    let voters: Fact<Workload> = voters
        .and_then(|found| {
            found.ok_or_else(|| PortError::NotFound("the voters' StatefulSet".to_owned()))
        })
        .into();
    let read_replicas: Fact<Option<Workload>> = read_replicas.into();
    let pods: Vec<&Pod> = voters
        .known()
        .into_iter()
        .chain(read_replicas.known().and_then(Option::as_ref))
        .chain(other_colour.known().and_then(Option::as_ref))
        .flat_map(|workload| &workload.pods)
        .collect();
    let answers = answers(&nodes, &pods, known.steps_down).await;
    let names: Vec<PodName> = pods.iter().map(|pod| pod.pod.name.clone()).collect();
    let mut snapshot = Snapshot {
        at: clock.wall(),
        cluster: Fact::Known(cluster),
        voters,
        read_replicas,
        other_colour,
        colour_parts,
        hook: hook.into(),
        nodes: names.iter().cloned().zip(answers).collect(),
        candidates: BTreeMap::new(),
        membership: Fact::Unknown("no leader is agreed on".to_owned()),
        disruptions_allowed: disruptions_allowed.into(),
        active_jobs: active_jobs.into(),
    };
    let leader = leadership::leader(&snapshot)
        .ok()
        .map(|leader| leader.pod.clone());
    if let Some(leader) = leader {
        // A voter whose pod is away is that pod all the same, and no stranger.
        let expected: Vec<PodName> = snapshot.workloads().flat_map(Workload::pod_names).collect();
        snapshot.membership = nodes.membership(&leader, &expected).await.into();
    }
    snapshot.at = clock.wall();
    snapshot
}

/// Asks these voters whether they could lead.
pub(super) async fn candidates<K: Kube, B: BaoNodes, C: Clock>(
    ports: Ports<'_, K, B, C>,
    snapshot: &Snapshot,
    pods: &[PodName],
) -> BTreeMap<PodName, Fact<bool>> {
    let nodes = &ports.nodes;
    let Ok(leader) = leadership::leader(snapshot) else {
        return BTreeMap::new();
    };
    let others = snapshot
        .candidates_for_leader()
        .filter(|pod| pods.contains(&pod.pod.name));
    let answers = others.map(|pod| async move {
        let answer = Box::pin(nodes.could_lead(pod, leader.pod)).await;
        (pod.pod.name.clone(), answer.into())
    });
    join_all(answers).await.into_iter().collect()
}

/// An observation of nothing.
pub(super) fn blind<C: Clock>(clock: &C, why: String) -> Snapshot {
    Snapshot {
        at: clock.wall(),
        cluster: Fact::Unknown(why.clone()),
        voters: Fact::Unknown(why.clone()),
        read_replicas: Fact::Unknown(why.clone()),
        other_colour: Fact::Unknown(why.clone()),
        colour_parts: Fact::Unknown(why.clone()),
        hook: Fact::Unknown(why.clone()),
        nodes: BTreeMap::new(),
        candidates: BTreeMap::new(),
        membership: Fact::Unknown(why.clone()),
        disruptions_allowed: Fact::Unknown(why.clone()),
        active_jobs: Fact::Unknown(why),
    }
}
