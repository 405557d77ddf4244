//! Who leads, by the nodes' own answers.

use std::time::Duration;

use crate::{
    bugs::{self, Bug},
    model::{
        blocker::Blocker,
        names::PodName,
        node::NodeView,
        raft::quorum,
        snapshot::Snapshot,
        workload::{ContainerState, Pod, Workload},
    },
};

/// The active node, agreed.
#[derive(Debug, Clone, Copy)]
pub struct Leader<'a> {
    /// Its pod.
    pub pod: &'a Pod,
    /// Its answers.
    pub node: &'a NodeView,
}

impl Leader<'_> {
    /// How long it has been active by its own clock, when it says so. Both
    /// times come from the same node, so no clock of ours is involved; the
    /// server's time has whole seconds, so this errs on the short side.
    #[must_use]
    pub fn active_for(&self) -> Option<Duration> {
        let since = self.node.leader.known()?.active_time?;
        let now = self.node.health.known()?.server_time?;
        Duration::try_from(now.duration_since(since)).ok()
    }
}

/// Whether nobody leads, and every other pod with a process says so itself.
#[must_use]
pub fn nobody_leads_but_for(snapshot: &Snapshot, workload: &Workload, pod: &Pod) -> bool {
    let runs = |other: &Pod| matches!(other.container, ContainerState::Running { .. });
    let answers = |other: &Pod| {
        snapshot
            .node(&other.pod.name)
            .is_some_and(|node| node.leader.known().is_some())
    };
    let mut others = workload.pods.iter().filter(|other| other.pod != pod.pod);
    matches!(leader(snapshot), Err(Blocker::NoLeader))
        && others.all(|other| answers(other) || !runs(other))
}

/// The agreed leader, or why there is none.
///
/// Leadership is `is_self` answered by exactly one node, named by enough others
/// that together they are a majority, and contradicted by nobody: a standby
/// that names another has not caught up with a change yet, and nothing is done
/// in the middle of a change.
///
/// # Errors
/// The blocker that says what was seen instead.
pub fn leader(snapshot: &Snapshot) -> Result<Leader<'_>, Blocker> {
    let workload = snapshot.voters.known().ok_or_else(|| Blocker::Unseen {
        what: "the voters".to_owned(),
        why: snapshot.voters.unknown().unwrap_or_default().to_owned(),
    })?;
    if bugs::has(Bug::BelievesLabels)
        && let Some(leader) = labelled(snapshot, workload)
    {
        return Ok(leader);
    }
    let Some(pod) = sole_claimant(snapshot) else {
        let claims: Vec<PodName> = claimants(snapshot)
            .map(|pod| pod.pod.name.clone())
            .collect();
        return Err(if claims.is_empty() {
            Blocker::NoLeader
        } else {
            Blocker::TwoLeaders { claims }
        });
    };
    let mut agree = 1;
    let mut others = Vec::new();
    for other in snapshot
        .candidates_for_leader()
        .filter(|other| other.pod.name != pod.pod.name)
    {
        match named_leader(snapshot, other) {
            Some(named) if named == pod.pod.name => agree += 1,
            Some(_) => others.push(other.pod.name.clone()),
            None => {}
        }
    }
    let needed = quorum(workload.replicas as usize);
    match answers(snapshot, pod) {
        Some(node) if agree >= needed && others.is_empty() => Ok(Leader { pod, node }),
        _ => Err(Blocker::LeaderDisputed {
            leader: pod.pod.name.clone(),
            agree,
            needed,
            others,
        }),
    }
}

/// Whom the resource's status shows: for eyes only.
fn labelled<'a>(snapshot: &'a Snapshot, workload: &'a Workload) -> Option<Leader<'a>> {
    let shown = snapshot.cluster.known()?.status.active_leader.as_deref()?;
    let pod = workload
        .pods
        .iter()
        .find(|pod| pod.pod.name.as_str() == shown)?;
    let node = answers(snapshot, pod)?;
    Some(Leader { pod, node })
}

/// The nodes that say of themselves that they are active, agreed or not.
pub fn claimants(snapshot: &Snapshot) -> impl Iterator<Item = &Pod> {
    snapshot
        .candidates_for_leader()
        .filter(|pod| answers(snapshot, pod).is_some_and(NodeView::is_active))
}

/// The only node that says so, if there is just one: not yet agreed.
#[must_use]
pub fn sole_claimant(snapshot: &Snapshot) -> Option<&Pod> {
    let mut claims = claimants(snapshot);
    claims.next().filter(|_| claims.next().is_none())
}

fn answers<'a>(snapshot: &'a Snapshot, pod: &Pod) -> Option<&'a NodeView> {
    snapshot.node(&pod.pod.name)
}

/// The pod a node names as leader. An address that is no pod of ours is no
/// opinion.
fn named_leader(snapshot: &Snapshot, pod: &Pod) -> Option<PodName> {
    let answer = answers(snapshot, pod)?.leader.known()?;
    if answer.is_self {
        return Some(pod.pod.name.clone());
    }
    let address = answer.leader_address.as_deref()?;
    pod_at(snapshot.candidates_for_leader(), address).map(|found| found.pod.name.clone())
}

/// The pod an API address belongs to: exactly its name as the first label of
/// the host, or exactly its IP.
#[must_use]
pub fn pod_at<'a>(pods: impl IntoIterator<Item = &'a Pod>, address: &str) -> Option<&'a Pod> {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = host.split('/').next()?;
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => host,
        _ => host,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let label = host.split('.').next()?;
    pods.into_iter().find(|pod| {
        pod.pod.name.as_str() == label
            || (bugs::has(Bug::PartOfName) && address.contains(pod.pod.name.as_str()))
            || pod.ip.as_deref().is_some_and(|ip| ip == host)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::example::Example;
    use crate::model::fact::Fact;

    #[test]
    fn one_claim_and_agreement_make_a_leader() {
        let world = Example::three("2.6.2");
        assert_eq!(leader(&world.snapshot).expect("a leader").pod.ordinal, 0);
    }

    #[test]
    fn a_standby_that_names_another_blocks() {
        let mut world = Example::three("2.6.2");
        world.names_leader(2, 1);
        let blocker = leader(&world.snapshot).expect_err("disputed");
        assert_eq!(blocker.code(), "LeaderDisputed");
    }

    #[test]
    fn two_claims_and_none_are_both_refused() {
        let mut world = Example::three("2.6.2");
        world.claims(1, true);
        assert_eq!(
            leader(&world.snapshot).expect_err("two").code(),
            "TwoLeaders"
        );
        world.claims(1, false);
        world.claims(0, false);
        assert_eq!(
            leader(&world.snapshot).expect_err("none").code(),
            "NoLeader"
        );
    }

    #[test]
    fn a_minority_that_agrees_with_itself_is_no_leader() {
        let mut world = Example::three("2.6.2");
        world.silent(1);
        world.silent(2);
        assert_eq!(
            leader(&world.snapshot).expect_err("alone").code(),
            "LeaderDisputed"
        );
    }

    #[test]
    fn addresses_match_whole_names_only() {
        let world = Example::of("2.6.2", 12);
        let workload = world.voters();
        let at = |address: &str| pod_at(&workload.pods, address).map(|pod| pod.ordinal);
        assert_eq!(at("https://prod-1.prod.vault.svc:8200"), Some(1));
        assert_eq!(at("https://prod-11.prod.vault.svc:8200"), Some(11));
        assert_eq!(at("https://prod-1b.prod.vault.svc:8200"), None);
        assert_eq!(at("https://10.244.0.10:8200"), Some(0));
        assert_eq!(at("https://10.244.0.1:8200"), None);
    }

    #[test]
    fn an_address_is_read_with_and_without_scheme_port_and_brackets() {
        let mut world = Example::three("2.6.2");
        world.voters_mut().pods[2].ip = Some("fd00::a".to_owned());
        let workload = world.voters();
        let at = |address: &str| pod_at(&workload.pods, address).map(|pod| pod.ordinal);
        assert_eq!(at("prod-1.prod.vault.svc"), Some(1));
        assert_eq!(at("https://prod-1.prod.vault.svc:8200/ui/"), Some(1));
        assert_eq!(at("https://[fd00::a]:8200"), Some(2));
        assert_eq!(at("https://[fd00::a]"), Some(2));
    }

    #[test]
    fn an_address_that_is_no_pod_is_no_opinion_and_silence_neither() {
        let mut world = Example::of("2.6.2", 5);
        world.silent(4);
        if let Fact::Known(answer) = &mut world.node(3).leader {
            answer.leader_address = Some("https://bao.example:8200".to_owned());
        }
        assert_eq!(
            leader(&world.snapshot).expect("three of five").pod.ordinal,
            0
        );
        world.silent(2);
        let Err(Blocker::LeaderDisputed { agree, needed, .. }) = leader(&world.snapshot) else {
            panic!("two of five lead nobody")
        };
        assert_eq!((agree, needed), (2, 3));
    }

    #[test]
    fn how_long_a_leader_leads_is_by_its_own_clock() {
        let mut world = Example::three("2.6.2");
        world.pass(Duration::ZERO);
        let of = |world: &Example| leader(&world.snapshot).expect("a leader").active_for();
        let before = of(&world).expect("both times");
        assert!(before > Duration::from_secs(86_400), "{before:?}");
        world.pass(Duration::from_secs(7));
        assert_eq!(of(&world), Some(before + Duration::from_secs(7)));
        if let Fact::Known(answer) = &mut world.node(0).leader {
            answer.active_time = None;
        }
        assert_eq!(of(&world), None);
    }
}
