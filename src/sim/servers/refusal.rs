//! The texts of errors (`contracts/openbao-api.md` 0, 10).

/// 503.
pub(super) const SEALED: &str = "Vault is sealed";
/// 500: a standby that knows no leader.
pub(super) const NO_LEADER: &str = "local node not active but active cluster node not found";
/// 500: a write whose leader was lost before it was committed.
pub(super) const LOST: &str = "leadership lost while committing log";
/// 403 for no token, and for one that is unknown.
pub(super) const DENIED: &str = "permission denied";
/// 400 for the namespace header.
pub(super) const NAMESPACED: &str = "operation unavailable in namespaces";

/// A text that went through go-multierror.
pub(super) fn multierror(text: &str) -> String {
    format!("1 error occurred:\n\t* {text}\n\n")
}
