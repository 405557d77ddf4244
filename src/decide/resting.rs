//! When the status is what the operator accepts as "at rest".

use crate::{
    bugs::{self, Bug},
    model::{cluster::Cluster, version::Version},
};

/// `contracts/operator.md` 8.4: the version is current, no upgrade, no lock, no
/// stale error of the upgrade's.
#[must_use]
pub fn at_rest_with(cluster: &Cluster, version: &str) -> bool {
    let same = |text: &str| {
        text == version
            || matches!(
                (text.parse::<Version>(), version.parse::<Version>()),
                (Ok(a), Ok(b)) if a == b
            )
    };
    cluster.status.current_version.as_deref().is_some_and(same)
        && same(&cluster.spec.version)
        && cluster.status.upgrade.is_none()
        && (cluster.status.operation_lock.is_none() || bugs::has(Bug::KeepsTheLock))
}
