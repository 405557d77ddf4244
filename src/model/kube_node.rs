//! A node of Kubernetes, on which servers run.

use serde::{Deserialize, Serialize};

/// What matters of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KubeNode {
    /// Its name.
    pub name: String,
    /// Its condition Ready is True; a node that is not there any more is not.
    pub ready: bool,
    /// It is cordoned (`spec.unschedulable`): no pod comes back to it.
    pub cordoned: bool,
}
