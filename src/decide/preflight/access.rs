//! Checks of what the caller may do.

use crate::model::{
    fact::Fact,
    finding::Finding,
    intent::{Order, StepDownVia},
    survey::{DryRun, Permission},
};

use super::{Preflight, deferred, judge};

pub(super) fn check(preflight: &Preflight<'_>, findings: &mut Vec<Finding>) {
    let survey = preflight.survey;
    findings.push(judge(
        "kube.reachable",
        "the API server's version",
        &survey.server_version,
        |version| Finding::pass("kube.reachable", format!("Kubernetes {version}")),
    ));
    findings.push(match &survey.clock_skew_s {
        Fact::Known(skew) if skew.abs() <= 5 => {
            Finding::pass("kube.clock-skew", format!("{skew} s"))
        }
        Fact::Known(skew) => Finding::warn(
            "kube.clock-skew",
            format!("the API server's clock is {skew} s ahead of this one"),
        )
        .remedy("set this machine's clock; baoctl's own waits do not depend on it"),
        Fact::Unknown(why) => Finding::warn("kube.clock-skew", format!("not known: {why}")),
    });
    findings.push(permissions(preflight));
    findings.push(admission(preflight));
    if survey.login_deferred {
        for id in [
            "auth.login",
            "auth.not-root",
            "auth.capabilities",
            "auth.idle-entry",
        ] {
            findings.extend(deferred(preflight, id));
        }
        return;
    }
    findings.push(judge("auth.login", "the login", &survey.login, |login| {
        Finding::pass("auth.login", format!("{}, {} s", login.source, login.ttl_s))
    }));
    findings.push(judge(
        "auth.not-root",
        "the token",
        &survey.login,
        |login| {
            if login.is_root() {
                Finding::fail("auth.not-root", "the token given is a root token").remedy(
                    "give a token of a role that may step down and read autopilot state, or none",
                )
            } else {
                Finding::pass("auth.not-root", login.policies.join(", "))
            }
        },
    ));
    findings.push(capabilities(preflight));
    findings.push(idle_entry(preflight));
}

/// On a cluster without clients nothing else shows that a restarted node is sent
/// entries: a run would wait for its first pod until it halts.
fn idle_entry(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "auth.idle-entry";
    let what = "whether an entry that changes nothing can be committed";
    judge(ID, what, &preflight.survey.idle_entry, |can| {
        if *can {
            return Finding::pass(ID, "an entry that changes nothing can be committed");
        }
        // Its pods have come back so far: it goes on.
        let finding = if preflight.resuming {
            Finding::warn
        } else {
            Finding::fail
        };
        finding(
            ID,
            "the token can neither renew itself nor wrap, so nothing shows on a cluster without \
             clients whether a restarted node follows",
        )
        .remedy(
            "add to the policy of the role baoctl logs in with: path \"sys/wrapping/wrap\" { \
             capabilities = [\"update\"] }; where clients write all the time, --ignore-check \
             auth.idle-entry will do",
        )
    })
}

fn permissions(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "kube.permissions";
    let list = |wanted: &[&Permission]| {
        wanted
            .iter()
            .map(|permission| format!("{permission} ({})", permission.why))
            .collect::<Vec<_>>()
            .join("; ")
    };
    let answers = &preflight.survey.permissions;
    let missing: Vec<&Permission> = answers
        .iter()
        .filter(|(_, answer)| answer.known() == Some(&false))
        .map(|(permission, _)| permission)
        .collect();
    if !missing.is_empty() {
        return Finding::fail(ID, format!("not allowed: {}", list(&missing)))
            .remedy("grant the verbs named; examples/rbac.yaml is the least Role");
    }
    let unknown: Vec<&Permission> = answers
        .iter()
        .filter(|(_, answer)| answer.known().is_none())
        .map(|(permission, _)| permission)
        .collect();
    if !unknown.is_empty() || answers.is_empty() {
        return Finding::unknown(ID, format!("could not be reviewed: {}", list(&unknown)));
    }
    Finding::pass(ID, format!("{} verbs allowed", answers.len()))
}

fn admission(preflight: &Preflight<'_>) -> Finding {
    use crate::model::action::{Action, Hold, ReleaseBy};
    const ID: &str = "kube.admission";
    let mut trouble = Vec::new();
    let mut untried = Vec::new();
    let mut policies = Vec::new();
    for (action, answer) in &preflight.survey.dry_runs {
        // A write that only the other order would make need not be possible.
        let other_order = matches!(
            (preflight.run.order, action),
            (
                Order::ReverseOrdinal,
                Action::Hold {
                    hold: Hold::OnDelete,
                    ..
                } | Action::Release {
                    by: ReleaseBy::Eviction,
                    ..
                }
            )
        );
        if other_order {
            continue;
        }
        match answer {
            DryRun::Accepted => {}
            DryRun::Denied { policy, message } => {
                policies.extend(policy.clone());
                trouble.push(format!("{action}: {message}"));
            }
            DryRun::Forbidden { message } => trouble.push(format!("{action}: {message}")),
            DryRun::Untried { why } => untried.push(format!("{action}: {why}")),
        }
    }
    policies.sort();
    policies.dedup();
    if !trouble.is_empty() {
        let named = if policies.is_empty() {
            String::new()
        } else {
            format!(" by {}", policies.join(", "))
        };
        let mut finding = Finding::fail(ID, format!("denied{named}: {}", trouble.join("; ")));
        if !policies.is_empty() {
            finding = finding.remedy(ways_through(preflight));
        }
        return finding;
    }
    if !untried.is_empty() || preflight.survey.dry_runs.is_empty() {
        return Finding::unknown(ID, format!("could not be tried: {}", untried.join("; ")));
    }
    Finding::pass(
        ID,
        format!(
            "{} planned writes would be accepted",
            preflight.survey.dry_runs.len()
        ),
    )
}

/// The two ways through the operator's admission lock, with the least rights
/// each needs (`contracts/operator-live.md` 3, `operator-today.md` 3).
fn ways_through(preflight: &Preflight<'_>) -> String {
    let mut ways = Vec::new();
    if !preflight.as_operator {
        ways.push(
            "--as-operator sends only the locked writes as the operator's ServiceAccount (needs the \
             verb impersonate on that one serviceaccount)"
                .to_owned(),
        );
    }
    if !preflight.maintenance {
        ways.push(
            "--maintenance-override puts openbao.org/maintenance=true into the same writes (needs group \
             system:masters, or where the policy honours it the verb maintenance on this openbaocluster)"
                .to_owned(),
        );
    }
    ways.join("; or ")
}

/// What a change of colours needs beside the rest: path, capability, and the line
/// of a policy. A cluster that was initialised under RollingUpdate lacks them.
const MEMBERS: [(&str, &str, &str); 4] = [
    (
        "sys/storage/raft/configuration",
        "read",
        "path \"sys/storage/raft/configuration\" { capabilities = [\"read\"] }",
    ),
    (
        "sys/storage/raft/promote",
        "update",
        "path \"sys/storage/raft/promote\" { capabilities = [\"update\"] }",
    ),
    (
        "sys/storage/raft/demote",
        "update",
        "path \"sys/storage/raft/demote\" { capabilities = [\"update\"] }",
    ),
    (
        "sys/storage/raft/remove-peer",
        "update",
        "path \"sys/storage/raft/remove-peer\" { capabilities = [\"update\"] }",
    ),
];

fn capabilities(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "auth.capabilities";
    let snapshot = preflight.intent.snapshot.is_some();
    judge(
        ID,
        "the token's capabilities",
        &preflight.survey.login,
        |login| {
            let has = |path: &str, wanted: &[&str]| {
                login
                    .capabilities
                    .iter()
                    .find(|(found, _)| found == path)
                    .is_some_and(|(_, has)| {
                        has.iter().any(|capability| capability == "root")
                            || wanted
                                .iter()
                                .all(|wanted| has.iter().any(|has| has == wanted))
                    })
            };
            let mut missing = Vec::new();
            let by_job = preflight.intent.step_down == StepDownVia::Job;
            if preflight.run.target.replicas > 1
                && !by_job
                && !has("sys/step-down", &["sudo", "update"])
            {
                missing.push("path \"sys/step-down\" { capabilities = [\"update\", \"sudo\"] }");
            }
            if !has("sys/storage/raft/autopilot/state", &["read"])
                && !has("sys/storage/raft/configuration", &["read"])
            {
                missing.push(
                    "path \"sys/storage/raft/autopilot/state\" { capabilities = [\"read\"] }",
                );
            }
            if preflight.run.blue_green.is_some() {
                missing.extend(
                    MEMBERS
                        .iter()
                        .filter(|(path, wanted, _)| !has(path, &[wanted]))
                        .map(|(_, _, line)| *line),
                );
            }
            if snapshot && !has("sys/storage/raft/snapshot", &["read"]) {
                missing.push("path \"sys/storage/raft/snapshot\" { capabilities = [\"read\"] }");
            }
            if missing.is_empty() {
                Finding::pass(ID, "step-down and membership")
            } else {
                Finding::fail(
                    ID,
                    format!("the role's policy lacks: {}", missing.join(" ")),
                )
                .remedy("add these lines to the policy of the role baoctl logs in with")
            }
        },
    )
}
