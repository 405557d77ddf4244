//! How long each wait may last, and the halt it becomes.

use std::time::Duration;

use crate::{
    bugs::{self, Bug},
    model::{
        blocker::Blocker,
        halt::{Halt, HaltReason},
        names::PodName,
        workload::{Disruption, Pod},
    },
};

use super::{
    Decision, catch_up::CatchUp, gates, heirs, joined::joined, leaderless, pod_state,
    rules::START_TIMEOUT, stuck, world::World,
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// Turns a wait that has lasted too long into a halt. Every deadline belongs to
/// one wait, none to the run: the third pod has as much time as the first
/// (strimzi#3710 is what happens otherwise).
#[must_use]
pub fn bounded(mut decision: Decision, world: &World<'_>) -> Decision {
    let Decision::Wait { blockers } = &mut decision else {
        return decision;
    };
    *blockers = joined(std::mem::take(blockers), world);
    blockers.sort();
    blockers.dedup();
    blockers
        .iter()
        .filter(|_| !bugs::has(Bug::NeverGivesUp))
        .find_map(|blocker| overdue(blocker, world))
        .map_or(decision, Decision::Halt)
}

/// How long until the first of these waits becomes a halt.
#[must_use]
pub fn left(blockers: &[Blocker], world: &World<'_>) -> Option<Duration> {
    blockers
        .iter()
        .map(|blocker| {
            let (patience, _) = patience(blocker, world);
            patience.saturating_sub(waited(blocker, world))
        })
        .min()
}

/// How long a wait has lasted, from its own beginning.
fn waited(blocker: &Blocker, world: &World<'_>) -> Duration {
    if bugs::has(Bug::PatienceOfRun) {
        let run = world.snapshot.at.duration_since(world.run.started_at);
        return Duration::try_from(run).unwrap_or_default();
    }
    let since = match blocker {
        Blocker::SteppingDown { .. } => world.track.pending_step_down().map(|pending| pending.at),
        // A pull that fails after a long start has only just failed.
        Blocker::PodNotReady { pod, .. } => {
            world.pod(pod).and_then(|pod| world.track.broken.since(pod))
        }
        // One that comes closer is not stuck, however long it takes (vault#11983).
        Blocker::NotCaughtUp { pod, .. } => {
            let closer = world
                .pod(pod)
                .and_then(|pod| world.track.catch_up(&pod.pod))
                .map(CatchUp::closer_at);
            let waited = world.track.waited(blocker, world.now);
            closer.map(|closer| closer.max(world.now.saturating_sub(waited)))
        }
        _ => None,
    };
    since.map_or_else(
        || world.track.waited(blocker, world.now),
        |since| world.now.saturating_sub(since),
    )
}

fn overdue(blocker: &Blocker, world: &World<'_>) -> Option<Halt> {
    let waited = waited(blocker, world);
    let pod = blocker.pod().and_then(|name| world.pod(name));
    let (patience, reason) = patience(blocker, world);
    let endless = reason == HaltReason::NoLeader && bugs::has(Bug::WaitsForLeader);
    if waited < patience || endless {
        return None;
    }
    let mut halt = Halt::new(
        reason,
        match pod.and_then(pod_state::detail) {
            Some(detail) if matches!(blocker, Blocker::PodNotReady { .. }) => {
                format!(
                    "{} is not Ready after {} s: {detail}",
                    name(blocker),
                    waited.as_secs()
                )
            }
            _ if matches!(blocker, Blocker::Unseen { .. }) => {
                format!(
                    "cannot see the cluster: {blocker}, for {} s",
                    waited.as_secs()
                )
            }
            _ => format!("{blocker}, for {} s", waited.as_secs()),
        },
    );
    halt.pod = heirs::suspect(reason, world)
        .or_else(|| blocker.pod())
        .cloned();
    if matches!(blocker, Blocker::NoLeader) {
        let down = leaderless::down(world.snapshot);
        let why: Vec<&str> = down.iter().map(|(_, why)| why.as_str()).collect();
        if !why.is_empty() {
            halt.message = format!("{}; {}", halt.message, why.join("; "));
        }
        halt.pod = halt
            .pod
            .or_else(|| down.first().map(|(pod, _)| pod.clone()));
    }
    Some(halt)
}

fn name(blocker: &Blocker) -> &str {
    blocker.pod().map_or("", PodName::as_str)
}

fn is_new(pod: &Pod, world: &World<'_>) -> bool {
    let workload = world
        .snapshot
        .workloads()
        .find(|workload| workload.pods.iter().any(|other| other.pod == pod.pod));
    workload.is_some_and(|workload| gates::is_new(pod, workload, world.run))
}

fn is_on_a_lost_node(pod: &Pod) -> bool {
    pod.disruption.as_ref().is_some_and(Disruption::is_by_taint)
}

/// The patience for one wait, and what it becomes when it is used up.
fn patience(blocker: &Blocker, world: &World<'_>) -> (Duration, HaltReason) {
    let pod = blocker.pod().and_then(|name| world.pod(name));
    let start = |old| {
        if pod.is_some_and(|pod| is_new(pod, world)) {
            world.start_timeout
        } else {
            old
        }
    };
    match blocker {
        Blocker::Unseen { .. } | Blocker::NotObserved { .. } | Blocker::NotAsked { .. } => {
            (2 * MINUTE, HaltReason::Unobservable)
        }
        Blocker::OperatorNotPaused | Blocker::NotStill { .. } => {
            (5 * MINUTE, HaltReason::WaitedTooLong)
        }
        // The operator's executor gives up after 10 min (operator.md 4.1).
        Blocker::JobsRunning { .. } => (12 * MINUTE, HaltReason::WaitedTooLong),
        // The slowest election measured took 18.9 s (openbao-live.md 11).
        Blocker::NoLeader | Blocker::TwoLeaders { .. } | Blocker::LeaderDisputed { .. } => {
            (2 * MINUTE, HaltReason::NoLeader)
        }
        Blocker::LeaderUnsettled { .. } => (5 * MINUTE, HaltReason::NoLeader),
        // A snapshot download on the leader blocks it for as long as it lasts,
        // without a cap (openbao-live.md 0.5). Nothing can be done from here
        // but to wait and to say so.
        Blocker::SteppingDown { .. } => (30 * MINUTE, HaltReason::StepDownFailed),
        Blocker::PodMissing { why: None, .. } => (5 * MINUTE, HaltReason::NotReplaced),
        // A webhook that does not answer is back within minutes; a quota or a
        // policy stays what it is.
        Blocker::PodMissing { why: Some(why), .. } if why.contains("failed calling webhook") => {
            (5 * MINUTE, HaltReason::PodRefused)
        }
        Blocker::PodMissing { why: Some(_), .. } => (MINUTE, HaltReason::PodRefused),
        Blocker::NotAvailable { needed_ms, .. } => (
            Duration::from_millis(*needed_ms) + 2 * MINUTE,
            HaltReason::WaitedTooLong,
        ),
        Blocker::AwaitingReplacement { .. } => (2 * MINUTE, HaltReason::NotReplaced),
        Blocker::PodTerminating { .. } if pod.is_some_and(is_on_a_lost_node) => {
            (MINUTE, HaltReason::NodeLost)
        }
        // 30 s of grace by default; a paused node needs up to 10 s of it.
        Blocker::PodTerminating { .. } => (3 * MINUTE, HaltReason::StuckTerminating),
        Blocker::PodNotReady { .. } => match pod.and_then(stuck::class) {
            Some(class) => (class.patience(), class.reason()),
            None => (start(START_TIMEOUT), HaltReason::PodNotReady),
        },
        Blocker::NodeSilent { .. } => (start(5 * MINUTE), HaltReason::PodNotReady),
        Blocker::NodeSealed { .. } => (90 * SECOND, HaltReason::Sealed),
        Blocker::WrongVersion { .. } | Blocker::WrongRevision { .. } => {
            (10 * SECOND, HaltReason::UnexpectedRevision)
        }
        Blocker::WrongCluster { .. } => (10 * SECOND, HaltReason::ForeignNode),
        // Autopilot removes dead servers by itself, where it may; a pod that is
        // restarting is back within minutes.
        Blocker::VotersAreNoPods { .. } => (MINUTE, HaltReason::VotersAreNoPods),
        Blocker::NoQuorumMargin { .. } => (5 * MINUTE, HaltReason::NoQuorumMargin),
        // One that lost its volume gets its vote back once it is in step.
        Blocker::NotVoter { .. } => (start(10 * MINUTE), HaltReason::NotVoter),
        Blocker::NotCaughtUp { .. } => (start(10 * MINUTE), HaltReason::NotCaughtUp),
        // It joins before it is unsealed, or never (operator-live.md 8.4.2, 3).
        Blocker::NotMember { .. } => (MINUTE, HaltReason::NotMember),
        // Six of autopilot's rounds.
        Blocker::VotePending { vote: true, .. } => (MINUTE, HaltReason::NotVoter),
        Blocker::VotePending { vote: false, .. } => (MINUTE, HaltReason::WaitedTooLong),
        // As long as was asked for, and then it is over.
        Blocker::Syncing { needed_ms, .. } | Blocker::Soaking { needed_ms, .. } => (
            Duration::from_millis(*needed_ms) + 10 * MINUTE,
            HaltReason::WaitedTooLong,
        ),
        // Its Job ends with its deadline, unless nobody acts on that.
        Blocker::HookRunning { limit_ms, .. } => (
            Duration::from_millis(*limit_ms) + 2 * MINUTE,
            HaltReason::HookFailed,
        ),
        Blocker::HookGoing { .. } => (3 * MINUTE, HaltReason::WaitedTooLong),
        Blocker::VolumesGoing { .. } => (5 * MINUTE, HaltReason::VolumesLeft),
        // Measured: 0.3 to 0.5 s (operator-live.md 8.2).
        Blocker::EndpointsLag { .. } => (2 * MINUTE, HaltReason::WaitedTooLong),
        // Its setup takes moments, and is not tried again.
        Blocker::CannotLead { .. } => (15 * SECOND, HaltReason::CannotLead),
        Blocker::BudgetExhausted | Blocker::EvictionRefused { .. } => {
            (10 * MINUTE, HaltReason::WaitedTooLong)
        }
    }
}
