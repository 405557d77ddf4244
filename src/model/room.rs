//! What the namespace's quotas leave for more pods.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The quotas, and what one more pod counts for in them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// All of the namespace.
    pub quotas: Vec<Quota>,
    /// What a pod like those of blue counts for, with its volumes, by the names
    /// that quotas use (`requests.cpu`, `count/pods`), in thousandths.
    pub each: BTreeMap<String, i64>,
}

/// A `ResourceQuota`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    /// Its name.
    pub name: String,
    /// It counts some pods alone, by their class or priority.
    pub scoped: bool,
    /// What it limits.
    pub limits: Vec<Limit>,
}

/// One thing a quota limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// Of what, as the quota names it.
    pub resource: String,
    /// How much there may be, as written.
    pub hard: String,
    /// How much there is, as written.
    pub used: String,
    /// What is left, in thousandths.
    pub left: i64,
}
