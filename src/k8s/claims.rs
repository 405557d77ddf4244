//! The claims of the volumes that pods mount.

use std::{collections::BTreeMap, rc::Rc};

use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use kube::ResourceExt;

use super::{adapter::Kube, errors::clean};
use crate::{
    model::{
        claim::{FoundClaim, MountedClaim},
        names::PodName,
    },
    ports::{Clock, Freshness, PortError},
};

impl<C: Clock + 'static> Kube<C> {
    /// Those of these pods, as they stand now.
    pub(super) async fn read_claims(
        &self,
        pods: &[PodName],
    ) -> Result<Vec<MountedClaim>, PortError> {
        let all = self.pods(Freshness::Fresh).await?;
        let what = "persistentvolumeclaims";
        let (claims, _) = self.list::<PersistentVolumeClaim>(what, "").await?;
        Ok(mounted(pods, &all, &claims))
    }
}

fn mounted(
    names: &[PodName],
    pods: &[Rc<Pod>],
    claims: &[Rc<PersistentVolumeClaim>],
) -> Vec<MountedClaim> {
    let found: BTreeMap<String, FoundClaim> = claims
        .iter()
        .map(|claim| (claim.name_any(), found(claim)))
        .collect();
    let wanted = names.iter().filter_map(|name| {
        let mut pods = pods.iter();
        let pod = pods.find(|pod| pod.name_any() == name.as_str())?;
        Some((name, pod.spec.as_ref()?.volumes.as_ref()?))
    });
    wanted
        .flat_map(|(pod, volumes)| {
            let claims = volumes
                .iter()
                .filter_map(|volume| Some(&volume.persistent_volume_claim.as_ref()?.claim_name));
            claims.map(|name| MountedClaim {
                pod: pod.clone(),
                name: clean(name),
                found: found.get(name).cloned(),
            })
        })
        .collect()
}

fn found(claim: &PersistentVolumeClaim) -> FoundClaim {
    let phase = claim.status.as_ref().and_then(|it| it.phase.as_deref());
    FoundClaim {
        phase: clean(phase.unwrap_or_default()),
        terminating: claim.metadata.deletion_timestamp.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read<T: serde::de::DeserializeOwned>(value: Value) -> Rc<T> {
        Rc::new(serde_json::from_value(value).expect("an object"))
    }

    #[test]
    fn a_pod_s_claims_are_those_its_spec_names() {
        let pod = |name: &str, claim: &str| {
            read::<Pod>(json!({
                "metadata": { "name": name },
                "spec": {
                    "containers": [],
                    "volumes": [
                        { "name": "config", "configMap": { "name": "prod-config" } },
                        { "name": "data", "persistentVolumeClaim": { "claimName": claim } },
                    ],
                },
            }))
        };
        let claim = |name: &str, deleted: Option<&str>| {
            read::<PersistentVolumeClaim>(json!({
                "metadata": { "name": name, "deletionTimestamp": deleted },
                "status": { "phase": "Bound" },
            }))
        };
        let names = [PodName::of("prod", 0), PodName::of("prod", 1)];
        let pods = [
            pod("prod-0", "data-prod-0"),
            pod("prod-1", "data-prod-1"),
            pod("other-0", "data-other-0"),
        ];
        let claims = [
            claim("data-prod-0", Some("2026-11-18T10:00:00Z")),
            claim("data-other-0", None),
        ];
        let found = mounted(&names, &pods, &claims);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].name, "data-prod-0");
        assert!(
            found[0]
                .found
                .as_ref()
                .is_some_and(|it| it.terminating && it.phase == "Bound")
        );
        assert_eq!(
            (found[1].name.as_str(), &found[1].found),
            ("data-prod-1", &None)
        );
    }
}
