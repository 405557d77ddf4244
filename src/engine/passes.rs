//! One run: pass after pass until it is done, has to stop, or is asked to.

use std::{pin::pin, time::Duration};

use futures::future::{Either, select};

use crate::{
    bugs::{self, Bug},
    decide::{
        Decision, heirs, patience, recheck, rolling, safe_point, versions::is_one_way, world::World,
    },
    event::EventKind,
    model::{intent::StepDownVia, pause::PauseRequest, record::RunRecord, snapshot::Snapshot},
    ports::{BaoNodes, Clock, Freshness, Workloads, within_or},
};

use super::{
    Kube, Ports,
    emit::Events,
    memory::Memory,
    observe::candidates,
    outcome::{End, Outcome},
    ownership::Ownership,
    stop::{Stop, StopReason},
};

/// How often a direct read replaces the watches' copy while the run waits: a
/// lost event costs seconds, never the run.
const REPOLL: Duration = Duration::from_secs(10);

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
    /// How long a new pod may take to be Ready, to answer and to catch up.
    pub start_timeout: Duration,
    /// The pause request that the start of this run answers.
    pub answers: Option<PauseRequest>,
    /// How leaders are stepped down.
    pub step_down: StepDownVia,
    /// A part of the lease's holder that no other process has.
    pub nonce: String,
}

impl<K: Kube, B: BaoNodes, C: Clock> Engine<'_, K, B, C> {
    /// Runs to an end. Emits every event of the run, the terminal one last.
    pub async fn run(mut self) -> Outcome {
        let Ports { kube, clock, .. } = self.ports;
        let began = clock.monotonic();
        self.emit(EventKind::RunStarted {
            run: self.run.id.clone(),
            holder: self.run.holder(),
            from: self.run.leaves().clone(),
            to: self.run.target.version.clone(),
            image: self.run.target.image.clone(),
            resumed: self.resumed,
            started_at: self.run.started_at,
        })
        .await;
        let mut memory = Memory::default();
        let holder = format!("{}/{}", self.run.holder(), self.nonce);
        let stop = self.stop.clone();
        let acquired = {
            let acquire = pin!(Ownership::acquire(&kube, clock, &self.events, holder));
            match select(acquire, pin!(stop.asked())).await {
                Either::Left((acquired, _)) => acquired.map_err(End::Halted),
                Either::Right((why, _)) => Err(End::Stopped { why, safe: true }),
            }
        };
        let end = match acquired {
            Err(end) => end,
            Ok(ownership) => {
                let end = {
                    let passes = pin!(self.passes(&mut memory, &ownership));
                    let keep = pin!(ownership.keep(&kube, clock));
                    let kept = pin!(async {
                        match select(passes, keep).await {
                            Either::Left((end, _)) => end,
                            Either::Right(((), passes)) => passes.await,
                        }
                    });
                    // Wherever it is: what was sent, the next run looks for.
                    match select(kept, pin!(stop.insisted())).await {
                        Either::Left((end, _)) => end,
                        Either::Right((why, _)) => End::Stopped { why, safe: false },
                    }
                };
                let release = ownership.release(&kube, clock);
                within_or(clock, end.last_patience(), release, |_| ()).await;
                end
            }
        };
        let standing = self.last_look(&end, &memory).await;
        let outcome = Outcome {
            end,
            standing,
            begun: self.resumed || memory.wrote,
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
            let mut snapshot = self.look(memory, freshness, one_way).await;
            freshness = Freshness::Watched;
            if let Some(end) = self.asked_to_stop(memory, &snapshot, one_way).await {
                if matches!(end, End::Stopped { safe: true, .. }) {
                    Box::pin(self.leave(memory, ownership)).await;
                }
                return end;
            }
            if let Some(halt) = self.disowned(ownership) {
                return Box::pin(self.halt(memory, ownership, halt, &snapshot)).await;
            }
            let mut decision = self.decide(memory, &mut snapshot).await;
            if let Decision::Act(action) = &decision
                && action.is_grave()
            {
                // Decided on the watches' copy; it must be decided again on
                // what the API server says now.
                let mut fresh = self.look(memory, Freshness::Fresh, one_way).await;
                let again = self.decide(memory, &mut fresh).await;
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
                    Err(halt) => {
                        return Box::pin(self.halt(memory, ownership, halt, &snapshot)).await;
                    }
                },
                Decision::Wait { blockers } => {
                    memory.in_a_row = 0;
                    let world = self.world(memory, &snapshot);
                    let recheck = recheck::after(&blockers, &world);
                    let left = patience::left(&blockers, &world);
                    self.tell_wait(memory, &blockers, left).await;
                    self.touch(memory, ownership, &blockers, &snapshot).await;
                    self.pause(recheck).await;
                    if clock.monotonic().saturating_sub(memory.last_fresh) >= REPOLL {
                        freshness = Freshness::Fresh;
                    }
                }
                Decision::Reached(until) => {
                    Box::pin(self.leave(memory, ownership)).await;
                    let why = StopReason::Reached(until);
                    return End::Stopped { why, safe: true };
                }
                Decision::Done => return End::Finished,
                Decision::Halt(_) if bugs::has(Bug::TriesAgain) => {
                    self.pause(REPOLL).await;
                }
                Decision::Halt(halt) => {
                    return Box::pin(self.halt(memory, ownership, halt, &snapshot)).await;
                }
            }
        }
    }

    pub(super) fn world<'w>(&'w self, memory: &'w Memory, snapshot: &'w Snapshot) -> World<'w> {
        World {
            run: &self.run,
            take_over: self.take_over,
            start_timeout: self.start_timeout,
            snapshot,
            track: &memory.track,
            now: self.ports.clock.monotonic(),
        }
    }

    async fn decide(&self, memory: &mut Memory, snapshot: &mut Snapshot) -> Decision {
        let mut decision = rolling::decide(&self.world(memory, snapshot));
        let pods = heirs::to_be_asked(&decision);
        if !pods.is_empty() {
            snapshot.candidates = Box::pin(candidates(self.ports, snapshot, &pods)).await;
            heirs::remember(&mut memory.track, snapshot);
            decision = rolling::decide(&self.world(memory, snapshot));
        }
        let now = self.ports.clock.monotonic();
        if let Some((blockers, since)) = memory.last_wait.take() {
            memory.stopwatch.waited(&blockers, since, now);
        }
        match &decision {
            Decision::Wait { blockers } => {
                memory.track.wait(blockers, now);
                memory.last_wait = Some((blockers.clone(), now));
            }
            Decision::Act(_) | Decision::Reached(_) | Decision::Done | Decision::Halt(_) => {
                memory.track.wait(&[], now);
            }
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
        let request = snapshot
            .cluster
            .known()
            .and_then(|cluster| cluster.pause_requested.as_ref());
        let pause = request
            .is_some_and(|request| memory.track.begun || self.answers.as_ref() != Some(request));
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
        if safe_point::safe_point(&self.run, snapshot, &memory.track, one_way) {
            return Some(End::Stopped { why, safe: true });
        }
        if !memory.stopping_told {
            memory.stopping_told = true;
            self.emit(EventKind::Stopping {
                why: why.text().to_owned(),
            })
            .await;
        }
        None
    }

    /// Waits for a change, a wish to stop, or the time to look again.
    pub(super) async fn pause(&self, recheck: Duration) {
        let wake = pin!(async {
            select(pin!(self.ports.kube.changed()), pin!(self.stop.news())).await;
        });
        select(wake, pin!(self.ports.clock.sleep(recheck))).await;
    }

    pub(super) async fn emit(&self, event: EventKind) {
        self.events.emit(self.ports.clock.wall(), event).await;
    }

    pub(super) fn show(&self, event: EventKind) {
        self.events.show(self.ports.clock.wall(), event);
    }
}
