//! What belongs to the colours beside their StatefulSets.

use serde::{Deserialize, Serialize};

use super::{
    names::{PodName, ResourceVersion},
    revision::Revision,
};

/// One view of it, during a blue/green run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColourParts {
    /// The public Service; `None` where the cluster has none.
    pub service: Option<PublicService>,
    /// The ConfigMap with the self-init content is there and not empty: a pod
    /// of green's that finds it may found a cluster of its own
    /// (`contracts/operator-live.md` 8.4.2).
    pub self_init: bool,
    /// Green's ConfigMap is there.
    pub green_config: bool,
    /// Blue's ConfigMap is there.
    pub blue_config: bool,
    /// Green's volumes, by name.
    pub green_volumes: Vec<String>,
    /// Blue's volumes, by name.
    pub blue_volumes: Vec<String>,
}

/// Where the public Service sends clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicService {
    /// The revision its selector names; `None` when it names none.
    pub revision: Option<Revision>,
    /// Its resourceVersion in this view.
    pub resource_version: ResourceVersion,
    /// The pods that its EndpointSlices call ready.
    pub endpoints: Vec<PodName>,
}
