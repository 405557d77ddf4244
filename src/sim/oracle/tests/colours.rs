//! The invariants of blue/green, one broken at a time.

use std::time::Duration;

use crate::sim::{
    moment::Moment,
    oracle::{Deed, NodeSeen, Oracle, PodSeen, View},
};

fn member(pod: &str, voter: bool, active: bool) -> NodeSeen {
    NodeSeen {
        pod: pod.to_owned(),
        voter,
        serving: true,
        reached: true,
        in_touch: true,
        version: "2.6.2".to_owned(),
        active,
        cannot_lead: false,
        applied: 100,
    }
}

/// Blue votes and leads; green has joined.
fn synced() -> View {
    let mut view = View {
        committed: 100,
        wanted: 3,
        selected: Some("prod-b".to_owned()),
        ..View::default()
    };
    for (set, voter) in [("prod-b", true), ("prod-g", false)] {
        for ordinal in 0..3 {
            let name = format!("{set}-{ordinal}");
            view.nodes.push(member(&name, voter, name == "prod-b-0"));
            view.pods.push(PodSeen {
                uid: name.clone(),
                name,
                ordinal,
                version: "2.6.2".to_owned(),
                ready: true,
                terminating: false,
                ran: true,
            });
        }
    }
    view
}

fn promoted() -> View {
    let mut view = synced();
    view.nodes.iter_mut().for_each(|node| node.voter = true);
    view
}

/// What is wrong with a deed in a world that has been as it is for a while.
fn wrong(deed: &Deed, view: &View) -> Vec<&'static str> {
    let mut oracle = Oracle::of("2.7.2", "2.7.2");
    oracle.judge(view, Moment::START);
    let now = Moment::START + Duration::from_secs(60);
    oracle.judge(view, now);
    oracle.coloured(deed, view, now);
    let broken = oracle.verdict.violations.iter();
    broken.map(|violation| violation.invariant).collect()
}

fn pod(name: &str) -> String {
    name.to_owned()
}

#[test]
fn votes_are_given_to_whole_colours_of_members() {
    let promote = |name: &str| Deed::Promote { pod: pod(name) };
    assert!(wrong(&promote("prod-g-0"), &synced()).is_empty());
    assert_eq!(wrong(&promote("prod-x-0"), &synced()), ["S12", "G1"]);
    let owed = View {
        hook_owed: true,
        ..synced()
    };
    assert_eq!(wrong(&promote("prod-g-0"), &owed), ["G1"]);
    let mut ill = synced();
    ill.nodes[5].serving = false;
    assert_eq!(wrong(&promote("prod-g-0"), &ill), ["G1"]);
}

#[test]
fn votes_are_taken_when_the_other_colour_has_them() {
    let demote = |name: &str| Deed::Demote { pod: pod(name) };
    assert!(wrong(&demote("prod-b-1"), &promoted()).is_empty());
    assert_eq!(wrong(&demote("prod-b-1"), &synced()), ["G3"]);
    let mut ill = promoted();
    for node in &mut ill.nodes[3..] {
        node.in_touch = false;
    }
    assert_eq!(wrong(&demote("prod-b-1"), &ill), ["G3", "G2"]);
}

#[test]
fn neither_voters_nor_the_leader_are_removed() {
    let remove = |name: &str| Deed::RemovePeer { pod: pod(name) };
    assert!(wrong(&remove("prod-g-1"), &synced()).is_empty());
    assert_eq!(wrong(&remove("prod-b-1"), &synced()), ["G5"]);
    assert_eq!(wrong(&remove("prod-b-0"), &synced()), ["G5"]);
}

/// By nothing that only looks like the name of a pod.
#[test]
fn members_are_meant_by_the_exact_names_of_pods() {
    let mut view = synced();
    view.nodes.push(member("prod-g-0.prod-g", false, false));
    let remove = |name: &str| Deed::RemovePeer { pod: pod(name) };
    assert_eq!(wrong(&remove("prod-g-0.prod-g"), &view), ["S12"]);
    assert!(wrong(&remove("prod-g-0"), &view).is_empty());
}

#[test]
fn traffic_follows_the_leader() {
    let select = Deed::Select { set: pod("prod-g") };
    assert_eq!(wrong(&select, &promoted()), ["G4"]);
    let mut led = promoted();
    led.nodes[0].active = false;
    led.nodes[3].active = true;
    assert!(wrong(&select, &led).is_empty());
    led.pods[4].ready = false;
    assert_eq!(wrong(&select, &led), ["G4"]);
}

#[test]
fn nothing_that_is_needed_is_taken_away() {
    let set = pod("prod-b");
    assert_eq!(wrong(&Deed::Emptied { set }, &promoted()), ["G8", "G4"]);
    let set = pod("prod-g");
    assert!(wrong(&Deed::Emptied { set }, &synced()).is_empty());
    let mine = Deed::Unclaimed {
        pod: pod("prod-g-0"),
    };
    assert_eq!(wrong(&mine, &synced()), ["G6"]);
    let other = Deed::Unclaimed {
        pod: pod("prod-x-0"),
    };
    assert!(wrong(&other, &synced()).is_empty());
}
