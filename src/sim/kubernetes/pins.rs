//! A policy of the cluster's own that pins images at admission, as Kyverno's
//! `mutateDigest` does (kyverno#3531).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{kind::Kind, pod_status::digest};

/// Where it adds the digest to an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pins {
    /// In the templates of StatefulSets, and so in their pods.
    Templates,
    /// In pods alone: their templates stay as they were written.
    Pods,
}

impl Pins {
    /// What is stored of what was written.
    pub(super) fn admit(self, kind: Kind, object: &mut Value) {
        let containers = match (self, kind) {
            (Self::Templates, Kind::StatefulSet) => "/spec/template/spec/containers",
            (Self::Pods, Kind::Pod) => "/spec/containers",
            _ => return,
        };
        let containers = object.pointer_mut(containers).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            if let Some(image) = container["image"].as_str().filter(|it| !it.contains('@')) {
                container["image"] = json!(format!("{image}@sha256:{}", digest(image)));
            }
        }
    }
}
