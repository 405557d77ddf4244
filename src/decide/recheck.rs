//! How soon to look again at what is waited for.
//!
//! What Kubernetes knows wakes the run by itself: its watches tell. What only
//! the nodes know has to be asked for, and each round of asking costs every
//! node two requests. So the length depends on who would tell.

use std::time::Duration;

use crate::model::{blocker::Blocker, names::PodName, node::NodeView};

use super::{
    rules::{
        READING_INTERVAL, RECHECK, RECHECK_CUTOVER, RECHECK_LEADER, RECHECK_NODE, STEP_DOWN_IS_SLOW,
    },
    track::Reading,
    world::World,
};

/// How long a run may wait at the most before it looks at everything again:
/// the shortest of what each reason asks for, and at most [`RECHECK`], so that
/// a leader that moves meanwhile is seen.
#[must_use]
pub fn after(blockers: &[Blocker], world: &World<'_>) -> Duration {
    blockers
        .iter()
        .map(|blocker| one(blocker, world))
        .min()
        .unwrap_or(RECHECK)
        .clamp(Duration::from_millis(1), RECHECK)
}

fn one(blocker: &Blocker, world: &World<'_>) -> Duration {
    match blocker {
        Blocker::SteppingDown { .. } if is_cutting_over(world) => RECHECK_CUTOVER,
        Blocker::SteppingDown { .. } => RECHECK_LEADER,
        // Of known length: looking again right then costs nothing.
        Blocker::LeaderUnsettled {
            active_ms,
            needed_ms,
            ..
        }
        | Blocker::NotStill {
            still_ms: active_ms,
            needed_ms,
        }
        | Blocker::NotAvailable {
            ready_ms: active_ms,
            needed_ms,
            ..
        }
        | Blocker::Syncing {
            synced_ms: active_ms,
            needed_ms,
        }
        | Blocker::Soaking {
            soaked_ms: active_ms,
            needed_ms,
        } => Duration::from_millis(needed_ms.saturating_sub(*active_ms)),
        Blocker::NotCaughtUp { pod, readings, .. } => {
            if *readings == 2 {
                // An entry is made for it, and applied within a round.
                RECHECK_NODE
            } else {
                reading(pod, world)
            }
        }
        // The node may answer, and follow, long before its probe lets the pod
        // be Ready; its first reading must not be late.
        Blocker::PodNotReady { pod, .. } => {
            let answers = world.snapshot.node(pod).is_some_and(NodeView::is_unsealed);
            if answers {
                reading(pod, world)
            } else {
                RECHECK_NODE
            }
        }
        // A released pod that becomes active must be taken back at once (R4).
        Blocker::AwaitingReplacement { .. }
        | Blocker::NoLeader
        | Blocker::TwoLeaders { .. }
        | Blocker::LeaderDisputed { .. }
        | Blocker::NodeSilent { .. }
        | Blocker::NodeSealed { .. }
        | Blocker::WrongVersion { .. }
        | Blocker::WrongCluster { .. }
        | Blocker::VotersAreNoPods { .. }
        | Blocker::NoQuorumMargin { .. }
        | Blocker::NotAsked { .. }
        | Blocker::CannotLead { .. }
        | Blocker::NotMember { .. }
        | Blocker::VotePending { .. }
        | Blocker::EndpointsLag { .. }
        | Blocker::NotVoter { .. } => RECHECK_NODE,
        Blocker::Unseen { .. }
        | Blocker::OperatorNotPaused
        | Blocker::JobsRunning { .. }
        | Blocker::NotObserved { .. }
        | Blocker::PodMissing { .. }
        | Blocker::PodTerminating { .. }
        | Blocker::WrongRevision { .. }
        | Blocker::BudgetExhausted
        | Blocker::HookRunning { .. }
        | Blocker::HookGoing { .. }
        | Blocker::VolumesGoing { .. }
        | Blocker::EvictionRefused { .. } => RECHECK,
    }
}

/// Whether the other colour's leader may come at any moment.
fn is_cutting_over(world: &World<'_>) -> bool {
    let asked = world.track.step_downs.last().map(|step_down| step_down.at);
    world.run.blue_green.is_some()
        && asked.is_some_and(|at| world.now.saturating_sub(at) < STEP_DOWN_IS_SLOW)
}

/// When a pod's next reading may count.
fn reading(pod: &PodName, world: &World<'_>) -> Duration {
    let last = world
        .pod(pod)
        .and_then(|pod| world.track.readings.get(&pod.pod.uid));
    match last {
        Some(Reading { count: 1, last, .. }) => {
            let since = world.now.saturating_sub(*last);
            // It was due and did not count: it is the node's turn.
            READING_INTERVAL
                .checked_sub(since)
                .filter(|left| !left.is_zero())
                .unwrap_or(RECHECK_NODE)
        }
        Some(Reading { count: 2, .. }) => RECHECK,
        _ => RECHECK_NODE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        decide::{
            example::{Example, image},
            example_parts::colours,
            track::StepDown,
        },
        model::revision::Revision,
    };

    fn name(world: &Example, ordinal: u32) -> PodName {
        world.voters().pod(ordinal).expect("a pod").pod.name.clone()
    }

    fn unsettled(active_ms: u64) -> Blocker {
        Blocker::LeaderUnsettled {
            leader: PodName::of("prod", 0),
            active_ms,
            needed_ms: 12_000,
        }
    }

    #[test]
    fn a_wait_of_known_length_is_looked_at_when_it_is_over() {
        let world = Example::three("2.6.2");
        assert_eq!(
            after(&[unsettled(11_600)], &world.world()),
            Duration::from_millis(400)
        );
        assert_eq!(after(&[unsettled(1_000)], &world.world()), RECHECK);
    }

    #[test]
    fn a_wait_that_is_over_still_lets_time_pass() {
        let world = Example::three("2.6.2");
        assert!(!after(&[unsettled(12_000)], &world.world()).is_zero());
    }

    #[test]
    fn the_most_urgent_reason_decides() {
        let world = Example::three("2.6.2");
        let pod = name(&world, 1);
        let both = [
            Blocker::PodTerminating {
                pod: pod.clone(),
                why: None,
            },
            Blocker::SteppingDown { node: pod },
        ];
        assert_eq!(after(&both, &world.world()), RECHECK_LEADER);
        assert_eq!(after(&both[..1], &world.world()), RECHECK);
    }

    #[test]
    fn clients_that_wait_for_green_to_lead_are_not_kept_waiting_by_us() {
        let mut world = Example::three("2.6.2");
        let revision = |version| Revision::of(version, &image(version), 3);
        world.run.blue_green = Some(colours(revision("2.6.2"), revision("2.7.2")));
        let node = world.voters().pod(0).expect("a pod").pod.clone();
        let stepping = [Blocker::SteppingDown {
            node: node.name.clone(),
        }];
        let at = world.now;
        world.track.step_downs.push(StepDown {
            node,
            at,
            settled: false,
        });
        assert_eq!(after(&stepping, &world.world()), RECHECK_CUTOVER);
        // One that failed is tried again only after 15 s.
        world.now = at + STEP_DOWN_IS_SLOW;
        assert_eq!(after(&stepping, &world.world()), RECHECK_LEADER);
    }
}
