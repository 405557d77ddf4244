//! The StatefulSets and their pods.

use super::{Bend, Fine, each_is};
use crate::model::{
    claim::{FoundClaim, MountedClaim},
    fact::Fact,
    finding::Verdict,
    intent::Order,
    kube_node::KubeNode,
    names::PodName,
    waiver::Waiver,
    workload::{Disruption, UpdateStrategy, Workload},
};

/// A read replica beside the voters.
fn with_replica(f: &mut Fine) -> &mut Workload {
    let mut workload = f.world.voters().clone();
    workload.name = "prod-read".to_owned();
    workload.replicas = 1;
    workload.pods.truncate(1);
    workload.pods[0].pod.name = PodName::of("prod-read", 0);
    f.world.snapshot.read_replicas = Fact::Known(Some(workload));
    let Fact::Known(Some(workload)) = &mut f.world.snapshot.read_replicas else {
        panic!("a read replica")
    };
    workload
}

#[test]
fn a_statefulset_has_the_shape_that_the_run_counts_on() {
    each_is(
        "workload.statefulset",
        &[
            (|f| f.world.voters_mut().image = None, Verdict::Fail),
            (|f| f.run.target.replicas = 5, Verdict::Fail),
            (|f| f.world.voters_mut().generation = 2, Verdict::Fail),
            (
                |f| f.world.voters_mut().strategy = UpdateStrategy::OnDelete,
                Verdict::Warn,
            ),
            (
                |f| {
                    f.world.voters_mut().strategy = UpdateStrategy::OnDelete;
                    f.resuming = true;
                },
                Verdict::Pass,
            ),
            (
                |f| {
                    f.world.voters_mut().strategy = UpdateStrategy::RollingUpdate {
                        partition: 2,
                        max_unavailable_above_one: false,
                    };
                    f.intent.take_over = true;
                },
                Verdict::Pass,
            ),
        ],
    );
}

#[test]
fn every_pod_of_both_sets_is_up_before_one_is_taken_down() {
    each_is(
        "workload.replicas-ready",
        &[
            (
                |f| f.world.voters_mut().pods[1].terminating = true,
                Verdict::Fail,
            ),
            (
                |f| {
                    f.world.voters_mut().pods.remove(1);
                },
                Verdict::Fail,
            ),
            (|f| with_replica(f).pods[0].ready = false, Verdict::Fail),
            (
                |f| {
                    f.world.voters_mut().pods[1].ready = false;
                    f.resuming = true;
                },
                Verdict::Warn,
            ),
        ],
    );
    let finding = Fine::new().finding("workload.replicas-ready", |f| {
        with_replica(f);
    });
    assert_eq!(finding.message, "4 of 4");
}

#[test]
fn two_revisions_are_what_an_unfinished_upgrade_has() {
    let odd: Bend = |f| f.world.voters_mut().pods[1].revision = "other".to_owned();
    let unfinished: [Bend; 2] = [|f| f.resuming = true, |f| f.intent.take_over = true];
    for bend in unfinished {
        let verdict = Fine::new().verdict("workload.revisions-clean", |f| {
            odd(f);
            bend(f);
        });
        assert_eq!(verdict, Verdict::Skipped);
    }
}

#[test]
fn a_grace_of_thirty_seconds_covers_a_leader_s_exit() {
    each_is(
        "workload.termination-grace",
        &[
            (|f| f.world.voters_mut().grace_seconds = 30, Verdict::Pass),
            (|f| f.world.voters_mut().grace_seconds = 29, Verdict::Warn),
        ],
    );
}

#[test]
fn the_downtime_of_a_single_voter_is_accepted_by_name() {
    let verdict = |bend: Bend| {
        Fine::new().verdict("workload.downtime", |f| {
            f.world.voters_mut().replicas = 1;
            bend(f);
        })
    };
    assert_eq!(verdict(|_| ()), Verdict::Fail);
    assert_eq!(
        verdict(|f| f.intent.waivers = vec![Waiver::AllowDowntime]),
        Verdict::Warn
    );
    assert_eq!(
        verdict(|f| f.run.waivers = vec![Waiver::AllowDowntime]),
        Verdict::Warn
    );
}

#[test]
fn a_budget_that_is_used_up_stops_a_run_that_would_evict() {
    each_is(
        "workload.disruption-budget",
        &[
            (
                |f| {
                    f.run.order = Order::LeaderLast;
                    f.world.snapshot.disruptions_allowed = Fact::Known(Some(1));
                },
                Verdict::Pass,
            ),
            (
                |f| {
                    f.run.order = Order::LeaderLast;
                    f.world.snapshot.disruptions_allowed = Fact::Known(Some(0));
                },
                Verdict::Fail,
            ),
            (
                |f| {
                    f.run.order = Order::LeaderLast;
                    f.world.snapshot.disruptions_allowed = Fact::Known(Some(0));
                    f.resuming = true;
                },
                Verdict::Warn,
            ),
            (
                |f| {
                    f.run.order = Order::ReverseOrdinal;
                    f.world.snapshot.disruptions_allowed = Fact::Known(Some(0));
                },
                Verdict::Warn,
            ),
            (
                |f| f.world.snapshot.disruptions_allowed = Fact::Known(None),
                Verdict::Warn,
            ),
            (
                |f| {
                    f.run.target.replicas = 2;
                    f.world.snapshot.disruptions_allowed = Fact::Known(None);
                },
                Verdict::Skipped,
            ),
        ],
    );
}

fn claim(f: &mut Fine, found: Option<(&str, bool)>) {
    f.survey.claims = Fact::Known(vec![MountedClaim {
        pod: PodName::of("prod", 1),
        name: "data-prod-1".to_owned(),
        found: found.map(|(phase, terminating)| FoundClaim {
            phase: phase.to_owned(),
            terminating,
        }),
    }]);
}

/// The controller holds a claim for as long as its pod is there, so an upgrade
/// that replaces the pod would be what deletes its data.
#[test]
fn a_volume_that_goes_with_its_pod_stops_the_upgrade() {
    each_is(
        "workload.volumes",
        &[
            (|f| claim(f, Some(("Bound", false))), Verdict::Pass),
            (|f| claim(f, Some(("Bound", true))), Verdict::Fail),
            (|f| claim(f, Some(("Lost", false))), Verdict::Fail),
            (|f| claim(f, None), Verdict::Fail),
            (
                |f| {
                    f.resuming = true;
                    claim(f, Some(("Bound", true)));
                },
                Verdict::Warn,
            ),
            (
                |f| f.survey.claims = Fact::Unknown("forbidden".to_owned()),
                Verdict::Unknown,
            ),
            (
                |f| f.world.snapshot.voters = Fact::Unknown("no answer".to_owned()),
                Verdict::Unknown,
            ),
        ],
    );
}

fn host(f: &mut Fine, ready: bool, cordoned: bool) {
    f.survey.kube_nodes = Fact::Known(Some(vec![KubeNode {
        name: "worker-1".to_owned(),
        ready,
        cordoned,
    }]));
}

fn evicted(f: &mut Fine) {
    f.world.voters_mut().pods[1].disruption = Some(Disruption {
        reason: "EvictionByEvictionAPI".to_owned(),
        message: "Eviction API: evicting".to_owned(),
    });
}

#[test]
fn an_upgrade_does_not_begin_beside_a_drain() {
    each_is(
        "workload.node-drain",
        &[
            (|f| host(f, true, false), Verdict::Pass),
            (|f| host(f, true, true), Verdict::Warn),
            (|f| host(f, false, true), Verdict::Fail),
            (
                |f| f.survey.kube_nodes = Fact::Known(None),
                Verdict::Skipped,
            ),
            (
                |f| f.survey.kube_nodes = Fact::Unknown("no answer".to_owned()),
                Verdict::Unknown,
            ),
            (evicted, Verdict::Fail),
            (
                |f| {
                    host(f, true, false);
                    evicted(f);
                    f.resuming = true;
                },
                Verdict::Pass,
            ),
        ],
    );
}
