//! What the caller may do, and how far to what is missing.

use super::{Bend, Fine};
use crate::model::{
    action::{Action, Hold, ReleaseBy},
    fact::Fact,
    finding::Verdict,
    intent::{Order, StepDownVia},
    names::{PodName, PodRef, Pool},
    survey::{DryRun, Login},
};

fn denied(policy: Option<&str>) -> DryRun {
    DryRun::Denied {
        policy: policy.map(str::to_owned),
        message: "prohibited".to_owned(),
    }
}

fn hold(pool: Pool, hold: Hold) -> Action {
    Action::Hold { pool, hold }
}

fn eviction() -> Action {
    Action::Release {
        pool: Pool::Voters,
        pod: PodRef {
            name: PodName::of("prod", 2),
            uid: "uid".to_owned(),
        },
        by: ReleaseBy::Eviction,
    }
}

fn grant(f: &mut Fine, path: &str, may: &[&str]) {
    let Fact::Known(login) = &mut f.survey.login else {
        panic!("a login")
    };
    login.capabilities.retain(|(found, _)| found != path);
    let may = may.iter().map(|may| (*may).to_owned()).collect();
    login.capabilities.push((path.to_owned(), may));
}

#[test]
fn clocks_may_differ_by_five_seconds_either_way() {
    for (skew, wanted) in [
        (5, Verdict::Pass),
        (-5, Verdict::Pass),
        (6, Verdict::Warn),
        (-6, Verdict::Warn),
    ] {
        let verdict = Fine::new().verdict("kube.clock-skew", |f| {
            f.survey.clock_skew_s = Fact::Known(skew);
        });
        assert_eq!(verdict, wanted, "{skew}");
    }
}

#[test]
fn a_verb_that_is_missing_is_named_and_none_asked_about_is_not_all_allowed() {
    let finding = Fine::new().finding("kube.permissions", |f| {
        f.survey.permissions[0].1 = Fact::Known(false);
    });
    assert!(
        finding.message.contains("patch statefulsets.apps"),
        "{}",
        finding.message
    );
    let finding = Fine::new().finding("kube.permissions", |f| {
        f.survey.permissions[0].1 = Fact::Unknown("no answer".to_owned());
        let mut other = f.survey.permissions[0].clone();
        other.0.verb = "get".to_owned();
        other.1 = Fact::Known(true);
        f.survey.permissions.push(other);
    });
    assert_eq!(finding.verdict, Verdict::Unknown);
    assert!(
        !finding.message.contains("get statefulsets"),
        "{}",
        finding.message
    );
    let verdict = Fine::new().verdict("kube.permissions", |f| f.survey.permissions.clear());
    assert_eq!(verdict, Verdict::Unknown);
}

#[test]
fn a_write_of_the_other_order_may_be_denied() {
    let cases = [
        (
            Order::ReverseOrdinal,
            hold(Pool::Voters, Hold::OnDelete),
            true,
        ),
        (Order::ReverseOrdinal, eviction(), true),
        (
            Order::ReverseOrdinal,
            hold(Pool::Voters, Hold::Partition(3)),
            false,
        ),
        (
            Order::LeaderLast,
            hold(Pool::Voters, Hold::Partition(3)),
            false,
        ),
        (
            Order::LeaderLast,
            hold(Pool::ReadReplicas, Hold::Partition(3)),
            false,
        ),
        (Order::LeaderLast, hold(Pool::Voters, Hold::OnDelete), false),
        (Order::LeaderLast, eviction(), false),
    ];
    for (order, action, fine) in cases {
        let verdict = Fine::new().verdict("kube.admission", |f| {
            f.run.order = order;
            f.survey.dry_runs.push((action.clone(), denied(None)));
        });
        let wanted = if fine { Verdict::Pass } else { Verdict::Fail };
        assert_eq!(verdict, wanted, "{order}, {action}");
    }
}

#[test]
fn a_write_that_is_refused_fails_and_one_that_was_not_tried_is_unknown() {
    let bends: &[(Bend, Verdict)] = &[
        (
            |f| {
                f.survey.dry_runs[0].1 = DryRun::Forbidden {
                    message: "no".to_owned(),
                };
            },
            Verdict::Fail,
        ),
        (|f| f.survey.dry_runs.clear(), Verdict::Unknown),
        (
            |f| {
                let untried = DryRun::Untried {
                    why: "no pod".to_owned(),
                };
                f.survey.dry_runs.push((Action::Complete, untried));
            },
            Verdict::Unknown,
        ),
    ];
    for (bend, wanted) in bends {
        assert_eq!(Fine::new().verdict("kube.admission", bend), *wanted);
    }
}

#[test]
fn an_admission_lock_is_named_with_the_ways_through_that_were_not_taken_yet() {
    let locked = |as_operator, maintenance| {
        Fine::new().finding("kube.admission", |f| {
            f.survey.dry_runs[0].1 = denied(Some("openbao-lock"));
            f.as_operator = as_operator;
            f.maintenance = maintenance;
        })
    };
    let finding = locked(false, false);
    assert!(
        finding.message.contains("by openbao-lock"),
        "{}",
        finding.message
    );
    let remedy = finding.remedy.expect("two ways");
    assert!(remedy.contains("--as-operator"), "{remedy}");
    assert!(remedy.contains("--maintenance-override"), "{remedy}");
    let remedy = locked(true, false).remedy.expect("one way");
    assert!(!remedy.contains("--as-operator"), "{remedy}");
    let remedy = locked(false, true).remedy.expect("one way");
    assert!(!remedy.contains("--maintenance-override"), "{remedy}");
    let unnamed = Fine::new().finding("kube.admission", |f| f.survey.dry_runs[0].1 = denied(None));
    assert_eq!(unnamed.remedy, None, "no lock of the operator's");
    assert!(
        unnamed.message.starts_with("denied: "),
        "{}",
        unnamed.message
    );
}

#[test]
fn a_login_needs_what_its_run_will_do_and_no_more() {
    const ID: &str = "auth.capabilities";
    const STEP_DOWN: &str = "sys/step-down";
    const STATE: &str = "sys/storage/raft/autopilot/state";
    const PEERS: &str = "sys/storage/raft/configuration";
    const SNAPSHOT: &str = "sys/storage/raft/snapshot";
    let cases: &[(Bend, Verdict)] = &[
        (|f| grant(f, STEP_DOWN, &["sudo"]), Verdict::Fail),
        (|f| grant(f, STEP_DOWN, &["root"]), Verdict::Pass),
        (
            |f| {
                grant(f, STEP_DOWN, &["deny"]);
                f.intent.step_down = StepDownVia::Job;
            },
            Verdict::Pass,
        ),
        (
            |f| {
                grant(f, STEP_DOWN, &["deny"]);
                f.run.target.replicas = 1;
            },
            Verdict::Pass,
        ),
        (
            |f| {
                grant(f, STEP_DOWN, &["deny"]);
                f.run.target.replicas = 2;
            },
            Verdict::Fail,
        ),
        (|f| grant(f, STATE, &["deny"]), Verdict::Fail),
        (
            |f| {
                grant(f, STATE, &["deny"]);
                grant(f, PEERS, &["read"]);
            },
            Verdict::Pass,
        ),
        (
            |f| f.intent.snapshot = Some("/backup/prod.snap".into()),
            Verdict::Fail,
        ),
        (
            |f| {
                f.intent.snapshot = Some("/backup/prod.snap".into());
                grant(f, SNAPSHOT, &["read"]);
            },
            Verdict::Pass,
        ),
    ];
    for (nth, (bend, wanted)) in cases.iter().enumerate() {
        assert_eq!(Fine::new().verdict(ID, bend), *wanted, "case {nth}");
    }
}

fn bent(bend: impl FnOnce(&mut Login)) -> impl FnOnce(&mut Fine) {
    |fine| {
        if let Fact::Known(login) = &mut fine.survey.login {
            bend(login);
        }
    }
}

#[test]
fn a_root_token_is_refused() {
    let root = bent(|login| login.policies = vec!["root".to_owned()]);
    assert_eq!(Fine::new().verdict("auth.not-root", root), Verdict::Fail);
}

#[test]
fn a_step_down_needs_sudo_beside_update() {
    let update = bent(|login| login.capabilities[0].1 = vec!["update".to_owned()]);
    let verdict = Fine::new().verdict("auth.capabilities", update);
    assert_eq!(verdict, Verdict::Fail);
}

#[test]
fn a_token_that_commits_nothing_is_refused_with_the_line_to_add() {
    let finding = Fine::new().finding("auth.idle-entry", |fine| {
        fine.survey.idle_entry = Fact::Known(false);
    });
    assert_eq!(finding.verdict, Verdict::Fail);
    let remedy = finding.remedy.expect("a remedy");
    assert!(remedy.contains("sys/wrapping/wrap"), "{remedy}");
    let verdict = Fine::new().verdict("auth.idle-entry", |fine| {
        fine.survey.idle_entry = Fact::Unknown("no answer".to_owned());
    });
    assert_eq!(verdict, Verdict::Unknown);
}
