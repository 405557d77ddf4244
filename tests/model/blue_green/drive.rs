//! The driver: the engine's pass over abstract states, around the real
//! `decide`.

use baoctl::{
    decide::{Decision, rolling, rules::START_TIMEOUT, world::World as Given},
    model::{
        action::{Action, ColourPart, MemberChange},
        halt::HaltReason,
    },
};

use super::{
    mutants::Mutant,
    rules::judge,
    state::{Act, Down, Member, Part, Phase, Set, State},
    view::Fixed,
    world::World,
};
use crate::view::NOW;

/// How the answer to a write comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    Heard,
    /// Applied, and the answer lost.
    Lost,
    /// Never arrived, and taken as lost.
    Dropped,
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
    Act(Act),
    Wait,
    Done,
    Halt(HaltReason),
}

#[derive(Debug)]
pub(crate) struct Drive {
    world: World,
    fixed: Fixed,
    mutant: Mutant,
}

impl Drive {
    pub(crate) fn new(world: World, mutant: Mutant) -> Self {
        Self {
            world,
            fixed: Fixed::new(mutant.bend_world(world)),
            mutant,
        }
    }

    /// Looks and decides.
    pub(crate) fn think(&self, last: &State) -> Thought {
        let mut state = *last;
        let decision = self.look(&mut state);
        let kind = match decision {
            Decision::Act(action) => {
                let act = self.small(&action);
                state.wrong = state.wrong.or_else(|| judge(self.world, &state, act));
                Kind::Act(act)
            }
            Decision::Wait { .. } => Kind::Wait,
            Decision::Reached(until) => panic!("it was to go on: {until:?}"),
            Decision::Done => Kind::Done,
            Decision::Halt(halt) => Kind::Halt(halt.reason),
        };
        Thought { state, kind }
    }

    fn look(&self, state: &mut State) -> Decision {
        let mut snapshot = self.fixed.snapshot(state);
        let mut track = self.fixed.track(state, &snapshot);
        track.observe(&snapshot, NOW);
        self.fixed.remember(&track, &mut state.mem);
        self.mutant.bend_facts(&mut snapshot, &mut track);
        // Once the record is gone its process still knows its own.
        let record = state.record.unwrap_or(super::state::Record {
            newest: state.green_led,
            cut_over: true,
            abandoned: state.current == baoctl::model::blue_green::Colour::Blue,
        });
        let run = self.fixed.run(record);
        let decision = rolling::decide(&Given {
            run: &run,
            take_over: false,
            start_timeout: START_TIMEOUT,
            snapshot: &snapshot,
            track: &track,
            now: NOW,
        });
        self.mutant
            .bend_decision(decision, state, (self.world, &self.fixed))
    }

    fn small(&self, action: &Action) -> Act {
        let fixed = &self.fixed;
        match action {
            Action::Record { record } => {
                let (newest, cut_over) = fixed.learned(record);
                Act::Record { newest, cut_over }
            }
            Action::Declare { version, .. } => Act::Declare(fixed.declared(version)),
            Action::WritePhase { status } => Act::WritePhase(fixed.status(status)),
            Action::ChangeMember { member, change, .. } => {
                Act::Change(fixed.index(member), *change)
            }
            Action::StepDown { node } => Act::StepDown(fixed.index(&node.name)),
            Action::MoveService { revision } => Act::MoveService(fixed.colour(revision)),
            Action::ScaleToNone { revision } => Act::Scale(fixed.colour(revision)),
            Action::DeletePart { revision, part } => {
                let part = match part {
                    ColourPart::StatefulSet => Part::Set,
                    ColourPart::ConfigMap => Part::Config,
                    ColourPart::Volumes => Part::Volumes,
                };
                Act::Delete(fixed.colour(revision), part)
            }
            Action::Complete => Act::Complete,
            Action::Relinquish => Act::Relinquish,
            other => panic!("a run with green ready does not {other}"),
        }
    }

    /// Sends a write and takes in its answer; `None` where that answer is
    /// impossible.
    pub(crate) fn send(&self, last: &State, act: Act, answer: Answer) -> Option<State> {
        let mut s = *last;
        s.pending = None;
        let applied = answer != Answer::Dropped && self.apply(&mut s, act);
        if answer == Answer::Lost && !applied {
            return None;
        }
        // A lost answer is taken for a yes where asking again could do harm.
        if applied || answer == Answer::Dropped {
            note(&mut s, act);
        }
        Some(s)
    }

    /// What a write does to the world; false where it is refused.
    fn apply(&self, s: &mut State, act: Act) -> bool {
        match act {
            Act::Record { newest, cut_over } => {
                if let Some(record) = &mut s.record {
                    (record.newest, record.cut_over) = (newest, cut_over);
                }
            }
            Act::Declare(colour) => s.declared = colour,
            Act::WritePhase(status) => s.status = status,
            Act::Change(i, change) => return Self::change(s, i, change),
            Act::StepDown(i) => {
                if s.leader != Some(i) || s.stepping {
                    return false;
                }
                s.stepping = true;
            }
            Act::MoveService(colour) => s.front = colour,
            Act::Scale(colour) => {
                s.parts_of(colour).set = Set::Empty;
                for i in self.world.of(colour) {
                    s.node_mut(i).phase = Phase::Gone;
                }
            }
            Act::Delete(colour, part) => {
                let parts = s.parts_of(colour);
                match part {
                    Part::Set => parts.set = Set::Gone,
                    Part::Config => parts.config = false,
                    Part::Volumes => parts.volumes = false,
                }
            }
            Act::Complete => {
                s.current = s.declared;
                s.locked = false;
            }
            Act::Relinquish => s.record = None,
        }
        true
    }

    fn change(s: &mut State, i: u8, change: MemberChange) -> bool {
        // Whoever is asked forwards it to the leader.
        if s.leader.is_none() || s.stepping {
            return false;
        }
        let node = s.node_mut(i);
        // The list of those that are not to vote.
        let listed = node.votes() == node.asked;
        match change {
            MemberChange::Remove => {
                node.member = Member::Out;
                node.asked = false;
                true
            }
            // It is on the list, or off it, already: an error.
            MemberChange::Promote | MemberChange::Demote
                if listed == (change == MemberChange::Demote) =>
            {
                false
            }
            MemberChange::Promote | MemberChange::Demote => {
                node.asked = !node.asked;
                true
            }
        }
    }
}

/// What the process remembers of an act, as `Track::acted` does.
fn note(s: &mut State, act: Act) {
    match act {
        Act::Change(i, change) if change != MemberChange::Remove => {
            let wanted = change == MemberChange::Promote;
            let open = s.node(i).votes() != wanted;
            s.mem.asked[usize::from(i)] = Some((wanted, false)).filter(|_| open);
        }
        Act::StepDown(node) => {
            s.mem.down = Some(Down {
                node,
                settled: false,
                old: false,
            });
            s.mem.tries += 1;
        }
        _ => {}
    }
}
