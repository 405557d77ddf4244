//! The checks before the first change. All run; none stops another; what could
//! not be evaluated counts as failed.

mod access;
mod backup;
mod cluster;
pub mod colours;
mod nodes;
mod ownership_marks;
mod raft;
mod room;
mod version;
mod workload;

use crate::{
    decide::{door, versions::door_ahead},
    model::{
        fact::Fact,
        finding::{Finding, Verdict},
        intent::Intent,
        record::RunRecord,
        survey::Survey,
        waiver::Waiver,
    },
};

/// What the checks judge.
#[derive(Debug, Clone, Copy)]
pub struct Preflight<'a> {
    /// What the user asked for.
    pub intent: &'a Intent,
    /// The run as it would be recorded; for an unfinished one, as it is.
    pub run: &'a RunRecord,
    /// The run was found unfinished on the resource.
    pub resuming: bool,
    /// What was seen.
    pub survey: &'a Survey,
    /// The identity for locked writes is in use.
    pub as_operator: bool,
    /// The maintenance annotation goes into locked writes.
    pub maintenance: bool,
    /// Who wants to run it.
    pub invoker: Invoker<'a>,
}

/// Who runs a command.
#[derive(Debug, Clone, Copy)]
pub struct Invoker<'a> {
    /// As the API server knows them.
    pub user: &'a str,
    /// They are asked before anything is changed.
    pub asked: bool,
}

/// Evaluates every check.
#[must_use]
pub fn check(preflight: &Preflight<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    access::check(preflight, &mut findings);
    cluster::check(preflight, &mut findings);
    ownership_marks::check(preflight, &mut findings);
    version::check(preflight, &mut findings);
    workload::check(preflight, &mut findings);
    colours::check(preflight, &mut findings);
    nodes::check(preflight, &mut findings);
    raft::check(preflight, &mut findings);
    backup::check(preflight, &mut findings);
    for finding in &mut findings {
        if (preflight.resuming || preflight.intent.take_over) && is_waited_for(finding) {
            finding.verdict = Verdict::Warn;
            finding.message.push_str("; the run waits for it");
        }
        let waived = preflight
            .run
            .waivers
            .iter()
            .chain(&preflight.intent.waivers)
            .any(|waiver| *waiver == Waiver::IgnoreCheck(finding.id.clone()));
        if finding.verdict.stops() && waived && !version::is_not_waived_by_id(preflight, finding) {
            finding.verdict = Verdict::Ignored;
        }
    }
    findings
}

/// Whether a door that opens one way has still to be passed. Who leads beyond it
/// already is seen, where the record does not tell: after the operator's own
/// upgrade.
fn is_door_ahead(preflight: &Preflight<'_>) -> bool {
    let run = preflight.run;
    door_ahead(run) && door::shut_by(&run.from, run, &preflight.survey.snapshot).is_none()
}

/// Whether nothing stops the upgrade but checks that could not be evaluated.
#[must_use]
pub fn only_unknown(findings: &[Finding]) -> bool {
    let stopping = || findings.iter().filter(|finding| finding.verdict.stops());
    stopping().next().is_some() && stopping().all(|finding| finding.verdict == Verdict::Unknown)
}

/// Whether an unfinished run waits for it anyway, before each of its steps: in
/// the middle of an upgrade a node may well be down, sealed or leaderless, and
/// refusing to go on would leave it so.
fn is_waited_for(finding: &Finding) -> bool {
    let waits = |ids: &[&str]| ids.contains(&finding.id.as_str());
    match finding.verdict {
        Verdict::Unknown => {
            finding.id.starts_with("bao.")
                || finding.id.starts_with("raft.")
                || finding.id.starts_with("auth.")
        }
        Verdict::Fail => waits(&[
            "raft.one-leader",
            "raft.in-sync",
            "raft.voters-are-pods",
            "bao.unsealed",
        ]),
        Verdict::Pass | Verdict::Warn | Verdict::Ignored | Verdict::Skipped => false,
    }
}

/// Every check's id with one line of what it asks, in the order of the report.
pub const CHECKS: &[(&str, &str)] = &[
    ("kube.reachable", "the API server answers"),
    ("kube.clock-skew", "its clock and ours agree"),
    ("kube.permissions", "every verb the run uses is allowed"),
    (
        "kube.admission",
        "every planned write passes a server-side dry run",
    ),
    ("auth.login", "the run's identity can log in to OpenBao"),
    ("auth.not-root", "it is no root token"),
    ("auth.capabilities", "it may do what the run needs"),
    (
        "auth.idle-entry",
        "it can have an entry committed that changes nothing",
    ),
    (
        "cluster.exists",
        "the resource is there and not being deleted",
    ),
    ("cluster.initialized", "the cluster is initialized"),
    ("cluster.profile-set", "spec.profile is set"),
    ("cluster.strategy", "the cluster upgrades by rolling"),
    ("cluster.operation-lock", "no other driver holds the lock"),
    ("cluster.lease", "no other baoctl is at work"),
    (
        "cluster.unfinished-upgrade",
        "no other upgrade is unfinished",
    ),
    (
        "cluster.break-glass",
        "the operator is not in break-glass mode",
    ),
    (
        "cluster.paused-by",
        "nobody else asked for a pause, or it is ended by name",
    ),
    (
        "cluster.not-paused-by-other",
        "nobody else has paused the operator",
    ),
    (
        "cluster.restore",
        "no restore holds the cluster, or made it",
    ),
    ("cluster.claim", "the cluster belongs to no claim"),
    (
        "cluster.policies",
        "the operator's policies are as it wants them",
    ),
    ("cluster.gitops-owner", "no GitOps tool owns spec.version"),
    ("version.semver", "both versions can be read"),
    ("version.image-tag", "the image carries the target version"),
    ("version.no-downgrade", "the target is not older"),
    ("version.known-bad-pair", "the pair is not known to fail"),
    (
        "version.one-way-pair",
        "the pair can be undone, or that was accepted",
    ),
    (
        "version.removed-seal",
        "the target still has the cluster's seal",
    ),
    (
        "version.removed-storage",
        "the target still has the cluster's storage",
    ),
    (
        "version.removed-plugins",
        "no auth method or secrets engine is lost that was built in",
    ),
    (
        "version.vulnerable",
        "the target has no hole that a later release has mended",
    ),
    ("version.skipped-minor", "no minor version is skipped"),
    ("version.major", "the major version stays"),
    (
        "workload.statefulset",
        "the StatefulSet has the expected shape",
    ),
    ("workload.replicas-ready", "all pods are Ready"),
    ("workload.revisions-clean", "all pods are of one revision"),
    (
        "workload.disruption-budget",
        "the budget allows one pod at a time",
    ),
    (
        "workload.termination-grace",
        "the grace period covers a leader's exit",
    ),
    (
        "workload.node-drain",
        "no pod is being evicted, and no node is cordoned or away",
    ),
    (
        "workload.volumes",
        "every server's volume is there and stays when its pod goes",
    ),
    (
        "workload.downtime",
        "the cluster keeps serving, or downtime was accepted",
    ),
    ("bao.unsealed", "every node is unsealed"),
    ("bao.auto-unseal", "a restarted node unseals by itself"),
    ("bao.tls", "the nodes' certificates are verified and last"),
    ("bao.versions-uniform", "all nodes run one version"),
    ("bao.one-cluster-id", "all nodes belong to one cluster"),
    (
        "bao.standby-forwards",
        "a write through each standby reaches the leader",
    ),
    (
        "raft.one-leader",
        "exactly one node is active, agreed by the rest",
    ),
    ("raft.voters-are-pods", "every pod is a voter"),
    ("raft.no-strangers", "every voter is a pod"),
    ("raft.quorum-margin", "one voter may be missing"),
    (
        "raft.in-sync",
        "every node has applied what the leader committed",
    ),
    (
        "raft.addresses",
        "nodes advertise addresses that lead to their own pods",
    ),
    ("raft.autopilot", "autopilot sees no trouble"),
    (
        "raft.non-voter-list",
        "nobody is kept from voting who is to vote",
    ),
    (
        "raft.snapshot-in-progress",
        "no backup of the operator's runs, which holds back step-downs",
    ),
    (
        "backup.snapshot",
        "a snapshot that the resource demands will be taken",
    ),
    ("backup.recent", "the operator's last backup is not old"),
    ("backup.space", "the snapshot has room where it goes"),
];

/// A finding that needs a login that cannot be made without writing: judged
/// again when the run has begun, before its first change.
fn deferred(preflight: &Preflight<'_>, id: &str) -> Option<Finding> {
    preflight.survey.login_deferred.then(|| {
        Finding::skipped(
            id,
            "the account to log in with does not exist yet; asked again before the first change",
        )
    })
}

/// A fact as a finding: judged when known, unknown otherwise.
fn judge<T>(id: &str, what: &str, fact: &Fact<T>, judge: impl FnOnce(&T) -> Finding) -> Finding {
    match fact {
        Fact::Known(value) => judge(value),
        Fact::Unknown(why) => Finding::unknown(id, format!("{what} could not be read: {why}")),
    }
}

#[cfg(test)]
mod tests;
