//! What belongs to the colours beside their StatefulSets.

use serde::{Deserialize, Serialize};

use super::{
    config_file::ConfigFile,
    front::Front,
    green::{self, Unlike},
    revision::Revision,
    volume::Volume,
};

/// One view of it, during a blue/green run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColourParts {
    /// The public Service; `None` where the cluster has none.
    pub front: Option<Front>,
    /// The self-init content; `None` where the cluster has none. A pod of
    /// green's that finds any may found a cluster of its own
    /// (`contracts/operator-live.md` 8.4.2).
    pub self_init: Option<ConfigFile>,
    /// Green's configuration.
    pub green_config: Option<ConfigFile>,
    /// Blue's configuration.
    pub blue_config: Option<ConfigFile>,
    /// Green's volumes.
    pub green_volumes: Vec<Volume>,
    /// Blue's volumes.
    pub blue_volumes: Vec<Volume>,
}

impl ColourParts {
    /// The text that green's configuration must have, made from blue's; `None`
    /// while that was not seen.
    ///
    /// # Errors
    ///
    /// Blue's configuration does not have the operator's form.
    #[must_use]
    pub fn green_text(&self, cluster: &str, blue: &Revision) -> Option<Result<String, Unlike>> {
        let config = self.blue_config.as_ref()?;
        Some(green::config(&config.text, cluster, blue))
    }

    /// Whether a pod that starts on an empty volume would found a cluster.
    #[must_use]
    pub fn founds(&self) -> bool {
        self.self_init
            .as_ref()
            .is_some_and(|file| !file.text.trim().is_empty())
    }
}
