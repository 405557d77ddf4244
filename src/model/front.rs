//! Whom the public Service leads to.

use serde::{Deserialize, Serialize};

use super::{
    names::{PodRef, ResourceVersion},
    revision::Revision,
    workload::Pod,
};

/// The public Service with the endpoints behind it, in one view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Front {
    /// The Service's name.
    pub name: String,
    /// Its resourceVersion in this view.
    pub resource_version: ResourceVersion,
    /// The revision in its selector; `None` when it selects every pod of the
    /// cluster.
    pub revision: Option<Revision>,
    /// The annotation `openbao.org/maintenance` is `"true"`.
    pub maintenance: bool,
    /// The pods its EndpointSlices hold, each once. They follow the selector
    /// with a delay (0.35-0.5 s, `contracts/operator-live.md` 8.2).
    pub endpoints: Vec<Endpoint>,
}

/// A pod behind the Service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// The pod.
    pub pod: PodRef,
    /// Whether traffic is sent there.
    pub ready: bool,
}

impl Front {
    /// Whether traffic goes to all of these pods and to no other.
    #[must_use]
    pub fn leads_exactly_to(&self, pods: &[Pod]) -> bool {
        let known = |pod: &PodRef| pods.iter().any(|known| known.pod == *pod);
        self.leads_to_all(pods) && self.endpoints.iter().all(|endpoint| known(&endpoint.pod))
    }

    fn leads_to_all(&self, pods: &[Pod]) -> bool {
        let mut pods = pods.iter();
        !self.endpoints.is_empty()
            && pods.all(|pod| {
                let mut endpoints = self.endpoints.iter();
                endpoints.any(|endpoint| endpoint.ready && endpoint.pod == pod.pod)
            })
    }
}
