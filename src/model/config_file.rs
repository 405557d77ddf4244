//! A server configuration as it is stored for the pods to read.

use serde::{Deserialize, Serialize};

use super::names::ResourceVersion;

/// A ConfigMap with the key `config.hcl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigFile {
    /// The ConfigMap's name.
    pub name: String,
    /// Its UID.
    pub uid: String,
    /// Its resourceVersion in this view.
    pub resource_version: ResourceVersion,
    /// The annotation `openbao.org/maintenance` is `"true"`.
    pub maintenance: bool,
    /// The text under `config.hcl`, to the byte.
    pub text: String,
}
