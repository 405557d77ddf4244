//! What the token of a login can do for itself.

use serde::{Deserialize, Serialize};

/// The kind of token that the role gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TokenKind {
    /// It renews itself, and wraps.
    #[default]
    Service,
    /// It cannot be renewed, and wraps.
    Batch,
    /// Its role leaves out the policy `default`: neither.
    Bare,
}

impl TokenKind {
    /// Whether it is the usual one.
    #[must_use]
    pub fn is_service(&self) -> bool {
        *self == Self::Service
    }
}
