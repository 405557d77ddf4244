//! One run: pass after pass until it is done, has to stop, or is asked to.

use std::{collections::BTreeSet, pin::pin, time::Duration};

use futures::future::{Either, select};

use crate::{
    decide::{
        Decision, leadership, pool, rolling,
        rules::STEP_DOWN_IS_SLOW,
        standing::standing,
        track::{Refusal, Track},
        versions::is_one_way,
        world::World,
    },
    event::EventKind,
    model::{
        action::Action,
        blocker::Blocker,
        fact::Fact,
        halt::{Halt, HaltReason},
        intent::StepDownVia,
        names::{PodName, Pool},
        record::RunRecord,
        snapshot::Snapshot,
    },
    ports::{BaoNodes, Clock, Freshness, PortError, WriteMode},
};

use super::{
    Kube, Ports,
    act::Act,
    changes::Changes,
    closing,
    deadline::{API, NODE, within},
    emit::Events,
    observe::observe,
    outcome::{End, Outcome},
    ownership::{Fence, Ownership},
    stop::{Stop, StopReason},
    stopwatch::Stopwatch,
};

/// How often a direct read replaces the watches' copy while the run waits: a
/// lost event costs seconds, never the run.
const REPOLL: Duration = Duration::from_secs(10);

/// How often a wait is told again.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Conflicts in a row after which somebody is clearly fighting the run.
const CONFLICTS: u32 = 40;

/// One run of an upgrade.
#[derive(Debug)]
pub struct Engine<'a, K, B, C> {
    /// The world.
    pub ports: Ports<'a, K, B, C>,
    /// Where events go.
    pub events: Events,
    /// Wishes to stop.
    pub stop: Stop,
    /// The run: as stored, or as it will be.
    pub run: RunRecord,
    /// An earlier run's record was found on the resource.
    pub resumed: bool,
    /// Another driver's lock may be taken.
    pub take_over: bool,
    /// How leaders are stepped down.
    pub step_down: StepDownVia,
    /// A part of the lease's holder that no other process has.
    pub nonce: String,
}

/// What one run accumulates.
#[derive(Debug, Default)]
struct Memory {
    track: Track,
    changes: Changes,
    stopwatch: Stopwatch,
    done: BTreeSet<PodName>,
    pods: Vec<(PodName, crate::event::PodTimings)>,
    warnings: Vec<String>,
    told: Vec<Blocker>,
    waiting_since: Option<Duration>,
    last_heartbeat: Duration,
    last_fresh: Duration,
    last_touch: Duration,
    conflicts: u32,
    slow_step_down_told: bool,
    stopping_told: bool,
    changed: bool,
}

impl<K: Kube, B: BaoNodes, C: Clock> Engine<'_, K, B, C> {
    /// Runs to an end. Emits every event of the run, the terminal one last.
    pub async fn run(mut self) -> Outcome {
        let Ports { kube, clock, .. } = self.ports;
        let began = clock.monotonic();
        self.emit(EventKind::RunStarted {
            run: self.run.id.clone(),
            holder: self.run.holder(),
            from: self.run.from.clone(),
            to: self.run.target.version.clone(),
            image: self.run.target.image.clone(),
            resumed: self.resumed,
        })
        .await;
        let mut memory = Memory::default();
        let holder = format!("{}/{}", self.run.holder(), self.nonce);
        let end = match Ownership::acquire(kube, clock, &self.events, holder).await {
            Err(halt) => End::Halted(halt),
            Ok(ownership) => {
                let end = {
                    let passes = pin!(self.passes(&mut memory, &ownership));
                    let keep = pin!(ownership.keep(kube, clock));
                    match select(passes, keep).await {
                        Either::Left((end, _)) => end,
                        Either::Right(((), passes)) => passes.await,
                    }
                };
                ownership.release(kube, clock).await;
                end
            }
        };
        self.ports.nodes.revoke().await;
        let last = observe(self.ports, Freshness::Watched).await;
        let outcome = Outcome {
            end,
            standing: standing(&last),
            leader_moves: memory.track.leader_moves,
            seconds: clock.monotonic().saturating_sub(began).as_secs(),
            pods: memory.pods,
            warnings: memory.warnings,
            run: self.run.clone(),
        };
        match &outcome.end {
            End::Finished => {
                self.emit(EventKind::Finished {
                    standing: outcome.standing.clone(),
                    leader_moves: outcome.leader_moves,
                    seconds: outcome.seconds,
                })
                .await;
            }
            End::Halted(halt) => {
                self.emit(EventKind::Halted {
                    halt: halt.clone(),
                    standing: outcome.standing.clone(),
                })
                .await;
            }
            End::Stopped { .. } => {}
        }
        outcome
    }

    async fn passes(&mut self, memory: &mut Memory, ownership: &Ownership) -> End {
        let clock = self.ports.clock;
        let one_way = is_one_way(&self.run.from, &self.run.target.version);
        let mut freshness = Freshness::Fresh;
        loop {
            let snapshot = self.look(memory, freshness, one_way).await;
            freshness = Freshness::Watched;
            if let Some(end) = self.asked_to_stop(memory, &snapshot, one_way).await {
                return end;
            }
            let mut decision = self.decide(memory, &snapshot);
            if let Decision::Act(action) = &decision
                && action.disrupts()
            {
                // Decided on the watches' copy; it must be decided again on
                // what the API server says now.
                let fresh = self.look(memory, Freshness::Fresh, one_way).await;
                let again = self.decide(memory, &fresh);
                if matches!(&again, Decision::Act(second) if second == action) {
                    match self.act(memory, ownership, action.clone(), &fresh).await {
                        Ok(()) => continue,
                        Err(halt) => decision = Decision::Halt(halt),
                    }
                } else {
                    decision = again;
                    if matches!(decision, Decision::Act(_)) {
                        continue;
                    }
                }
            }
            match decision {
                Decision::Act(action) => match self.act(memory, ownership, action, &snapshot).await
                {
                    Ok(()) => memory.waiting_since = None,
                    Err(halt) => return self.halt(memory, halt, &snapshot).await,
                },
                Decision::Wait { blockers, recheck } => {
                    self.tell_wait(memory, &blockers).await;
                    self.touch(memory, &blockers, &snapshot).await;
                    let began = clock.monotonic();
                    self.pause(recheck).await;
                    let now = clock.monotonic();
                    memory.stopwatch.waited(&blockers, began, now);
                    if now.saturating_sub(memory.last_fresh) >= REPOLL {
                        freshness = Freshness::Fresh;
                    }
                }
                Decision::Done => return End::Finished,
                Decision::Halt(halt) => return self.halt(memory, halt, &snapshot).await,
            }
        }
    }

    /// Observes, folds what was seen into memory, and tells what changed.
    async fn look(&mut self, memory: &mut Memory, freshness: Freshness, one_way: bool) -> Snapshot {
        let clock = self.ports.clock;
        let snapshot = observe(self.ports, freshness).await;
        let now = clock.monotonic();
        if freshness == Freshness::Fresh {
            memory.last_fresh = now;
        }
        memory.track.observe(&snapshot, now);
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
        let caught_up = [Pool::ReadReplicas, Pool::Voters]
            .into_iter()
            .filter_map(|pool| snapshot.workload(pool))
            .flat_map(|workload| &workload.pods)
            .filter(|pod| memory.track.readings(&pod.pod).0 == 2)
            .filter_map(|pod| Some((pod, snapshot.node(&pod.pod.name)?.applied_index()?)))
            .collect();
        events.extend(memory.changes.caught_up(caught_up));
        for event in events {
            memory.stopwatch.saw(&event, now);
            self.emit(event).await;
        }
        self.tell_done(memory, &snapshot, now).await;
        snapshot
    }

    async fn operator_quiet(&self, memory: &mut Memory, snapshot: &Snapshot) {
        if memory.track.operator_quiet || !memory.track.begun {
            return;
        }
        let Some(cluster) = snapshot.cluster.known() else {
            return;
        };
        let quiet = {
            let world = self.world(memory, snapshot);
            rolling::unquiet(&world, cluster).is_none()
        };
        if quiet {
            memory.track.operator_quiet = true;
            self.emit(EventKind::OperatorQuiet {
                acknowledged: rolling::acknowledged(cluster),
            })
            .await;
        }
    }

    async fn tell_done(&self, memory: &mut Memory, snapshot: &Snapshot, now: Duration) {
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

    fn world<'w>(&'w self, memory: &'w Memory, snapshot: &'w Snapshot) -> World<'w> {
        World {
            run: &self.run,
            take_over: self.take_over,
            snapshot,
            track: &memory.track,
            now: self.ports.clock.monotonic(),
        }
    }

    fn decide(&self, memory: &mut Memory, snapshot: &Snapshot) -> Decision {
        let decision = rolling::decide(&self.world(memory, snapshot));
        let now = self.ports.clock.monotonic();
        match &decision {
            Decision::Wait { blockers, .. } => memory.track.wait(blockers, now),
            Decision::Act(_) | Decision::Done | Decision::Halt(_) => memory.track.wait(&[], now),
        }
        decision
    }

    /// Grants a wish to stop when it may be granted.
    async fn asked_to_stop(
        &self,
        memory: &mut Memory,
        snapshot: &Snapshot,
        one_way: bool,
    ) -> Option<End> {
        let pause = memory.track.begun
            && snapshot
                .cluster
                .known()
                .is_some_and(|cluster| cluster.pause_requested.is_some());
        let wish = self
            .stop
            .wished()
            .or(pause.then_some((StopReason::Paused, false)))
            .or(self
                .events
                .is_closed()
                .then_some((StopReason::Unwatched, false)));
        let (why, at_once) = wish?;
        if at_once {
            return Some(End::Stopped { why, safe: false });
        }
        if rolling::safe_point(&self.run, snapshot, &memory.track, one_way) {
            return Some(End::Stopped { why, safe: true });
        }
        if !memory.stopping_told {
            memory.stopping_told = true;
            self.emit(EventKind::Stopping {
                why: format!("{}: stopping at the next safe point", why.text()),
            })
            .await;
        }
        None
    }

    /// Performs an action under the lease.
    async fn act(
        &mut self,
        memory: &mut Memory,
        ownership: &Ownership,
        action: Action,
        snapshot: &Snapshot,
    ) -> Result<(), Halt> {
        let clock = self.ports.clock;
        match ownership.fenced(clock) {
            None => {}
            Some(Fence::Stale) => {
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
        };
        let result = act
            .perform(&action, snapshot, &self.run, WriteMode::Real)
            .await;
        let now = clock.monotonic();
        match result {
            Ok(run) => {
                if let Some(run) = run {
                    self.run = run;
                }
                memory.conflicts = 0;
                memory.changed |= matches!(action, Action::Declare { .. });
                memory.track.acted(&action, now);
                memory.stopwatch.acted(&action, began, now);
                let ms = u64::try_from(now.saturating_sub(began).as_millis()).unwrap_or(u64::MAX);
                self.emit(EventKind::ActionDone { action, ms }).await;
                Ok(())
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

    /// What a refused action means: look again, wait, or stop.
    async fn refused(
        &self,
        memory: &mut Memory,
        action: &Action,
        error: &PortError,
        now: Duration,
    ) -> Result<(), Halt> {
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
                    by: crate::model::action::ReleaseBy::Eviction,
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
            PortError::Denied { .. }
            | PortError::Forbidden(_)
            | PortError::Invalid(_)
            | PortError::Other(_) => {
                Err(Halt::new(HaltReason::Denied, format!("{action}: {error}")))
            }
        }
    }

    /// Tells a wait when it is another than before, and again every 30 s.
    async fn tell_wait(&self, memory: &mut Memory, blockers: &[Blocker]) {
        let now = self.ports.clock.monotonic();
        let same = memory.told.len() == blockers.len()
            && memory
                .told
                .iter()
                .zip(blockers)
                .all(|(told, now)| told.same_wait(now));
        if !same {
            memory.told = blockers.to_vec();
            memory.waiting_since = Some(now);
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
                blockers: blockers.to_vec(),
            })
            .await;
        }
        let slow = memory
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
    async fn touch(&self, memory: &mut Memory, blockers: &[Blocker], snapshot: &Snapshot) {
        let clock = self.ports.clock;
        let waits = |blocker: &Blocker| matches!(blocker, Blocker::NotCaughtUp { applied, wanted, .. } if applied < wanted);
        if !blockers.iter().any(waits)
            || clock.monotonic().saturating_sub(memory.last_touch) < Duration::from_secs(1)
        {
            return;
        }
        if let Ok(leader) = leadership::leader(snapshot) {
            memory.last_touch = clock.monotonic();
            if let Err(error) = within(clock, NODE, self.ports.nodes.touch(leader.pod)).await {
                tracing::debug!(%error, "no entry could be made");
            }
        }
    }

    /// Waits for a change, a wish to stop, or the time to look again.
    async fn pause(&self, recheck: Duration) {
        let mut stop = self.stop.clone();
        let wake = pin!(async {
            select(pin!(self.ports.kube.changed()), pin!(stop.changed())).await;
        });
        select(wake, pin!(self.ports.clock.sleep(recheck))).await;
    }

    async fn halt(&mut self, memory: &mut Memory, halt: Halt, snapshot: &Snapshot) -> End {
        let halt = closing::close(self.ports, halt, snapshot, &self.run, memory.track.begun).await;
        if memory.track.begun
            && !memory.changed
            && self.nothing_declared(snapshot)
            && given_back(&halt)
        {
            self.give_back().await;
        }
        End::Halted(halt)
    }

    /// The resource still asks for the version it asked for before.
    fn nothing_declared(&self, snapshot: &Snapshot) -> bool {
        snapshot.cluster.known().is_some_and(|cluster| {
            cluster.status.upgrade.is_none()
                && cluster
                    .spec
                    .version
                    .parse()
                    .is_ok_and(|version: crate::model::version::Version| version == self.run.from)
                && self.run.from != self.run.target.version
        })
    }

    /// Nothing was changed but ownership: hand the resource back at once.
    async fn give_back(&self) {
        let Ports { kube, clock, .. } = self.ports;
        let version = self.run.from.to_string();
        for _ in 0..5 {
            let Ok(cluster) = within(clock, API, kube.cluster(Freshness::Fresh)).await else {
                return;
            };
            if matches!(&cluster.run, Fact::Known(None)) {
                return;
            }
            let step = if cluster.status.operation_lock.is_some() {
                within(
                    clock,
                    API,
                    kube.complete(&cluster, &version, WriteMode::Real),
                )
                .await
            } else {
                within(
                    clock,
                    API,
                    kube.relinquish(&cluster, self.run.paused_before, WriteMode::Real),
                )
                .await
            };
            match step {
                Ok(()) | Err(PortError::Conflict { .. }) => {}
                Err(error) => {
                    tracing::warn!(%error, "the resource could not be given back");
                    return;
                }
            }
        }
    }

    async fn emit(&self, event: EventKind) {
        self.events.emit(self.ports.clock.wall(), event).await;
    }
}

/// Whether the resource is this run's to give back after such a halt.
fn given_back(halt: &Halt) -> bool {
    matches!(
        halt.reason,
        HaltReason::LeaderNotFirst
            | HaltReason::SnapshotFailed
            | HaltReason::NoLeader
            | HaltReason::Denied
    )
}
