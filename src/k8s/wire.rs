//! One conditional write or one read as an HTTP request.
//!
//! Patches are built here and not with `kube::Api`: JSON patches would need
//! another dependency, and kube 5's `Api::evict` sends its options under the
//! name `delete_options`, which the API server ignores, UID precondition
//! included.

use std::collections::BTreeMap;

use http::Request;
use k8s_openapi::ByteString;
use kube::{Client, core::DynamicObject};
use secrecy::{ExposeSecret, SecretString};
use serde::{
    Deserialize,
    de::{DeserializeOwned, value::BorrowedStrDeserializer},
};
use serde_json::{Value, json};

use super::errors::port_error;
use crate::ports::{PortError, WriteMode};

/// The name baoctl's own writes carry in managedFields.
pub(super) const MANAGER: &str = "baoctl";

/// How a patch is meant.
#[derive(Clone, Copy)]
pub(super) enum Patch {
    /// JSON merge patch.
    Merge,
    /// Strategic merge patch: lists of built-in kinds merge by key.
    Strategic,
    /// JSON patch.
    Json,
    /// Forced server-side apply under this manager's name.
    Apply(&'static str),
}

impl Patch {
    const fn content_type(self) -> &'static str {
        match self {
            Self::Merge => "application/merge-patch+json",
            Self::Strategic => "application/strategic-merge-patch+json",
            Self::Json => "application/json-patch+json",
            Self::Apply(_) => "application/apply-patch+yaml",
        }
    }
}

/// Patches the object at `path`.
pub(super) async fn patch<T: DeserializeOwned>(
    client: &Client,
    what: &str,
    path: &str,
    kind: Patch,
    body: &Value,
    mode: WriteMode,
) -> Result<T, PortError> {
    let mut query = match kind {
        Patch::Apply(manager) => format!("fieldManager={manager}&force=true"),
        _ => format!("fieldManager={MANAGER}"),
    };
    if mode == WriteMode::DryRun {
        query.push_str("&dryRun=All");
    }
    let request = Request::patch(format!("{path}?{query}"))
        .header(http::header::ACCEPT, "application/json")
        .header(http::header::CONTENT_TYPE, kind.content_type());
    send(client, what, request, body).await
}

/// Creates the object, or performs the subresource, at `path`.
pub(super) async fn create<T: DeserializeOwned>(
    client: &Client,
    what: &str,
    path: &str,
    body: &Value,
    mode: WriteMode,
) -> Result<T, PortError> {
    let request = Request::post(with_mode(path, mode))
        .header(http::header::ACCEPT, "application/json")
        .header(http::header::CONTENT_TYPE, "application/json");
    send(client, what, request, body).await
}

/// Replaces the object at `path`.
pub(super) async fn replace<T: DeserializeOwned>(
    client: &Client,
    what: &str,
    path: &str,
    body: &Value,
    mode: WriteMode,
) -> Result<T, PortError> {
    let request = Request::put(with_mode(path, mode))
        .header(http::header::ACCEPT, "application/json")
        .header(http::header::CONTENT_TYPE, "application/json");
    send(client, what, request, body).await
}

/// Deletes exactly this incarnation of the object at `path`.
pub(super) async fn delete(
    client: &Client,
    what: &str,
    path: &str,
    uid: &str,
    mode: WriteMode,
) -> Result<(), PortError> {
    let mut options = json!({
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "propagationPolicy": "Background",
        "preconditions": { "uid": uid },
    });
    if mode == WriteMode::DryRun {
        options["dryRun"] = json!(["All"]);
    }
    let request = Request::delete(path).header(http::header::CONTENT_TYPE, "application/json");
    send::<Value>(client, what, request, &options)
        .await
        .map(drop)
}

/// Evicts exactly this incarnation of a pod.
pub(super) async fn evict(
    client: &Client,
    namespace: &str,
    pod: &str,
    uid: &str,
    mode: WriteMode,
) -> Result<(), kube::Error> {
    let path = format!("/api/v1/namespaces/{namespace}/pods/{pod}/eviction");
    let body = json!({
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": { "name": pod, "namespace": namespace },
        "deleteOptions": { "preconditions": { "uid": uid } },
    });
    let request = Request::post(with_mode(&path, mode))
        .header(http::header::ACCEPT, "application/json")
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(body.to_string().into_bytes())
        .map_err(kube::Error::HttpError)?;
    client.request_text(request).await.map(drop)
}

/// The object at `path`, or `None` where there is none.
pub(super) async fn get<T: DeserializeOwned>(
    client: &Client,
    what: &str,
    path: &str,
) -> Result<Option<T>, PortError> {
    let request = Request::get(path)
        .header(http::header::ACCEPT, "application/json")
        .body(Vec::new())
        .map_err(|error| port_error(what, kube::Error::HttpError(error)))?;
    match client.request(request).await {
        Ok(object) => Ok(Some(object)),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(None),
        Err(error) => Err(port_error(what, error)),
    }
}

/// One key of a Secret. The answer is parsed here, because kube logs what it
/// cannot parse and the other keys of the same Secret are none of our business.
pub(super) async fn secret_key(
    client: &Client,
    namespace: &str,
    secret: &str,
    key: &str,
) -> Result<Vec<u8>, PortError> {
    // Borrowed, so that the other keys are never copied out of the wiped text.
    #[derive(Deserialize)]
    struct Data<'a> {
        #[serde(borrow, default)]
        data: BTreeMap<&'a str, &'a str>,
    }
    let what = format!("secret {secret}");
    let request = Request::get(format!("/api/v1/namespaces/{namespace}/secrets/{secret}"))
        .header(http::header::ACCEPT, "application/json")
        .body(Vec::new())
        .map_err(|error| port_error(&what, kube::Error::HttpError(error)))?;
    let text = secret_text(client, &what, request).await?;
    let object: Data<'_> = serde_json::from_str(text.expose_secret())
        .map_err(|_| PortError::Other(format!("{what}: the answer is not a Secret")))?;
    let encoded = object
        .data
        .get(key)
        .ok_or_else(|| PortError::NotFound(format!("key {key} of {what}")))?;
    ByteString::deserialize(BorrowedStrDeserializer::<serde_json::Error>::new(encoded))
        .map(|bytes| bytes.0)
        .map_err(|_| PortError::Other(format!("{what}: {key} is not base64")))
}

/// The body of an answer that holds a secret, wiped when dropped.
pub(super) async fn secret_text(
    client: &Client,
    what: &str,
    request: Request<Vec<u8>>,
) -> Result<SecretString, PortError> {
    client
        .request_text(request)
        .await
        .map(SecretString::from)
        .map_err(|error| port_error(what, error))
}

/// A resourceVersion as a number. They are opaque by contract and etcd
/// revisions in fact; where they are not, nothing is compared.
pub(super) fn revision(version: Option<&str>) -> Option<u64> {
    version?.parse().ok()
}

/// The version of an object, which every stored object has.
pub(super) fn version_of(object: &DynamicObject) -> &str {
    let version = object.metadata.resource_version.as_deref();
    version.unwrap_or_default()
}

fn with_mode(path: &str, mode: WriteMode) -> String {
    match mode {
        WriteMode::Real => format!("{path}?fieldManager={MANAGER}"),
        WriteMode::DryRun => format!("{path}?fieldManager={MANAGER}&dryRun=All"),
    }
}

async fn send<T: DeserializeOwned>(
    client: &Client,
    what: &str,
    request: http::request::Builder,
    body: &Value,
) -> Result<T, PortError> {
    let request = request
        .body(body.to_string().into_bytes())
        .map_err(|error| port_error(what, kube::Error::HttpError(error)))?;
    client
        .request(request)
        .await
        .map_err(|error| port_error(what, error))
}
