//! The port `Leases`: the Lease `baoctl-<cluster>`.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::{
    api::coordination::v1::{Lease as Stored, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
};
use serde_json::json;

use super::{adapter::Kube, wire};
use crate::{
    model::{legible::legible, names::ResourceVersion},
    ports::{Clock, Lease, Leases, PortError, WriteMode},
};

fn read(stored: &Stored) -> Result<Lease, PortError> {
    let spec = stored.spec.as_ref();
    Ok(Lease {
        // Released leases of other clients hold an empty name.
        holder: spec
            .and_then(|spec| spec.holder_identity.as_deref())
            .filter(|holder| !holder.is_empty())
            .map(|holder| legible(holder, 400)),
        renewed_at: spec.and_then(|spec| spec.renew_time.as_ref().map(|time| time.0)),
        duration: spec
            .and_then(|spec| spec.lease_duration_seconds)
            .and_then(|seconds| u64::try_from(seconds).ok())
            .map_or(Duration::ZERO, Duration::from_secs),
        resource_version: ResourceVersion(
            stored
                .metadata
                .resource_version
                .clone()
                .ok_or_else(|| PortError::Other("the lease has no resourceVersion".to_owned()))?,
        ),
    })
}

impl<C: Clock + 'static> Kube<C> {
    fn lease_name(&self) -> String {
        format!("baoctl-{}", self.reference.name)
    }

    fn leases_path(&self) -> String {
        let namespace = &self.reference.namespace;
        format!("/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases")
    }
}

impl<C: Clock + 'static> Leases for Kube<C> {
    async fn lease(&self) -> Result<Option<Lease>, PortError> {
        let name = self.lease_name();
        let path = format!("{}/{name}", self.leases_path());
        let stored = wire::get::<Stored>(&self.own, &format!("lease {name}"), &path).await?;
        stored.as_ref().map(read).transpose()
    }

    async fn write_lease(
        &self,
        current: Option<&Lease>,
        holder: Option<&str>,
        duration: Duration,
        now: Timestamp,
        mode: WriteMode,
    ) -> Result<Lease, PortError> {
        let name = self.lease_name();
        let what = format!("lease {name}");
        let spec = LeaseSpec {
            holder_identity: holder.map(str::to_owned),
            // At least 1, or the server refuses it.
            lease_duration_seconds: Some(
                i32::try_from(duration.as_secs().max(1)).unwrap_or(i32::MAX),
            ),
            renew_time: Some(MicroTime(now)),
            ..LeaseSpec::default()
        };
        let mut body = json!({
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {
                "name": name,
                "namespace": self.reference.namespace,
                "labels": { "app.kubernetes.io/managed-by": "baoctl" },
            },
            "spec": spec,
        });
        let stored: Stored = match current {
            Some(current) => {
                body["metadata"]["resourceVersion"] = json!(current.resource_version.0);
                let path = format!("{}/{name}", self.leases_path());
                wire::replace(&self.own, &what, &path, &body, mode).await?
            }
            None => wire::create(&self.own, &what, &self.leases_path(), &body, mode).await?,
        };
        // A dry run of a creation stores nothing, and says so by having no
        // version.
        let mut stored = stored;
        if mode == WriteMode::DryRun {
            stored
                .metadata
                .resource_version
                .get_or_insert_with(String::new);
        }
        read(&stored)
    }
}
