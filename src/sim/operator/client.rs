//! The operator's requests to the API server, under the names of its
//! controllers.

use http::{Method, Request};
use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use crate::sim::{
    kubernetes::{Caller, Handled, Key, Kubernetes},
    moment::Moment,
};

/// What came of its requests, for the oracle and for tests.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Applies refused because somebody else owns a field.
    pub(super) conflicts: u64,
    /// What it did to servers and pods since the last look.
    pub(super) deeds: Vec<String>,
}

/// Its client.
pub(super) struct Client<'a> {
    pub(super) kubernetes: &'a mut Kubernetes,
    pub(super) key: &'a Key,
    pub(super) now: Moment,
    pub(super) told: &'a mut Told,
}

/// Why a write was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) code: u16,
    pub(super) message: String,
}

/// How the status is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// A foreign owner of a field stops it.
    Asking,
    /// It takes what it wants.
    Forcing,
    /// It only asks whether it could.
    Trying,
}

const APPLY: &str = "application/apply-patch+yaml";
const MERGE: &str = "application/merge-patch+json";

impl Client<'_> {
    /// The resource as stored.
    pub(super) fn resource(&self) -> Option<&Value> {
        self.kubernetes.object(self.key)
    }

    /// Applies a part of the resource's status.
    pub(super) fn apply_status(
        &mut self,
        manager: &str,
        status: &Map<String, Value>,
        manner: Manner,
    ) -> Result<(), Refused> {
        let query = match manner {
            Manner::Asking => "",
            Manner::Forcing => "&force=true",
            Manner::Trying => "&dryRun=All",
        };
        let path = self.resource_path("/status");
        let body = json!({
            "apiVersion": "openbao.org/v1alpha1",
            "kind": "OpenBaoCluster",
            "metadata": { "name": self.key.name, "namespace": self.key.namespace },
            "status": status,
        });
        let path = format!("{path}?fieldManager={manager}{query}");
        let done = self.send(Method::PATCH, &path, APPLY, &body);
        if let Err(refused) = &done
            && manner == Manner::Asking
            && refused.code == 409
            && refused.message.contains("conflict")
        {
            self.told.conflicts += 1;
        }
        done
    }

    /// Merges into the resource's status as the operator's plain client does.
    pub(super) fn merge_status(&mut self, status: &Value) -> Result<(), Refused> {
        let path = format!("{}?fieldManager=manager", self.resource_path("/status"));
        self.send(Method::PATCH, &path, MERGE, &json!({ "status": status }))
    }

    /// Applies an object of its own, taking its fields from everybody.
    pub(super) fn apply(&mut self, path: &str, object: &Value) -> Result<(), Refused> {
        let path = format!("{path}?fieldManager=openbao-operator&force=true");
        self.send(Method::PATCH, &path, APPLY, object)
    }

    /// Merges into an object.
    pub(super) fn merge(&mut self, path: &str, body: &Value) -> Result<(), Refused> {
        let path = format!("{path}?fieldManager=manager");
        self.send(Method::PATCH, &path, MERGE, body)
    }

    /// Creates an object.
    pub(super) fn create(&mut self, path: &str, object: &Value) -> Result<(), Refused> {
        let path = format!("{path}?fieldManager=manager");
        self.send(Method::POST, &path, "application/json", object)
    }

    /// Deletes an object.
    pub(super) fn delete(&mut self, path: &str) -> Result<(), Refused> {
        self.send(Method::DELETE, path, "application/json", &json!({}))
    }

    /// The path of a StatefulSet.
    pub(super) fn set_path(&self, name: &str) -> String {
        format!(
            "/apis/apps/v1/namespaces/{}/statefulsets/{name}",
            self.key.namespace
        )
    }

    fn resource_path(&self, sub: &str) -> String {
        let (namespace, name) = (&self.key.namespace, &self.key.name);
        format!("/apis/openbao.org/v1alpha1/namespaces/{namespace}/openbaoclusters/{name}{sub}")
    }

    fn send(
        &mut self,
        method: Method,
        path: &str,
        kind: &str,
        body: &Value,
    ) -> Result<(), Refused> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", kind)
            .body(Bytes::from(body.to_string()))
            .map_err(|error| Refused {
                code: 400,
                message: error.to_string(),
            })?;
        match self
            .kubernetes
            .handle(&request, &Caller::operator(), self.now)
        {
            Handled::Whole(response) if !response.status().is_success() => {
                let status: Value = serde_json::from_slice(response.body()).unwrap_or_default();
                Err(Refused {
                    code: response.status().as_u16(),
                    message: status["message"].as_str().unwrap_or_default().to_owned(),
                })
            }
            _ => Ok(()),
        }
    }
}
