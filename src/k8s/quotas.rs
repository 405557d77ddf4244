//! The namespace's quotas, and what one of a cluster's pods counts for in them.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{Container, PersistentVolumeClaim, Pod, ResourceQuota},
    apimachinery::pkg::api::resource::Quantity,
};
use kube::ResourceExt;

use super::{adapter::Kube, errors::clean, quantity};
use crate::{
    model::{
        names::PodName,
        room::{Limit, Quota, Room},
    },
    ports::{Clock, Freshness, PortError},
};

type Amounts = BTreeMap<String, i64>;

impl<C: Clock + 'static> Kube<C> {
    /// `like` is a pod that the new ones resemble: as it runs, with what admission
    /// has added to it.
    pub(super) async fn read_room(&self, like: &PodName) -> Result<Room, PortError> {
        let (quotas, _) = self.list::<ResourceQuota>("resourcequotas", "").await?;
        if quotas.is_empty() {
            return Ok(Room::default());
        }
        let pods = self.pods(Freshness::Fresh).await?;
        let pod = pods.iter().find(|pod| pod.name_any() == like.as_str());
        let pod = pod.ok_or_else(|| PortError::NotFound(format!("pod {like}")))?;
        let (claims, _) = self
            .list::<PersistentVolumeClaim>("persistentvolumeclaims", "")
            .await?;
        let mounted = claims.iter().filter(|claim| mounts(pod, &claim.name_any()));
        let mounted: Vec<&PersistentVolumeClaim> = mounted.map(AsRef::as_ref).collect();
        Ok(Room {
            quotas: quotas
                .iter()
                .map(|found| quota(found))
                .collect::<Result<_, _>>()?,
            each: each(pod, &mounted)?,
        })
    }
}

fn mounts(pod: &Pod, claim: &str) -> bool {
    let volumes = pod
        .spec
        .iter()
        .flat_map(|spec| spec.volumes.iter().flatten());
    let mut claims = volumes.filter_map(|volume| volume.persistent_volume_claim.as_ref());
    claims.any(|mounted| mounted.claim_name == claim)
}

fn thousandths(quantity: &Quantity) -> Result<i64, PortError> {
    quantity::thousandths(&quantity.0)
        .ok_or_else(|| PortError::Other(format!("{:?} is no quantity", clean(&quantity.0))))
}

fn quota(found: &ResourceQuota) -> Result<Quota, PortError> {
    let spec = found.spec.as_ref();
    let scoped = spec.is_some_and(|spec| {
        spec.scope_selector.is_some() || spec.scopes.as_ref().is_some_and(|all| !all.is_empty())
    });
    let status = found.status.as_ref();
    let hard = status.and_then(|status| status.hard.as_ref());
    let used = status.and_then(|status| status.used.as_ref());
    let limits = hard.into_iter().flatten().map(|(resource, hard)| {
        let none = Quantity("0".to_owned());
        let used = used.and_then(|used| used.get(resource)).unwrap_or(&none);
        Ok(Limit {
            resource: clean(resource),
            left: thousandths(hard)?.saturating_sub(thousandths(used)?),
            hard: clean(&hard.0),
            used: clean(&used.0),
        })
    });
    Ok(Quota {
        name: clean(&found.name_any()),
        scoped,
        limits: limits.collect::<Result<_, PortError>>()?,
    })
}

/// What a pod and its volumes count for.
fn each(pod: &Pod, claims: &[&PersistentVolumeClaim]) -> Result<Amounts, PortError> {
    let mut each = Amounts::new();
    let mut count = |name: &str, amount: i64| {
        let sum = each.entry(name.to_owned()).or_default();
        *sum = sum.saturating_add(amount);
    };
    count("pods", 1000);
    count("count/pods", 1000);
    for (resource, asked) in requests(pod)? {
        // The older names mean requests.
        if matches!(resource.as_str(), "cpu" | "memory" | "ephemeral-storage") {
            count(&resource, asked);
        }
        count(&format!("requests.{resource}"), asked);
    }
    for (resource, asked) in limits(pod)? {
        count(&format!("limits.{resource}"), asked);
    }
    for claim in claims {
        let spec = claim.spec.as_ref();
        let requests = spec
            .and_then(|spec| spec.resources.as_ref()?.requests.as_ref())
            .and_then(|requests| requests.get("storage"));
        let storage = requests.map(thousandths).transpose()?.unwrap_or_default();
        count("persistentvolumeclaims", 1000);
        count("count/persistentvolumeclaims", 1000);
        count("requests.storage", storage);
        if let Some(class) = spec.and_then(|spec| spec.storage_class_name.as_deref()) {
            let of_class = format!("{class}.storageclass.storage.k8s.io");
            count(&format!("{of_class}/persistentvolumeclaims"), 1000);
            count(&format!("{of_class}/requests.storage"), storage);
        }
    }
    Ok(each)
}

fn requests(pod: &Pod) -> Result<Amounts, PortError> {
    effective(pod, |container| {
        container.resources.as_ref()?.requests.as_ref()
    })
}

fn limits(pod: &Pod) -> Result<Amounts, PortError> {
    effective(pod, |container| {
        container.resources.as_ref()?.limits.as_ref()
    })
}

/// What a pod asks for: all its containers together, or more where one that runs
/// before them does.
fn effective(
    pod: &Pod,
    asked: fn(&Container) -> Option<&BTreeMap<String, Quantity>>,
) -> Result<Amounts, PortError> {
    let Some(spec) = &pod.spec else {
        return Ok(Amounts::new());
    };
    let mut sum = Amounts::new();
    let beside = |container: &&Container| container.restart_policy.as_deref() == Some("Always");
    let before = spec.init_containers.iter().flatten();
    let together = spec.containers.iter().chain(before.clone().filter(beside));
    for (resource, amount) in together.filter_map(asked).flatten() {
        *sum.entry(resource.clone()).or_default() += thousandths(amount)?;
    }
    for (resource, amount) in before.filter_map(asked).flatten() {
        let most = sum.entry(resource.clone()).or_default();
        *most = (*most).max(thousandths(amount)?);
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value).expect("an object")
    }

    #[test]
    fn a_pod_counts_with_its_containers_and_its_volumes() {
        let pod: Pod = read(json!({ "spec": {
            "initContainers": [{ "name": "init", "resources": { "requests": { "cpu": "2", "memory": "16Mi" } } }],
            "containers": [
                { "name": "openbao", "resources": {
                    "requests": { "cpu": "500m", "memory": "256Mi" }, "limits": { "memory": "1Gi" } } },
                { "name": "agent", "resources": { "requests": { "cpu": "100m" } } },
            ],
        } }));
        let claim: PersistentVolumeClaim = read(json!({ "spec": {
            "storageClassName": "fast", "resources": { "requests": { "storage": "10Gi" } } } }));
        let each = each(&pod, &[&claim]).expect("amounts");
        let mib = 1_048_576_000;
        for (resource, expected) in [
            ("pods", 1000),
            ("requests.cpu", 2000),
            ("cpu", 2000),
            ("requests.memory", 256 * mib),
            ("limits.memory", 1024 * mib),
            ("persistentvolumeclaims", 1000),
            ("requests.storage", 10_240 * mib),
            (
                "fast.storageclass.storage.k8s.io/requests.storage",
                10_240 * mib,
            ),
        ] {
            assert_eq!(each.get(resource), Some(&expected), "{resource}");
        }
        assert_eq!(each.get("limits.cpu"), None);
    }

    #[test]
    fn a_quota_leaves_what_is_not_used() {
        let found: ResourceQuota = read(json!({
            "metadata": { "name": "compute" },
            "spec": { "scopes": ["NotTerminating"] },
            "status": { "hard": { "requests.cpu": "4", "pods": "5" }, "used": { "requests.cpu": "3500m" } },
        }));
        let quota = quota(&found).expect("a quota");
        assert!(quota.scoped);
        let left: Vec<(&str, i64)> = quota
            .limits
            .iter()
            .map(|limit| (limit.resource.as_str(), limit.left))
            .collect();
        assert_eq!(left, [("pods", 5000), ("requests.cpu", 500)]);
        let odd: ResourceQuota = read(json!({ "status": { "hard": { "pods": "many" } } }));
        assert!(super::quota(&odd).is_err());
    }
}
