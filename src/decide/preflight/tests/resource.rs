//! The resource and the pair of versions.

use super::{Bend, Fine, each_is};
use crate::{
    decide::example::{Example, image},
    model::{
        blue_green::{BlueGreenPhase, BlueGreenStatus},
        cluster::OperationLock,
        fact::Fact,
        finding::Verdict,
        intent::Order,
        record::SnapshotRecord,
        waiver::Waiver,
    },
};

fn lock(f: &mut Fine, holder: &str) {
    f.world.cluster().status.operation_lock = Some(OperationLock {
        operation: "Upgrade".to_owned(),
        holder: holder.to_owned(),
        message: Some("pod 2".to_owned()),
        renewed_at: None,
    });
}

/// The operator's own upgrade, half done.
fn unfinished(f: &mut Fine) {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    f.world.cluster().status.upgrade = world.cluster().status.upgrade.take();
}

#[test]
fn a_lock_of_ours_is_no_obstacle_and_a_foreign_one_only_with_a_take_over() {
    each_is(
        "cluster.operation-lock",
        &[
            (
                |f| {
                    let holder = f.run.holder();
                    lock(f, &holder);
                },
                Verdict::Pass,
            ),
            (|f| lock(f, "baoctl/bob/x"), Verdict::Pass),
            (
                |f| {
                    lock(f, "openbaocluster/upgrade");
                    f.intent.take_over = true;
                },
                Verdict::Warn,
            ),
        ],
    );
    let finding = Fine::new().finding("cluster.operation-lock", |f| {
        lock(f, "openbaocluster/upgrade");
    });
    assert_eq!(
        finding.message,
        "held by openbaocluster/upgrade for Upgrade: pod 2"
    );
}

#[test]
fn an_unfinished_upgrade_is_finished_by_its_own_run_or_by_a_take_over() {
    each_is(
        "cluster.unfinished-upgrade",
        &[
            (unfinished, Verdict::Fail),
            (
                |f| {
                    unfinished(f);
                    f.resuming = true;
                },
                Verdict::Pass,
            ),
            (
                |f| {
                    unfinished(f);
                    f.intent.take_over = true;
                },
                Verdict::Pass,
            ),
            (
                |f| {
                    f.world.cluster().status.blue_green = Some(BlueGreenStatus {
                        phase: Some(BlueGreenPhase::Idle),
                        ..BlueGreenStatus::default()
                    });
                },
                Verdict::Pass,
            ),
        ],
    );
}

#[test]
fn a_strategy_counts_once_the_operator_has_accepted_it() {
    each_is(
        "cluster.strategy",
        &[
            (
                |f| {
                    f.world.cluster().status.accepted_strategy = Some("RollingUpdate".to_owned());
                },
                Verdict::Pass,
            ),
            (
                |f| f.world.cluster().status.accepted_strategy = Some("BlueGreen".to_owned()),
                Verdict::Fail,
            ),
        ],
    );
}

#[test]
fn a_pause_of_somebody_else_s_is_warned_of_and_our_own_is_not() {
    each_is(
        "cluster.not-paused-by-other",
        &[
            (
                |f| f.world.cluster().spec.paused = Some(true),
                Verdict::Warn,
            ),
            (
                |f| f.world.cluster().spec.paused = Some(false),
                Verdict::Pass,
            ),
            (
                |f| {
                    f.world.cluster().spec.paused = Some(true);
                    f.resuming = true;
                },
                Verdict::Pass,
            ),
        ],
    );
}

#[test]
fn each_gitops_tool_is_known_by_the_name_it_writes_under() {
    for (owner, wanted) in [
        ("argocd-application-controller", Verdict::Warn),
        ("fluxcd", Verdict::Warn),
        ("kustomize-controller", Verdict::Warn),
        ("helm-controller", Verdict::Warn),
        ("kubectl-edit", Verdict::Pass),
        ("helm", Verdict::Pass),
    ] {
        let verdict = Fine::new().verdict("cluster.gitops-owner", |f| {
            f.world.cluster().version_owners = vec![owner.to_owned()];
        });
        assert_eq!(verdict, wanted, "{owner}");
    }
}

#[test]
fn a_lease_that_somebody_held_last_is_named() {
    let finding = Fine::new().finding("cluster.lease", |f| {
        f.survey.lease_holder = Fact::Known(Some("bob@host/x".to_owned()));
    });
    assert_eq!(finding.verdict, Verdict::Warn);
    assert!(finding.message.contains("bob@host/x"));
}

#[test]
fn a_demanded_snapshot_is_taken_was_taken_or_is_waived() {
    let demand = |f: &mut Fine| f.world.cluster().spec.pre_upgrade_snapshot = true;
    let verdict = |bend: Bend| {
        Fine::new().verdict("backup.snapshot", |f| {
            demand(f);
            bend(f);
        })
    };
    let to = |f: &mut Fine| f.intent.snapshot = Some("/backup/prod.snap".into());
    assert_eq!(verdict(to), Verdict::Pass);
    assert_eq!(
        verdict(|f| f.intent.waivers = vec![Waiver::AllowNoSnapshot]),
        Verdict::Ignored
    );
    assert_eq!(
        verdict(|f| f.run.waivers = vec![Waiver::AllowNoSnapshot]),
        Verdict::Ignored
    );
    assert_eq!(
        verdict(|f| f.intent.waivers = vec![Waiver::AllowDowntime]),
        Verdict::Fail
    );
    assert_eq!(
        verdict(|f| {
            f.run.snapshot = Some(SnapshotRecord {
                file: "/backup/prod.snap".to_owned(),
                index: 100,
                bytes: 1,
                sha256: "00".to_owned(),
                at: f.run.started_at,
            });
        }),
        Verdict::Pass
    );
    let free = Fine::new().verdict("backup.snapshot", |f| {
        f.run.from = "2.7.1".parse().expect("a version");
    });
    assert_eq!(free, Verdict::Skipped);
}

#[test]
fn minors_and_majors_that_are_skipped_are_warned_of() {
    let verdict = |id: &str, from: &str, to: &str| {
        Fine::new().verdict(id, |f| {
            f.run.from = from.parse().expect("a version");
            f.run.target.version = to.parse().expect("a version");
        })
    };
    let minor = |from: &str, to: &str| verdict("version.skipped-minor", from, to);
    assert_eq!(minor("2.6.2", "2.7.2"), Verdict::Pass);
    assert_eq!(minor("2.5.2", "2.7.2"), Verdict::Warn);
    assert_eq!(minor("2.5.2", "3.7.2"), Verdict::Pass, "that is a major");
    let major = |from: &str, to: &str| verdict("version.major", from, to);
    assert_eq!(major("2.6.2", "2.7.2"), Verdict::Pass);
    assert_eq!(major("2.6.2", "3.0.0"), Verdict::Warn);
    assert_eq!(major("3.0.0", "2.6.2"), Verdict::Pass);
    let older = |from: &str, to: &str| verdict("version.no-downgrade", from, to);
    assert_eq!(older("2.7.2", "2.7.2"), Verdict::Pass);
    assert_eq!(older("2.7.2", "2.7.1"), Verdict::Fail);
}

#[test]
fn a_minor_number_may_be_the_largest_there_is() {
    let verdict = Fine::new().verdict("version.skipped-minor", |f| {
        f.run.from = "2.18446744073709551615.0".parse().expect("a version");
    });
    assert_eq!(verdict, Verdict::Pass);
}

#[test]
fn going_back_ends_with_the_first_activation_behind_the_door() {
    let back = |active: &str, to: &str| {
        Fine::new().finding("version.no-downgrade", |f| {
            f.run.from = to.parse().expect("a version");
            f.run.target.version = f.run.from.clone();
            f.run.abandoned = Some("2.7.2".parse().expect("a version"));
            f.run.newest_active = Some(active.parse().expect("a version"));
        })
    };
    let free = back("2.6.2", "2.6.2");
    assert_eq!(free.verdict, Verdict::Pass);
    assert!(free.message.contains("back"), "{}", free.message);
    assert_eq!(back("2.7.2", "2.6.2").verdict, Verdict::Fail);
    assert_eq!(back("2.7.2", "2.7.1").verdict, Verdict::Pass);
    let forward = Fine::new().finding("version.no-downgrade", |f| {
        f.run.abandoned = Some("2.7.1".parse().expect("a version"));
        f.run.newest_active = Some("2.7.1".parse().expect("a version"));
    });
    assert_eq!(forward.message, "newer");
    let same = Fine::new().finding("version.no-downgrade", |f| {
        f.run.from = "2.6.2".parse().expect("a version");
        f.run.target.version = f.run.from.clone();
        f.run.newest_active = Some("2.7.2".parse().expect("a version"));
        f.intent.waivers = vec![Waiver::IgnoreCheck("version.no-downgrade".to_owned())];
    });
    assert_eq!(same.verdict, Verdict::Fail, "whoever has led decides");
    let older = Fine::new().finding("version.no-downgrade", |f| {
        f.run.target.version = "2.6.1".parse().expect("a version");
        f.intent.waivers = vec![Waiver::IgnoreCheck("version.no-downgrade".to_owned())];
    });
    assert_eq!(older.verdict, Verdict::Ignored, "no door is between them");
}

#[test]
fn the_tag_is_read_behind_the_last_slash_and_before_a_digest() {
    let digest = format!("@sha256:{}", "0".repeat(64));
    for (name, wanted) in [
        (image("2.7.2"), Verdict::Pass),
        (image("2.7.2") + &digest, Verdict::Pass),
        (image("2.7.1") + &digest, Verdict::Fail),
        (
            "registry.example:5000/openbao:v2.7.2".to_owned(),
            Verdict::Pass,
        ),
        ("registry.example:5000/openbao".to_owned(), Verdict::Warn),
        ("registry.example/openbao:latest".to_owned(), Verdict::Warn),
        (
            "registry.example/openbao".to_owned() + &digest,
            Verdict::Warn,
        ),
    ] {
        let verdict = Fine::new().verdict("version.image-tag", |f| {
            f.run.target.image.clone_from(&name);
        });
        assert_eq!(verdict, wanted, "{name}");
    }
}

/// After the operator's own upgrade no record tells that the new version leads.
#[test]
fn a_door_that_the_leader_is_beyond_needs_no_consent_and_no_snapshot() {
    let beyond = |f: &mut Fine| {
        if let Fact::Known(health) = &mut f.world.node(0).health {
            health.version = Some("2.7.2".parse().expect("a version"));
        }
        f.intent.waivers.clear();
        f.run.waivers.clear();
    };
    for (id, verdict) in [
        ("version.one-way-pair", Verdict::Pass),
        ("backup.snapshot", Verdict::Skipped),
    ] {
        assert_eq!(Fine::new().verdict(id, beyond), verdict, "{id}");
    }
}
