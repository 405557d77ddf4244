//! Every write that was asked for, for an oracle.

use super::kind::Kind;
use crate::sim::moment::Moment;

/// One write, or an attempt at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// When.
    pub at: Moment,
    /// The user, after impersonation.
    pub user: String,
    /// `create`, `update`, `patch` or `delete`.
    pub verb: &'static str,
    /// The kind; `None` for reviews and unknown paths.
    pub kind: Option<Kind>,
    /// Namespace.
    pub namespace: String,
    /// Name, empty when a creation named none in its path.
    pub name: String,
    /// Subresource, empty for none.
    pub sub: String,
    /// `dryRun=All`.
    pub dry_run: bool,
    /// Field manager.
    pub manager: String,
    /// The answer's HTTP status.
    pub code: u16,
    /// The object's revision before, 0 for none.
    pub before: u64,
    /// The object's revision after, 0 for none.
    pub after: u64,
}

impl Audit {
    /// Whether it changed anything.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.before != self.after
    }
}
