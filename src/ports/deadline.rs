//! A deadline for a call, by the clock that is given.

use std::{future::Future, pin::pin, time::Duration};

use futures::future::{Either, select};

use super::{Clock, PortError};

/// Runs a call for at most so long. A call that is given up on may have
/// happened: whoever made it has to look.
///
/// # Errors
///
/// The call's own, or that there was no answer in time.
pub async fn within<T, C: Clock>(
    clock: &C,
    limit: Duration,
    call: impl Future<Output = Result<T, PortError>>,
) -> Result<T, PortError> {
    let overdue = |why| Err(PortError::NoAnswer(why));
    within_or(clock, limit, call, overdue).await
}

/// The same for a call that cannot fail.
pub async fn within_or<T, C: Clock>(
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
