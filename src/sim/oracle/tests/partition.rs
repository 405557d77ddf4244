//! A partition that falls: what was let go before, and who is Ready (R3, R4).

use std::time::Duration;

use crate::sim::{
    moment::Moment,
    oracle::{NodeSeen, Oracle, PodSeen, View},
};

/// Pods by the version of each, all of them Ready.
fn pods(versions: [&str; 3]) -> View {
    let mut view = View {
        wanted: 3,
        ..View::default()
    };
    for (ordinal, version) in (0..).zip(versions) {
        view.pods.push(PodSeen {
            name: format!("prod-{ordinal}"),
            uid: format!("uid-{ordinal}"),
            ordinal,
            version: version.to_owned(),
            ready: true,
            terminating: false,
            ran: true,
        });
    }
    view
}

/// What is wrong with a partition that falls in a world that has been as it is
/// for a while.
fn wrong(from: u32, to: u32, view: &View) -> Vec<&'static str> {
    let mut oracle = Oracle::of("2.7.2", "2.7.2");
    oracle.target = String::new();
    oracle.judge(view, Moment::START);
    let now = Moment::START + Duration::from_secs(60);
    oracle.judge(view, now);
    oracle.partition(from, to, view, now);
    let broken = oracle.verdict.violations.iter();
    broken.map(|violation| violation.invariant).collect()
}

#[test]
fn it_falls_by_one_when_all_above_it_run_the_target() {
    let sound = pods(["2.6.2", "2.6.2", "2.7.2"]);
    assert!(wrong(2, 1, &sound).is_empty());
    assert_eq!(wrong(2, 0, &sound), ["R2"]);
    let behind = pods(["2.6.2", "2.6.2", "2.6.2"]);
    assert_eq!(wrong(2, 1, &behind), ["R3"]);
}

#[test]
fn it_falls_when_everybody_is_ready() {
    let mut view = pods(["2.6.2", "2.6.2", "2.7.2"]);
    view.pods[0].ready = false;
    assert_eq!(wrong(2, 1, &view), ["R4"]);
    // Where nothing is let go nobody has to be.
    view.pods[1].version = "2.7.2".to_owned();
    assert!(wrong(2, 1, &view).is_empty());
}

#[test]
fn a_pod_is_replaced_when_it_was_let_go() {
    let view = pods(["2.6.2", "2.6.2", "2.6.2"]);
    let mut oracle = Oracle::of("2.7.2", "2.7.2");
    oracle.declared = true;
    oracle
        .released
        .insert("prod-2".to_owned(), "uid-2".to_owned());
    oracle.taken("prod-2", "uid-2", &view, Moment::START);
    assert!(oracle.verdict.violations.is_empty());
    oracle.taken("prod-1", "uid-1", &view, Moment::START);
    assert_eq!(oracle.verdict.violations[0].invariant, "R7");
}

/// One that says that it leads, heard by the others or not.
fn active(pod: &str, version: &str, in_touch: bool) -> NodeSeen {
    NodeSeen {
        pod: pod.to_owned(),
        voter: true,
        serving: true,
        reached: true,
        in_touch,
        version: version.to_owned(),
        active: true,
        cannot_lead: false,
        applied: 1,
    }
}

/// Past the door an operator's roll takes no leader; an old one that is lost with
/// its node goes on saying that it leads.
#[test]
fn a_lost_leader_does_not_hide_that_a_new_node_leads() {
    let taken = |in_touch: bool| {
        let mut view = pods(["2.7.2", "2.6.2", "2.7.2"]);
        view.nodes = vec![
            active("prod-1", "2.6.2", !in_touch),
            active("prod-2", "2.7.2", in_touch),
        ];
        let mut oracle = Oracle::of("2.7.2", "2.7.2");
        oracle.declared = true;
        oracle.taken("prod-1", "uid-1", &view, Moment::START);
        oracle.verdict.violations.len()
    };
    assert_eq!((taken(true), taken(false)), (0, 1));
}
