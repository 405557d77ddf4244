//! What a person may waive, and what an unfinished run waits for by itself.

use super::{Bend, Fine};
use crate::{
    decide::preflight::{Invoker, Preflight, check},
    model::{fact::Fact, finding::Verdict, waiver::Waiver},
};

fn ignore(id: &str) -> Waiver {
    Waiver::IgnoreCheck(id.to_owned())
}

#[test]
fn a_waiver_is_by_name_and_an_unfinished_run_waits_for_its_nodes() {
    let verdict = Fine::new().verdict("raft.one-leader", |f| {
        f.world.claims(0, false);
        f.intent.waivers = vec![ignore("raft.in-sync")];
    });
    assert_eq!(verdict, Verdict::Fail);
    let verdict = Fine::new().verdict("raft.one-leader", |f| {
        f.world.claims(0, false);
        f.intent.waivers = vec![ignore("raft.one-leader")];
    });
    assert_eq!(verdict, Verdict::Ignored);
    let verdict = Fine::new().verdict("bao.unsealed", |f| {
        f.world.silent(1);
        f.resuming = true;
    });
    assert_eq!(verdict, Verdict::Warn);
}

#[test]
fn a_waiver_of_an_earlier_process_of_the_run_still_counts() {
    let verdict = Fine::new().verdict("raft.one-leader", |f| {
        f.world.claims(0, false);
        f.run.waivers = vec![ignore("raft.one-leader")];
    });
    assert_eq!(verdict, Verdict::Ignored);
}

#[test]
fn what_passes_is_not_called_ignored() {
    let verdict = Fine::new().verdict("raft.one-leader", |f| {
        f.intent.waivers = vec![ignore("raft.one-leader")];
    });
    assert_eq!(verdict, Verdict::Pass);
}

/// What an unfinished run waits for before each step, in every way it can be
/// amiss.
const WAITED_FOR: &[(&str, Bend)] = &[
    ("raft.one-leader", |f| f.world.claims(0, false)),
    ("raft.in-sync", |f| f.world.silent(0)),
    ("raft.voters-are-pods", |f| {
        if let Fact::Known(membership) = &mut f.world.snapshot.membership {
            membership.peers[2].voter = false;
        }
    }),
    ("raft.voters-are-pods", |f| {
        f.world.snapshot.membership = Fact::Unknown("403".to_owned());
    }),
    ("bao.unsealed", |f| {
        if let Fact::Known(health) = &mut f.world.node(1).health {
            health.sealed = true;
        }
    }),
    ("bao.tls", |f| f.world.silent(1)),
    ("auth.login", |f| {
        f.survey.login = Fact::Unknown("sealed".to_owned());
    }),
];

#[test]
fn nodes_that_are_down_hold_up_a_beginning_and_not_a_resumption_or_a_take_over() {
    for (id, bend) in WAITED_FOR {
        assert!(Fine::new().verdict(id, bend).stops(), "{id}");
        let resumed = Fine::new().finding(id, |f| {
            bend(f);
            f.resuming = true;
        });
        assert_eq!(resumed.verdict, Verdict::Warn, "{id}");
        assert!(resumed.message.contains("waits"), "{}", resumed.message);
        let taken = Fine::new().verdict(id, |f| {
            bend(f);
            f.intent.take_over = true;
        });
        assert_eq!(taken, Verdict::Warn, "{id}");
    }
}

#[test]
fn what_no_run_waits_for_stops_a_resumption_too() {
    let bends: &[(&str, Bend)] = &[
        ("kube.reachable", |f| {
            f.survey.server_version = Fact::Unknown("x".to_owned());
        }),
        ("version.removed-seal", |f| {
            f.survey.config = Fact::Unknown("x".to_owned());
        }),
        ("bao.one-cluster-id", |f| {
            if let Fact::Known(health) = &mut f.world.node(1).health {
                health.cluster_id = Some("another".to_owned());
            }
        }),
        ("auth.not-root", |f| {
            if let Fact::Known(login) = &mut f.survey.login {
                login.policies = vec!["root".to_owned()];
            }
        }),
    ];
    for (id, bend) in bends {
        let verdict = Fine::new().verdict(id, |f| {
            bend(f);
            f.resuming = true;
        });
        assert!(verdict.stops(), "{id}");
    }
}

#[test]
fn what_needs_a_login_that_has_to_be_made_first_is_asked_again_later() {
    let mut fine = Fine::new();
    fine.survey.login_deferred = true;
    fine.survey.login = Fact::Unknown("no account yet".to_owned());
    fine.survey.snapshot.membership = Fact::Unknown("no account yet".to_owned());
    let findings = check(&Preflight {
        intent: &fine.intent,
        run: &fine.run,
        resuming: false,
        survey: &fine.survey,
        as_operator: false,
        maintenance: false,
        invoker: Invoker {
            user: &fine.run.user,
            asked: false,
        },
    });
    let skipped: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Skipped)
        .map(|finding| finding.id.as_str())
        .collect();
    for id in [
        "auth.login",
        "auth.not-root",
        "auth.capabilities",
        "raft.voters-are-pods",
        "raft.autopilot",
    ] {
        assert!(skipped.contains(&id), "{id} is not among {skipped:?}");
    }
    assert!(!findings.iter().any(|finding| finding.verdict.stops()));
}
