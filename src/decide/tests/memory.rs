//! What a sequence of observations shows that none of them does alone.

use std::time::Duration;

use crate::decide::{example::Example, example::start, leadership, track::StepDown};
use crate::model::{
    action::Action,
    blocker::Blocker,
    cluster::OperationLock,
    fact::Fact,
    names::{PodName, PodRef},
    workload::Workload,
};

const SECOND: Duration = Duration::from_secs(1);
const INSTANT: Duration = Duration::from_millis(1);

fn pod(world: &Example, ordinal: usize) -> PodRef {
    world.voters().pods[ordinal].pod.clone()
}

/// Says of the leader's own clock since when it leads.
fn leads_since(world: &mut Example, ordinal: u32, since: Duration) {
    if let Fact::Known(answer) = &mut world.node(ordinal).leader {
        answer.active_time = Some(start() + since);
    }
}

fn reign(world: &Example) -> (PodRef, Duration, bool) {
    let reign = world.track.leader.as_ref().expect("a leader was seen");
    (reign.pod.clone(), reign.since, reign.witnessed)
}

/// Three voters, caught up, observed for a while.
fn observed() -> Example {
    let mut world = Example::three("2.6.2");
    world.pass(Duration::ZERO);
    world.settle();
    world
}

#[test]
fn a_change_of_leader_is_a_move_and_the_first_one_seen_is_none() {
    let mut world = observed();
    assert_eq!(world.track.leader_moves, 0);
    assert!(!reign(&world).2);
    world.lead(1);
    world.pass(SECOND);
    let seen = world.now;
    world.pass(SECOND);
    assert_eq!(world.track.leader_moves, 1);
    assert_eq!(reign(&world), (pod(&world, 1), seen, true));
    world.lead(2);
    world.pass(SECOND);
    assert_eq!(world.track.leader_moves, 2);
    assert_eq!(
        world.track.last_led,
        Some((PodName::of("prod", 2), world.now))
    );
}

#[test]
fn a_leader_that_lost_and_won_between_two_looks_is_found_out_by_its_own_clock() {
    let world = observed();
    let (_, since, _) = reign(&world);
    // Its clock has whole seconds: two of them prove nothing.
    for (begun, moves) in [(2, 0), (3, 1), (20, 1)] {
        let mut world = world.clone();
        leads_since(&mut world, 0, since + begun * SECOND);
        world.pass(10 * SECOND);
        assert_eq!(world.track.leader_moves, moves, "{begun} s into the reign");
    }
}

#[test]
fn how_long_a_leader_has_led_is_our_own_count_once_we_saw_it_begin() {
    let led = |world: &Example| {
        let leader = leadership::leader(&world.snapshot).expect("a leader");
        world.track.active_for(&leader, world.now)
    };
    let mut world = observed();
    assert!(led(&world) > 86_400 * SECOND, "it led before we looked");
    world.lead(1);
    world.pass(SECOND);
    world.pass(3 * SECOND);
    assert_eq!(led(&world), 3 * SECOND);
    leads_since(&mut world, 1, Duration::ZERO);
    assert_eq!(led(&world), 3 * SECOND, "whatever it says of itself");
    world.lead(2);
    assert_eq!(led(&world), Duration::ZERO, "not yet taken in");
}

#[test]
fn a_step_down_is_open_until_leadership_moves_or_the_node_has_plainly_forgotten_it() {
    let mut world = observed();
    let node = pod(&world, 0);
    let asked = Action::StepDown { node: node.clone() };
    world.track.acted(&asked, world.now);
    let open = |world: &Example| {
        world
            .track
            .pending_step_down()
            .map(|open| open.node.clone())
    };
    world.pass(15 * SECOND);
    assert_eq!(open(&world), Some(node.clone()));
    let mut moved = world.clone();
    moved.lead(1);
    moved.pass(INSTANT);
    assert_eq!(open(&moved), None);
    let mut silent = world.clone();
    silent.silent(0);
    silent.pass(60 * SECOND);
    assert_eq!(open(&silent), Some(node), "it is still at it, or hangs");
    world.pass(INSTANT);
    assert_eq!(open(&world), None);
}

#[test]
fn a_step_down_of_another_node_is_not_forgotten_because_this_one_leads() {
    let mut world = observed();
    world.lead(1);
    world.pass(SECOND);
    world.track.step_downs.push(StepDown {
        node: pod(&world, 0),
        at: world.now,
        settled: false,
    });
    world.pass(16 * SECOND);
    assert!(world.track.pending_step_down().is_some());
}

#[test]
fn a_step_down_whose_answer_was_lost_counts_as_accepted() {
    let mut world = observed();
    let node = pod(&world, 0);
    let asked = Action::StepDown { node };
    world.track.unanswered(&asked, world.now);
    assert!(world.track.pending_step_down().is_some());
    world.track.unanswered(&Action::Complete, world.now);
    assert_eq!(world.track.step_downs.len(), 1);
}

#[test]
fn a_node_that_falls_behind_for_long_is_no_longer_caught_up() {
    let mut world = observed();
    let standby = pod(&world, 2);
    let readings = |world: &Example| world.track.readings(&standby).0;
    let mark = world.track.readings(&standby).1;
    assert_eq!(readings(&world), 2);
    assert!(mark.is_some());
    if let Fact::Known(answer) = &mut world.node(0).leader {
        answer.committed_index = answer.committed_index.map(|index| index + 50);
    }
    world.pass(2 * SECOND);
    world.pass(10 * SECOND);
    assert_eq!(readings(&world), 2, "an append may take its time");
    world.pass(INSTANT);
    assert_eq!(readings(&world), 0);
}

#[test]
fn a_node_that_was_silent_or_sealed_begins_its_readings_anew() {
    let mut world = observed();
    let standby = pod(&world, 2);
    let mut silent = world.clone();
    silent.silent(2);
    silent.pass(INSTANT);
    assert_eq!(silent.track.readings(&standby), (0, None));
    if let Fact::Known(health) = &mut world.node(2).health {
        health.sealed = true;
    }
    world.pass(INSTANT);
    assert_eq!(world.track.readings(&standby), (0, None));
}

#[test]
fn the_second_reading_is_two_seconds_after_the_first() {
    let mut world = Example::three("2.6.2");
    let standby = pod(&world, 2);
    let reads = |world: &mut Example, later: Duration| {
        world.commit();
        world.pass(later);
        world.track.readings(&standby).0
    };
    assert_eq!(reads(&mut world, SECOND), 0, "what is to be reached is new");
    assert_eq!(reads(&mut world, SECOND), 1);
    assert_eq!(reads(&mut world, Duration::from_millis(1999)), 1);
    assert_eq!(reads(&mut world, INSTANT), 2);
    assert_eq!(reads(&mut world, 5 * SECOND), 2);
}

#[test]
fn stillness_ends_with_any_write_to_resource_or_statefulset_and_with_any_job() {
    let mut world = observed();
    let mut replicas: Workload = world.voters().clone();
    replicas.name = "prod-read".to_owned();
    world.snapshot.read_replicas = Fact::Known(Some(replicas));
    world.pass(SECOND);
    world.pass(7 * SECOND);
    assert_eq!(world.track.still_for(world.now), 7 * SECOND);
    let bends: [fn(&mut Example); 4] = [
        |world| world.cluster().resource_version.0.push('0'),
        |world| world.voters_mut().resource_version.0.push('0'),
        |world| {
            if let Fact::Known(Some(replicas)) = &mut world.snapshot.read_replicas {
                replicas.resource_version.0.push('0');
            }
        },
        |world| world.snapshot.active_jobs = Fact::Known(vec!["upgrade-prod-x".to_owned()]),
    ];
    for bend in bends {
        let mut world = world.clone();
        bend(&mut world);
        world.pass(SECOND);
        assert_eq!(world.track.still_for(world.now), Duration::ZERO);
    }
    // Pods come and go by themselves, and every write shows in the version.
    world.voters_mut().pods[1].ready = false;
    world.cluster().status.operation_lock = Some(OperationLock {
        operation: "Upgrade".to_owned(),
        holder: "baoctl/alice/x".to_owned(),
        message: None,
        renewed_at: None,
    });
    world.pass(SECOND);
    assert_eq!(world.track.still_for(world.now), 8 * SECOND);
}

#[test]
fn a_wait_is_as_old_as_its_first_look_and_each_has_its_own_age() {
    let mut world = observed();
    let silent = |ordinal: u32, why: &str| Blocker::NodeSilent {
        pod: PodName::of("prod", ordinal),
        why: why.to_owned(),
    };
    world.track.wait(&[silent(1, "timed out")], world.now);
    world.now += 5 * SECOND;
    let both = [silent(1, "connection refused"), silent(2, "timed out")];
    world.track.wait(&both, world.now);
    world.now += SECOND;
    let ages: Vec<Duration> = world.track.waits(world.now).map(|(_, age)| age).collect();
    assert_eq!(ages, [6 * SECOND, SECOND]);
    assert_eq!(
        world.track.waited(&silent(1, "another reason"), world.now),
        6 * SECOND
    );
    assert_eq!(
        world.track.waited(&silent(0, "timed out"), world.now),
        Duration::ZERO
    );
    world.track.wait(&[silent(2, "timed out")], world.now);
    world.track.wait(&both, world.now);
    assert_eq!(
        world.track.waited(&both[0], world.now),
        Duration::ZERO,
        "it was over in between"
    );
}
