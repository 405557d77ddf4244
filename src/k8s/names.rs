//! The operator's names, labels and URL paths for one cluster
//! (`contracts/operator.md` 1.1, 6.1).

use kube::core::{ApiResource, GroupVersionKind};

use crate::model::{cluster::Cluster, names::ClusterRef};

/// The field manager under which the operator applies all it makes.
pub(super) const OPERATOR_MANAGER: &str = "openbao-operator";
/// The container of a server pod.
pub(super) const CONTAINER: &str = "openbao";
/// The annotation that opens the admission lock to those who may.
pub(super) const MAINTENANCE: &str = "openbao.org/maintenance";
/// Says that the annotation above is baoctl's and goes with it.
pub(super) const MAINTENANCE_OURS: &str = "baoctl.openbao.org/maintenance";
/// The annotation that asks a run to stop.
pub(super) const PAUSE_REQUESTED: &str = "baoctl.openbao.org/pause-requested";

/// The kind `OpenBaoCluster`.
pub(super) fn resource() -> ApiResource {
    ApiResource::from_gvk_with_plural(
        &GroupVersionKind::gvk("openbao.org", "v1alpha1", "OpenBaoCluster"),
        "openbaoclusters",
    )
}

/// The label selector of everything that belongs to a cluster.
pub(super) fn selector(cluster: &ClusterRef) -> String {
    format!("openbao.org/cluster={}", cluster.name)
}

/// The label selector of the operator's Jobs for a cluster.
pub(super) fn job_selector(cluster: &ClusterRef) -> String {
    format!(
        "{},openbao.org/component in (backup,restore,upgrade,upgrade-snapshot,validation-hook)",
        selector(cluster)
    )
}

/// The labels the operator puts on all it makes.
pub(super) fn base_labels(cluster: &ClusterRef) -> serde_json::Value {
    serde_json::json!({
        "app.kubernetes.io/instance": cluster.name,
        "app.kubernetes.io/managed-by": "openbao-operator",
        "app.kubernetes.io/name": "openbao",
        "openbao.org/cluster": cluster.name,
    })
}

/// The same for what belongs to an upgrade.
pub(super) fn labels(cluster: &ClusterRef) -> serde_json::Value {
    let mut labels = base_labels(cluster);
    labels["openbao.org/component"] = serde_json::json!("upgrade");
    labels
}

/// The same for the Job of the pre-promotion hook.
pub(super) fn hook_labels(cluster: &ClusterRef) -> serde_json::Value {
    let mut labels = base_labels(cluster);
    labels["openbao.org/component"] = serde_json::json!("validation-hook");
    labels
}

/// The resource as the owner of what is made for it.
pub(super) fn owner(cluster: &Cluster) -> serde_json::Value {
    serde_json::json!({
        "apiVersion": "openbao.org/v1alpha1",
        "kind": "OpenBaoCluster",
        "name": cluster.reference.name,
        "uid": cluster.uid,
        "controller": true,
        "blockOwnerDeletion": true,
    })
}

/// The ServiceAccount whose token logs in with the upgrade role.
pub(super) fn upgrade_account(cluster: &ClusterRef) -> String {
    format!("{}-upgrade-serviceaccount", cluster.name)
}

/// URL path of the resource.
pub(super) fn cluster_path(cluster: &ClusterRef) -> String {
    format!(
        "/apis/openbao.org/v1alpha1/namespaces/{}/openbaoclusters/{}",
        cluster.namespace, cluster.name
    )
}

/// URL path of a StatefulSet.
pub(super) fn statefulset_path(namespace: &str, name: &str) -> String {
    format!("/apis/apps/v1/namespaces/{namespace}/statefulsets/{name}")
}

/// URL path of a core object.
pub(super) fn core_path(namespace: &str, plural: &str, name: &str) -> String {
    format!("/api/v1/namespaces/{namespace}/{plural}/{name}")
}

/// Whether a text may stand in a URL path as a name: a DNS subdomain.
pub(super) fn is_name(text: &str) -> bool {
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    text.len() <= 253
        && ends(text.chars().next())
        && ends(text.chars().last())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.')
}
