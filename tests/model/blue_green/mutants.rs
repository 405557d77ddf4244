//! Wrong rules, each of which the check must catch: the real `decide` with its
//! facts or its answer bent.

use std::time::Duration;

use baoctl::{
    decide::{Decision, track::Track},
    model::{
        action::{Action, MemberChange},
        blue_green::Colour,
        fact::Fact,
        names::PodName,
        snapshot::Snapshot,
    },
};

use super::{
    state::{Member, Record, Set, State, at},
    view::Fixed,
    world::World,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// The rules as they are.
    None,
    /// A green that lacks entries is in step.
    IgnoresCatchUp,
    /// Who does not answer is well.
    TakesSilenceForHealth,
    /// What an earlier process asked for is no matter.
    ForgetsEarlierVotes,
    /// Blue's votes go with green's first one.
    DemotesEarly,
    /// The leader is asked before the other blues have lost their votes.
    StepsDownEarly,
    /// Clients are sent to green as soon as it votes.
    MovesServiceEarly,
    /// A member is removed that still votes.
    RemovesVoters,
    /// The way back removes blue's members.
    RemovesBlue,
    /// A colour is scaled away before its members are removed.
    ScalesEarly,
    /// The way back leads through a door that is shut.
    IgnoresTheDoor,
    /// Done is written before blue is gone.
    CompletesEarly,
    /// Clients stay where they are.
    NeverMovesService,
}

impl Mutant {
    /// The world as the rules take it to be.
    pub(crate) fn bend_world(self, world: World) -> World {
        World {
            one_way: world.one_way && self != Self::IgnoresTheDoor,
            ..world
        }
    }

    /// Bends the facts that the rules are asked about.
    pub(crate) fn bend_facts(self, snapshot: &mut Snapshot, track: &mut Track) {
        match self {
            Self::IgnoresCatchUp => {
                for reading in track.readings.values_mut() {
                    reading.count = 2;
                }
                for node in snapshot.nodes.values_mut() {
                    if let Fact::Known(answer) = &mut node.leader {
                        answer.applied_index = answer.committed_index;
                    }
                }
            }
            Self::ForgetsEarlierVotes => {
                if let Some(reign) = &mut track.leader {
                    reign.since = Duration::ZERO;
                }
            }
            Self::TakesSilenceForHealth => {
                let standby =
                    |node: &&baoctl::model::node::NodeView| node.is_unsealed() && !node.is_active();
                let Some(well) = snapshot.nodes.values().find(standby).cloned() else {
                    return;
                };
                for node in snapshot.nodes.values_mut() {
                    if !node.is_unsealed() {
                        *node = well.clone();
                    }
                }
            }
            _ => {}
        }
    }

    /// Bends the answer.
    pub(crate) fn bend_decision(
        self,
        decision: Decision,
        s: &State,
        (world, fixed): (World, &Fixed),
    ) -> Decision {
        let Some(rising) = s.record.map(Record::rising) else {
            return decision;
        };
        let falling = rising.other();
        let name = |i: u8| fixed.pod_ref(i).name;
        let change = |member: PodName, change: MemberChange| {
            let leader = fixed.pod_ref(s.leader.unwrap_or_default());
            Decision::Act(Action::ChangeMember {
                leader,
                member,
                change,
            })
        };
        let voters = |colour| world.of(colour).filter(|i| s.node(*i).votes());
        let revision = |colour| fixed.revision_of(colour);
        let asked = match &decision {
            Decision::Act(Action::ChangeMember { change, .. }) => Some(*change),
            _ => None,
        };
        let bent = match (self, asked) {
            (Self::DemotesEarly, Some(MemberChange::Promote))
                if voters(rising).next().is_some() =>
            {
                let mut standbys = voters(falling).filter(|i| s.leader != Some(*i));
                standbys
                    .next()
                    .map(|i| change(name(i), MemberChange::Demote))
            }
            (Self::StepsDownEarly, Some(MemberChange::Demote)) => s
                .leader
                .filter(|leader| world.colour(*leader) == falling)
                .map(|leader| {
                    Decision::Act(Action::StepDown {
                        node: fixed.pod_ref(leader),
                    })
                }),
            (Self::MovesServiceEarly, Some(MemberChange::Demote)) if s.front != rising => {
                Some(Decision::Act(Action::MoveService {
                    revision: revision(rising),
                }))
            }
            (Self::RemovesVoters, Some(MemberChange::Demote)) => {
                let mut standbys = voters(falling).filter(|i| s.leader != Some(*i));
                standbys
                    .next()
                    .map(|i| change(name(i), MemberChange::Remove))
            }
            (Self::RemovesBlue, Some(MemberChange::Remove)) if rising == Colour::Blue => {
                let mut members = world
                    .of(rising)
                    .filter(|i| s.node(*i).member != Member::Out);
                members
                    .next()
                    .map(|i| change(name(i), MemberChange::Remove))
            }
            (Self::ScalesEarly, Some(MemberChange::Remove))
                if s.parts[at(falling)].set == Set::Full =>
            {
                Some(Decision::Act(Action::ScaleToNone {
                    revision: revision(falling),
                }))
            }
            (Self::CompletesEarly, Some(MemberChange::Remove)) => {
                Some(Decision::Act(Action::Complete))
            }
            (Self::NeverMovesService, _)
                if matches!(decision, Decision::Act(Action::MoveService { .. })) =>
            {
                Some(Decision::Wait {
                    blockers: Vec::new(),
                })
            }
            _ => None,
        };
        bent.unwrap_or(decision)
    }
}
