//! The nodes and the raft cluster.

use std::time::Duration;

use super::{Bend, Fine, each_is};
use crate::{
    decide::{example::start, example_parts::certificate},
    model::{fact::Fact, finding::Verdict, names::PodName, raft::Autopilot},
};

fn version(f: &mut Fine, ordinal: u32, version: Option<&str>) {
    if let Fact::Known(health) = &mut f.world.node(ordinal).health {
        health.version = version.map(|version| version.parse().expect("a version"));
    }
}

fn all_versions(f: &mut Fine, text: Option<&str>) {
    for ordinal in 0..3 {
        version(f, ordinal, text);
    }
}

fn committed(f: &mut Fine, index: Option<u64>) {
    if let Fact::Known(answer) = &mut f.world.node(0).leader {
        answer.committed_index = index;
    }
}

fn autopilot(f: &mut Fine, healthy: Option<bool>) {
    f.survey.autopilot = Fact::Known(healthy.map(|healthy| Autopilot {
        healthy,
        failure_tolerance: 1,
        non_voters: Vec::new(),
    }));
}

/// The checks of a cluster of so many voters, the last ones down.
fn margin(replicas: u32, silent: u32, resuming: bool) -> Verdict {
    Fine::new().verdict("raft.quorum-margin", |f| {
        f.world = crate::decide::example::Example::of("2.6.2", replicas);
        for ordinal in replicas - silent..replicas {
            f.world.down(ordinal);
        }
        f.resuming = resuming;
    })
}

#[test]
fn one_voter_may_be_missing_where_there_are_three_or_more() {
    assert_eq!(margin(1, 0, false), Verdict::Skipped);
    assert_eq!(margin(2, 0, false), Verdict::Fail);
    assert_eq!(margin(3, 0, false), Verdict::Pass);
    assert_eq!(margin(3, 1, false), Verdict::Fail);
    assert_eq!(margin(3, 1, true), Verdict::Warn);
    assert_eq!(margin(4, 0, false), Verdict::Pass);
    assert_eq!(margin(4, 1, false), Verdict::Fail);
    assert_eq!(margin(5, 1, false), Verdict::Pass);
    assert_eq!(margin(5, 2, false), Verdict::Fail);
}

#[test]
fn versions_are_those_of_the_status_or_of_an_unfinished_upgrade() {
    let two: Bend = |f| version(f, 1, Some("2.7.2"));
    let ahead: Bend = |f| all_versions(f, Some("2.7.2"));
    for (bend, stopped, resumed) in [
        (two, Verdict::Fail, Verdict::Skipped),
        (ahead, Verdict::Fail, Verdict::Pass),
    ] {
        let verdict = |unfinished: Bend| {
            Fine::new().verdict("bao.versions-uniform", |f| {
                bend(f);
                unfinished(f);
            })
        };
        assert_eq!(verdict(|_| ()), stopped);
        assert_eq!(verdict(|f| f.resuming = true), resumed);
        assert_eq!(verdict(|f| f.intent.take_over = true), resumed);
    }
    let finding = Fine::new().finding("bao.versions-uniform", ahead);
    assert_eq!(
        finding.message,
        "all nodes run 2.7.2, status.currentVersion is 2.6.2"
    );
    each_is(
        "bao.versions-uniform",
        &[
            (|f| all_versions(f, None), Verdict::Unknown),
            (|f| f.world.silent(1), Verdict::Unknown),
        ],
    );
}

#[test]
fn a_certificate_lasts_an_hour_at_least() {
    let left = |seconds: u64| {
        Fine::new().verdict("bao.tls", |f| {
            f.survey.certificate = certificate(start() + Duration::from_secs(seconds));
        })
    };
    assert_eq!(left(3600), Verdict::Pass);
    assert_eq!(left(3599), Verdict::Fail);
}

#[test]
fn a_seal_that_needs_a_person_is_no_auto_unseal() {
    let seal = |config: &str| {
        Fine::new().verdict("bao.auto-unseal", |f| {
            f.survey.config = Fact::Known(config.to_owned());
        })
    };
    assert_eq!(seal("seal \"shamir\" {}"), Verdict::Fail);
    assert_eq!(seal("seal \"static\" {}"), Verdict::Pass);
}

#[test]
fn a_node_that_is_unsealed_and_silent_elsewhere_belongs_to_no_known_cluster() {
    each_is(
        "bao.one-cluster-id",
        &[
            (
                |f| {
                    for ordinal in 0..3 {
                        if let Fact::Known(health) = &mut f.world.node(ordinal).health {
                            health.cluster_id = None;
                        }
                    }
                },
                Verdict::Unknown,
            ),
            (|f| f.world.silent(1), Verdict::Unknown),
        ],
    );
    let verdict = Fine::new().verdict("bao.unsealed", |f| {
        f.world.voters_mut().replicas = 0;
    });
    assert_eq!(verdict, Verdict::Unknown, "no node is known");
}

#[test]
fn who_is_ready_and_does_not_answer_is_not_known_to_be_down() {
    for id in ["raft.one-leader", "raft.quorum-margin"] {
        let finding = Fine::new().finding(id, |f| {
            for ordinal in 0..3 {
                f.world.silent(ordinal);
            }
        });
        assert_eq!(finding.verdict, Verdict::Unknown, "{id}");
        assert!(
            finding.message.contains("prod-0 did not answer: "),
            "{finding:?}"
        );
        let verdict = Fine::new().verdict(id, |f| {
            for ordinal in 0..3 {
                f.world.down(ordinal);
            }
        });
        assert_eq!(verdict, Verdict::Fail, "{id}");
    }
}

#[test]
fn the_leader_is_unknown_when_its_voters_are() {
    let finding = Fine::new().finding("raft.one-leader", |f| {
        f.world.snapshot.voters = Fact::Unknown("no answer".to_owned());
    });
    assert_eq!(finding.verdict, Verdict::Unknown);
}

#[test]
fn raft_addresses_lead_out_of_the_pod() {
    for address in ["127.0.0.1:8201", "localhost:8201", "[::1]:8201"] {
        let verdict = Fine::new().verdict("raft.addresses", |f| {
            if let Fact::Known(membership) = &mut f.world.snapshot.membership {
                membership.peers[1].address = address.to_owned();
            }
        });
        assert_eq!(verdict, Verdict::Fail, "{address}");
    }
}

#[test]
fn a_voter_that_is_no_pod_is_named_and_so_is_a_pod_that_does_not_vote() {
    let no_strangers = |bend: Bend| Fine::new().finding("raft.no-strangers", bend);
    let finding = |bend: Bend| Fine::new().finding("raft.voters-are-pods", bend);
    let stranger = no_strangers(|f| {
        if let Fact::Known(membership) = &mut f.world.snapshot.membership {
            let mut peer = membership.peers[0].clone();
            peer.id = "gone-0".to_owned();
            peer.pod = None;
            membership.peers.push(peer);
        }
    });
    assert_eq!(stranger.message, "voters that are no pods: gone-0");
    let remedy = stranger.remedy.unwrap_or_default();
    assert!(remedy.ends_with("raft remove-peer gone-0"), "{remedy}");
    let beyond = no_strangers(|f| {
        if let Fact::Known(membership) = &mut f.world.snapshot.membership {
            let mut peer = membership.peers[0].clone();
            peer.id = "prod-3".to_owned();
            peer.pod = Some(PodName::of("prod", 3));
            membership.peers.push(peer);
        }
    });
    assert_eq!(beyond.message, "voters that are no pods: prod-3");
    let removed = finding(|f| {
        if let Fact::Known(membership) = &mut f.world.snapshot.membership {
            membership.peers.remove(2);
        }
    });
    assert_eq!(removed.message, "pods that do not vote: prod-2");
    let fine = finding(|_| ());
    assert_eq!(fine.message, "3 voters");
}

#[test]
fn a_standby_may_trail_by_a_thousand_entries_in_one_reading() {
    each_is(
        "raft.in-sync",
        &[
            (|f| committed(f, Some(1100)), Verdict::Pass),
            (|f| committed(f, Some(1101)), Verdict::Fail),
            (
                |f| {
                    committed(f, Some(1101));
                    f.resuming = true;
                },
                Verdict::Warn,
            ),
            (|f| committed(f, None), Verdict::Unknown),
            (|f| f.world.silent(1), Verdict::Unknown),
            (
                |f| {
                    f.world.silent(1);
                    f.resuming = true;
                },
                Verdict::Pass,
            ),
        ],
    );
}

#[test]
fn autopilot_informs_and_never_stops() {
    each_is(
        "raft.autopilot",
        &[
            (|f| autopilot(f, Some(true)), Verdict::Pass),
            (|f| autopilot(f, Some(false)), Verdict::Warn),
            (|f| autopilot(f, None), Verdict::Skipped),
            (
                |f| f.survey.autopilot = Fact::Unknown("no answer".to_owned()),
                Verdict::Warn,
            ),
        ],
    );
}
