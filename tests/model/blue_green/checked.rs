//! The model as `stateright` explores it, its properties, and the fair run that
//! shows that every state leads to an end.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Mutex,
};

use baoctl::model::{blue_green::Colour, halt::HaltReason};
use stateright::{Model, Property};

use super::{
    drive::{Answer, Drive, Kind, Thought},
    mutants::Mutant,
    rules,
    state::{
        Act, Budget, End, MOST, Mem, Member, Node, Parts, Phase, Record, Rule, Set, State, Status,
    },
    view::{CLEANUP, SYNCING},
    world::{Step, World},
};
use crate::{
    explored::{DONE, Told},
    state::Why,
};

/// One configuration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Config {
    pub world: World,
    /// Who leads at first.
    pub leader: u8,
    pub budget: Budget,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Move {
    Pass,
    /// A pass whose write is answered in an unlucky way.
    Unlucky(Answer),
    /// The look of a pass, and its write later.
    Look,
    Write,
    /// The process dies and another one goes on.
    Restart,
    World(Step),
}

/// A move with the state it leads to.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    what: Move,
    next: State,
}

impl std::fmt::Debug for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.what.fmt(f)
    }
}

pub(crate) struct Checked {
    config: Config,
    drive: Drive,
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
            drive: Drive::new(config.world, mutant),
            ends: Mutex::new(HashSet::new()),
            thoughts: Mutex::new(HashMap::new()),
        }
    }

    /// Looks and decides, once for all budgets.
    fn think(&self, s: &State) -> Thought {
        let key = State {
            budget: Budget::default(),
            ..*s
        };
        let mut thoughts = self.thoughts.lock().expect("no panic while it is held");
        if thoughts.len() >= THOUGHTS {
            thoughts.clear();
        }
        let thought = thoughts.entry(key);
        let mut thought = thought
            .or_insert_with_key(|key| self.drive.think(key))
            .clone();
        thought.state.budget = s.budget;
        thought
    }

    /// Green is ready, in the list and without votes.
    fn initial(&self) -> State {
        let nobody = Node {
            phase: Phase::Gone,
            member: Member::Out,
            asked: false,
        };
        let whole = Parts {
            set: Set::Full,
            config: true,
            volumes: true,
        };
        let mut nodes = [nobody; MOST];
        let listed = [
            (Colour::Blue, Member::Voter),
            (Colour::Green, Member::NonVoter),
        ];
        for (colour, member) in listed {
            for i in self.config.world.of(colour) {
                nodes[usize::from(i)] = Node {
                    phase: Phase::Up,
                    member,
                    asked: false,
                };
            }
        }
        State {
            nodes,
            leader: Some(self.config.leader),
            settled: true,
            stepping: false,
            rests: None,
            after: None,
            green_led: false,
            front: Colour::Blue,
            endpoints: Colour::Blue,
            parts: [whole; 2],
            status: Status {
                phase: SYNCING,
                blue: Colour::Blue,
                green: true,
            },
            declared: Colour::Green,
            current: Colour::Blue,
            locked: true,
            record: Some(Record {
                newest: false,
                cut_over: false,
                abandoned: false,
            }),
            mem: Mem::default(),
            pending: None,
            budget: self.config.budget,
            wrong: None,
            end: None,
        }
    }

    /// Carries a thought out with an answer.
    fn carry_out(&self, thought: &Thought, answer: Answer) -> Option<State> {
        let s = &thought.state;
        let ended = |end| State {
            end: Some(end),
            mem: Mem::default(),
            ..*s
        };
        match thought.kind {
            Kind::Act(act) => self.drive.send(s, act, answer),
            _ if answer != Answer::Heard => None,
            Kind::Wait => Some(*s),
            Kind::Done => Some(ended(End::Done)),
            Kind::Halt(reason) => Some(ended(End::Halted(Why(reason)))),
        }
    }

    fn driver_moves(&self, s: &State, add: &mut impl FnMut(Move, Option<State>)) {
        let mut anew = *s;
        anew.forget();
        add(Move::Restart, Some(anew));
        if let Some(act) = s.pending {
            add(Move::Write, self.drive.send(s, act, Answer::Heard));
            return;
        }
        let mut thought = self.think(s);
        add(Move::Pass, self.carry_out(&thought, Answer::Heard));
        let Kind::Act(act) = thought.kind else {
            return;
        };
        // What only the resource knows is written under its version.
        let races = matches!(
            act,
            Act::Change(..) | Act::StepDown(_) | Act::MoveService(_) | Act::Scale(_)
        );
        if s.budget.races > 0 && races {
            let mut s = thought.state;
            s.budget.races -= 1;
            s.pending = Some(act);
            add(Move::Look, Some(s));
        }
        if s.budget.answers > 0 {
            thought.state.budget.answers -= 1;
            for answer in [Answer::Lost, Answer::Dropped] {
                add(Move::Unlucky(answer), self.carry_out(&thought, answer));
            }
        }
    }

    /// The next state when nothing more goes wrong.
    fn fairly(&self, s: &State) -> Option<State> {
        let world = self.config.world;
        let mut steps = Vec::new();
        world.natural(s, &mut steps);
        if let Some(next) = steps.into_iter().find_map(|step| world.after(s, step)) {
            return Some(next);
        }
        if let Some(act) = s.pending {
            return self.drive.send(s, act, Answer::Heard);
        }
        self.carry_out(&self.think(s), Answer::Heard)
            .filter(|next| next != s)
            .or_else(|| world.after(s, Step::Tick))
    }

    /// A halt is an answer only where something is wrong that the driver may
    /// not mend.
    fn rightly_ended(&self, s: &State, end: End) -> bool {
        let End::Halted(Why(reason)) = end else {
            return true;
        };
        let back = s.record.is_some_and(|record| record.abandoned);
        match reason {
            HaltReason::NoWayBack => {
                back && (s.status.phase == CLEANUP || s.status.blue == Colour::Green)
            }
            // By the record it was asked to, whether it has or not.
            HaltReason::BeyondTheDoor => {
                let may_have = s.green_led || s.record.is_some_and(|record| record.newest);
                back && self.config.world.one_way && may_have
            }
            HaltReason::StepDownFailed => true,
            _ => false,
        }
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
            if let Some(end) = s.end {
                if !self.rightly_ended(&s, end) {
                    return false;
                }
                break;
            }
            // A run of this length goes round in circles.
            if s.wrong.is_some() || run.len() > 400 {
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
        s.brief(self.config.world.n)
    }

    fn fair_run(&self, from: &State) -> Vec<State> {
        let mut run = vec![*from];
        while run.len() < 60
            && let Some(last) = run.last()
            && last.end.is_none()
            && let Some(next) = self.fairly(last)
        {
            run.push(next);
        }
        run
    }
}

fn without(s: &State, rule: Rule) -> bool {
    s.wrong != Some(rule)
}

impl Model for Checked {
    type State = State;
    type Action = Taken;

    fn init_states(&self) -> Vec<State> {
        vec![self.initial()]
    }

    fn actions(&self, s: &State, actions: &mut Vec<Taken>) {
        if s.wrong.is_some() || s.end.is_some() {
            return;
        }
        let world = self.config.world;
        let mut add = |what: Move, next: Option<State>| {
            if let Some(next) = next.filter(|next| next != s) {
                actions.push(Taken { what, next });
            }
        };
        let mut steps = vec![Step::Tick];
        world.natural(s, &mut steps);
        world.misfortune(s, &mut steps);
        for step in steps {
            add(Move::World(step), world.after(s, step));
        }
        self.driver_moves(s, &mut add);
    }

    fn next_state(&self, _last: &State, taken: Taken) -> Option<State> {
        Some(taken.next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("G1 votes for a colour in step", |_, s: &State| {
                without(s, Rule::InStep)
            }),
            Property::always("G2 a margin in every membership", |_, s: &State| {
                without(s, Rule::Margin)
            }),
            Property::always("G2 the quorum answers", |m: &Self, s: &State| {
                rules::keeps_quorum(m.config.world, s)
            }),
            Property::always("G3 votes are taken once given", |_, s: &State| {
                without(s, Rule::Order)
            }),
            Property::always("heir: whoever takes over rises", |_, s: &State| {
                without(s, Rule::Heir)
            }),
            Property::always("G4 clients follow the leader", |_, s: &State| {
                without(s, Rule::Selector)
            }),
            Property::always("G5 who goes neither votes nor leads", |_, s: &State| {
                without(s, Rule::Remove)
            }),
            Property::always("G8 members go before their colour", |_, s: &State| {
                without(s, Rule::Delete)
            }),
            Property::always("S6 no way back past the door", |_, s: &State| {
                without(s, Rule::OneWay)
            }),
            Property::always("S6 a voter can lead", |m: &Self, s: &State| {
                rules::can_be_led(m.config.world, s)
            }),
            Property::always("S8 done only when all is done", |_, s: &State| {
                without(s, Rule::Done)
            }),
            Property::always("L2 every state leads to an end", |m: &Self, s: &State| {
                s.wrong.is_some() || m.leads_to_an_end(s)
            }),
            Property::sometimes(DONE, |_, s: &State| s.end == Some(End::Done)),
        ]
    }
}
