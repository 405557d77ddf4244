//! The driver: the engine's pass over abstract states, around the real
//! `decide`.

use baoctl::{
    decide::{Decision, broken::Broken, owning, rolling, track::Track, world::World as Given},
    model::{
        action::{Action, Hold, ReleaseBy},
        blocker::Blocker,
        halt::HaltReason,
        names::Pool,
        snapshot::Snapshot,
    },
};

use crate::{
    mutants::Mutant,
    rules::judge,
    state::{
        Act, Declared, Driver, Life, Lock, Mem, OLDEST, Pending, Phase, Pod, State, Strategy, View,
        Why,
    },
    view::{Fixed, NOW, mask, small},
};

/// A write may be sent for so long after the last renewal (half of 15 s).
const FENCED: u8 = 2;

/// How the answer to a write comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    Heard,
    /// Applied, and the answer lost.
    Lost,
    /// Never arrived.
    Dropped,
    /// Applied, and the process dies.
    Crash,
    /// The first half of a write in two parts is applied, and the process dies.
    HalfCrash,
}

/// What a look comes to.
#[derive(Debug, Clone)]
pub(crate) struct Thought {
    /// The state with what was learned by looking.
    pub state: State,
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// What was seen changed while it was looked at: look again.
    Again,
    Act(Pending),
    /// Whether an entry is made to see who follows.
    Wait(bool),
    Done,
    Halt(HaltReason),
}

#[derive(Debug)]
pub(crate) struct Drive {
    pub fixed: Fixed,
    pub mutant: Mutant,
}

impl Drive {
    /// Looks and decides. With `patience` whatever is waited for has been
    /// waited for too long.
    pub(crate) fn think(&self, last: &State, d: usize, patience: bool) -> Thought {
        let mut state = *last;
        let view = state.view.unwrap_or_else(|| state.present());
        let mut decision = self.look(&mut state, d, &view, patience);
        if let Decision::Act(action) = &decision
            && action.is_grave()
            && state.view.is_some()
        {
            state.deliver();
            let again = self.look(&mut state, d, &last.present(), patience);
            if matches!(&again, Decision::Act(other) if other != action) {
                return Thought {
                    state,
                    kind: Kind::Again,
                };
            }
            decision = again;
        }
        if state.drivers[d].mem.quiet {
            // It matters no more whether the operator has said so.
            state.cr.acknowledged = true;
            if let Some(view) = &mut state.view {
                view.cr.acknowledged = true;
            }
        }
        let kind = match decision {
            Decision::Act(action) => {
                let view = state.view.unwrap_or_else(|| state.present());
                let act = self.small(&action);
                let outlived = match act {
                    Act::Evict(pod) | Act::StepDown(pod) => view.outlived & (1 << pod) != 0,
                    _ => false,
                };
                let pending = Pending {
                    act,
                    outlived,
                    cr: view.cr,
                    set: view.set,
                };
                let begun = state.drivers[d].mem.begun;
                state.wrong = state
                    .wrong
                    .or_else(|| {
                        let world = (self.fixed.n, self.fixed.one_way);
                        judge(world, &state, &view.cr, begun, act)
                    });
                Kind::Act(pending)
            }
            Decision::Wait { blockers } => Kind::Wait(blockers.iter().any(
                |blocker| matches!(blocker, Blocker::NotCaughtUp { applied, wanted, .. } if applied < wanted),
            )),
            Decision::Reached(until) => panic!("a rolling run has no {until:?}"),
            Decision::Done => Kind::Done,
            Decision::Halt(halt) => Kind::Halt(halt.reason),
        };
        Thought { state, kind }
    }

    fn look(&self, state: &mut State, d: usize, view: &View, patience: bool) -> Decision {
        let driver = state.drivers[d];
        let run = self.fixed.run(driver.mem.newest);
        let mut track = self.fixed.track(&driver);
        let mut snapshot = self.fixed.snapshot(state, view, driver.mem.quiet);
        self.mutant.bend_look(&mut snapshot);
        track.observe(&snapshot, NOW);
        if let Some(cluster) = snapshot.cluster.known() {
            track.begun |= owning::is_under_way(&run, cluster);
        }
        if track.begun && !track.operator_quiet {
            let given = Given {
                run: &run,
                take_over: false,
                start_timeout: baoctl::decide::rules::START_TIMEOUT,
                snapshot: &snapshot,
                track: &track,
                now: NOW,
            };
            let quiet = snapshot
                .cluster
                .known()
                .is_some_and(|cluster| owning::unquiet(&given, cluster).is_none());
            track.operator_quiet = quiet;
        }
        let mut decision = self.ask(&run, &snapshot, &track);
        if patience && let Decision::Wait { blockers } = &decision {
            track.waits = blockers
                .iter()
                .map(|blocker| (blocker.clone(), std::time::Duration::ZERO))
                .collect();
            // So has whatever is broken been.
            track.broken = Broken::default();
            if let Some(voters) = snapshot.voters.known() {
                let pods = voters.pods.iter();
                track.broken.observe(pods, std::time::Duration::ZERO);
            }
            decision = self.ask(&run, &snapshot, &track);
        }
        self.fixed.remember(&track, &mut state.drivers[d].mem, view);
        decision
    }

    fn ask(
        &self,
        run: &baoctl::model::record::RunRecord,
        snapshot: &Snapshot,
        track: &Track,
    ) -> Decision {
        let mut track = track.clone();
        let mut snapshot = snapshot.clone();
        self.mutant.bend_facts(&mut snapshot, &mut track);
        let decision = rolling::decide(&Given {
            run,
            take_over: false,
            start_timeout: baoctl::decide::rules::START_TIMEOUT,
            snapshot: &snapshot,
            track: &track,
            now: NOW,
        });
        self.mutant.bend_decision(decision, &snapshot, run)
    }

    fn small(&self, action: &Action) -> Act {
        match action {
            Action::TakeLock { .. } => Act::TakeLock,
            Action::Begin { .. } => Act::Begin,
            Action::Record { .. } => Act::Record,
            Action::Declare { .. } => Act::Declare,
            Action::Publish {
                current_partition,
                completed_pods,
            } => Act::Publish(small(*current_partition), mask(completed_pods)),
            Action::Hold { hold, .. } => match hold {
                Hold::Partition(to) => Act::HoldPartition(small(*to)),
                Hold::OnDelete => Act::HoldOnDelete,
            },
            Action::SetImage { .. } => Act::SetImage,
            Action::StepDown { node } => Act::StepDown(self.fixed.ordinal(node)),
            Action::Release { pod, by, .. } => match by {
                ReleaseBy::Eviction => Act::Evict(self.fixed.ordinal(pod)),
                ReleaseBy::Partition(to) => Act::Lower(self.fixed.ordinal(pod), small(*to)),
            },
            Action::Unhold { .. } => Act::Unhold,
            Action::Complete => Act::Complete,
            Action::Relinquish => Act::Relinquish,
            other => panic!("a rolling run without a snapshot does not {other}"),
        }
    }

    /// The acts whose success or loss a process remembers.
    fn large(&self, pending: &Pending) -> Option<Action> {
        let pool = Pool::Voters;
        let fixed = &self.fixed;
        Some(match pending.act {
            Act::HoldPartition(_) | Act::HoldOnDelete => Action::Hold {
                pool,
                hold: Hold::OnDelete,
            },
            Act::Begin => Action::Begin {
                record: Box::new(fixed.run(false)),
            },
            Act::Publish(partition, done) => Action::Publish {
                current_partition: u32::from(partition),
                completed_pods: (0..8).filter(|i| done & (1 << i) != 0).collect(),
            },
            Act::SetImage => Action::SetImage {
                pool,
                image: String::new(),
            },
            Act::StepDown(pod) => Action::StepDown {
                node: fixed.pod_ref(pod, pending.outlived),
            },
            Act::Evict(pod) | Act::Lower(pod, _) => Action::Release {
                pool,
                pod: fixed.pod_ref(pod, pending.outlived),
                by: match pending.act {
                    Act::Lower(_, to) => ReleaseBy::Partition(u32::from(to)),
                    _ => ReleaseBy::Eviction,
                },
            },
            _ => return None,
        })
    }

    /// Sends a write and takes in its answer; `None` where that answer is
    /// impossible.
    pub(crate) fn send(
        &self,
        last: &State,
        d: usize,
        pending: Pending,
        answer: Answer,
    ) -> Option<State> {
        let mut s = *last;
        s.drivers[d].pending = None;
        if s.lease != Some(small(d)) && !self.mutant.is_unfenced() {
            return Some(ended(&s, d, Life::Halted(Why(HaltReason::LeaseLost))));
        }
        if s.unrenewed >= FENCED && !self.mutant.is_unfenced() {
            s.unrenewed = 0;
            return Some(s);
        }
        if answer == Answer::Dropped {
            self.unanswered(&mut s, d, &pending);
            return Some(s);
        }
        if answer == Answer::HalfCrash && pending.act != Act::Complete {
            return None;
        }
        let result = self.apply(&mut s, d, &pending, answer == Answer::HalfCrash);
        if answer != Answer::Heard && result != Sent::Applied {
            return None;
        }
        match (answer, result) {
            (Answer::Crash | Answer::HalfCrash, _) => crash(&mut s, d),
            (Answer::Lost, _) => self.unanswered(&mut s, d, &pending),
            (_, Sent::Applied) => {
                let newest = s.cr.record;
                if matches!(pending.act, Act::Record | Act::Begin)
                    && let Some(newest) = newest
                {
                    s.drivers[d].mem.newest = newest;
                }
                if let Some(action) = self.large(&pending) {
                    self.note(&mut s, d, |track| track.acted(&action, NOW));
                }
            }
            (_, refusal) => {
                if let Act::Evict(pod) = pending.act {
                    let conflict = refusal == Sent::Conflict;
                    if !(pending.outlived && s.view.is_none()) {
                        s.drivers[d].mem.refused = Some(crate::state::Refused {
                            pod,
                            age: 0,
                            conflict,
                        });
                    }
                }
            }
        }
        Some(s)
    }

    fn unanswered(&self, s: &mut State, d: usize, pending: &Pending) {
        if let Some(action) = self.large(pending) {
            self.note(s, d, |track| track.unanswered(&action, NOW));
        }
    }

    fn note(&self, s: &mut State, d: usize, note: impl FnOnce(&mut Track)) {
        let mut track = self.fixed.track(&s.drivers[d]);
        note(&mut track);
        let mem = &mut s.drivers[d].mem;
        let kept = (mem.still, mem.fingerprint);
        let view = s.view.unwrap_or(View {
            pods: s.pods,
            outlived: 0,
            set: s.set,
            controller: s.controller,
            cr: s.cr,
        });
        self.fixed.remember(&track, mem, &view);
        (mem.still, mem.fingerprint) = kept;
    }

    /// What a write does to the world.
    fn apply(&self, s: &mut State, d: usize, pending: &Pending, half: bool) -> Sent {
        let n = self.fixed.n;
        if s.lease != Some(small(d)) {
            s.wrong = s.wrong.or(Some(crate::state::Rule::S1));
        }
        let about_set = matches!(
            pending.act,
            Act::HoldPartition(_)
                | Act::HoldOnDelete
                | Act::SetImage
                | Act::Lower(..)
                | Act::Unhold
        );
        let about_pod = matches!(pending.act, Act::Evict(_) | Act::StepDown(_));
        if about_set && pending.set != s.set || !about_set && !about_pod && pending.cr != s.cr {
            return Sent::Conflict;
        }
        match pending.act {
            Act::TakeLock => s.cr.lock = Lock::Ours,
            Act::Begin => {
                s.cr.record = Some(s.drivers[d].mem.newest);
                s.cr.paused = true;
            }
            Act::Record => s.cr.record = Some(true),
            Act::Declare => s.cr.version = Declared::Target,
            Act::Publish(partition, done) => s.cr.upgrade = Some((partition, done)),
            Act::HoldOnDelete => s.set.strategy = Strategy::OnDelete,
            Act::SetImage => s.set.new_image = true,
            Act::HoldPartition(to) | Act::Lower(_, to) => s.set.strategy = Strategy::Partition(to),
            Act::Unhold => s.set.strategy = Strategy::Partition(0),
            Act::StepDown(pod) => {
                if pending.outlived || s.leader != Some(pod) || !s.up(n, pod) || s.stepping {
                    return Sent::Conflict;
                }
                s.stepping = true;
            }
            Act::Evict(pod) => return evict(n, s, pod, pending.outlived),
            Act::Complete => {
                s.cr.current_new = true;
                if !half {
                    s.cr.upgrade = None;
                    s.cr.lock = Lock::Free;
                }
            }
            Act::Relinquish => give_back(s),
        }
        if let Some(view) = &mut s.view {
            // The answer carries the object as it is now.
            if about_set {
                (view.set, view.controller) = (s.set, s.controller);
            } else if !about_pod {
                view.cr = s.cr;
            }
        }
        Sent::Applied
    }

    /// An entry is committed: whoever is sent entries applies it.
    pub(crate) fn commit(&self, s: &mut State) {
        for pod in &mut s.pods[..usize::from(self.fixed.n)] {
            pod.behind |= pod.phase == Phase::Up && !pod.synced;
        }
        for driver in &mut s.drivers {
            for reading in &mut driver.mem.readings {
                if reading.mark == crate::state::Mark::Next {
                    reading.mark = crate::state::Mark::Reached;
                }
            }
        }
    }

    /// A process begins, if the lease lets it.
    pub(crate) fn start(last: &State, d: usize) -> Option<State> {
        if last.lease.is_some() && last.unrenewed < OLDEST {
            return None;
        }
        let mut s = *last;
        s.deliver();
        if s.cr.record.is_none() && s.cr.current_new && s.cr.upgrade.is_none() {
            s.lease = None;
            s.unrenewed = 0;
            return Some(ended(&s, d, Life::Done));
        }
        s.lease = Some(small(d));
        s.unrenewed = 0;
        let leads_new = s.leader.is_some_and(|leader| s.pod(leader).new);
        s.drivers[d] = Driver {
            life: Life::Running,
            mem: Mem {
                newest: s.cr.record.unwrap_or(leads_new),
                ..Mem::default()
            },
            pending: None,
        };
        for reading in &mut s.drivers[d].mem.readings {
            reading.old = true;
        }
        if s.cr.record.is_none() && s.cr.lock == Lock::Ours {
            s.cr.lock = Lock::Dead;
        }
        Some(s)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    Applied,
    Conflict,
    TooMany,
}

fn evict(n: u8, s: &mut State, pod: u8, outlived: bool) -> Sent {
    let phase = s.pod(pod).phase;
    if outlived || phase == Phase::Gone {
        return Sent::Conflict;
    }
    if phase == Phase::Terminating {
        return Sent::Applied;
    }
    // The disruption budget: nobody else may be away.
    let others = (0..n).all(|i| i == pod || s.up(n, i));
    if n > 1 && phase == Phase::Up && !others {
        return Sent::TooMany;
    }
    s.pods[usize::from(pod)] = Pod {
        phase: Phase::Terminating,
        ours: true,
        ..*s.pod(pod)
    };
    Sent::Applied
}

fn give_back(s: &mut State) {
    s.cr.record = None;
    s.cr.paused = false;
    s.cr.acknowledged = false;
}

/// The process dies: its lease stays.
pub(crate) fn crash(s: &mut State, d: usize) {
    s.drivers[d] = Driver {
        life: Life::Away,
        mem: Mem::default(),
        pending: None,
    };
}

/// The process ends by its own decision: its lease goes.
pub(crate) fn ended(last: &State, d: usize, life: Life) -> State {
    let mut s = *last;
    let begun = s.drivers[d].mem.begun;
    if s.lease == Some(small(d)) {
        s.lease = None;
        s.unrenewed = 0;
    }
    s.drivers[d] = Driver {
        life,
        mem: Mem::default(),
        pending: None,
    };
    if let Life::Halted(Why(reason)) = life
        && begun
        && matches!(reason, HaltReason::LeaderNotFirst | HaltReason::NoLeader)
        && s.cr.version == Declared::Old
        && s.cr.upgrade.is_none()
        && s.cr.lock == Lock::Ours
    {
        s.cr.lock = Lock::Free;
        give_back(&mut s);
    }
    s
}
