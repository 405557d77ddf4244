//! What a server's certificate says of itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::names::PodName;

/// The certificate a node presents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerCertificate {
    /// The last moment it is valid at.
    pub expires: Timestamp,
    /// Of the pods that were asked about, those it has no name for: a server of
    /// that name would not be believed with it.
    pub not_for: Vec<PodName>,
}
