//! The lease, each call within its time.

use std::time::Duration;

use jiff::Timestamp;

use crate::ports::{Clock, Lease, Leases, PortError, WriteMode, within};

use super::Bounded;

impl<P: Leases, C: Clock> Leases for Bounded<'_, P, C> {
    async fn lease(&self) -> Result<Option<Lease>, PortError> {
        within(self.clock, self.api, self.port.lease()).await
    }

    async fn write_lease(
        &self,
        current: Option<&Lease>,
        holder: Option<&str>,
        duration: Duration,
        now: Timestamp,
        mode: WriteMode,
    ) -> Result<Lease, PortError> {
        within(
            self.clock,
            self.api,
            self.port.write_lease(current, holder, duration, now, mode),
        )
        .await
    }
}
