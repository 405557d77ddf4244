//! The rolling sequence, asked about one situation at a time.

mod catching_up;
mod door;
mod gates;
mod heirs;
mod holding;
mod images;
mod memory;
mod ownership;
mod patience;
mod plan;
mod preparing;
mod quorum;
mod read_replicas;
mod releasing;
mod sequence;
mod trouble;

use std::time::Duration;

use super::{Decision, example::Example};
use crate::model::{
    action::{Action, Hold, ReleaseBy},
    blocker::Blocker,
    fact::Fact,
    intent::Order,
    names::Pool,
    workload::UpdateStrategy,
};

impl Example {
    /// Two looks at this moment, and an entry between them that everybody applies.
    fn in_step(&mut self) {
        self.pass(Duration::ZERO);
        self.commit();
        self.pass(Duration::ZERO);
    }

    /// The decision once every hold that comes before it was written, and what
    /// the run learned recorded.
    pub(super) fn behind_holds(&mut self) -> Decision {
        loop {
            let decision = self.decide();
            if let Decision::Act(Action::Record { record }) = decision {
                self.run = *record;
                continue;
            }
            let Decision::Act(hold @ Action::Hold { pool, hold: how }) = &decision else {
                return decision;
            };
            self.track.acted(hold, self.now);
            let strategy = match how {
                Hold::OnDelete => UpdateStrategy::OnDelete,
                Hold::Partition(partition) => UpdateStrategy::RollingUpdate {
                    partition: *partition,
                    max_unavailable_above_one: false,
                },
            };
            let workload = match pool {
                Pool::Voters => &mut self.snapshot.voters,
                Pool::ReadReplicas => panic!("the voters"),
            };
            if let Fact::Known(workload) = workload {
                workload.strategy = strategy;
            }
        }
    }
}

/// Every voter was replaced, the leader last; ordinal 1 leads.
fn replaced() -> Example {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.lead(1);
    world.run.newest_active = Some("2.7.2".parse().expect("a version"));
    for ordinal in [2, 1, 0] {
        world.replace(ordinal);
        world.claims(ordinal, ordinal == 1);
    }
    world
}

fn codes(decision: &Decision) -> Vec<&'static str> {
    match decision {
        Decision::Wait { blockers } => blockers.iter().map(Blocker::code).collect(),
        other => panic!("not a wait: {other:?}"),
    }
}

fn released(decision: &Decision) -> (&str, ReleaseBy) {
    match decision {
        Decision::Act(Action::Release { pod, by, .. }) => (pod.name.as_str(), *by),
        other => panic!("not a release: {other:?}"),
    }
}
