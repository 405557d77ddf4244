//! What happens without the driver.

use baoctl::model::{blue_green::Colour, raft::quorum};

use super::{
    state::{Member, Phase, Rule, State},
    view::CLEANUP,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Revive(u8),
    Sync(u8),
    /// Autopilot makes one of the changes that it was asked for.
    CarryOut(u8),
    /// The leader steps down.
    Yield,
    Elect(u8),
    LoseQuorum,
    /// The endpoints follow the selector.
    Follow,
    /// 15 s pass.
    Tick,
    Die(u8),
    Failover,
    ForgetStepDown,
    ForgetChange(u8),
    /// Another process of ours takes the run back.
    TurnBack,
}

/// The size of a colour and what its pair of versions allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    pub n: u8,
    pub one_way: bool,
}

impl World {
    pub(crate) fn colour(self, i: u8) -> Colour {
        if i < self.n {
            Colour::Blue
        } else {
            Colour::Green
        }
    }

    /// The nodes of a colour.
    pub(crate) fn of(self, colour: Colour) -> std::ops::Range<u8> {
        match colour {
            Colour::Blue => 0..self.n,
            Colour::Green => self.n..2 * self.n,
        }
    }

    /// Steps that happen by themselves, in a fair order.
    pub(crate) fn natural(self, s: &State, steps: &mut Vec<Step>) {
        for i in 0..2 * self.n {
            let node = s.node(i);
            match node.phase {
                Phase::Down => steps.push(Step::Revive(i)),
                Phase::Behind if s.leader.is_some() && node.member != Member::Out => {
                    steps.push(Step::Sync(i));
                }
                _ => {}
            }
            if Self::is_open(s, i) {
                steps.push(Step::CarryOut(i));
            }
        }
        if s.stepping {
            steps.push(Step::Yield);
        }
        if s.leader.is_none() {
            let all = 0..2 * self.n;
            steps.extend(all.filter(|i| self.electable(s, *i)).map(Step::Elect));
        } else if !self.quorum(s) {
            steps.push(Step::LoseQuorum);
        }
        if s.endpoints != s.front {
            steps.push(Step::Follow);
        }
    }

    /// Steps that are nobody's duty.
    pub(crate) fn misfortune(self, s: &State, steps: &mut Vec<Step>) {
        let budget = &s.budget;
        for i in 0..2 * self.n {
            if budget.deaths > 0 && s.node(i).phase == Phase::Up {
                steps.push(Step::Die(i));
            }
            if budget.lost > 0 && s.node(i).asked {
                steps.push(Step::ForgetChange(i));
            }
        }
        if budget.failovers > 0 && s.leader.is_some() {
            steps.push(if s.stepping {
                Step::ForgetStepDown
            } else {
                Step::Failover
            });
        }
        let open = s.record.is_some_and(|record| !record.abandoned);
        // The command itself refuses what is over.
        let over = s.status.phase == CLEANUP || s.status.blue == Colour::Green;
        if budget.turns > 0 && open && !over {
            steps.push(Step::TurnBack);
        }
    }

    /// Whether autopilot's next round makes the change that was asked for. A
    /// leader keeps its vote until it leads no more; nobody who is away gets one.
    pub(crate) fn is_open(s: &State, i: u8) -> bool {
        let node = s.node(i);
        let able = if node.votes() {
            s.leader != Some(i)
        } else {
            node.alive()
        };
        node.asked && able && s.leader.is_some()
    }

    /// A majority of the voters answers.
    fn quorum(self, s: &State) -> bool {
        let voters = (0..2 * self.n).filter(|i| s.node(*i).votes());
        let alive = voters.clone().filter(|i| s.node(*i).alive()).count();
        alive >= quorum(voters.count())
    }

    /// Beyond a one-way door blue's setup fails for ever.
    pub(crate) fn may_lead(self, s: &State, i: u8) -> bool {
        !(self.one_way && s.green_led && self.colour(i) == Colour::Blue)
    }

    fn electable(self, s: &State, i: u8) -> bool {
        let stands = |i: u8| s.node(i).votes() && s.rests != Some(i) && self.may_lead(s, i);
        let complete = |i: u8| s.node(i).phase == Phase::Up && stands(i);
        let nobody = !(0..2 * self.n).any(complete);
        self.quorum(s) && (complete(i) || nobody && s.node(i).alive() && stands(i))
    }

    /// The world after a step; `None` where it changes nothing.
    pub(crate) fn after(self, last: &State, step: Step) -> Option<State> {
        let mut s = *last;
        match step {
            Step::Revive(i) => s.node_mut(i).phase = Phase::Behind,
            Step::Sync(i) => s.node_mut(i).phase = Phase::Up,
            Step::CarryOut(i) => carry_out(&mut s, i),
            Step::Yield => {
                s.after = s.leader;
                s.rests = s.leader;
                lead_nobody(&mut s);
            }
            Step::Elect(i) => self.elect(&mut s, i),
            Step::LoseQuorum => lead_nobody(&mut s),
            Step::Follow => s.endpoints = s.front,
            Step::Tick => {
                // They are one of autopilot's rounds and a half.
                if (0..2 * self.n).any(|i| Self::is_open(&s, i)) {
                    return None;
                }
                tick(&mut s);
            }
            Step::Die(i) => {
                s.budget.deaths -= 1;
                s.node_mut(i).phase = Phase::Down;
                if s.leader == Some(i) {
                    lead_nobody(&mut s);
                }
            }
            Step::Failover => {
                s.budget.failovers -= 1;
                lead_nobody(&mut s);
            }
            Step::ForgetStepDown => {
                s.budget.failovers -= 1;
                s.stepping = false;
            }
            Step::ForgetChange(i) => {
                s.budget.lost -= 1;
                s.node_mut(i).asked = false;
            }
            Step::TurnBack => {
                s.budget.turns -= 1;
                s.forget();
                s.record.as_mut()?.abandoned = true;
            }
        }
        (s != *last).then_some(s)
    }

    fn elect(self, s: &mut State, i: u8) {
        if let Some(from) = s.after.take() {
            let rising = s.record.map(super::state::Record::rising);
            let same = self.colour(i) == self.colour(from) && Some(self.colour(i)) != rising;
            if same && i != from {
                s.wrong = s.wrong.or(Some(Rule::Heir));
            }
        }
        s.leader = Some(i);
        s.settled = false;
        s.green_led |= self.colour(i) == Colour::Green;
        s.node_mut(i).phase = Phase::Up;
    }
}

fn carry_out(s: &mut State, i: u8) {
    let node = s.node_mut(i);
    node.asked = false;
    node.member = match node.member {
        Member::Voter => Member::NonVoter,
        _ => Member::Voter,
    };
    let votes = node.votes();
    // What was seen is remembered to no effect.
    let asked = &mut s.mem.asked[usize::from(i)];
    *asked = asked.filter(|(wanted, _)| *wanted != votes);
}

fn lead_nobody(s: &mut State) {
    s.leader = None;
    s.settled = false;
    s.stepping = false;
}

fn tick(s: &mut State) {
    s.settled = s.leader.is_some();
    s.rests = None;
    for (_, old) in s.mem.asked.iter_mut().flatten() {
        *old = true;
    }
    if let Some(reign) = &mut s.mem.reign {
        reign.old = true;
    }
    if let Some(down) = &mut s.mem.down {
        down.old = true;
    }
}
