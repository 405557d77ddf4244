//! What an observation has of the colours.

use crate::{
    model::{
        blue_green_run::BlueGreenRun, cluster::Cluster, colour_parts::ColourParts, fact::Fact,
        hook::HookJob, revision::Revision, snapshot::Snapshot, workload::Workload,
    },
    ports::{BaoNodes, Clock, Colours, Freshness, PortError},
};

use super::{Kube, Ports};

/// The other colour's StatefulSet, and what belongs to both beside theirs.
pub(super) async fn of_run<K: Kube, B: BaoNodes, C: Clock>(
    ports: Ports<'_, K, B, C>,
    cluster: &Cluster,
    freshness: Freshness,
    known: Option<Fact<Option<ColourParts>>>,
) -> (Fact<Option<Workload>>, Fact<Option<ColourParts>>) {
    let run = cluster.run.known().and_then(Option::as_ref);
    let Some(run) = run.and_then(|run| run.blue_green.as_ref()) else {
        return (Fact::Known(None), Fact::Known(None));
    };
    let other = if cluster.status.blue_revision() == Some(&run.green) {
        &run.blue
    } else {
        &run.green
    };
    let (other, read) = futures::join!(ports.kube.coloured(cluster, other, freshness), async {
        match known {
            Some(known) => known,
            // Most looks have no colours, and no room for six requests.
            None => Box::pin(parts(ports, cluster, run)).await.map(Some).into(),
        }
    },);
    (other.into(), read)
}

/// Whether a blue/green run is recorded on the resource.
pub(super) fn has_run(cluster: &Cluster) -> bool {
    let run = cluster.run.known().and_then(Option::as_ref);
    run.is_some_and(|run| run.blue_green.is_some())
}

/// Whether green's StatefulSet is there: beside the voters', or as theirs once the
/// status calls it blue.
pub(super) fn is_made(snapshot: &Snapshot, green: &Revision) -> bool {
    let cluster = snapshot.cluster.known();
    snapshot.other_colour().is_some()
        || cluster.is_some_and(|cluster| cluster.status.blue_revision() == Some(green))
}

/// The Job of the pre-promotion hook, asked for where a blue/green run has to
/// do with one.
pub(super) async fn hook<K: Kube, B: BaoNodes, C: Clock>(
    ports: Ports<'_, K, B, C>,
    cluster: &Cluster,
    has_run: bool,
) -> Result<Option<HookJob>, PortError> {
    if !has_run || cluster.spec.blue_green_spec.pre_promotion_hook.is_none() {
        return Ok(None);
    }
    ports.kube.hook_job(cluster).await
}

/// What belongs to them beside their StatefulSets.
pub(super) async fn parts<K: Kube, B: BaoNodes, C: Clock>(
    ports: Ports<'_, K, B, C>,
    cluster: &Cluster,
    run: &BlueGreenRun,
) -> Result<ColourParts, PortError> {
    let kube = ports.kube;
    let (front, self_init, green_config, blue_config, green_volumes, blue_volumes) = futures::try_join!(
        kube.front(cluster),
        kube.self_init(cluster),
        kube.config_of(cluster, &run.green),
        kube.config_of(cluster, &run.blue),
        kube.volumes(cluster, &run.green),
        kube.volumes(cluster, &run.blue),
    )?;
    Ok(ColourParts {
        front,
        self_init,
        green_config,
        blue_config,
        green_volumes,
        blue_volumes,
    })
}

/// The resource with the revision that serves: before the first blue/green
/// upgrade its status does not say it, and the only StatefulSet there is does.
pub(super) async fn named<K: Kube, B: BaoNodes, C: Clock>(
    ports: Ports<'_, K, B, C>,
    mut cluster: Cluster,
) -> Cluster {
    if !cluster.spec.blue_green || cluster.status.blue_revision().is_some() {
        return cluster;
    }
    let run = cluster.run.known().and_then(Option::as_ref);
    let pinned = run.and_then(|run| Some(run.blue_green.as_ref()?.blue.clone()));
    let blue = match pinned {
        Some(blue) => Some(blue),
        None => match ports.kube.revisions(&cluster).await.as_deref() {
            Ok([only]) => Some(only.clone()),
            _ => None,
        },
    };
    if blue.is_some() {
        cluster
            .status
            .blue_green
            .get_or_insert_default()
            .blue_revision = blue;
    }
    cluster
}
