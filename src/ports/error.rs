//! Why a call came to nothing, and what that says of a write that was only
//! tried.

use crate::model::survey::DryRun;

/// Why a call came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// The precondition did not hold: what was decided on is outdated.
    #[error("{what} changed meanwhile")]
    Conflict {
        /// What.
        what: String,
    },
    /// Admission denied the write.
    #[error("denied by admission{}: {message}", policy.as_ref().map(|name| format!(" policy {name}")).unwrap_or_default())]
    Denied {
        /// The policy or webhook, when the answer names one.
        policy: Option<String>,
        /// The server's text.
        message: String,
    },
    /// Authorization denied the call.
    #[error("forbidden: {0}")]
    Forbidden(String),
    /// The object is not there.
    #[error("{0} not found")]
    NotFound(String),
    /// The server asks for patience: budget exhausted, rate limit.
    #[error("too many requests: {0}")]
    TooManyRequests(String),
    /// The server calls the request wrong.
    #[error("rejected: {0}")]
    Invalid(String),
    /// No answer, or the connection broke. For a write: it may have happened.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl PortError {
    /// Whether the same call may well succeed a moment later: nobody has decided
    /// anything, the server was busy, away or just overtaken.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            // Other: a status nobody has described, 500 for one.
            Self::Conflict { .. }
            | Self::TooManyRequests(_)
            | Self::NoAnswer(_)
            | Self::Other(_) => true,
            Self::Denied { .. } | Self::Forbidden(_) | Self::NotFound(_) | Self::Invalid(_) => {
                false
            }
        }
    }
}

/// Answers a planned write's dry run.
#[must_use]
pub fn dry_run_of(result: Result<(), PortError>) -> DryRun {
    match result {
        Ok(()) => DryRun::Accepted,
        Err(PortError::Denied { policy, message }) => DryRun::Denied { policy, message },
        Err(PortError::Forbidden(message)) => DryRun::Forbidden { message },
        Err(error) => DryRun::Untried {
            why: error.to_string(),
        },
    }
}
