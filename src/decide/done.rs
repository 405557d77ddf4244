//! What of a run's beginning has been done: a plan holds what is left.

use crate::model::{cluster::Cluster, record::RunRecord, snapshot::Snapshot};

use super::versions::is;

/// Whether something can be seen on the resource.
pub(super) fn seen(snapshot: &Snapshot, what: impl FnOnce(&Cluster) -> bool) -> bool {
    snapshot.cluster.known().is_some_and(what)
}

/// The operation lock is the run's.
pub(super) fn is_locked(run: &RunRecord, snapshot: &Snapshot) -> bool {
    seen(snapshot, |cluster| {
        let lock = cluster.status.operation_lock.as_ref();
        lock.is_some_and(|lock| lock.holder == run.holder())
    })
}

/// The run stands on the resource as it is, and the operator is paused.
pub(super) fn is_recorded(run: &RunRecord, snapshot: &Snapshot) -> bool {
    seen(snapshot, |cluster| {
        let stored = cluster.run.known().and_then(Option::as_ref);
        cluster.spec.paused == Some(true) && stored == Some(run)
    })
}

/// The resource asks for the run's target.
pub(super) fn is_declared(run: &RunRecord, cluster: &Cluster) -> bool {
    is(&cluster.spec.version, &run.target.version)
        && cluster.spec.image.as_deref() == Some(run.target.image.as_str())
}
