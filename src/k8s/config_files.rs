//! ConfigMaps with a server configuration, read into the model.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;

use super::{
    adapter::Kube,
    fields::LONGEST,
    names::{MAINTENANCE, core_path},
    wire,
};
use crate::{
    model::{cluster::Cluster, config_file::ConfigFile, legible::legible, names::ResourceVersion},
    ports::{Clock, PortError},
};

/// The key of the configuration.
pub(super) const CONFIG: &str = "config.hcl";

impl<C: Clock + 'static> Kube<C> {
    /// The configuration in a ConfigMap of the cluster's.
    pub(super) async fn config_file(
        &self,
        cluster: &Cluster,
        name: &str,
    ) -> Result<Option<ConfigFile>, PortError> {
        let what = format!("configmap {name}");
        let path = core_path(&self.reference.namespace, "configmaps", name);
        let Some(found) = wire::get::<ConfigMap>(&self.own, &what, &path).await? else {
            return Ok(None);
        };
        self.is_ours(&found, &what, cluster)?;
        let missing = |field: &str| PortError::Other(format!("{what} has no {field}"));
        let (uid, version) = (found.uid(), found.resource_version());
        Ok(Some(ConfigFile {
            name: name.to_owned(),
            uid: legible(&uid.ok_or_else(|| missing("uid"))?, LONGEST),
            resource_version: ResourceVersion(legible(
                &version.ok_or_else(|| missing("resourceVersion"))?,
                LONGEST,
            )),
            maintenance: found
                .annotations()
                .get(MAINTENANCE)
                .is_some_and(|value| value == "true"),
            text: found
                .data
                .and_then(|mut data| data.remove(CONFIG))
                .ok_or_else(|| missing(CONFIG))?,
        }))
    }
}
