//! Read replicas: before the voters, one at a time, outside the quorum.

use std::collections::BTreeSet;

use super::{codes, released};
use crate::decide::{
    Decision,
    example::{Example, image},
    pool,
    safe_point::safe_point,
    world::World,
};
use crate::model::{
    action::{Action, Hold, ReleaseBy},
    fact::Fact,
    intent::Order,
    names::{PodName, Pool},
    workload::{UpdateStrategy, Workload},
};

fn held_at(partition: u32) -> UpdateStrategy {
    UpdateStrategy::RollingUpdate {
        partition,
        max_unavailable_above_one: false,
    }
}

fn replicas(world: &mut Example) -> &mut Workload {
    let Fact::Known(Some(workload)) = &mut world.snapshot.read_replicas else {
        panic!("read replicas")
    };
    workload
}

/// Two read replicas beside the voters of a run under way, both still old.
fn beside(order: Order) -> Example {
    let mut world = Example::under_way("2.6.2", order);
    let mut workload = world.voters().clone();
    workload.name = "prod-read".to_owned();
    workload.uid = "sts-read-uid".to_owned();
    workload.replicas = 2;
    workload.pods.truncate(2);
    workload.image = Some(image("2.6.2"));
    workload.update_revision = "prod-read-2.6.2".to_owned();
    workload.current_revision = workload.update_revision.clone();
    workload.strategy = held_at(0);
    for pod in &mut workload.pods {
        pod.pod.name = PodName::of("prod-read", pod.ordinal);
        pod.pod.uid = format!("read-{}", pod.ordinal);
        pod.revision = "prod-read-2.6.2".to_owned();
        pod.ip = None;
        let mut node = world.snapshot.nodes[&PodName::of("prod", 1)].clone();
        if let Fact::Known(answer) = &mut node.leader {
            answer.is_self = false;
        }
        world.snapshot.nodes.insert(pod.pod.name.clone(), node);
    }
    world.snapshot.read_replicas = Fact::Known(Some(workload));
    world.settle();
    world
}

/// The same with the replicas' template set behind their partition.
fn ready_to_go(order: Order) -> Example {
    let mut world = beside(order);
    let workload = replicas(&mut world);
    workload.strategy = held_at(2);
    workload.image = Some(image("2.7.2"));
    workload.update_revision = "prod-read-2.7.2".to_owned();
    world
}

/// A read replica is replaced and has caught up.
fn replace(world: &mut Example, ordinal: usize) {
    let version = world.run.target.version.clone();
    let workload = replicas(world);
    let revision = workload.update_revision.clone();
    let pod = &mut workload.pods[ordinal];
    pod.revision = revision;
    pod.image = Some(image("2.7.2"));
    pod.pod.uid = format!("{}-new", pod.pod.uid);
    let name = pod.pod.name.clone();
    if let Some(Fact::Known(health)) = world
        .snapshot
        .nodes
        .get_mut(&name)
        .map(|node| &mut node.health)
    {
        health.version = Some(version);
    }
    world.settle();
}

fn done(world: &Example) -> Vec<String> {
    let done: BTreeSet<PodName> = pool::done(&World {
        run: &world.run,
        take_over: false,
        start_timeout: crate::decide::rules::START_TIMEOUT,
        snapshot: &world.snapshot,
        track: &world.track,
        now: world.now,
    });
    done.iter().map(ToString::to_string).collect()
}

#[test]
fn they_go_before_the_voters_by_their_own_partition_whatever_the_order() {
    for order in [Order::LeaderLast, Order::ReverseOrdinal] {
        let mut world = beside(order);
        assert_eq!(
            world.decide(),
            Decision::Act(Action::Hold {
                pool: Pool::ReadReplicas,
                hold: Hold::Partition(2)
            })
        );
        replicas(&mut world).strategy = held_at(2);
        assert!(matches!(
            world.decide(),
            Decision::Act(Action::SetImage {
                pool: Pool::ReadReplicas,
                ..
            })
        ));
        let mut world = ready_to_go(order);
        for ordinal in [1, 0] {
            let name = format!("prod-read-{ordinal}");
            let by = ReleaseBy::Partition(ordinal);
            assert_eq!(released(&world.decide()), (name.as_str(), by));
            replicas(&mut world).strategy = held_at(ordinal);
            assert_eq!(codes(&world.decide()), ["AwaitingReplacement"]);
            replace(&mut world, ordinal as usize);
        }
        assert_eq!(released(&world.decide()).0, "prod-2");
    }
}

#[test]
fn none_goes_while_a_voter_or_another_of_them_is_not_fine() {
    let mut world = ready_to_go(Order::LeaderLast);
    world.voters_mut().pods[1].ready = false;
    assert_eq!(codes(&world.decide()), ["PodNotReady"]);
    let mut world = ready_to_go(Order::LeaderLast);
    replicas(&mut world).pods[0].ready = false;
    assert_eq!(codes(&world.decide()), ["PodNotReady"]);
    let mut world = ready_to_go(Order::LeaderLast);
    replicas(&mut world).pods.remove(0);
    assert_eq!(codes(&world.decide()), ["PodMissing"]);
    let mut world = ready_to_go(Order::LeaderLast);
    world.snapshot.read_replicas = Fact::Unknown("no answer".to_owned());
    assert_eq!(codes(&world.decide()), ["Unseen"]);
}

#[test]
fn one_that_claims_to_lead_is_waited_for_and_its_release_not_taken_back() {
    let mut world = ready_to_go(Order::LeaderLast);
    replicas(&mut world).strategy = held_at(1);
    let name = PodName::of("prod-read", 1);
    if let Some(Fact::Known(answer)) = world
        .snapshot
        .nodes
        .get_mut(&name)
        .map(|node| &mut node.leader)
    {
        answer.is_self = true;
    }
    assert_eq!(codes(&world.decide()), ["AwaitingReplacement"]);
}

#[test]
fn the_voters_budget_is_not_theirs() {
    let mut world = ready_to_go(Order::LeaderLast);
    replicas(&mut world).strategy = UpdateStrategy::OnDelete;
    world.snapshot.disruptions_allowed = Fact::Known(Some(0));
    assert_eq!(
        released(&world.decide()),
        ("prod-read-1", ReleaseBy::Eviction)
    );
}

#[test]
fn a_set_of_none_is_passed_over() {
    let mut world = beside(Order::LeaderLast);
    let workload = replicas(&mut world);
    workload.replicas = 0;
    workload.pods.clear();
    assert_eq!(released(&world.decide()).0, "prod-2");
}

#[test]
fn the_pods_that_are_done_are_those_seen_on_the_target_and_fine() {
    let mut world = ready_to_go(Order::LeaderLast);
    assert!(done(&world).is_empty());
    replace(&mut world, 1);
    assert_eq!(done(&world), ["prod-read-1"]);
    world.replace(2);
    assert_eq!(done(&world), ["prod-read-1"], "it has not caught up yet");
    world.settle();
    assert_eq!(done(&world), ["prod-2", "prod-read-1"]);
    replicas(&mut world).image = Some(image("2.6.2"));
    assert_eq!(done(&world), ["prod-2"], "their template is another's");
    world.silent(2);
    assert!(done(&world).is_empty());
}

#[test]
fn both_sets_are_let_go_and_observed_at_the_end() {
    let mut world = ready_to_go(Order::LeaderLast);
    for ordinal in [1, 0] {
        replace(&mut world, ordinal);
    }
    world.lead(1);
    world.run.newest_active = Some("2.7.2".parse().expect("a version"));
    for ordinal in [2, 1, 0] {
        world.replace(ordinal);
        world.claims(ordinal, ordinal == 1);
    }
    world.settle();
    world.publish();
    for pool in [Pool::ReadReplicas, Pool::Voters] {
        assert_eq!(world.decide(), Decision::Act(Action::Unhold { pool }));
        let workload = match pool {
            Pool::ReadReplicas => replicas(&mut world),
            Pool::Voters => world.voters_mut(),
        };
        workload.strategy = held_at(0);
        workload.maintenance_ours = false;
    }
    assert_eq!(world.decide(), Decision::Act(Action::Complete));
    replicas(&mut world).generation = 2;
    assert_eq!(codes(&world.decide()), ["NotObserved"]);
}

#[test]
fn a_run_stops_for_a_person_only_when_none_of_them_is_on_its_way() {
    let safe = |world: &Example| safe_point(&world.run, &world.snapshot, &world.track, true);
    let mut world = ready_to_go(Order::LeaderLast);
    assert!(safe(&world));
    let bends: [fn(&mut Example); 4] = [
        |world| replicas(world).pods[1].terminating = true,
        |world| {
            replicas(world).pods.remove(1);
        },
        |world| {
            let new = replicas(world).update_revision.clone();
            let pod = &mut replicas(world).pods[1];
            pod.revision = new;
            pod.ready = false;
        },
        |world| {
            let uid = replicas(world).pods[1].pod.uid.clone();
            world.track.released.insert(uid, world.now);
        },
    ];
    for bend in bends {
        let mut world = world.clone();
        bend(&mut world);
        assert!(!safe(&world));
    }
    replicas(&mut world).pods[1].ready = false;
    assert!(safe(&world), "it was down before this run touched it");
    replicas(&mut world).pods[1].ready = true;
    let new = replicas(&mut world).update_revision.clone();
    replicas(&mut world).pods[1].revision = new;
    assert!(safe(&world), "a replica takes no part in the quorum");
}
