//! One look of a run: what is seen is observed, folded into memory, and told.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    decide::{
        owning,
        rules::STEP_DOWN_IS_SLOW,
        standing::{is_seen, standing},
    },
    event::EventKind,
    model::{blocker::Blocker, snapshot::Snapshot},
    ports::{BaoNodes, Clock, Freshness},
};

use super::{
    Kube,
    memory::Memory,
    observe::{Known, observe_but},
    passes::Engine,
};

/// How old what belongs to the colours may be in a look: no watch tells of it,
/// and each reading is six requests. It is read anew after each act and before
/// each that must be decided twice.
const PARTS_AGE: Duration = Duration::from_secs(10);

/// The same while the Service's endpoints are waited for.
const ENDPOINTS_AGE: Duration = Duration::from_millis(250);

impl<K: Kube, B: BaoNodes, C: Clock> Engine<'_, K, B, C> {
    /// Observes, folds what was seen into memory, and tells what changed.
    pub(super) async fn look(
        &mut self,
        memory: &mut Memory,
        freshness: Freshness,
        one_way: bool,
    ) -> Snapshot {
        let clock = self.ports.clock;
        let parts = memory.parts.take().filter(|(at, _)| {
            let age = clock.monotonic().saturating_sub(*at);
            freshness == Freshness::Watched && age < parts_age(&memory.told)
        });
        let pending = memory.track.pending_step_down();
        let known = Known {
            parts: parts.as_ref().map(|(_, parts)| parts.clone()),
            // Clients are waiting to be sent to whoever follows: for as long as a
            // step-down takes, and where somebody else can answer.
            steps_down: pending
                .filter(|step_down| {
                    self.run.blue_green.is_some()
                        && self.run.target.replicas > 1
                        && clock.monotonic().saturating_sub(step_down.at) < STEP_DOWN_IS_SLOW
                })
                .map(|step_down| &step_down.node.name),
        };
        let mut snapshot = Box::pin(observe_but(self.ports, freshness, known)).await;
        let now = clock.monotonic();
        memory
            .late
            .explain(&self.ports.kube, &mut snapshot, now)
            .await;
        let read = parts.map_or(now, |(at, _)| at);
        memory.parts = Some((read, snapshot.colour_parts.clone()));
        if freshness == Freshness::Fresh {
            memory.last_fresh = now;
        }
        memory.track.observe(&snapshot, now);
        if is_seen(&snapshot) {
            memory.last_seen = Some((snapshot.at, standing(&snapshot)));
        }
        if let Some(cluster) = snapshot.cluster.known() {
            memory.track.begun |= owning::is_under_way(&self.run, cluster);
        }
        self.operator_quiet(memory, &snapshot).await;
        let released: BTreeSet<String> = memory.track.released.keys().cloned().collect();
        let asked = memory
            .track
            .step_downs
            .last()
            .map(|step_down| step_down.node.name.clone());
        let mut events = memory.changes.observe(
            &snapshot,
            &self.run,
            one_way,
            &released,
            asked.as_ref(),
            now,
        );
        let caught_up = snapshot
            .workloads()
            .flat_map(|workload| &workload.pods)
            .filter(|pod| memory.track.readings(&pod.pod).0 == 2)
            .filter_map(|pod| Some((pod, snapshot.node(&pod.pod.name)?.applied_index()?)))
            .collect();
        events.extend(memory.changes.caught_up(caught_up));
        for event in events {
            if let EventKind::PointOfNoReturn { older_voters, .. } = &event
                && older_voters.len() > 1
            {
                self.warn_of_tolerance(memory, older_voters.len()).await;
            }
            memory.stopwatch.saw(&event, now);
            self.emit(event).await;
        }
        self.tell_done(memory, &snapshot, now).await;
        snapshot
    }
}

fn parts_age(told: &[Blocker]) -> Duration {
    let waits = |blocker: &Blocker| matches!(blocker, Blocker::EndpointsLag { .. });
    if told.iter().any(waits) {
        ENDPOINTS_AGE
    } else {
        PARTS_AGE
    }
}
