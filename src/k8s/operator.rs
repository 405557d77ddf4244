//! The operator's own account, named by its admission policy, and the settings of
//! what runs as that account.

use std::{fmt, str::FromStr};

use k8s_openapi::api::{apps::v1::Deployment, core::v1::PodSpec};
use kube::{Api, Client, api::ListParams};
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

/// Finds the account in the text of the operator's admission policy, which only
/// the cluster's administrators write. A Deployment proves nothing: whoever may
/// create one anywhere can give it the operator's labels.
///
/// # Errors
///
/// The policies may not be read, or none names an account.
pub async fn find_operator(client: &Client) -> Result<OperatorAccount, PortError> {
    let path = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    let policies = wire::get::<Value>(client, "validatingadmissionpolicies", path).await?;
    policies
        .iter()
        .filter_map(|list| list["items"].as_array())
        .flatten()
        .filter(|policy| policy["metadata"]["name"].as_str().is_some_and(is_the_lock))
        .find_map(|policy| account_in(&policy["spec"].to_string()))
        .ok_or_else(|| PortError::NotFound("the operator's admission policy".to_owned()))
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

/// The executor image the operator would use by default
/// (`contracts/operator.md` 4.3): as its own Deployments say, those that run as
/// its account in that account's namespace. The executor runs with the upgrade
/// account, so nobody else's word counts.
pub(super) async fn executor_image(
    client: &Client,
    named: Option<&OperatorAccount>,
) -> Result<String, PortError> {
    let account = match named {
        Some(account) => account.clone(),
        None => match find_operator(client).await {
            Ok(account) => account,
            Err(PortError::Forbidden(_) | PortError::NotFound(_)) => {
                return Err(unnamed("no admission policy names the operator's account"));
            }
            Err(error) => return Err(error),
        },
    };
    let api: Api<Deployment> = Api::namespaced(client.clone(), &account.namespace);
    let deployments = match api.list(&ListParams::default()).await {
        Ok(list) => list.items,
        Err(error) => {
            return Err(match port_error("deployments", error) {
                PortError::Forbidden(_) => {
                    unnamed(&format!("the Deployments of {account} may not be listed"))
                }
                error => error,
            });
        }
    };
    let mut images: Vec<String> = deployments
        .into_iter()
        .filter_map(|deployment| deployment.spec?.template.spec)
        .filter(|pod| pod.service_account_name.as_deref() == Some(account.name.as_str()))
        .filter_map(|pod| image_in(&pod))
        .collect();
    images.sort();
    images.dedup();
    match images.as_slice() {
        [image] => Ok(image.clone()),
        [] => Err(unnamed(&format!(
            "no Deployment that runs as {account} says its version"
        ))),
        _ => Err(unnamed(&format!(
            "the Deployments that run as {account} differ: {}",
            images.join(", ")
        ))),
    }
}

fn unnamed(why: &str) -> PortError {
    PortError::Invalid(format!(
        "no executor image: the resource names none, and {why}; set spec.upgrade.image, or name the \
         operator's account with --as-operator=NAMESPACE/NAME"
    ))
}

fn image_in(pod: &PodSpec) -> Option<String> {
    let value = |name: &str| {
        pod.containers
            .iter()
            .filter_map(|container| container.env.as_ref())
            .flatten()
            .find(|var| var.name == name)
            .and_then(|var| var.value.clone())
            .filter(|value| !value.is_empty())
    };
    let repository = value("OPERATOR_UPGRADE_IMAGE_REPOSITORY")
        .unwrap_or_else(|| "ghcr.io/dc-tec/openbao-upgrade".to_owned());
    Some(format!("{repository}:{}", value("OPERATOR_VERSION")?))
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
