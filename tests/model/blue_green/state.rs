//! The abstract world of two colours as a value.

use baoctl::model::{action::MemberChange, blue_green::Colour};

use crate::state::Why;

/// Five nodes of each colour at most.
pub(crate) const MOST: usize = 10;

/// What a node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    /// Its pod was scaled away.
    Gone,
    /// It does not answer.
    Down,
    /// It answers, and lacks entries.
    Behind,
    Up,
}

/// What a node is in the leader's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Member {
    Out,
    NonVoter,
    Voter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Node {
    pub phase: Phase,
    pub member: Member,
    /// The other vote was acknowledged and waits for autopilot's next round.
    pub asked: bool,
}

impl Node {
    pub(crate) fn votes(self) -> bool {
        self.member == Member::Voter
    }

    /// It answers, unsealed.
    pub(crate) fn alive(self) -> bool {
        matches!(self.phase, Phase::Up | Phase::Behind)
    }
}

/// A StatefulSet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Set {
    Full,
    Empty,
    Gone,
}

/// What belongs to one colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Parts {
    pub set: Set,
    pub config: bool,
    pub volumes: bool,
}

/// A phase by its place in `view::PHASES`, and the colours beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Status {
    pub phase: u8,
    pub blue: Colour,
    pub green: bool,
}

/// What the run record adds to what never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Record {
    /// A green node is recorded to have led.
    pub newest: bool,
    pub cut_over: bool,
    pub abandoned: bool,
}

impl Record {
    pub(crate) fn rising(self) -> Colour {
        if self.abandoned {
            Colour::Blue
        } else {
            Colour::Green
        }
    }
}

/// The leader that was seen last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Reign {
    pub node: u8,
    pub old: bool,
    pub witnessed: bool,
}

/// The last step-down asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Down {
    pub node: u8,
    pub settled: bool,
    pub old: bool,
}

/// What a process remembers; one that starts again remembers nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Mem {
    /// The votes asked for that are still to be seen, and whether it was more
    /// than 15 s ago.
    pub asked: [Option<(bool, bool)>; MOST],
    pub reign: Option<Reign>,
    pub down: Option<Down>,
    pub tries: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Set,
    Config,
    Volumes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    Record { newest: bool, cut_over: bool },
    Declare(Colour),
    WritePhase(Status),
    Change(u8, MemberChange),
    StepDown(u8),
    MoveService(Colour),
    Scale(Colour),
    Delete(Colour, Part),
    Complete,
    Relinquish,
}

/// What may still go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Budget {
    /// A node dies and comes back.
    pub deaths: u8,
    /// Leadership moves by itself, or a step-down is forgotten.
    pub failovers: u8,
    /// A change of votes is acknowledged and never carried out.
    pub lost: u8,
    /// An answer does not come back, or a write does not arrive.
    pub answers: u8,
    /// The world moves between a look and its write.
    pub races: u8,
    /// Somebody turns the run back.
    pub turns: u8,
}

/// What was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Rule {
    /// G1: a vote is given only to a colour that is in step as a whole.
    InStep,
    /// G2: one more voter may fail in every membership on the way.
    Margin,
    /// G3: nobody loses a vote before all who rise have theirs.
    Order,
    /// Whoever takes over from a step-down is of the colour that rises.
    Heir,
    /// G4: clients follow the leader to a colour that is Ready as a whole.
    Selector,
    /// G5: a member that goes neither votes nor leads.
    Remove,
    /// G8: nothing of a colour goes before its members have.
    Delete,
    /// S6: no way back once green has led across a one-way door.
    OneWay,
    /// S8: done is written when all is.
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum End {
    Done,
    Halted(Why),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of the world by itself"
)]
pub(crate) struct State {
    /// Blue's, then green's.
    pub nodes: [Node; MOST],
    pub leader: Option<u8>,
    /// It has led for 15 s.
    pub settled: bool,
    /// The leader has accepted a step-down.
    pub stepping: bool,
    /// Who stepped down within the last 15 s and does not stand for election.
    pub rests: Option<u8>,
    /// Who stepped down when asked and has no successor yet.
    pub after: Option<u8>,
    /// A green node has led.
    pub green_led: bool,
    /// Whom the Service selects, and whom its endpoints are.
    pub front: Colour,
    pub endpoints: Colour,
    pub parts: [Parts; 2],
    pub status: Status,
    pub declared: Colour,
    pub current: Colour,
    pub locked: bool,
    pub record: Option<Record>,
    pub mem: Mem,
    /// A write that was decided and not sent yet.
    pub pending: Option<Act>,
    pub budget: Budget,
    pub wrong: Option<Rule>,
    pub end: Option<End>,
}

/// The place of a colour in an array.
pub(crate) fn at(colour: Colour) -> usize {
    usize::from(colour == Colour::Green)
}

impl State {
    pub(crate) fn node(&self, i: u8) -> &Node {
        &self.nodes[usize::from(i)]
    }

    pub(crate) fn node_mut(&mut self, i: u8) -> &mut Node {
        &mut self.nodes[usize::from(i)]
    }

    pub(crate) fn parts_of(&mut self, colour: Colour) -> &mut Parts {
        &mut self.parts[at(colour)]
    }

    /// The process dies, or another one takes its place.
    pub(crate) fn forget(&mut self) {
        self.mem = Mem::default();
        self.pending = None;
    }

    /// One line of a trace.
    pub(crate) fn brief(&self, n: u8) -> String {
        let mark = |i: u8| {
            let node = self.node(i);
            let member = match node.member {
                Member::Out => "-",
                Member::NonVoter => "n",
                Member::Voter => "V",
            };
            format!(
                "{:?}{member}{}{}",
                node.phase,
                if node.asked { "?" } else { "" },
                if self.leader == Some(i) { "*" } else { "" }
            )
        };
        let nodes: Vec<String> = (0..2 * n).map(mark).collect();
        format!(
            "[{}] settled={} stepping={} rests={:?} front={:?} parts={:?} status={:?} declared={:?} \
             record={:?} mem={:?}/{:?} pending={:?} wrong={:?} end={:?}",
            nodes.join(" "),
            self.settled,
            self.stepping,
            self.rests,
            self.front,
            self.parts.map(|parts| parts.set),
            self.status,
            self.declared,
            self.record,
            &self.mem.asked[..usize::from(2 * n)],
            self.mem.down,
            self.pending,
            self.wrong,
            self.end,
        )
    }
}
