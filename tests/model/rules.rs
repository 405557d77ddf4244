//! What must hold, judged by the truth of the abstract world and by nothing of
//! `decide`.

use crate::state::{Act, Cr, Life, Lock, Phase, Rule, State, Strategy};

/// Judges an act at the moment it was decided on a fresh look. `seen` is the
/// resource as the driver saw it.
pub(crate) fn judge(
    (n, one_way): (u8, bool),
    s: &State,
    seen: &Cr,
    begun: bool,
    act: Act,
) -> Option<Rule> {
    // What holds the pods and the operator is written whoever un-paused it.
    let guards = matches!(act, Act::Begin | Act::HoldPartition(_) | Act::HoldOnDelete);
    let foreign = seen.lock == Lock::Foreign || (begun && !seen.paused && !guards);
    if foreign && act != Act::TakeLock {
        return Some(Rule::S1);
    }
    match act {
        Act::Evict(pod) => disturbs(n, s, pod)
            .or_else(|| takes(n, s, pod))
            .or_else(|| divides(n, s, one_way)),
        Act::Lower(pod, to) => {
            let next = s.set.strategy == Strategy::Partition(pod + 1) && to == pod;
            (!next)
                .then_some(Rule::R2)
                .or_else(|| disturbs(n, s, pod))
                .or_else(|| takes(n, s, pod))
                .or_else(|| divides(n, s, one_way))
        }
        Act::StepDown(pod) => moves(n, s, pod),
        Act::SetImage => {
            let held = match s.set.strategy {
                Strategy::OnDelete => true,
                Strategy::Partition(partition) => partition >= n,
            };
            (!held || s.set != s.controller).then_some(Rule::R1)
        }
        Act::Unhold | Act::Complete => {
            let all = (0..n).all(|i| fine(n, s, i) && s.pod(i).new) && s.leader.is_some();
            (!all && !seen.current_new).then_some(Rule::S8)
        }
        Act::Relinquish => {
            let rest = seen.current_new && seen.upgrade.is_none() && seen.lock == Lock::Free;
            (!rest).then_some(Rule::S8)
        }
        _ => None,
    }
}

fn fine(n: u8, s: &State, i: u8) -> bool {
    s.up(n, i) && s.pod(i).synced
}

/// S2 and S15: nothing else may be wrong when a pod goes.
fn disturbs(n: u8, s: &State, pod: u8) -> Option<Rule> {
    let mut others = (0..n).filter(|i| *i != pod);
    if others.clone().any(|i| s.pod(i).phase == Phase::Broken) {
        return Some(Rule::S15);
    }
    let itself = fine(n, s, pod) || s.pod(pod).phase == Phase::Broken;
    let led = s.leader.is_some() || n == 1;
    (!itself || !led || !others.all(|i| fine(n, s, i))).then_some(Rule::S2)
}

/// S4 and R8: never the active node, never one that has just stepped down.
fn takes(n: u8, s: &State, pod: u8) -> Option<Rule> {
    if n > 1 && s.leader == Some(pod) {
        return Some(Rule::S4);
    }
    let just = |last: crate::state::Stepped| last.pod == pod && !last.outlived;
    s.stepped.is_some_and(just).then_some(Rule::R8)
}

/// S6, S2, R5, R8: what a step-down may not do.
fn moves(n: u8, s: &State, pod: u8) -> Option<Rule> {
    let old = (0..n).any(|i| s.pod(i).phase.exists() && !s.pod(i).new);
    let new = (0..n).any(|i| s.pod(i).new);
    let older_others = (0..n).any(|i| i != pod && !s.pod(i).new);
    if s.pod(pod).new && old {
        Some(Rule::S6)
    } else if new && older_others {
        Some(Rule::R5)
    } else if s.stepped.is_some() || s.stepping {
        Some(Rule::R8)
    } else if !(0..n).all(|i| fine(n, s, i)) {
        Some(Rule::S2)
    } else {
        None
    }
}

/// S3: at most one pod is away because of the driver.
pub(crate) fn one_at_a_time(n: u8, s: &State) -> bool {
    s.pods[..usize::from(n)]
        .iter()
        .filter(|pod| pod.ours)
        .count()
        <= 1
}

/// R3: beyond the door nobody is let go while a new pod that is lost would come
/// back old, below the partition. Before it, a pod that was passed over may.
fn divides(n: u8, s: &State, one_way: bool) -> Option<Rule> {
    let below = match s.controller.strategy {
        Strategy::Partition(partition) => partition.min(n),
        Strategy::OnDelete => 0,
    };
    let old = (0..below).any(|i| s.pod(i).new);
    (one_way && s.ever_new && old).then_some(Rule::R3)
}

/// S8: what counts as done is done.
pub(crate) fn done_is_done(n: u8, s: &State) -> bool {
    let done = s.drivers.iter().any(|driver| driver.life == Life::Done);
    let all_new = s.pods[..usize::from(n)]
        .iter()
        .all(|pod| pod.new || pod.phase == Phase::Gone);
    !done
        || (all_new
            && s.cr.current_new
            && s.cr.record.is_none()
            && s.cr.lock != Lock::Ours
            && !s.cr.paused
            && s.set.new_image
            && s.set.strategy == Strategy::Partition(0))
}
