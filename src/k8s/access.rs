//! What the caller may do and is given: access reviews, the own name, login
//! tokens, the CA, the configuration.

use futures::{StreamExt, stream};
use http::Request;
use http_body_util::BodyExt;
use jiff::{Timestamp, fmt::rfc2822};
use k8s_openapi::api::{
    authentication::v1::SelfSubjectReview,
    authorization::v1::SelfSubjectAccessReview,
    core::v1::{ConfigMap, ServiceAccount},
};
use kube::{Api, Client, ResourceExt, api::ListParams, core::DynamicObject};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    adapter::Kube,
    errors::{clean, port_error},
    names::{self, core_path},
    wire,
};
use crate::{
    model::{cluster::Cluster, fact::Fact, legible::legible, survey::Permission},
    ports::{Clock, PortError, WriteMode},
};

/// Access reviews in flight at a time.
const REVIEWS: usize = 8;
/// How long a login token of Kubernetes is good for; 600 s is the least the API
/// server grants.
const TOKEN_SECONDS: u32 = 600;

/// Asks for each permission, in order. One without a namespace is asked for in
/// the run's; an empty namespace means cluster-wide.
pub(super) async fn review(
    client: &Client,
    namespace: &str,
    permissions: &[Permission],
) -> Vec<(Permission, Fact<bool>)> {
    stream::iter(permissions.iter().cloned())
        .map(|permission| async move {
            let allowed = allowed(client, namespace, &permission).await;
            (permission, Fact::from(allowed))
        })
        .buffered(REVIEWS)
        .collect()
        .await
}

async fn allowed(
    client: &Client,
    namespace: &str,
    permission: &Permission,
) -> Result<bool, PortError> {
    let (resource, subresource) = match permission.resource.split_once('/') {
        Some((resource, subresource)) => (resource, Some(subresource)),
        None => (permission.resource.as_str(), None),
    };
    let body = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {
            "resourceAttributes": {
                "group": permission.group,
                "resource": resource,
                "subresource": subresource,
                "verb": permission.verb,
                "name": permission.name,
                "namespace": permission.namespace.as_deref().unwrap_or(namespace),
            },
        },
    });
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    let review: SelfSubjectAccessReview =
        wire::create(client, "access review", path, &body, WriteMode::Real).await?;
    Ok(review.status.is_some_and(|status| status.allowed))
}

/// The API server's version, and its clock minus `now` in seconds, from one
/// answer.
pub(super) async fn server(
    client: &Client,
    now: Timestamp,
) -> Result<(String, Fact<i64>), PortError> {
    #[derive(Deserialize)]
    struct Info {
        major: String,
        minor: String,
    }
    let what = "the server's version";
    let request = Request::get("/version")
        .body(kube::client::Body::empty())
        .map_err(|error| port_error(what, kube::Error::HttpError(error)))?;
    let answer = client
        .send(request)
        .await
        .map_err(|error| port_error(what, error))?;
    let skew = answer
        .headers()
        .get(http::header::DATE)
        .and_then(|date| {
            rfc2822::DateTimeParser::new()
                .parse_timestamp(date.as_bytes())
                .ok()
        })
        .map_or_else(
            || Fact::Unknown("the answer has no date".to_owned()),
            |date| Fact::Known(date.as_second() - now.as_second()),
        );
    let status = answer.status();
    let bytes = answer
        .into_body()
        .collect()
        .await
        .map_err(|error| port_error(what, error))?
        .to_bytes();
    let info: Info = serde_json::from_slice(&bytes)
        .map_err(|_| PortError::Other(format!("{what}: status {status} without a version")))?;
    Ok((clean(&format!("{}.{}", info.major, info.minor)), skew))
}

/// The user's name as the API server knows it, fit for the holder of a lock:
/// holders are `/`-separated.
///
/// # Errors
///
/// No answer, or an API server without that review.
pub async fn user(client: &Client) -> Result<String, PortError> {
    let body = json!({
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "SelfSubjectReview",
    });
    let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    let review: SelfSubjectReview =
        wire::create(client, "self review", path, &body, WriteMode::Real).await?;
    let name = review
        .status
        .and_then(|status| status.user_info)
        .and_then(|user| user.username)
        .unwrap_or_default();
    let fit: String = name
        .chars()
        .take(128)
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() => c,
            '.' | '_' | '@' | ':' | '-' => c,
            _ => '-',
        })
        .collect();
    Ok(if fit.is_empty() {
        "unknown".to_owned()
    } else {
        fit
    })
}

/// Whether the API server knows the kind `OpenBaoCluster`: an answer of 404 may
/// mean the object or its kind.
///
/// # Errors
///
/// No answer, or no permission.
pub async fn serves_clusters(client: &Client) -> Result<bool, PortError> {
    let resource = names::resource();
    match client.list_api_group_resources(&resource.api_version).await {
        Ok(list) => Ok(list
            .resources
            .iter()
            .any(|kind| kind.name == resource.plural)),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(false),
        Err(error) => Err(port_error("the kinds of openbao.org", error)),
    }
}

/// Names of the `OpenBaoCluster`s in a namespace, for when none was given.
///
/// # Errors
///
/// No answer, no permission, or no such kind.
pub async fn clusters(client: &Client, namespace: &str) -> Result<Vec<String>, PortError> {
    let api: Api<DynamicObject> =
        Api::namespaced_with(client.clone(), namespace, &names::resource());
    let list = api
        .list(&ListParams::default())
        .await
        .map_err(|error| port_error("openbaoclusters", error))?;
    let mut found: Vec<String> = list
        .items
        .iter()
        .map(|object| legible(&object.name_any(), 253))
        .collect();
    found.sort();
    Ok(found)
}

impl<C: Clock + 'static> Kube<C> {
    /// A token of the operator's upgrade ServiceAccount for this audience. The
    /// account is made when the operator has not needed it yet
    /// (`contracts/operator-live.md` 2); the admission lock does not cover it.
    ///
    /// # Errors
    ///
    /// What the API server says; no token is ever part of it.
    pub async fn login_token(&self, audience: &str) -> Result<SecretString, PortError> {
        #[derive(Deserialize)]
        struct Answer<'a> {
            #[serde(borrow)]
            status: Status<'a>,
        }
        #[derive(Deserialize)]
        struct Status<'a> {
            token: &'a str,
        }
        self.ensure_upgrade_account().await?;
        let account = names::upgrade_account(&self.reference);
        let what = format!("token for serviceaccount {account}");
        let body = json!({
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": { "audiences": [audience], "expirationSeconds": TOKEN_SECONDS },
        });
        let path = core_path(&self.reference.namespace, "serviceaccounts", &account);
        let request = Request::post(format!("{path}/token"))
            .header(http::header::ACCEPT, "application/json")
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(body.to_string().into_bytes())
            .map_err(|error| port_error(&what, kube::Error::HttpError(error)))?;
        let text = wire::secret_text(&self.own, &what, request).await?;
        // Without the parser's words, which may quote the text.
        serde_json::from_str::<Answer<'_>>(text.expose_secret())
            .map(|answer| SecretString::from(answer.status.token))
            .map_err(|_| PortError::Other(format!("{what}: the answer has no token")))
    }

    /// The cluster's CA certificates, PEM.
    ///
    /// # Errors
    ///
    /// What the API server says, or no such key.
    pub async fn ca_bundle(&self) -> Result<Vec<u8>, PortError> {
        let secret = format!("{}-tls-ca", self.reference.name);
        wire::secret_key(&self.own, &self.reference.namespace, &secret, "ca.crt").await
    }

    pub(super) async fn ensure_upgrade_account(&self) -> Result<(), PortError> {
        let namespace = &self.reference.namespace;
        let name = names::upgrade_account(&self.reference);
        let what = format!("serviceaccount {name}");
        let path = core_path(namespace, "serviceaccounts", &name);
        match wire::get::<ServiceAccount>(&self.own, &what, &path).await {
            Ok(None) if !self.may_create_account.get() => return Err(PortError::NotFound(what)),
            Ok(None) => {}
            // Who may not look may still be given a token.
            Ok(Some(_)) | Err(PortError::Forbidden(_)) => return Ok(()),
            Err(error) => return Err(error),
        }
        let body = json!({
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {
                "name": name,
                "namespace": namespace,
                "labels": names::labels(&self.reference),
            },
        });
        let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts");
        match wire::create::<Value>(&self.own, &what, &path, &body, WriteMode::Real).await {
            // The operator was quicker.
            Ok(_) | Err(PortError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn read_config(&self, cluster: &Cluster) -> Result<String, PortError> {
        let name = cluster.config_map();
        let what = format!("configmap {name}");
        let path = core_path(&self.reference.namespace, "configmaps", &name);
        wire::get::<ConfigMap>(&self.own, &what, &path)
            .await?
            .ok_or_else(|| PortError::NotFound(what.clone()))?
            .data
            .and_then(|mut data| data.remove("config.hcl"))
            .ok_or_else(|| PortError::NotFound(format!("key config.hcl of {what}")))
    }
}
