//! The plan that a person consents to names every step and every write.

use crate::decide::{
    example::{Example, image},
    example_parts::survey,
    outline::outline,
};
use crate::model::{
    fact::Fact,
    intent::Order,
    names::{PodName, Pool},
    plan::Plan,
    record::SnapshotRecord,
    workload::Workload,
};

fn plan(world: &Example) -> Plan {
    outline(&world.run, &survey(&world.snapshot), "asked for")
}

/// At rest, led by an ordinal, with an order.
fn rest(leader: u32, order: Order) -> Example {
    let mut world = Example::three("2.6.2");
    world.lead(leader);
    world.run.order = order;
    world
}

/// The same with one read replica.
fn with_replica(order: Order) -> Example {
    let mut world = rest(0, order);
    let mut workload: Workload = world.voters().clone();
    workload.name = "prod-read".to_owned();
    workload.replicas = 1;
    workload.pods.truncate(1);
    workload.pods[0].pod.name = PodName::of("prod-read", 0);
    world.snapshot.read_replicas = Fact::Known(Some(workload));
    world
}

fn texts(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.text.as_str()).collect()
}

fn writes(plan: &Plan, text: &str) -> String {
    plan.steps
        .iter()
        .find(|step| step.text.starts_with(text))
        .unwrap_or_else(|| panic!("{text} in {:?}", texts(plan)))
        .writes
        .clone()
        .unwrap_or_default()
}

const OWN: [&str; 2] = [
    "take the operation lock",
    "record the run and pause the operator",
];
const END: [&str; 2] = [
    "back to RollingUpdate, partition 0; write the status at rest",
    "give the resource back to the operator",
];

const HELD: &str = "hold the voters with the partition: un-pausing the operator then moves no pod";

fn declared() -> String {
    format!("declare version 2.7.2 and image {}", image("2.7.2"))
}

#[test]
fn leader_last_names_the_leader_last_and_the_point_of_no_return() {
    let plan = plan(&rest(1, Order::LeaderLast));
    let declare = declared();
    let pods = [
        HELD,
        declare.as_str(),
        "set the image of the voters",
        "replace prod-2",
        "replace prod-0",
        "step prod-1 down, see another node active, wait 12 s; from here on only forward",
        "replace prod-1",
    ];
    assert_eq!(texts(&plan), [&OWN[..], &pods[..], &END[..]].concat());
    assert_eq!(plan.point_of_no_return, Some(7));
    assert_eq!(plan.leader, Some(PodName::of("prod", 1)));
    assert_eq!(plan.leader_moves, 1);
    assert_eq!(plan.cluster.name, "prod");
    assert_eq!(plan.order_reason, "asked for");
    assert_eq!(
        writes(&plan, "replace prod-2"),
        "statefulset/prod partition 2"
    );
    for passed_over in ["prod-0", "prod-1"] {
        assert_eq!(
            writes(&plan, &format!("replace {passed_over}")),
            format!("pod/{passed_over} eviction, statefulset/prod OnDelete until it is back")
        );
    }
    let last = plan.steps.iter().find(|step| step.text == "replace prod-1");
    let last = last.expect("the last voter");
    assert_eq!(last.pod, Some(PodName::of("prod", 1)));
    assert_eq!(last.pool, Some(Pool::Voters));
}

#[test]
fn reverse_ordinal_goes_down_the_partition_and_brings_the_leader_there_first() {
    let led = plan(&rest(0, Order::ReverseOrdinal));
    let declare = declared();
    let pods = [
        HELD,
        declare.as_str(),
        "set the image of the voters",
        "replace prod-2",
        "replace prod-1",
        "step prod-0 down, see another node active, wait 12 s; from here on only forward",
        "replace prod-0",
    ];
    assert_eq!(texts(&led), [&OWN[..], &pods[..], &END[..]].concat());
    assert_eq!(
        writes(&led, "replace prod-2"),
        "statefulset/prod partition 2"
    );
    let steered = plan(&rest(2, Order::ReverseOrdinal));
    assert_eq!(
        texts(&steered)[2],
        "bring leadership to ordinal 0, by up to 4 step-downs 12 s apart"
    );
    assert_eq!(texts(&steered).len(), texts(&led).len() + 1);
    assert_eq!(steered.leader_moves, 2);
}

#[test]
fn a_pair_that_can_be_undone_has_no_point_of_no_return() {
    let mut world = rest(0, Order::LeaderLast);
    world.run.from = "2.7.1".parse().expect("a version");
    let plan = plan(&world);
    assert_eq!(plan.point_of_no_return, None);
    assert!(texts(&plan).contains(&"step prod-0 down, see another node active, wait 12 s"));
}

#[test]
fn one_voter_is_replaced_without_a_step_down_and_the_downtime_is_named() {
    let mut world = Example::of("2.6.2", 1);
    world.run.order = Order::LeaderLast;
    let plan = plan(&world);
    assert_eq!(
        texts(&plan)[5..6],
        ["replace prod-0: the cluster is down while it restarts"]
    );
    assert_eq!(plan.point_of_no_return, Some(5));
    assert_eq!(plan.leader_moves, 0);
    assert_eq!(plan.steps.len(), 8);
}

#[test]
fn read_replicas_come_first_by_their_partition_and_are_no_downtime() {
    for order in [Order::LeaderLast, Order::ReverseOrdinal] {
        let plan = plan(&with_replica(order));
        assert_eq!(
            texts(&plan)[5..7],
            ["set the image of the read replicas", "replace prod-read-0"]
        );
        assert_eq!(
            writes(&plan, "replace prod-read-0"),
            "statefulset/prod-read partition 0"
        );
    }
    let mut none = with_replica(Order::LeaderLast);
    if let Fact::Known(Some(workload)) = &mut none.snapshot.read_replicas {
        workload.replicas = 0;
    }
    assert!(
        !texts(&plan(&none))
            .iter()
            .any(|text| text.contains("read replicas"))
    );
}

#[test]
fn a_run_that_is_found_names_only_the_pods_that_are_left() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.finish(2);
    let left = plan(&world);
    let replaced = |plan: &Plan| {
        plan.steps
            .iter()
            .filter_map(|step| step.pod.as_ref().map(ToString::to_string))
            .collect::<Vec<_>>()
    };
    assert_eq!(replaced(&left), ["prod-1", "prod-0"]);
    // On the present template, which is not the target's.
    world.voters_mut().image = Some(image("2.7.1"));
    assert_eq!(replaced(&plan(&world)), ["prod-2", "prod-1", "prod-0"]);
}

#[test]
fn a_snapshot_that_is_still_to_be_taken_comes_before_the_declaration() {
    let mut world = rest(0, Order::LeaderLast);
    world.run.snapshot_wanted = Some("/backup/prod.snap".to_owned());
    let wanted = "take a raft snapshot to /backup/prod.snap and verify it";
    assert_eq!(texts(&plan(&world))[2], wanted);
    world.run.snapshot = Some(SnapshotRecord {
        file: "/backup/prod.snap".to_owned(),
        index: 100,
        bytes: 1,
        sha256: "00".to_owned(),
        at: world.run.started_at,
    });
    assert!(!texts(&plan(&world)).contains(&wanted));
}

#[test]
fn the_pause_that_is_put_back_is_named() {
    let mut world = rest(0, Order::LeaderLast);
    let end = "give the resource back";
    assert!(writes(&plan(&world), end).ends_with("spec.paused=false"));
    world.run.paused_before = Some(true);
    assert!(writes(&plan(&world), end).ends_with("spec.paused=true"));
}

/// The text that a plan of an unfinished run has is what is left of it.
#[test]
fn a_resumed_run_s_plan_holds_only_what_is_left() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.lead(1);
    world.finish(2);
    let half = plan(&world);
    let left = [
        "replace prod-0",
        "step prod-1 down, see another node active, wait 12 s; from here on only forward",
        "replace prod-1",
    ];
    assert_eq!(texts(&half), [&left[..], &END].concat());
    assert_eq!(half.leader_moves, 1);
    // The new version leads: nobody is stepped down for it any more.
    world.finish(0);
    world.lead(0);
    let led = plan(&world);
    assert_eq!(texts(&led), [&["replace prod-1"][..], &END].concat());
    assert_eq!((led.leader_moves, led.point_of_no_return), (0, None));
}
