//! Which generation of the `OpenBaoCluster` schema the cluster serves, found by
//! looking and never by a version (`contracts/operator-today.md` 4.1).

use kube::{Client, core::DynamicObject};
use serde_json::Value;

use super::wire;
use crate::ports::PortError;

/// The fields whose presence differs between generations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Schema {
    /// `status.upgrade.failure`.
    pub failure: bool,
    /// `status.upgrade.lastErrorReason` with its message and time.
    pub last_error: bool,
    /// `status.observedGeneration`.
    pub observed_generation: bool,
    /// `spec.upgrade.executorImage`, of old; today's name is `image`.
    pub executor_image: bool,
}

impl Schema {
    /// Reads the properties of an OpenAPI v3 schema of the kind.
    fn of(schema: &Value) -> Self {
        let has = |pointer: &str| schema.pointer(pointer).is_some();
        let upgrade = "/properties/status/properties/upgrade/properties";
        Self {
            failure: has(&format!("{upgrade}/failure")),
            last_error: has(&format!("{upgrade}/lastErrorReason")),
            observed_generation: has("/properties/status/properties/observedGeneration"),
            executor_image: has("/properties/spec/properties/upgrade/properties/executorImage"),
        }
    }

    /// Guesses from what one object holds. `lastErrorReason` is assumed: every
    /// generation read so far has it.
    fn guess(object: &DynamicObject) -> Self {
        let has = |pointer: &str| object.data.pointer(pointer).is_some();
        Self {
            failure: has("/status/upgrade/failure"),
            last_error: !has("/status/upgrade/failure") || has("/status/upgrade/lastErrorReason"),
            observed_generation: has("/status/observedGeneration"),
            executor_image: has("/spec/upgrade/executorImage"),
        }
    }

    /// Looks at the CRD; where that is forbidden, at the published OpenAPI
    /// document; where there is none, at the object.
    pub(super) async fn discover(
        client: &Client,
        object: &DynamicObject,
    ) -> Result<Self, PortError> {
        let crd =
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/openbaoclusters.openbao.org";
        match wire::get::<Value>(client, "the CRD openbaoclusters", crd).await {
            Ok(Some(crd)) => {
                if let Some(schema) = served_schema(&crd) {
                    return Ok(Self::of(schema));
                }
            }
            Ok(None) | Err(PortError::Forbidden(_)) => {}
            Err(error) => return Err(error),
        }
        let path = "/openapi/v3/apis/openbao.org/v1alpha1";
        match wire::get::<Value>(client, "the OpenAPI document", path).await {
            Ok(Some(document)) => {
                if let Some(schema) = published_schema(&document) {
                    return Ok(Self::of(schema));
                }
            }
            Ok(None) | Err(PortError::Forbidden(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(Self::guess(object))
    }
}

fn served_schema(crd: &Value) -> Option<&Value> {
    crd.pointer("/spec/versions")?
        .as_array()?
        .iter()
        .find(|version| version["name"] == "v1alpha1")?
        .pointer("/schema/openAPIV3Schema")
}

fn published_schema(document: &Value) -> Option<&Value> {
    document
        .pointer("/components/schemas")?
        .as_object()?
        .values()
        .find(|schema| {
            schema
                .pointer("/x-kubernetes-group-version-kind")
                .and_then(Value::as_array)
                .is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"] == "OpenBaoCluster"))
        })
}
