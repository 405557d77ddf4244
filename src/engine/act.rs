//! Performs one action: thin, conditional, repeatable.

use std::path::Path;

use crate::{
    event::EventKind,
    model::{
        action::{Action, ReleaseBy},
        cluster::Cluster,
        fact::Fact,
        intent::StepDownVia,
        names::{PodRef, Pool},
        node::NodeView,
        record::RunRecord,
        snapshot::Snapshot,
        workload::{Pod, Workload},
    },
    ports::{BaoNodes, Checkpoints, Clock, PortError, Progress, Workloads, WriteMode},
};

use super::{Kube, Ports, emit::Events, ownership::Ownership};

/// What an action is performed with.
pub(super) struct Act<'a, K, B, C> {
    pub(super) ports: Ports<'a, K, B, C>,
    pub(super) events: &'a Events,
    pub(super) step_down: StepDownVia,
    /// The lease its writes are under; `None` for what is only tried.
    pub(super) ownership: Option<&'a Ownership>,
}

impl<K: Kube, B: BaoNodes, C: Clock> Act<'_, K, B, C> {
    /// Performs an action that was decided on `snapshot`. Returns the record as
    /// it is afterwards when the action changed it.
    pub(super) async fn perform(
        &self,
        action: &Action,
        snapshot: &Snapshot,
        run: &RunRecord,
        mode: WriteMode,
    ) -> Result<Option<RunRecord>, PortError> {
        let Ports { kube, .. } = self.ports;
        let cluster = known(snapshot.cluster.known(), "the resource")?;
        match action {
            Action::TakeLock { .. } => {
                let message = format!("upgrade to {}", run.target.version);
                kube.take_lock(cluster, &run.holder(), &message, mode)
                    .await?;
            }
            Action::Begin { record } => {
                kube.begin(cluster, record, mode).await?;
                return Ok(Some((**record).clone()));
            }
            Action::Record { record } => {
                kube.record(cluster, record, mode).await?;
                return Ok(Some((**record).clone()));
            }
            Action::TakeSnapshot { node, file } => {
                return self
                    .take_snapshot(node, file, snapshot, run, cluster)
                    .await
                    .map(Some);
            }
            Action::Declare { version, image } => {
                let version = version.to_string();
                kube.declare(cluster, &version, image, mode).await?;
            }
            Action::Publish {
                current_partition,
                completed_pods,
            } => {
                let progress = Progress {
                    from: run.from.to_string(),
                    target: run.target.version.to_string(),
                    started_at: run.started_at,
                    current_partition: *current_partition,
                    completed_pods: completed_pods.clone(),
                };
                kube.publish(cluster, &progress, mode).await?;
            }
            Action::Hold { pool, hold } => {
                kube.hold(workload(snapshot, *pool)?, *hold, mode).await?;
            }
            Action::SetImage { pool, image } => {
                let workload = workload(snapshot, *pool)?;
                let stored = kube.set_image(workload, image, mode).await?;
                return Ok(stored.map(|stored| admitted(run, stored)));
            }
            Action::Release { pool, pod, by } => {
                let workload = workload(snapshot, *pool)?;
                match by {
                    ReleaseBy::Partition(partition) => {
                        kube.set_partition(workload, *partition, mode).await?;
                    }
                    ReleaseBy::Eviction => kube.evict(pod, mode).await?,
                }
            }
            Action::StepDown { node } => self.step_down(node, snapshot, cluster).await?,
            Action::Unhold { pool } => {
                kube.unhold(workload(snapshot, *pool)?, mode).await?;
            }
            Action::WritePhase { .. }
            | Action::EmptySelfInit
            | Action::CreateConfig { .. }
            | Action::CreateStatefulSet { .. }
            | Action::RunHook { .. }
            | Action::DeleteHook { .. }
            | Action::ChangeMember { .. }
            | Action::MoveService { .. }
            | Action::ScaleToNone { .. }
            | Action::DeletePart { .. } => {
                return Box::pin(self.recolour(action, snapshot, run, mode)).await;
            }
            Action::Complete => {
                let version = run.target.version.to_string();
                kube.complete(cluster, &version, mode).await?;
            }
            Action::Relinquish => {
                kube.relinquish(cluster, run.paused_before, mode).await?;
            }
        }
        Ok(None)
    }

    async fn step_down(
        &self,
        node: &PodRef,
        snapshot: &Snapshot,
        cluster: &Cluster,
    ) -> Result<(), PortError> {
        let Ports { kube, nodes, .. } = self.ports;
        let pod = pod(snapshot, node)?;
        match self.step_down {
            StepDownVia::Direct => nodes.step_down(pod).await,
            // The executor's own limit is 10 min; a Job that cannot even start
            // shows in a fraction of it.
            StepDownVia::Job => kube.step_down_job(cluster, &node.name).await,
        }
    }

    async fn take_snapshot(
        &self,
        node: &PodRef,
        file: &str,
        snapshot: &Snapshot,
        run: &RunRecord,
        cluster: &Cluster,
    ) -> Result<RunRecord, PortError> {
        let Ports { kube, nodes, clock } = self.ports;
        let pod = pod(snapshot, node)?;
        let at_least = snapshot
            .node(&node.name)
            .and_then(NodeView::applied_index)
            .ok_or_else(|| PortError::Other(format!("{node} does not say its applied index")))?;
        let progress = |bytes: u64| {
            self.events
                .offer(clock.wall(), EventKind::SnapshotProgress { bytes });
        };
        let taken = nodes
            .snapshot(pod, Path::new(file), at_least, &progress)
            .await?;
        self.events
            .emit(
                clock.wall(),
                EventKind::SnapshotVerified {
                    snapshot: taken.clone(),
                },
            )
            .await;
        let record = RunRecord {
            snapshot: Some(taken),
            ..run.clone()
        };
        // The download may have outlasted the lease, and the view of the
        // resource.
        while self
            .ownership
            .is_some_and(|own| own.fenced(clock).is_some())
        {
            clock.sleep(std::time::Duration::from_millis(500)).await;
        }
        let cluster = kube
            .cluster(crate::ports::Freshness::Fresh)
            .await
            .unwrap_or_else(|_| cluster.clone());
        if !matches!(&cluster.run, Fact::Known(Some(stored)) if stored.id == run.id) {
            return Err(PortError::Conflict {
                what: "the run record".to_owned(),
            });
        }
        kube.record(&cluster, &record, WriteMode::Real).await?;
        Ok(record)
    }
}

/// The record with the image that was stored in answer to the one asked for.
pub(super) fn admitted(run: &RunRecord, stored: String) -> RunRecord {
    let mut run = run.clone();
    run.target.admitted_image = (stored != run.target.image).then_some(stored);
    run
}

fn workload(snapshot: &Snapshot, pool: Pool) -> Result<&Workload, PortError> {
    known(snapshot.workload(pool), "the StatefulSet")
}

pub(super) fn pod<'a>(snapshot: &'a Snapshot, reference: &PodRef) -> Result<&'a Pod, PortError> {
    let found = snapshot
        .workloads()
        .flat_map(|workload| &workload.pods)
        .find(|pod| pod.pod == *reference);
    known(found, "the pod")
}

pub(super) fn known<'a, T>(value: Option<&'a T>, what: &str) -> Result<&'a T, PortError> {
    value.ok_or_else(|| PortError::Conflict {
        what: what.to_owned(),
    })
}
