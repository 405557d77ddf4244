//! Every call has a deadline, and the clock that measures it is the engine's.

use std::{future::Future, pin::pin, time::Duration};

use futures::future::{Either, select};

use crate::ports::{Clock, PortError};

/// Reads and writes of the API server. A healthy one answers in milliseconds; a
/// half-open connection never does (kube#1798).
pub const API: Duration = Duration::from_secs(10);

/// One node's own answers. A node of 2.6 that steps down hangs for 0.5-0.7 s
/// (`contracts/openbao-live.md` 1), a wedged one for ever.
pub(super) const PROBE: Duration = Duration::from_secs(2);

/// A request that the node may have to forward or to sign.
pub(super) const NODE: Duration = Duration::from_secs(5);

/// Runs a call for at most so long. A call that is given up on may have
/// happened: the next pass looks.
///
/// # Errors
///
/// The call's own, or that there was no answer in time.
pub async fn within<T, C: Clock>(
    clock: &C,
    limit: Duration,
    call: impl Future<Output = Result<T, PortError>>,
) -> Result<T, PortError> {
    match select(pin!(call), pin!(clock.sleep(limit))).await {
        Either::Left((answer, _)) => answer,
        Either::Right(((), _)) => Err(PortError::NoAnswer(format!(
            "nothing within {} s",
            limit.as_secs()
        ))),
    }
}

/// The same for a call that cannot fail.
pub(super) async fn within_or<T, C: Clock>(
    clock: &C,
    limit: Duration,
    call: impl Future<Output = T>,
    otherwise: impl FnOnce(String) -> T,
) -> T {
    match select(pin!(call), pin!(clock.sleep(limit))).await {
        Either::Left((answer, _)) => answer,
        Either::Right(((), _)) => otherwise(format!("nothing within {} s", limit.as_secs())),
    }
}
