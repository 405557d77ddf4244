//! A StatefulSet and its pods, read into the model.

use k8s_openapi::{
    api::{apps::v1::StatefulSet, core::v1::Pod},
    apimachinery::pkg::util::intstr::IntOrString,
};
use kube::ResourceExt;

use super::{
    names::{CONTAINER, MAINTENANCE, MAINTENANCE_OURS, is_name},
    pods,
};
use crate::{
    model::{
        cluster::Cluster,
        legible::legible,
        names::{Pool, ResourceVersion},
        workload::{UpdateStrategy, Workload},
    },
    ports::PortError,
};

/// The name of a pool's StatefulSet: a cluster that once did blue/green stays
/// revisioned (`contracts/operator-today.md` 1).
pub(super) fn name(cluster: &Cluster, pool: Pool) -> String {
    let base = &cluster.reference.name;
    match (pool, cluster.status.blue_revision()) {
        (Pool::Voters, None) => base.clone(),
        (Pool::Voters, Some(revision)) => revision.statefulset(base),
        (Pool::ReadReplicas, _) => format!("{base}-read"),
    }
}

/// Whether it belongs to this cluster: by its owner where it has one (a cluster
/// `prod-read` has a StatefulSet of the name of `prod`'s read replicas), by its
/// label otherwise.
pub(super) fn belongs(object: &impl ResourceExt, cluster: &Cluster) -> bool {
    let owner = object
        .owner_references()
        .iter()
        .find(|owner| owner.kind == "OpenBaoCluster");
    match owner {
        Some(owner) => owner.uid == cluster.uid,
        None => object.labels().get("openbao.org/cluster") == Some(&cluster.reference.name),
    }
}

/// The image of the container `openbao` in the template.
pub(super) fn image(set: &StatefulSet) -> Option<String> {
    let template = set.spec.as_ref()?.template.spec.as_ref()?;
    let ours = template
        .containers
        .iter()
        .find(|container| container.name == CONTAINER)?;
    Some(legible(ours.image.as_deref()?, LONGEST))
}

/// The longest text taken over as it is, in characters.
const LONGEST: usize = 400;
/// The most pods of one StatefulSet: every pod is looked at in every pass, and
/// no raft cluster has nearly as many.
const MOST_REPLICAS: u32 = 1000;

/// Reads one; `pods` may hold others' pods too.
pub(super) fn parse<'a>(
    set: &StatefulSet,
    pods: impl IntoIterator<Item = &'a Pod>,
) -> Result<Workload, PortError> {
    let name = set.name_any();
    // It becomes a part of URLs.
    if !is_name(&name) {
        return Err(PortError::Other(
            "the statefulset in the answer has no valid name".to_owned(),
        ));
    }
    let missing = |field: &str| PortError::Other(format!("statefulset {name} has no {field}"));
    let uid = set.uid().ok_or_else(|| missing("uid"))?;
    let spec = set.spec.as_ref().ok_or_else(|| missing("spec"))?;
    let replicas = spec
        .replicas
        .and_then(|count| u32::try_from(count).ok())
        .unwrap_or(1);
    if replicas > MOST_REPLICAS {
        return Err(PortError::Other(format!(
            "statefulset {name} has {replicas} replicas, more than {MOST_REPLICAS}"
        )));
    }
    // Since Kubernetes 1.37 there is one that takes all pods at once.
    let kind = spec.update_strategy.as_ref();
    let kind = kind.and_then(|strategy| strategy.type_.as_deref());
    if let Some(kind) = kind.filter(|kind| !matches!(*kind, "RollingUpdate" | "OnDelete")) {
        return Err(PortError::Other(format!(
            "statefulset {name} has the update strategy {}, which is not known here",
            legible(kind, LONGEST)
        )));
    }
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
                .map(|version| legible(&version, LONGEST))
                .ok_or_else(|| missing("resourceVersion"))?,
        ),
        generation: set.metadata.generation.unwrap_or_default(),
        observed_generation: status
            .and_then(|status| status.observed_generation)
            .unwrap_or_default(),
        replicas,
        strategy: strategy(spec.update_strategy.as_ref()),
        ordered_ready: spec.pod_management_policy.as_deref() != Some("Parallel"),
        image: image(set),
        current_revision: status
            .and_then(|status| status.current_revision.as_deref())
            .map(|revision| legible(revision, LONGEST))
            .unwrap_or_default(),
        update_revision: status
            .and_then(|status| status.update_revision.as_deref())
            .map(|revision| legible(revision, LONGEST))
            .unwrap_or_default(),
        grace_seconds: template
            .and_then(|template| template.termination_grace_period_seconds)
            .unwrap_or(30),
        min_ready_seconds: spec
            .min_ready_seconds
            .and_then(|seconds| u32::try_from(seconds).ok())
            .unwrap_or_default(),
        maintenance_ours: set.annotations().contains_key(MAINTENANCE_OURS),
        maintenance: set
            .annotations()
            .get(MAINTENANCE)
            .is_some_and(|value| value == "true"),
        uid: legible(&uid, LONGEST),
        name,
        pods,
        warnings: Vec::new(),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(name: &str, replicas: i32) -> Result<Workload, PortError> {
        let set = json!({
            "metadata": { "name": name, "uid": "1", "resourceVersion": "1" },
            "spec": { "replicas": replicas, "serviceName": "prod", "selector": {},
                "template": { "spec": { "containers": [] } } },
        });
        parse(&serde_json::from_value(set).expect("a set"), [])
    }

    #[test]
    fn a_set_of_two_billion_pods_is_not_gone_through_pod_by_pod() {
        assert_eq!(set("prod", 1000).expect("a workload").replicas, 1000);
        let error = set("prod", i32::MAX).expect_err("too many").to_string();
        assert!(error.contains("2147483647 replicas"), "{error}");
    }

    #[test]
    fn a_strategy_that_is_not_known_is_not_taken_for_one_that_is() {
        let with = |kind: &str| {
            let set = json!({
                "metadata": { "name": "prod", "uid": "1", "resourceVersion": "1" },
                "spec": { "serviceName": "prod", "selector": {}, "updateStrategy": { "type": kind },
                    "template": { "spec": { "containers": [] } } },
            });
            parse(&serde_json::from_value(set).expect("a set"), [])
        };
        assert!(with("OnDelete").is_ok());
        let error = with("Recreate").expect_err("another").to_string();
        assert!(error.contains("Recreate"), "{error}");
    }

    #[test]
    fn a_name_is_a_name_before_it_is_part_of_a_path() {
        assert!(set("prod/../../secrets", 3).is_err());
    }
}
