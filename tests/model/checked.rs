//! The model as `stateright` explores it, its properties, and the fair run that
//! shows that every state leads to an end.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Mutex,
};

use baoctl::model::{halt::HaltReason, intent::Order};
use stateright::{Model, Property};

use crate::{
    drive::{Answer, Drive, Kind, Thought, crash, ended},
    explored::{DONE, Told},
    mutants::Mutant,
    rules,
    state::{
        Budget, Cr, Declared, Driver, Life, Lock, MOST, Mem, Phase, Pod, Rule, Set, State,
        Strategy, Why,
    },
    view::{Fixed, small},
    world::{Step, World},
};

/// One configuration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Config {
    pub n: u8,
    pub order: Order,
    pub one_way: bool,
    /// Who leads at first.
    pub leader: u8,
    pub budget: Budget,
    /// A second process tries to drive.
    pub second: bool,
    /// The watches lag behind.
    pub lag: bool,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Move {
    Start(u8),
    Pass(u8),
    /// A pass whose write is answered in an unlucky way.
    Unlucky(u8, Answer),
    /// The look of a pass, and its write later.
    Look(u8),
    Write(u8),
    Crash(u8),
    Leave(u8),
    Suspend(u8),
    Wake(u8),
    /// The wait has lasted too long.
    Patience(u8),
    World(Step),
}

/// A move with the state it leads to, so that one decision serves all moves
/// that depend on it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub what: Move,
    next: State,
}

impl std::fmt::Debug for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.what.fmt(f)
    }
}

pub(crate) struct Checked {
    pub config: Config,
    drive: Drive,
    world: World,
    /// States whose fair run is known to end.
    ends: Mutex<HashSet<u64>>,
    /// Thoughts that were had already: what faults may still come does not
    /// enter a decision.
    thoughts: Mutex<HashMap<State, Thought>>,
}

/// Thoughts kept at most: about one gigabyte.
const THOUGHTS: usize = 1_000_000;

impl Checked {
    pub(crate) fn new(config: Config, mutant: Mutant) -> Self {
        Self {
            config,
            drive: Drive {
                fixed: Fixed::new(config.n, config.one_way, config.order),
                mutant,
            },
            world: World {
                n: config.n,
                one_way: config.one_way,
            },
            ends: Mutex::new(HashSet::new()),
            thoughts: Mutex::new(HashMap::new()),
        }
    }

    /// Looks and decides, once for all budgets.
    fn think(&self, s: &State, d: usize) -> Thought {
        let key = State {
            budget: Budget {
                // Tells the drivers apart.
                crashes: small(d),
                ..Budget::default()
            },
            ..*s
        };
        let mut thoughts = self.thoughts.lock().expect("no panic while it is held");
        let thought = thoughts.get(&key).cloned();
        let mut thought = thought.unwrap_or_else(|| {
            if thoughts.len() >= THOUGHTS {
                thoughts.clear();
            }
            let thought = self.drive.think(s, d, false);
            thoughts.insert(key, thought.clone());
            thought
        });
        thought.state.budget = s.budget;
        thought
    }

    fn initial(&self) -> State {
        let gone = Pod {
            phase: Phase::Gone,
            new: false,
            synced: false,
            behind: false,
            ours: false,
        };
        let mut pods = [gone; MOST];
        for pod in &mut pods[..usize::from(self.config.n)] {
            (pod.phase, pod.synced) = (Phase::Up, true);
        }
        let set = Set {
            strategy: Strategy::Partition(0),
            new_image: false,
        };
        let mut state = State {
            pods,
            set,
            controller: set,
            cr: Cr {
                paused: false,
                lock: Lock::Free,
                record: None,
                version: Declared::Old,
                upgrade: None,
                current_new: false,
                acknowledged: false,
            },
            leader: Some(self.config.leader),
            led: crate::state::SETTLED,
            agreed: true,
            stepping: false,
            asked: None,
            stepped: None,
            ever_new: false,
            view: None,
            drivers: [Driver {
                life: Life::Away,
                mem: Mem::default(),
                pending: None,
            }; 2],
            lease: None,
            unrenewed: 0,
            budget: self.config.budget,
            wrong: None,
        };
        if self.config.lag {
            state.view = Some(state.present());
        }
        state
    }

    /// Carries a thought out with an answer.
    fn carry_out(&self, thought: &Thought, d: usize, answer: Answer) -> Option<State> {
        let s = &thought.state;
        match thought.kind {
            Kind::Act(pending) => self.drive.send(s, d, pending, answer),
            _ if answer != Answer::Heard => None,
            Kind::Again => Some(*s),
            Kind::Wait(touch) => {
                let mut s = *s;
                if touch && s.leader.is_some() {
                    self.drive.commit(&mut s);
                }
                Some(s)
            }
            Kind::Done => Some(ended(s, d, Life::Done)),
            Kind::Halt(reason) => Some(ended(s, d, Life::Halted(Why(reason)))),
        }
    }

    fn driver_moves(&self, s: &State, d: usize, add: &mut impl FnMut(Move, Option<State>)) {
        let id = small(d);
        let driver = &s.drivers[d];
        match driver.life {
            Life::Away => add(Move::Start(id), Drive::start(s, d)),
            Life::Halted(_) if s.budget.reruns > 0 => {
                let mut s = *s;
                s.budget.reruns -= 1;
                add(Move::Start(id), Drive::start(&s, d));
            }
            Life::Done | Life::Halted(_) => {}
            Life::Suspended => {
                let mut s = *s;
                s.drivers[d].life = Life::Running;
                add(Move::Wake(id), Some(s));
            }
            Life::Running => self.running(s, d, add),
        }
    }

    fn running(&self, s: &State, d: usize, add: &mut impl FnMut(Move, Option<State>)) {
        let id = small(d);
        if s.budget.suspensions > 0 {
            let mut s = *s;
            s.budget.suspensions -= 1;
            s.drivers[d].life = Life::Suspended;
            add(Move::Suspend(id), Some(s));
        }
        if s.budget.crashes > 0 {
            let mut s = *s;
            s.budget.crashes -= 1;
            crash(&mut s, d);
            add(Move::Crash(id), Some(s));
            // A process that leaves at once gives its lease back.
            s.lease = s.lease.filter(|holder| *holder != id);
            add(Move::Leave(id), Some(s));
        }
        if let Some(pending) = s.drivers[d].pending {
            add(
                Move::Write(id),
                self.drive.send(s, d, pending, Answer::Heard),
            );
            return;
        }
        let thought = self.think(s, d);
        add(Move::Pass(id), self.carry_out(&thought, d, Answer::Heard));
        match thought.kind {
            Kind::Act(pending) => {
                let mut poorer = thought;
                if s.budget.races > 0 {
                    let mut s = poorer.state;
                    s.budget.races -= 1;
                    s.drivers[d].pending = Some(pending);
                    add(Move::Look(id), Some(s));
                }
                if s.budget.answers > 0 {
                    poorer.state.budget.answers -= 1;
                    for answer in [Answer::Lost, Answer::Dropped] {
                        add(
                            Move::Unlucky(id, answer),
                            self.carry_out(&poorer, d, answer),
                        );
                    }
                    poorer.state.budget.answers += 1;
                }
                if s.budget.crashes > 0 {
                    poorer.state.budget.crashes -= 1;
                    for answer in [Answer::Crash, Answer::HalfCrash] {
                        add(
                            Move::Unlucky(id, answer),
                            self.carry_out(&poorer, d, answer),
                        );
                    }
                }
            }
            Kind::Wait(_) if s.budget.slow > 0 => {
                let mut s = *s;
                s.budget.slow -= 1;
                add(Move::Patience(id), self.patience(&s, d));
            }
            // A driver looks four times a second: a wait lasts only where looking
            // again shows nothing else.
            Kind::Wait(_)
                if self.carry_out(&thought, d, Answer::Heard) == Some(*s)
                    && self.stands_still(s) =>
            {
                add(Move::Patience(id), self.patience(s, d));
            }
            _ => {}
        }
    }

    /// Whatever is waited for has been waited for too long.
    fn patience(&self, s: &State, d: usize) -> Option<State> {
        let thought = self.drive.think(s, d, true);
        self.carry_out(&thought, d, Answer::Heard)
    }

    /// Nothing happens by itself any more, time included.
    fn stands_still(&self, s: &State) -> bool {
        let mut steps = Vec::new();
        self.world.natural(s, &mut steps);
        steps
            .into_iter()
            .chain([Step::Tick])
            .all(|step| self.world.after(s, step).is_none())
    }

    /// The next state when nothing more goes wrong.
    fn fairly(&self, s: &State) -> Option<State> {
        let mut steps = Vec::new();
        self.world.natural(s, &mut steps);
        if let Some(next) = steps.into_iter().find_map(|step| self.world.after(s, step)) {
            return Some(next);
        }
        let tick = || self.world.after(s, Step::Tick);
        let suspended = (0..2).find(|d| s.drivers[*d].life == Life::Suspended);
        if let Some(d) = suspended {
            let mut s = *s;
            s.drivers[d].life = Life::Running;
            return Some(s);
        }
        let Some(d) = (0..2).find(|d| s.drivers[*d].life == Life::Running) else {
            return Drive::start(s, 0).or_else(tick);
        };
        if let Some(pending) = s.drivers[d].pending {
            return self.drive.send(s, d, pending, Answer::Heard);
        }
        let thought = self.think(s, d);
        self.carry_out(&thought, d, Answer::Heard)
            .filter(|next| next != s)
            .or_else(tick)
            .or_else(|| self.patience(s, d).filter(|next| next != s))
    }

    /// Whether nobody drives any more and nobody has to.
    fn at_an_end(s: &State) -> bool {
        let running = |driver: &Driver| matches!(driver.life, Life::Running | Life::Suspended);
        let over = |driver: &Driver| matches!(driver.life, Life::Done | Life::Halted(_));
        !s.drivers.iter().any(running) && s.drivers.iter().any(over)
    }

    /// A halt is an answer only where something is wrong that the driver may
    /// not mend.
    fn rightly_ended(s: &State, spent: &Budget) -> bool {
        let halted = s.drivers.iter().find_map(|driver| match driver.life {
            Life::Halted(Why(reason)) => Some(reason),
            _ => None,
        });
        let Some(reason) = halted else { return true };
        s.drivers.iter().any(|driver| driver.life == Life::Done)
            || spent.broken > 0
            || spent.sealed > 0
            || spent.foreign > 0
            || spent.slow > 0
            || spent.suspensions > 0
            || matches!(
                reason,
                HaltReason::LeaderNotFirst | HaltReason::StepDownFailed | HaltReason::LeaseLost
            )
    }

    /// Whether the fair run from a state ends, and rightly.
    fn leads_to_an_end(&self, from: &State) -> bool {
        let key = |s: &State| {
            let mut hasher = DefaultHasher::new();
            s.hash(&mut hasher);
            hasher.finish()
        };
        let mut ends = self.ends.lock().expect("no panic while it is held");
        let mut run = Vec::new();
        let mut s = *from;
        loop {
            let here = key(&s);
            if ends.contains(&here) {
                break;
            }
            if Self::at_an_end(&s) {
                let given = &self.config.budget;
                let spent = Budget {
                    broken: given.broken - s.budget.broken,
                    sealed: given.sealed - s.budget.sealed,
                    foreign: given.foreign - s.budget.foreign,
                    slow: given.slow - s.budget.slow,
                    suspensions: given.suspensions - s.budget.suspensions,
                    ..Budget::default()
                };
                if !Self::rightly_ended(&s, &spent) {
                    return false;
                }
                break;
            }
            // A run of this length goes round in circles.
            if run.len() > 400 {
                return false;
            }
            run.push(here);
            let Some(next) = self.fairly(&s) else {
                return false;
            };
            s = next;
        }
        ends.extend(run);
        true
    }
}

impl Told for Checked {
    fn brief(&self, s: &State) -> String {
        s.brief(self.config.n)
    }

    fn fair_run(&self, from: &State) -> Vec<State> {
        let mut run = vec![*from];
        while run.len() < 300
            && let Some(last) = run.last()
            && !Self::at_an_end(last)
            && let Some(next) = self.fairly(last)
        {
            run.push(next);
        }
        run
    }
}

fn without(s: &State, rules: &[Rule]) -> bool {
    !s.wrong.is_some_and(|wrong| rules.contains(&wrong))
}

impl Model for Checked {
    type State = State;
    type Action = Taken;

    fn init_states(&self) -> Vec<State> {
        vec![self.initial()]
    }

    fn actions(&self, s: &State, actions: &mut Vec<Taken>) {
        if s.wrong.is_some() {
            return;
        }
        let mut add = |what: Move, next: Option<State>| {
            if let Some(next) = next.filter(|next| next != s) {
                actions.push(Taken { what, next });
            }
        };
        let mut steps = vec![Step::Tick];
        self.world.natural(s, &mut steps);
        self.world.misfortune(s, &mut steps);
        // Once nobody drives, what the world does is no concern of the rules.
        if !s
            .drivers
            .iter()
            .all(|driver| matches!(driver.life, Life::Done | Life::Halted(_)))
            || s.budget.reruns > 0
        {
            for step in steps {
                add(Move::World(step), self.world.after(s, step));
            }
        }
        self.driver_moves(s, 0, &mut add);
        if self.config.second {
            self.driver_moves(s, 1, &mut add);
        }
    }

    fn next_state(&self, _last: &State, taken: Taken) -> Option<State> {
        Some(taken.next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(
                "S1 one writer, and none against a foreign hand",
                |_, s: &State| without(s, &[Rule::S1]),
            ),
            Property::always(
                "S2 every voter is fine before a disturbance",
                |_, s: &State| without(s, &[Rule::S2]),
            ),
            Property::always("S3 one pod at a time", |m: &Self, s: &State| {
                rules::one_at_a_time(m.config.n, s)
            }),
            Property::always("S4 never the active node", |_, s: &State| {
                without(s, &[Rule::S4])
            }),
            Property::always("S6 never from new to old", |_, s: &State| {
                without(s, &[Rule::S6])
            }),
            Property::always("S8 done only when all is done", |m: &Self, s: &State| {
                without(s, &[Rule::S8]) && rules::done_is_done(m.config.n, s)
            }),
            Property::always("S15 nothing beside a broken pod", |_, s: &State| {
                without(s, &[Rule::S15])
            }),
            Property::always("R1 hold observed before the image", |_, s: &State| {
                without(s, &[Rule::R1])
            }),
            Property::always("R2 the partition goes down by one", |_, s: &State| {
                without(s, &[Rule::R2])
            }),
            Property::always("R3 the partition divides old from new", |_, s: &State| {
                without(s, &[Rule::R3])
            }),
            Property::always("R5 the new version leads last", |_, s: &State| {
                without(s, &[Rule::R5])
            }),
            Property::always("R8 12 s around a step-down", |_, s: &State| {
                without(s, &[Rule::R8])
            }),
            Property::always("L2 every state leads to an end", |m: &Self, s: &State| {
                s.wrong.is_some() || m.leads_to_an_end(s)
            }),
            Property::eventually("L1 every path ends", |_, s: &State| {
                s.wrong.is_some() || Self::at_an_end(s)
            }),
            Property::sometimes(DONE, |_, s: &State| {
                s.drivers.iter().any(|driver| driver.life == Life::Done)
            }),
        ]
    }
}
