//! What a run tells while it looks and waits.

use std::time::Duration;

use crate::{
    decide::{leadership, owning, pool, rules::STEP_DOWN_IS_SLOW},
    event::EventKind,
    model::{blocker::Blocker, names::Pool, snapshot::Snapshot},
    ports::{BaoNodes, Clock},
};

use super::{Kube, memory::Memory, ownership::Ownership, passes::Engine};

/// How often a wait is told again.
const HEARTBEAT: Duration = Duration::from_secs(30);

impl<K: Kube, B: BaoNodes, C: Clock> Engine<'_, K, B, C> {
    /// Tells once that the operator has stopped.
    pub(super) async fn operator_quiet(&self, memory: &mut Memory, snapshot: &Snapshot) {
        if memory.track.operator_quiet || !memory.track.begun {
            return;
        }
        let Some(cluster) = snapshot.cluster.known() else {
            return;
        };
        let quiet = {
            let world = self.world(memory, snapshot);
            owning::unquiet(&world, cluster).is_none()
        };
        if quiet {
            memory.track.operator_quiet = true;
            self.emit(EventKind::OperatorQuiet {
                acknowledged: owning::acknowledged(cluster),
            })
            .await;
        }
    }

    /// Tells of pods that are verified now and were not before.
    pub(super) async fn tell_done(&self, memory: &mut Memory, snapshot: &Snapshot, now: Duration) {
        let done = pool::done(&self.world(memory, snapshot));
        let of = [Pool::ReadReplicas, Pool::Voters]
            .into_iter()
            .filter_map(|pool| snapshot.workload(pool))
            .map(|workload| workload.replicas as usize)
            .sum();
        for pod in &done {
            if memory.done.insert(pod.clone()) {
                let timings = memory.stopwatch.done(pod, now);
                if timings.total_ms() > 0 {
                    memory.pods.push((pod.clone(), timings));
                }
                self.emit(EventKind::PodDone {
                    pod: pod.clone(),
                    done: memory.done.len(),
                    of,
                    timings,
                })
                .await;
            }
        }
    }

    /// Tells a wait when it is another than before, and again every 30 s.
    pub(super) async fn tell_wait(
        &self,
        memory: &mut Memory,
        blockers: &[Blocker],
        left: Option<Duration>,
    ) {
        let now = self.ports.clock.monotonic();
        let same = memory.told.len() == blockers.len()
            && memory
                .told
                .iter()
                .zip(blockers)
                .all(|(told, now)| told.same_wait(now));
        let left_s = left.map(|left| left.as_secs());
        if !same {
            memory.troubles.clear();
        }
        let troubles = blockers.iter().filter_map(|blocker| {
            let pod = blocker.pod()?.clone();
            Some((pod, blocker.trouble()?.to_owned()))
        });
        // Each once: a process that keeps exiting runs in between.
        let mut news = false;
        for trouble in troubles {
            news |= memory.troubles.insert(trouble);
        }
        if !same || news {
            memory.told = blockers.to_vec();
            if !same {
                memory.waiting_since = Some(now);
            }
            memory.last_heartbeat = now;
            self.emit(EventKind::Waiting {
                blockers: blockers.to_vec(),
            })
            .await;
        } else if now.saturating_sub(memory.last_heartbeat) >= HEARTBEAT {
            memory.last_heartbeat = now;
            let since = memory.waiting_since.unwrap_or(now);
            self.emit(EventKind::Heartbeat {
                waiting_s: now.saturating_sub(since).as_secs(),
                left_s,
                blockers: blockers.to_vec(),
            })
            .await;
        } else if let Some(since) = memory.waiting_since {
            self.show(EventKind::WaitGoesOn {
                waiting_s: now.saturating_sub(since).as_secs(),
                left_s,
                blockers: blockers.to_vec(),
            });
        }
        // One that has happened, and nobody leads since, is another wait.
        let steps_down = blockers
            .iter()
            .any(|blocker| matches!(blocker, Blocker::SteppingDown { .. }));
        let slow = steps_down
            && memory
                .track
                .pending_step_down()
                .is_some_and(|step_down| now.saturating_sub(step_down.at) >= STEP_DOWN_IS_SLOW);
        if slow && !memory.slow_step_down_told {
            memory.slow_step_down_told = true;
            let message = "the step-down was accepted and has not happened: a running snapshot download on the \
                           leader is the likely cause, it blocks a step-down for as long as it lasts; the run \
                           goes on when it ends"
                .to_owned();
            memory.warnings.push(message.clone());
            self.emit(EventKind::Warning { message }).await;
        }
        if !slow {
            memory.slow_step_down_told = false;
        }
    }

    /// On an idle cluster nothing shows whether a node is sent entries; one is
    /// made, at most one a second.
    pub(super) async fn touch(
        &self,
        memory: &mut Memory,
        ownership: &Ownership,
        blockers: &[Blocker],
        snapshot: &Snapshot,
    ) {
        let clock = self.ports.clock;
        if ownership.fenced(clock).is_some() || !self.is_recorded(snapshot) {
            return;
        }
        let waits = |blocker: &Blocker| matches!(blocker, Blocker::NotCaughtUp { applied, wanted, .. } if applied < wanted);
        if !blockers.iter().any(waits)
            || clock.monotonic().saturating_sub(memory.last_touch) < Duration::from_secs(1)
        {
            return;
        }
        if let Ok(leader) = leadership::leader(snapshot) {
            memory.last_touch = clock.monotonic();
            if let Err(error) = self.ports.nodes.touch(leader.pod).await {
                tracing::debug!(%error, "no entry could be made");
            }
        }
    }

    /// The new version leads before its time: until the rest is upgraded the
    /// old voters cannot take over, whatever autopilot says
    /// (`contracts/openbao-live.md` 0.1).
    pub(super) async fn warn_of_tolerance(&self, memory: &mut Memory, older: usize) {
        let message = format!(
            "the new version leads while {older} voters are old: none of them can take over, so the \
             cluster tolerates less than autopilot says; they are upgraded at once"
        );
        memory.warnings.push(message.clone());
        self.emit(EventKind::Warning { message }).await;
    }
}
