//! The operator's own account and settings, read off its Deployment or its
//! admission policy.

use std::{fmt, str::FromStr};

use k8s_openapi::api::{apps::v1::Deployment, core::v1::EnvVar};
use kube::{Api, Client, ResourceExt, api::ListParams};
use serde_json::Value;

use super::{errors::port_error, names::is_name, wire};
use crate::ports::PortError;

/// The ServiceAccount the operator runs as: the only one its admission lock
/// lets write StatefulSets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorAccount {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl OperatorAccount {
    /// The user name to impersonate.
    #[must_use]
    pub fn user(&self) -> String {
        format!("system:serviceaccount:{}:{}", self.namespace, self.name)
    }

    /// The groups that go with it: impersonation brings none by itself.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        vec![
            "system:serviceaccounts".to_owned(),
            format!("system:serviceaccounts:{}", self.namespace),
            "system:authenticated".to_owned(),
        ]
    }
}

impl fmt::Display for OperatorAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

impl FromStr for OperatorAccount {
    type Err = String;

    /// `NAMESPACE/NAME`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('/') {
            Some((namespace, name)) if is_name(namespace) && is_name(name) => Ok(Self {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(format!("{text:?} is not of the form NAMESPACE/NAME")),
        }
    }
}

/// The name of the controller's Deployment in the published manifests.
const CONTROLLER: &str = "openbao-operator-controller";

/// Finds the account from the operator's Deployment and, where those may not be
/// listed or there is none, from the text of its admission policy.
///
/// # Errors
///
/// Neither may be read, or neither names an account.
pub async fn find_operator(client: &Client) -> Result<OperatorAccount, PortError> {
    match deployment(client).await {
        Ok(Some(deployment)) => {
            let name = deployment
                .spec
                .as_ref()
                .and_then(|spec| spec.template.spec.as_ref())
                .and_then(|pod| pod.service_account_name.clone())
                .unwrap_or_else(|| "default".to_owned());
            let namespace = deployment.namespace().unwrap_or_default();
            // They become the name of a user to impersonate.
            return if is_name(&namespace) && is_name(&name) {
                Ok(OperatorAccount { namespace, name })
            } else {
                Err(PortError::Other(
                    "the operator's Deployment names no valid ServiceAccount".to_owned(),
                ))
            };
        }
        Ok(None) | Err(PortError::Forbidden(_)) => {}
        Err(error) => return Err(error),
    }
    let path = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    let policies = wire::get::<Value>(client, "validatingadmissionpolicies", path).await?;
    policies
        .iter()
        .filter_map(|list| list["items"].as_array())
        .flatten()
        .filter(|policy| policy["metadata"]["name"].as_str().is_some_and(is_the_lock))
        .find_map(|policy| account_in(&policy["spec"].to_string()))
        .ok_or_else(|| {
            PortError::NotFound("the operator's Deployment or its admission policy".to_owned())
        })
}

/// Charts put a release's name around the policy's.
fn is_the_lock(name: &str) -> bool {
    name.contains("lock-managed-resource") || name.contains("lock-controller-statefulset")
}

/// The first ServiceAccount a policy names that is none of Kubernetes' own.
fn account_in(text: &str) -> Option<OperatorAccount> {
    text.split("system:serviceaccount:")
        .skip(1)
        .filter_map(|rest| {
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || "-.:".contains(c)))
                .unwrap_or(rest.len());
            let (namespace, name) = rest[..end].split_once(':')?;
            (is_name(namespace) && is_name(name)).then(|| OperatorAccount {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
            })
        })
        .find(|account| !matches!(account.namespace.as_str(), "kube-system" | "cert-manager"))
}

async fn deployment(client: &Client) -> Result<Option<Deployment>, PortError> {
    let api: Api<Deployment> = Api::all(client.clone());
    let labelled = ListParams::default().labels("app.kubernetes.io/name=openbao-operator");
    let mut found = list(&api, &labelled).await?;
    if found.is_empty() {
        let named = ListParams::default().fields(&format!("metadata.name={CONTROLLER}"));
        found = list(&api, &named).await?;
    }
    // The provisioner carries the same label and may write nothing here.
    found.sort_by_key(|deployment| {
        let name = deployment.name_any();
        (name != CONTROLLER, !name.contains("controller"), name)
    });
    Ok(found.into_iter().next())
}

async fn list(api: &Api<Deployment>, params: &ListParams) -> Result<Vec<Deployment>, PortError> {
    api.list(params)
        .await
        .map(|list| list.items)
        .map_err(|error| port_error("deployments", error))
}

/// The executor image the operator would use by default
/// (`contracts/operator.md` 4.3).
pub(super) async fn executor_image(client: &Client) -> Result<String, PortError> {
    let advice = || {
        PortError::Invalid(
            "no executor image: the resource names none and the operator's Deployment says no \
             version; set spec.upgrade.image"
                .to_owned(),
        )
    };
    let deployment = match deployment(client).await {
        Ok(found) => found.ok_or_else(advice)?,
        Err(PortError::Forbidden(_)) => return Err(advice()),
        Err(error) => return Err(error),
    };
    let env: Vec<EnvVar> = deployment
        .spec
        .and_then(|spec| spec.template.spec)
        .map(|pod| {
            pod.containers
                .into_iter()
                .filter_map(|c| c.env)
                .flatten()
                .collect()
        })
        .unwrap_or_default();
    let value = |name: &str| {
        env.iter()
            .find(|var| var.name == name)
            .and_then(|var| var.value.clone())
            .filter(|value| !value.is_empty())
    };
    let repository = value("OPERATOR_UPGRADE_IMAGE_REPOSITORY")
        .unwrap_or_else(|| "ghcr.io/dc-tec/openbao-upgrade".to_owned());
    let version = value("OPERATOR_VERSION").ok_or_else(advice)?;
    Ok(format!("{repository}:{version}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_found_in_the_policy_among_kubernetes_own() {
        let text = r#"request.userInfo.username == "system:serviceaccount:kube-system:job-controller" ||
            request.userInfo.username == "system:serviceaccount:openbao-operator-system:openbao-operator-controller""#;
        let account = account_in(text).expect("an account");
        assert_eq!(
            account.to_string(),
            "openbao-operator-system/openbao-operator-controller"
        );
        assert_eq!(
            account.user(),
            "system:serviceaccount:openbao-operator-system:openbao-operator-controller"
        );
    }

    #[test]
    fn an_account_is_given_as_namespace_and_name() {
        assert!("a/b".parse::<OperatorAccount>().is_ok());
        for wrong in ["a", "a/", "/b", "a/b/c", "a/B"] {
            assert!(wrong.parse::<OperatorAccount>().is_err(), "{wrong}");
        }
    }
}
