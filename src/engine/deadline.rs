//! How long each kind of call may take.

use std::time::Duration;

/// Reads and writes of the API server. A healthy one answers in milliseconds; a
/// half-open connection never does (kube#1798).
pub const API: Duration = Duration::from_secs(10);

/// The executor's own limit is 10 min; a Job that cannot even start shows in a
/// fraction of it.
pub(super) const JOB: Duration = Duration::from_secs(120);

/// One node's own answers. A node of 2.6 that steps down hangs for 0.5-0.7 s
/// (`contracts/openbao-live.md` 1), a wedged one for ever.
pub(super) const PROBE: Duration = Duration::from_secs(2);

/// A request that the node may have to forward or to sign.
pub(super) const NODE: Duration = Duration::from_secs(5);
