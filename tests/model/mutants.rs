//! Wrong rules, each of which the check must catch: the real `decide` with its
//! facts or its answer bent.

use std::time::Duration;

use baoctl::{
    decide::{Decision, track::Track},
    model::{
        action::{Action, ReleaseBy},
        fact::Fact,
        names::Pool,
        node::NodeView,
        record::RunRecord,
        snapshot::Snapshot,
        workload::{Pod, UpdateStrategy},
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// The rules as they are.
    None,
    IgnoresCatchUp,
    ReleasesTwo,
    StepsDownTheNew,
    SkipsTheSettleTime,
    TakesSilenceForHealth,
    TakesTheLeader,
    StepsDownEarly,
    SetsTheImageUnheld,
    CompletesEarly,
    IgnoresTheLock,
    IgnoresTheLease,
    NeverUnholds,
}

impl Mutant {
    /// Writes without asking whether the lease is still its own.
    pub(crate) fn is_unfenced(self) -> bool {
        self == Self::IgnoresTheLease
    }

    /// Bends what is observed before it is folded into memory.
    pub(crate) fn bend_look(self, snapshot: &mut Snapshot) {
        if self == Self::TakesSilenceForHealth {
            fill_in(snapshot);
        }
    }

    /// Bends what the rules are asked about.
    pub(crate) fn bend_facts(self, snapshot: &mut Snapshot, track: &mut Track) {
        match self {
            Self::IgnoresCatchUp => {
                for reading in track.readings.values_mut() {
                    reading.count = 2;
                }
            }
            Self::SkipsTheSettleTime => {
                if let Some(reign) = &mut track.leader {
                    reign.since = Duration::ZERO;
                }
            }
            Self::IgnoresTheLock => {
                if let Fact::Known(cluster) = &mut snapshot.cluster
                    && let Fact::Known(Some(run)) = &cluster.run
                {
                    let holder = run.holder();
                    if let Some(lock) = &mut cluster.status.operation_lock {
                        lock.holder = holder;
                    }
                }
            }
            _ => {}
        }
    }

    /// Bends the answer.
    pub(crate) fn bend_decision(
        self,
        decision: Decision,
        snapshot: &Snapshot,
        run: &RunRecord,
    ) -> Decision {
        let Some(voters) = snapshot.voters.known() else {
            return decision;
        };
        let active = |pod: &&Pod| {
            snapshot
                .node(&pod.pod.name)
                .is_some_and(NodeView::is_active)
        };
        let leader = voters.pods.iter().find(active);
        let new = |pod: &Pod| pod.image.as_deref() == Some(run.target.image.as_str());
        let old_left = voters.pods.iter().any(|pod| !new(pod));
        match (self, &decision) {
            (
                Self::ReleasesTwo,
                Decision::Act(Action::Release {
                    pod,
                    by: ReleaseBy::Partition(to),
                    ..
                }),
            ) if *to > 0 => release(pod, ReleaseBy::Partition(to - 1)),
            (Self::ReleasesTwo, Decision::Wait { .. })
                if voters.strategy == UpdateStrategy::OnDelete =>
            {
                let next = voters
                    .pods
                    .iter()
                    .rev()
                    .find(|pod| pod.ready && !new(pod) && !active(pod));
                match next {
                    Some(pod) if voters.image.as_deref() == Some(run.target.image.as_str()) => {
                        release(&pod.pod, ReleaseBy::Eviction)
                    }
                    _ => decision,
                }
            }
            (Self::StepsDownTheNew, Decision::Act(Action::Release { .. })) => match leader {
                Some(leader) if new(leader) && old_left => step_down(leader),
                _ => decision,
            },
            (Self::StepsDownEarly, Decision::Act(Action::Release { .. })) => match leader {
                Some(leader) if !new(leader) && voters.pods.iter().any(new) => step_down(leader),
                _ => decision,
            },
            (Self::TakesTheLeader, Decision::Act(Action::StepDown { node }))
                if voters.strategy == UpdateStrategy::OnDelete =>
            {
                release(node, ReleaseBy::Eviction)
            }
            (Self::TakesTheLeader, Decision::Act(Action::StepDown { node })) => {
                release(node, ReleaseBy::Partition(0))
            }
            (Self::SetsTheImageUnheld, Decision::Act(Action::Hold { pool, .. }))
                if voters.image.as_deref() != Some(run.target.image.as_str()) =>
            {
                Decision::Act(Action::SetImage {
                    pool: *pool,
                    image: run.target.image.clone(),
                })
            }
            (Self::CompletesEarly, Decision::Act(Action::StepDown { .. }))
                if voters.pods.iter().any(new) =>
            {
                Decision::Act(Action::Complete)
            }
            (Self::NeverUnholds, Decision::Act(Action::Unhold { .. })) => Decision::Wait {
                blockers: Vec::new(),
            },
            _ => decision,
        }
    }
}

fn release(pod: &baoctl::model::names::PodRef, by: ReleaseBy) -> Decision {
    Decision::Act(Action::Release {
        pool: Pool::Voters,
        pod: pod.clone(),
        by,
    })
}

fn step_down(pod: &Pod) -> Decision {
    Decision::Act(Action::StepDown {
        node: pod.pod.clone(),
    })
}

/// Takes a pod that says nothing for a healthy standby.
fn fill_in(snapshot: &mut Snapshot) {
    let healthy = snapshot
        .nodes
        .values()
        .find(|node| node.leader.known().is_some_and(|answer| !answer.is_self))
        .cloned();
    let Some(healthy) = healthy else { return };
    let Fact::Known(voters) = &mut snapshot.voters else {
        return;
    };
    for pod in &mut voters.pods {
        if let Some(node) = snapshot.nodes.get_mut(&pod.pod.name)
            && node.leader.known().is_none()
        {
            *node = healthy.clone();
            pod.ready = true;
            pod.terminating = false;
        }
    }
}
