//! One safety question, one function: what speaks against a pod being fine,
//! and against disturbing the cluster at all.

use std::time::Duration;

use crate::{
    bugs::{self, Bug},
    model::{
        blocker::Blocker,
        names::Pool,
        record::RunRecord,
        snapshot::Snapshot,
        workload::{ContainerState, Pod, Workload},
    },
};

use super::{
    leadership::{self, Leader},
    rules::LEADER_SETTLES,
    track::Track,
};

/// The agreed leader, once it has led long enough.
///
/// # Errors
/// The blocker: no leader, disputed, or unsettled.
pub fn settled_leader<'a>(
    snapshot: &'a Snapshot,
    track: &Track,
    now: Duration,
) -> Result<Leader<'a>, Blocker> {
    let leader = leadership::leader(snapshot)?;
    let active = track.active_for(&leader, now);
    if active < LEADER_SETTLES && !bugs::has(Bug::TakesTheResting) {
        return Err(Blocker::LeaderUnsettled {
            leader: leader.pod.pod.name.clone(),
            active_ms: millis(active),
            needed_ms: millis(LEADER_SETTLES),
        });
    }
    Ok(leader)
}

/// Everything that speaks against a pod of a pool being fine as it is, whatever
/// version it runs: invariants S2 and S7 share these questions.
#[must_use]
pub fn trouble(
    pool: Pool,
    pod: &Pod,
    record: &RunRecord,
    snapshot: &Snapshot,
    track: &Track,
) -> Vec<Blocker> {
    let name = &pod.pod.name;
    let mut found = Vec::new();
    if pod.terminating && bugs::has(Bug::TerminatingForGone) {
        return found;
    }
    if pod.terminating {
        return vec![Blocker::PodTerminating { pod: name.clone() }];
    }
    if !pod.ready {
        found.push(Blocker::PodNotReady {
            pod: name.clone(),
            state: state(pod),
        });
    }
    let silent = snapshot
        .node(name)
        .is_none_or(|node| node.leader.known().is_none());
    if silent && bugs::has(Bug::SilenceForConsent) {
        return found;
    }
    found.extend(node_trouble(pod, record, snapshot));
    if pool == Pool::Voters {
        found.extend(vote_trouble(pod, snapshot));
    }
    if found.is_empty() && !bugs::has(Bug::IgnoresLag) {
        found.extend(index_trouble(pod, snapshot, track));
    }
    found
}

fn node_trouble(pod: &Pod, record: &RunRecord, snapshot: &Snapshot) -> Option<Blocker> {
    let name = &pod.pod.name;
    let silent = |why: &str| {
        Some(Blocker::NodeSilent {
            pod: name.clone(),
            why: why.to_owned(),
        })
    };
    let Some(node) = snapshot.node(name) else {
        return silent("it was not asked");
    };
    let Some(health) = node.health.known() else {
        return silent(node.health.unknown().unwrap_or_default());
    };
    if health.sealed || !health.initialized {
        return Some(Blocker::NodeSealed { pod: name.clone() });
    }
    if let (Some(pinned), Some(id)) = (&record.target.cluster_id, &health.cluster_id)
        && pinned != id
    {
        return Some(Blocker::WrongCluster { pod: name.clone() });
    }
    match node.leader.unknown() {
        Some(why) => silent(why),
        None => None,
    }
}

fn vote_trouble(pod: &Pod, snapshot: &Snapshot) -> Option<Blocker> {
    let name = &pod.pod.name;
    match snapshot.membership.known() {
        // Only the active node's list counts; without one that is the reason.
        None if leadership::leader(snapshot).is_err() => leadership::leader(snapshot).err(),
        None => Some(Blocker::Unseen {
            what: "the raft membership".to_owned(),
            why: snapshot.membership.unknown().unwrap_or_default().to_owned(),
        }),
        Some(membership) if membership.peer(name).is_some_and(|peer| peer.voter) => None,
        Some(_) => Some(Blocker::NotVoter { pod: name.clone() }),
    }
}

fn index_trouble(pod: &Pod, snapshot: &Snapshot, track: &Track) -> Option<Blocker> {
    let node = snapshot.node(&pod.pod.name)?;
    if bugs::has(Bug::AutopilotForLag) && says_healthy(snapshot) {
        return None;
    }
    // The active node defines the index; it cannot trail itself.
    if node.is_active() {
        return None;
    }
    let (readings, mark) = track.readings(&pod.pod);
    (readings < 2).then(|| Blocker::NotCaughtUp {
        pod: pod.pod.name.clone(),
        applied: node.applied_index().unwrap_or(0),
        wanted: mark.unwrap_or(0),
        readings,
    })
}

/// What autopilot thinks of all of them.
fn says_healthy(snapshot: &Snapshot) -> bool {
    let membership = snapshot.membership.known();
    membership.is_some_and(|known| known.autopilot.as_ref().is_some_and(|view| view.healthy))
}

/// Whether this incarnation is on the target in every respect (S7), apart from
/// [`trouble`].
#[must_use]
pub fn on_target(pod: &Pod, workload: &Workload, record: &RunRecord, snapshot: &Snapshot) -> bool {
    pod.revision == workload.update_revision
        && pod.image.as_deref() == Some(record.target.image.as_str())
        && snapshot
            .node(&pod.pod.name)
            .and_then(|node| node.version())
            .is_none_or(|version| *version == record.target.version)
}

/// A pod of the target revision whose node says another version: the image does
/// not contain what its tag promises.
#[must_use]
pub fn version_trouble(pod: &Pod, record: &RunRecord, snapshot: &Snapshot) -> Option<Blocker> {
    let version = snapshot.node(&pod.pod.name)?.version()?;
    (*version != record.target.version).then(|| Blocker::WrongVersion {
        pod: pod.pod.name.clone(),
        version: version.to_string(),
        wanted: record.target.version.to_string(),
    })
}

/// The pod's own state in a few words.
#[must_use]
pub fn state(pod: &Pod) -> String {
    if let Some(message) = &pod.unschedulable {
        return format!("unschedulable: {message}");
    }
    match &pod.container {
        ContainerState::Absent => "no container yet".to_owned(),
        ContainerState::Waiting { reason, .. } => reason.clone(),
        ContainerState::Running { .. } => "running, probe not passed yet".to_owned(),
        ContainerState::Terminated { exit_code, reason } => format!(
            "exited with {exit_code}{}",
            reason
                .as_ref()
                .map(|reason| format!(" ({reason})"))
                .unwrap_or_default()
        ),
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::example::{Example, image};
    use crate::model::{fact::Fact, intent::Order};

    fn blockers(pool: Pool, ordinal: usize, world: &Example) -> Vec<Blocker> {
        let pod = &world.voters().pods[ordinal];
        trouble(pool, pod, &world.run, &world.snapshot, &world.track)
    }

    fn codes(pool: Pool, ordinal: usize, world: &Example) -> Vec<&'static str> {
        blockers(pool, ordinal, world)
            .iter()
            .map(Blocker::code)
            .collect()
    }

    #[test]
    fn a_node_that_is_not_initialized_or_answers_half_is_not_fine() {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        if let Fact::Known(health) = &mut world.node(1).health {
            health.initialized = false;
        }
        assert_eq!(codes(Pool::Voters, 1, &world), ["NodeSealed"]);
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        world.node(1).leader = Fact::Unknown("timed out".to_owned());
        assert_eq!(codes(Pool::Voters, 1, &world), ["NodeSilent"]);
    }

    #[test]
    fn only_a_cluster_id_that_differs_is_foreign() {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        if let Fact::Known(health) = &mut world.node(1).health {
            health.cluster_id = None;
        }
        assert!(codes(Pool::Voters, 1, &world).is_empty());
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        world.run.target.cluster_id = None;
        assert!(codes(Pool::Voters, 1, &world).is_empty());
    }

    #[test]
    fn without_a_leader_the_missing_list_of_voters_is_not_what_is_wrong() {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        world.snapshot.membership = Fact::Unknown("no active node".to_owned());
        assert_eq!(codes(Pool::Voters, 1, &world), ["Unseen"]);
        world.claims(0, false);
        assert_eq!(codes(Pool::Voters, 1, &world), ["NoLeader"]);
    }

    #[test]
    fn a_read_replica_needs_no_vote() {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        if let Fact::Known(membership) = &mut world.snapshot.membership {
            membership.peers[1].voter = false;
        }
        assert_eq!(codes(Pool::Voters, 1, &world), ["NotVoter"]);
        assert!(codes(Pool::ReadReplicas, 1, &world).is_empty());
    }

    #[test]
    fn a_node_behind_says_how_far() {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        world.replace(2);
        world.pass(Duration::from_secs(1));
        let applied = world.node(2).applied_index().expect("an index");
        assert_eq!(
            blockers(Pool::Voters, 2, &world),
            [Blocker::NotCaughtUp {
                pod: world.voters().pods[2].pod.name.clone(),
                applied,
                wanted: applied + 1,
                readings: 0,
            }]
        );
    }

    #[test]
    fn a_leader_is_settled_at_twelve_seconds_and_says_how_many_are_missing() {
        let mut world = Example::three("2.6.2");
        world.pass(Duration::ZERO);
        world.lead(1);
        world.pass(Duration::ZERO);
        world.now += Duration::from_millis(11_999);
        let blocker = settled_leader(&world.snapshot, &world.track, world.now).expect_err("early");
        assert_eq!(
            blocker,
            Blocker::LeaderUnsettled {
                leader: world.voters().pods[1].pod.name.clone(),
                active_ms: 11_999,
                needed_ms: 12_000,
            }
        );
        world.now += Duration::from_millis(1);
        assert!(settled_leader(&world.snapshot, &world.track, world.now).is_ok());
    }

    #[test]
    fn a_pod_is_on_the_target_by_its_revision_its_image_and_its_own_word() {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        world.replace(2);
        let is = |world: &Example| {
            let pod = &world.voters().pods[2];
            on_target(pod, world.voters(), &world.run, &world.snapshot)
        };
        assert!(is(&world));
        let bends: [fn(&mut Example); 3] = [
            |world| world.voters_mut().pods[2].revision = "prod-2.6.2".to_owned(),
            |world| world.voters_mut().pods[2].image = Some(image("2.7.1")),
            |world| {
                if let Fact::Known(health) = &mut world.node(2).health {
                    health.version = Some("2.7.1".parse().expect("a version"));
                }
            },
        ];
        for bend in bends {
            let mut world = world.clone();
            bend(&mut world);
            assert!(!is(&world));
        }
        world.silent(2);
        assert!(is(&world), "whether it answers is another question");
    }

    #[test]
    fn an_image_without_what_its_tag_promises_is_seen_by_the_node_s_own_version() {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        world.replace(2);
        let found = |world: &Example| {
            let pod = &world.voters().pods[2];
            version_trouble(pod, &world.run, &world.snapshot).map(|blocker| blocker.code())
        };
        assert_eq!(found(&world), None);
        if let Fact::Known(health) = &mut world.node(2).health {
            health.version = Some("2.7.1".parse().expect("a version"));
        }
        assert_eq!(found(&world), Some("WrongVersion"));
    }

    #[test]
    fn a_pod_that_is_not_ready_says_what_it_is_instead() {
        let mut pod = Example::three("2.6.2").voters().pods[0].clone();
        pod.container = ContainerState::Terminated {
            exit_code: 1,
            reason: Some("Error".to_owned()),
        };
        assert_eq!(state(&pod), "exited with 1 (Error)");
        pod.container = ContainerState::Waiting {
            reason: "ErrImagePull".to_owned(),
            message: None,
        };
        assert_eq!(state(&pod), "ErrImagePull");
        pod.unschedulable = Some("0/3 nodes are available".to_owned());
        assert_eq!(state(&pod), "unschedulable: 0/3 nodes are available");
    }
}
