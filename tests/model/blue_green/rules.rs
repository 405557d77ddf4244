//! What must hold, judged by the truth of the abstract world and by nothing of
//! `decide`.

use baoctl::model::{action::MemberChange, blue_green::Colour, raft::quorum};

use super::{
    state::{Act, Member, Node, Part, Phase, Record, Rule, Set, State, at},
    view::IDLE,
    world::World,
};

/// Judges an act.
pub(crate) fn judge(world: World, s: &State, act: Act) -> Option<Rule> {
    let record = s.record?;
    let rising = record.rising();
    let touches = !matches!(act, Act::Record { .. } | Act::WritePhase(_));
    if record.abandoned && world.one_way && s.green_led && touches {
        return Some(Rule::OneWay);
    }
    match act {
        Act::Change(i, MemberChange::Promote) => {
            let in_step = world.of(rising).all(|j| {
                let node = s.node(j);
                node.phase == Phase::Up && node.member != Member::Out
            });
            let first = (world.colour(i) != rising || !in_step).then_some(Rule::InStep);
            first.or_else(|| margin(world, s, i))
        }
        Act::Change(i, MemberChange::Demote) => {
            let wrong =
                world.colour(i) == rising || s.leader == Some(i) || !all_vote(world, s, rising);
            wrong.then_some(Rule::Order).or_else(|| margin(world, s, i))
        }
        Act::Change(i, MemberChange::Remove) => leaves(world, s, record, i),
        Act::StepDown(i) => {
            let heirs = world
                .of(rising.other())
                .any(|j| j != i && s.node(j).votes());
            let early = !all_vote(world, s, rising);
            (world.colour(i) == rising || heirs || early).then_some(Rule::Heir)
        }
        Act::MoveService(colour) => {
            let leads = s
                .leader
                .is_some_and(|leader| world.colour(leader) == colour);
            let ready = world.of(colour).all(|i| s.node(i).alive());
            (colour != rising || !leads || !ready).then_some(Rule::Selector)
        }
        Act::Scale(colour) | Act::Delete(colour, Part::Set | Part::Config) => {
            let listed = world.of(colour).any(|i| s.node(i).member != Member::Out);
            (colour == rising || listed).then_some(Rule::Delete)
        }
        Act::Delete(colour, Part::Volumes) => {
            let stands = s.parts[at(colour)].set != Set::Gone;
            (colour == rising || stands).then_some(Rule::Delete)
        }
        Act::Complete => {
            let well = world.of(rising).all(|i| s.node(i).phase == Phase::Up);
            let done = well && is_alone(world, s, rising);
            (!done).then_some(Rule::Done)
        }
        Act::Relinquish => {
            let rests = is_alone(world, s, rising) && s.current == rising && !s.locked;
            let left = s.parts[at(rising.other())];
            let gone = left.set == Set::Gone && !left.config && !(record.abandoned && left.volumes);
            (!rests || !gone).then_some(Rule::Done)
        }
        Act::Record { .. } | Act::Declare(_) | Act::WritePhase(_) => None,
    }
}

/// G5. A vote that was asked for before the run was turned back may still come
/// between the look and the write; the quorum is judged with it.
fn leaves(world: World, s: &State, record: Record, i: u8) -> Option<Rule> {
    let wrong = world.colour(i) == record.rising() || s.node(i).votes() || s.leader == Some(i);
    wrong.then_some(Rule::Remove)
}

fn all_vote(world: World, s: &State, colour: Colour) -> bool {
    let votes = |node: &Node| node.votes() && node.phase == Phase::Up;
    world.of(colour).all(|i| votes(s.node(i)))
}

/// The voters are this colour's, as are the members, the clients and the names;
/// nobody's vote is still to be taken.
fn is_alone(world: World, s: &State, colour: Colour) -> bool {
    let stays = world
        .of(colour)
        .all(|i| s.node(i).votes() && (!s.node(i).asked || s.leader == Some(i)));
    let gone = world
        .of(colour.other())
        .all(|i| s.node(i).member == Member::Out);
    let named = s.status.blue == colour && s.status.phase == IDLE && !s.status.green;
    stays && gone && named && s.front == colour && s.declared == colour
}

/// G2: whichever of the changes that autopilot has still to make it makes first,
/// with this one a majority of the voters is left when one of them fails; or
/// this one makes it no worse.
fn margin(world: World, s: &State, i: u8) -> Option<Rule> {
    // Asked for before: it is made anyhow.
    if s.node(i).asked {
        return None;
    }
    let open: Vec<u8> = (0..2 * world.n)
        .filter(|j| *j != i && World::is_open(s, *j))
        .collect();
    let worsens = |made: u32| {
        let flips = |j: u8| {
            let mut places = open.iter().enumerate();
            places.any(|(place, other)| *other == j && made & (1 << place) != 0)
        };
        let spare = |with: bool| {
            let counts = |j: &u8| s.node(*j).votes() != (flips(*j) || with && *j == i);
            let voters = (0..2 * world.n).filter(counts);
            let alive = voters.clone().filter(|j| s.node(*j).alive()).count();
            alive.cast_signed() - quorum(voters.count()).cast_signed()
        };
        spare(true) < 1 && spare(true) < spare(false)
    };
    (0..1 << open.len()).any(worsens).then_some(Rule::Margin)
}

/// The quorum of the voter list answers; without anybody down one more may fail.
pub(crate) fn keeps_quorum(world: World, s: &State) -> bool {
    let nodes = (0..2 * world.n).map(|i| s.node(i));
    let voters = nodes.filter(|node| node.votes());
    let alive = voters.clone().filter(|node| node.alive()).count();
    let count = voters.count();
    let all = alive == count;
    count > 0 && alive >= quorum(count) && (!all || alive > quorum(count))
}

/// Somebody who can lead is among the voters, whoever has led.
pub(crate) fn can_be_led(world: World, s: &State) -> bool {
    let could = |i: u8| world.may_lead(s, i) && s.node(i).votes();
    (0..2 * world.n).any(could)
}
