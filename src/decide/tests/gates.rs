//! What speaks against a pod being fine, and against disturbing the cluster.

use crate::{
    decide::{
        Decision,
        example::{Example, image},
        gates::{missing, on_target, settled_leader, trouble, version_trouble},
    },
    model::{
        action::Action,
        blocker::Blocker,
        fact::Fact,
        intent::Order,
        names::{PodName, Pool},
        warning::Warning,
    },
};
use std::time::Duration;

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
            left_s: None,
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
fn a_pod_is_on_the_target_by_its_revision_its_templates_image_and_its_own_word() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.replace(2);
    let is = |world: &Example| {
        let pod = &world.voters().pods[2];
        on_target(pod, world.voters(), &world.run, &world.snapshot)
    };
    assert!(is(&world));
    let bends: [fn(&mut Example); 3] = [
        |world| world.voters_mut().pods[2].revision = "prod-2.6.2".to_owned(),
        |world| world.voters_mut().image = Some(image("2.7.1")),
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

/// The StatefulSet's warnings about another pod, or of another kind, say nothing
/// of this one.
#[test]
fn why_a_pod_cannot_be_made_is_its_statefulsets_own_word() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    let quota = |pod: &str| Warning {
        reason: "FailedCreate".to_owned(),
        message: format!(
            "Create Pod {pod} in StatefulSet prod failed error: pods \"{pod}\" is forbidden: exceeded quota: vault"
        ),
        last_seen: None,
    };
    let name = PodName::of("prod", 1);
    let why = |world: &Example| match missing(&name, Some(world.voters())) {
        Blocker::PodMissing { why, .. } => why,
        other => panic!("{other:?}"),
    };
    world.voters_mut().warnings = vec![quota("prod-2"), quota("prod-11")];
    assert_eq!(why(&world), None);
    world.voters_mut().warnings.push(quota("prod-1"));
    assert!(why(&world).is_some_and(|why| why.contains("exceeded quota")));
}

/// Kubernetes counts a pod only then, and the partition takes no other before.
#[test]
fn a_pod_counts_once_it_has_been_ready_for_as_long_as_its_set_demands() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.in_step();
    let at = world.snapshot.at;
    world.voters_mut().min_ready_seconds = 30;
    for pod in &mut world.voters_mut().pods {
        pod.ready_since = Some(at - Duration::from_secs(60));
    }
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::Release { .. })
    ));
    world.voters_mut().pods[1].ready_since = Some(at - Duration::from_secs(10));
    let Decision::Wait { blockers } = world.decide() else {
        panic!("a wait")
    };
    assert!(
        matches!(&blockers[..], [Blocker::NotAvailable { pod, ready_ms: 10_000, needed_ms: 30_000 }]
            if pod.as_str() == "prod-1"),
        "{blockers:?}"
    );
}

/// A standby that is cut off goes on answering with the index it had: it was
/// caught up at two readings, and the leader fell when another pod went.
#[test]
fn caught_up_a_while_ago_is_not_caught_up_now() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.in_step();
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::Release { .. })
    ));
    let before = world.node(1).applied_index();
    for _ in 0..4 {
        world.commit();
        if let Fact::Known(answer) = &mut world.node(1).leader {
            answer.applied_index = before;
        }
        world.pass(Duration::from_millis(500));
    }
    let Decision::Wait { blockers } = world.decide() else {
        panic!("a wait")
    };
    assert!(
        matches!(&blockers[..], [Blocker::NotCaughtUp { pod, applied, wanted, readings: 2, .. }]
            if pod.as_str() == "prod-1" && applied < wanted),
        "{blockers:?}"
    );
}

/// After a suspension what was seen before it proves nothing.
#[test]
fn an_entry_from_before_a_gap_in_our_own_time_proves_nothing() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.in_step();
    world.commit();
    world.pass(Duration::from_secs(40));
    assert!(matches!(world.decide(), Decision::Wait { .. }));
    world.in_step();
    assert!(matches!(
        world.decide(),
        Decision::Act(Action::Release { .. })
    ));
}
