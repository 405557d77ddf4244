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
pub fn within<T, C: Clock>(
    clock: &C,
    limit: Duration,
    call: impl Future<Output = Result<T, PortError>>,
) -> impl Future<Output = Result<T, PortError>> {
    let overdue = |why| Err(PortError::NoAnswer(why));
    within_or(clock, limit, call, overdue)
}

/// The same for a call that cannot fail. The call is put on the heap before
/// anything else: whoever awaits this has room for a pointer, and not for the
/// call several times over.
pub fn within_or<T, C: Clock>(
    clock: &C,
    limit: Duration,
    call: impl Future<Output = T>,
    otherwise: impl FnOnce(String) -> T,
) -> impl Future<Output = T> {
    let call = Box::pin(call);
    async move {
        match select(call, pin!(clock.sleep(limit))).await {
            Either::Left((answer, _)) => answer,
            Either::Right(((), _)) => otherwise(format!("nothing within {} s", limit.as_secs())),
        }
    }
}
