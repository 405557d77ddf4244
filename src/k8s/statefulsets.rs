//! A StatefulSet and its pods, read into the model.

use k8s_openapi::{
    api::{apps::v1::StatefulSet, core::v1::Pod},
    apimachinery::pkg::util::intstr::IntOrString,
};
use kube::ResourceExt;

use super::{
    names::{CONTAINER, MAINTENANCE, MAINTENANCE_OURS},
    pods,
};
use crate::{
    model::{
        cluster::Cluster,
        names::{Pool, ResourceVersion},
        workload::{UpdateStrategy, Workload},
    },
    ports::PortError,
};

/// The name of a pool's StatefulSet: a cluster that once did blue/green stays
/// revisioned (`contracts/operator-today.md` 1).
pub(super) fn name(cluster: &Cluster, pool: Pool) -> String {
    let base = &cluster.reference.name;
    match (pool, &cluster.status.blue_revision) {
        (Pool::Voters, None) => base.clone(),
        (Pool::Voters, Some(revision)) => format!("{base}-{revision}"),
        (Pool::ReadReplicas, _) => format!("{base}-read"),
    }
}

/// Whether it belongs to this cluster: by its owner where it has one (a cluster
/// `prod-read` has a StatefulSet of the name of `prod`'s read replicas), by its
/// label otherwise.
pub(super) fn belongs(set: &StatefulSet, cluster: &Cluster) -> bool {
    let owner = set
        .owner_references()
        .iter()
        .find(|owner| owner.kind == "OpenBaoCluster");
    match owner {
        Some(owner) => owner.uid == cluster.uid,
        None => set.labels().get("openbao.org/cluster") == Some(&cluster.reference.name),
    }
}

/// Reads one; `pods` may hold others' pods too.
pub(super) fn parse<'a>(
    set: &StatefulSet,
    pods: impl IntoIterator<Item = &'a Pod>,
) -> Result<Workload, PortError> {
    let name = set.name_any();
    let missing = |field: &str| PortError::Other(format!("statefulset {name} has no {field}"));
    let uid = set.uid().ok_or_else(|| missing("uid"))?;
    let spec = set.spec.as_ref().ok_or_else(|| missing("spec"))?;
    let status = set.status.as_ref();
    let template = spec.template.spec.as_ref();
    let mut pods: Vec<_> = pods
        .into_iter()
        .filter_map(|pod| pods::parse(pod, &name, &uid))
        .collect();
    pods.sort_by_key(|pod| pod.ordinal);
    Ok(Workload {
        resource_version: ResourceVersion(
            set.resource_version()
                .ok_or_else(|| missing("resourceVersion"))?,
        ),
        generation: set.metadata.generation.unwrap_or_default(),
        observed_generation: status
            .and_then(|status| status.observed_generation)
            .unwrap_or_default(),
        replicas: spec
            .replicas
            .and_then(|count| u32::try_from(count).ok())
            .unwrap_or(1),
        strategy: strategy(spec.update_strategy.as_ref()),
        ordered_ready: spec.pod_management_policy.as_deref() != Some("Parallel"),
        image: template.and_then(|template| {
            template
                .containers
                .iter()
                .find(|container| container.name == CONTAINER)
                .and_then(|container| container.image.clone())
        }),
        current_revision: status
            .and_then(|status| status.current_revision.clone())
            .unwrap_or_default(),
        update_revision: status
            .and_then(|status| status.update_revision.clone())
            .unwrap_or_default(),
        grace_seconds: template
            .and_then(|template| template.termination_grace_period_seconds)
            .unwrap_or(30),
        maintenance_ours: set.annotations().contains_key(MAINTENANCE_OURS),
        maintenance: set
            .annotations()
            .get(MAINTENANCE)
            .is_some_and(|value| value == "true"),
        name,
        uid,
        pods,
    })
}

/// At rest the operator sends a type and nothing else, which is partition 0
/// (`contracts/operator-live.md` 2).
fn strategy(
    strategy: Option<&k8s_openapi::api::apps::v1::StatefulSetUpdateStrategy>,
) -> UpdateStrategy {
    let kind = strategy.and_then(|strategy| strategy.type_.as_deref());
    if kind == Some("OnDelete") {
        return UpdateStrategy::OnDelete;
    }
    let rolling = strategy.and_then(|strategy| strategy.rolling_update.as_ref());
    UpdateStrategy::RollingUpdate {
        partition: rolling
            .and_then(|rolling| rolling.partition)
            .and_then(|partition| u32::try_from(partition).ok())
            .unwrap_or_default(),
        max_unavailable_above_one: rolling
            .and_then(|rolling| rolling.max_unavailable.as_ref())
            // A share of few pods may be one or more; only "1" is certain.
            .is_some_and(|most| *most != IntOrString::Int(1)),
    }
}
