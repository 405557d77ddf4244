//! One action under the lease, and what its refusal means.

use std::{pin::pin, time::Duration};

use futures::{
    FutureExt as _,
    future::{LocalBoxFuture, select},
};

use crate::{
    bugs::{self, Bug},
    decide::track::Refusal,
    event::EventKind,
    model::{
        action::{Action, ReleaseBy},
        blocker::Blocker,
        halt::{Halt, HaltReason},
        snapshot::Snapshot,
    },
    ports::{BaoNodes, Clock, PortError, WriteMode},
};

use super::{
    Kube,
    act::Act,
    memory::Memory,
    ownership::{Fence, Ownership},
    passes::Engine,
    stop::unless,
};

/// Conflicts in a row after which somebody is clearly fighting the run.
const CONFLICTS: u32 = 40;

/// Acts in a row, with nothing to wait for between them, after which they
/// clearly undo each other, or somebody undoes them. A run begins with about
/// ten.
const IN_A_ROW: u32 = 40;

/// How long a forbidden write is tried again.
const FORBIDDEN: Duration = Duration::from_secs(10);

impl<K: Kube, B: BaoNodes, C: Clock> Engine<'_, K, B, C> {
    /// Performs an action under the lease. Its state is on the heap, and made
    /// here: within a pass it would take the same room again on the stack, in
    /// every look.
    pub(super) fn act<'s>(
        &'s mut self,
        memory: &'s mut Memory,
        ownership: &'s Ownership,
        action: Action,
        snapshot: &'s Snapshot,
    ) -> LocalBoxFuture<'s, Result<(), Halt>> {
        self.act_now(memory, ownership, action, snapshot)
            .boxed_local()
    }

    async fn act_now(
        &mut self,
        memory: &mut Memory,
        ownership: &Ownership,
        action: Action,
        snapshot: &Snapshot,
    ) -> Result<(), Halt> {
        let clock = self.ports.clock;
        if let Some(halt) = self.disowned(ownership) {
            return Err(halt);
        }
        memory.wrote = true;
        match ownership.fenced(clock) {
            None => {}
            Some(Fence::Stale { why, .. }) => {
                let blocker = Blocker::Unseen {
                    what: "whether the lease is still ours".to_owned(),
                    why,
                };
                self.tell_wait(memory, &[blocker], None).await;
                self.pause(Duration::from_millis(500)).await;
                return Ok(());
            }
            Some(Fence::Lost(halt)) => return Err(halt),
        }
        self.emit(EventKind::ActionStarted {
            action: action.clone(),
        })
        .await;
        let began = clock.monotonic();
        let act = Act {
            ports: self.ports,
            events: &self.events,
            step_down: self.step_down,
            ownership: Some(ownership),
        };
        // Whoever reads the events may have kept this run waiting.
        if ownership.fenced(clock).is_some() {
            let error = "the lease has to be renewed first".to_owned();
            self.emit(EventKind::ActionFailed { action, error }).await;
            return Ok(());
        }
        memory.parts = None;
        // On the heap, since it is handed on: each hand would have room for it.
        let perform = Box::pin(act.perform(&action, snapshot, &self.run, WriteMode::Real));
        let perform = self.while_ours(ownership, perform);
        let result = if matches!(action, Action::TakeSnapshot { .. }) {
            let Some(result) = unless(perform, self.wish()).await else {
                let error = "given up: the run is asked to stop".to_owned();
                self.emit(EventKind::ActionFailed { action, error }).await;
                return Ok(());
            };
            result
        } else {
            let unpaused = Box::pin(self.unpaused(&action, snapshot));
            unless(perform, unpaused).await.unwrap_or_else(|| {
                let why = "somebody un-paused the operator meanwhile";
                Err(PortError::NoAnswer(why.to_owned()))
            })
        };
        let result = match result {
            Err(_) if bugs::has(Bug::FailureForDone) => Ok(None),
            result => result,
        };
        let now = clock.monotonic();
        match result {
            Ok(run) => {
                if let Some(run) = run {
                    self.run = run;
                }
                memory.conflicts = 0;
                memory.forbidden_since = None;
                memory.changed |= matches!(action, Action::Declare { .. });
                memory.track.acted(&action, now);
                memory.stopwatch.acted(&action, began, now);
                let ms = u64::try_from(now.saturating_sub(began).as_millis()).unwrap_or(u64::MAX);
                memory.in_a_row += 1;
                let endless = (memory.in_a_row > IN_A_ROW).then(|| {
                    Halt::new(
                        HaltReason::WorkloadChanged,
                        format!(
                            "{IN_A_ROW} acts in a row were done and left more to do; the last: {action}"
                        ),
                    )
                });
                let endless = memory.budget.done(&action).or(endless);
                self.emit(EventKind::ActionDone { action, ms }).await;
                endless.map_or(Ok(()), Err)
            }
            Err(error) => {
                self.emit(EventKind::ActionFailed {
                    action: action.clone(),
                    error: error.to_string(),
                })
                .await;
                self.refused(memory, &action, &error, now).await
            }
        }
    }

    /// Resolves once the run is asked to stop, or nobody listens to it.
    async fn wish(&self) {
        select(pin!(self.stop.asked()), pin!(self.events.closed())).await;
    }

    /// What a refused action means: look again, wait, or stop.
    async fn refused(
        &self,
        memory: &mut Memory,
        action: &Action,
        error: &PortError,
        now: Duration,
    ) -> Result<(), Halt> {
        if let Some(halt) = memory.budget.refused(action, error, now) {
            return Err(halt);
        }
        if let Action::Release { pod, .. } = action
            && let PortError::TooManyRequests(why) = error
        {
            memory.track.refused = Some(Refusal {
                pod: pod.clone(),
                at: now,
                why: why.clone(),
                conflict: false,
            });
            return Ok(());
        }
        if matches!(action, Action::TakeSnapshot { .. }) {
            return Err(Halt::new(HaltReason::SnapshotFailed, error.to_string()));
        }
        match error {
            PortError::Conflict { .. } | PortError::NotFound(_) => {
                if let Action::Release {
                    pod,
                    by: ReleaseBy::Eviction,
                    ..
                } = action
                {
                    memory.track.refused = Some(Refusal {
                        pod: pod.clone(),
                        at: now,
                        why: error.to_string(),
                        conflict: true,
                    });
                }
                memory.conflicts += 1;
                if memory.conflicts > CONFLICTS {
                    return Err(Halt::new(
                        HaltReason::WorkloadChanged,
                        format!(
                            "somebody changes what this run writes, {CONFLICTS} times in a row: {action}"
                        ),
                    ));
                }
                memory.last_fresh = Duration::ZERO;
                self.pause(Duration::from_millis(
                    u64::from(memory.conflicts.min(10)) * 50,
                ))
                .await;
                Ok(())
            }
            // It may have happened: the next pass looks. A step-down is taken
            // as accepted, so that a second one is never sent on top of it.
            PortError::NoAnswer(_) => {
                memory.track.unanswered(action, now);
                self.pause(Duration::from_secs(1)).await;
                Ok(())
            }
            PortError::TooManyRequests(_) => {
                self.pause(Duration::from_secs(1)).await;
                Ok(())
            }
            // An API server that has just started forbids everything for a
            // moment, until its RBAC caches are filled.
            PortError::Forbidden(_)
                if now.saturating_sub(*memory.forbidden_since.get_or_insert(now)) < FORBIDDEN =>
            {
                self.pause(Duration::from_secs(1)).await;
                Ok(())
            }
            PortError::Denied { .. }
            | PortError::Forbidden(_)
            | PortError::Invalid(_)
            | PortError::Other(_) => {
                Err(Halt::new(HaltReason::Denied, format!("{action}: {error}")))
            }
        }
    }
}
