//! The StatefulSets and their pods.

use super::{Bend, Fine, each_is};
use crate::model::{
    fact::Fact,
    finding::Verdict,
    intent::Order,
    names::PodName,
    waiver::Waiver,
    workload::{UpdateStrategy, Workload},
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
