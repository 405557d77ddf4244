//! One of each kind of write a run will make, for preflight's dry runs.

use crate::model::{
    action::{Action, Hold, ReleaseBy},
    blue_green::{BlueGreenPhase, BlueGreenStatus},
    blue_green_run::BlueGreenRun,
    colour_parts::ColourParts,
    names::Pool,
    record::RunRecord,
    snapshot::Snapshot,
};

use super::colours;

/// One of each kind of write the run will make, fit for a dry run now.
#[must_use]
pub(super) fn writes(run: &RunRecord, snapshot: &Snapshot) -> Vec<Action> {
    if let Some(colours) = &run.blue_green {
        return of_colours(run, colours, snapshot);
    }
    let mut writes = vec![
        Action::TakeLock { displaced: None },
        Action::Begin {
            record: Box::new(run.clone()),
        },
        Action::Declare {
            version: run.target.version.clone(),
            image: run.target.image.clone(),
        },
        Action::Publish {
            current_partition: run.target.replicas,
            completed_pods: Vec::new(),
        },
    ];
    for pool in [Pool::ReadReplicas, Pool::Voters] {
        writes.extend(of_pool(run, snapshot, pool));
    }
    writes.push(Action::Complete);
    writes
}

/// What replaces the pods of one StatefulSet.
fn of_pool(run: &RunRecord, snapshot: &Snapshot, pool: Pool) -> Vec<Action> {
    let workload = snapshot.workload(pool);
    let Some(workload) = workload.filter(|workload| workload.replicas > 0) else {
        return Vec::new();
    };
    let mut writes = vec![Action::Hold {
        pool,
        hold: Hold::Partition(workload.replicas),
    }];
    if pool == Pool::Voters {
        writes.push(Action::Hold {
            pool,
            hold: Hold::OnDelete,
        });
    }
    writes.push(Action::SetImage {
        pool,
        image: run.target.image.clone(),
    });
    if let Some(pod) = workload.pods.iter().find(|pod| !pod.terminating) {
        writes.push(Action::Release {
            pool,
            pod: pod.pod.clone(),
            by: if pool == Pool::Voters {
                ReleaseBy::Eviction
            } else {
                ReleaseBy::Partition(workload.replicas)
            },
        });
    }
    writes.push(Action::Unhold { pool });
    writes
}

/// The same for a blue/green run. What only exists later cannot be tried now: a
/// vote, and the deletion of what is not there yet.
fn of_colours(run: &RunRecord, run_colours: &BlueGreenRun, snapshot: &Snapshot) -> Vec<Action> {
    let mut writes = vec![
        Action::TakeLock { displaced: None },
        Action::Begin {
            record: Box::new(run.clone()),
        },
        Action::Declare {
            version: run.target.version.clone(),
            image: run.target.image.clone(),
        },
        Action::WritePhase {
            status: Box::new(BlueGreenStatus {
                green_revision: Some(run_colours.green.clone()),
                ..BlueGreenStatus::at_rest(run_colours.blue.clone(), run.from_image.clone())
                    .entering(BlueGreenPhase::DeployingGreen, run.started_at)
            }),
        },
    ];
    let parts = snapshot.colour_parts.known().and_then(Option::as_ref);
    if parts.is_some_and(ColourParts::founds) {
        writes.push(Action::EmptySelfInit);
    }
    if !colours::is_made(snapshot, &run_colours.green) {
        if parts.is_some_and(|parts| parts.green_config.is_none()) {
            writes.push(Action::CreateConfig {
                revision: run_colours.green.clone(),
            });
        }
        writes.push(Action::CreateStatefulSet {
            revision: run_colours.green.clone(),
            image: run.target.image.clone(),
        });
    }
    writes.extend(of_pool(run, snapshot, Pool::ReadReplicas));
    if parts.is_some_and(|parts| parts.front.is_some()) {
        writes.push(Action::MoveService {
            revision: run_colours.green.clone(),
        });
    }
    let resource = snapshot.cluster.known();
    let hook = resource.and_then(|it| it.spec.blue_green_spec.pre_promotion_hook.as_ref());
    if let Some(hook) = hook.filter(|_| run.abandoned.is_none()) {
        writes.push(Action::RunHook {
            image: hook.image.clone(),
        });
    }
    writes.push(Action::Complete);
    writes
}
