//! The end of a run that did not finish: the evidence for it, with what to type
//! next.

use crate::{
    decide::{advice::advice, server_log, stuck},
    model::{
        halt::{Halt, HaltReason},
        record::RunRecord,
        snapshot::Snapshot,
        warning::Warning,
    },
    ports::{BaoNodes, Clock, Colours, Workloads},
};

use super::{Kube, Ports};

/// Warnings that are shown.
const EVENTS: usize = 3;
/// Lines of a pod's log that are shown, and errors before them.
const LAST_LINES: usize = 5;
const LAST_ERRORS: usize = 2;
/// Lines of a failed hook's log that are shown.
const HOOK_LINES: usize = 10;

/// Completes a halt with the pod's own evidence and with what to type next.
pub(super) async fn close<K: Kube, B: BaoNodes, C: Clock>(
    ports: Ports<'_, K, B, C>,
    mut halt: Halt,
    snapshot: &Snapshot,
    run: &RunRecord,
) -> Halt {
    let kube = ports.kube;
    let mut image_in_question = true;
    if let Some(name) = &halt.pod {
        if let Some(pod) = snapshot.pod(name) {
            let blamed = stuck::to_blame(pod);
            let evidence = kube.evidence(pod, blamed).await;
            halt.evidence.extend(events(evidence.events));
            let log = blamed.map_or("log".to_owned(), |other| format!("log of {}", other.name));
            let asked = blamed.is_none() && is_about_the_process(halt.reason);
            let cause = server_log::cause(&evidence.log).filter(|_| asked);
            if let Some(cause) = &cause {
                halt.message = format!("{}; by its log, {}", halt.message, cause.what);
            }
            image_in_question = blamed.is_none() && cause.is_none();
            let lines = telling(&evidence.log, cause.map(|cause| cause.line));
            halt.evidence
                .extend(lines.map(|line| format!("{log}: {line}")));
        } else if let Some(set) = snapshot.set_of(name) {
            // Of a pod that could not be made only its StatefulSet tells.
            let warnings = kube.warnings(&set.uid).await;
            halt.evidence.extend(events(warnings));
        }
    }
    if halt.reason == HaltReason::HookFailed
        && let Some(Some(job)) = snapshot.hook.known()
    {
        let evidence = kube.hook_evidence(job).await;
        halt.evidence.extend(events(evidence.events));
        let last = evidence.log.len().saturating_sub(HOOK_LINES);
        let lines = evidence.log[last..].iter();
        halt.evidence
            .extend(lines.map(|line| format!("log: {line}")));
    }
    if let Some(cluster) = snapshot.cluster.known() {
        let lines = advice(&halt, image_in_question, &cluster.reference, run, snapshot);
        halt.next.extend(lines);
    }
    halt
}

/// Whether the server's own words can be the reason: one that serves may have
/// written others long ago.
const fn is_about_the_process(reason: HaltReason) -> bool {
    matches!(
        reason,
        HaltReason::CrashLoop
            | HaltReason::PodNotReady
            | HaltReason::Sealed
            | HaltReason::CannotLead
            | HaltReason::StepDownFailed
            | HaltReason::NoLeader
    )
}

/// The newest warnings.
fn events(warnings: Vec<Warning>) -> impl Iterator<Item = String> {
    let newest = warnings.into_iter().take(EVENTS);
    newest.map(|warning| format!("event: {warning}"))
}

/// The last lines, before them the last errors, and before those the one that
/// names the cause: a node that failed and lives on writes other lines since.
fn telling<'l>(log: &'l [String], cause: Option<&'l str>) -> impl Iterator<Item = &'l str> {
    let last = log.len().saturating_sub(LAST_LINES);
    let early = || log[..last].iter().map(String::as_str);
    let errors = || early().filter(|line| line.contains("[ERROR]"));
    let skipped = errors().count().saturating_sub(LAST_ERRORS);
    let mut shown: Vec<&str> = errors().skip(skipped).collect();
    let unseen = cause.filter(|cause| early().any(|line| line == *cause));
    shown.extend(unseen.filter(|cause| !errors().skip(skipped).any(|line| line == *cause)));
    shown.extend(log[last..].iter().map(String::as_str));
    shown.into_iter()
}

/// Whether the resource is this run's to write on.
pub(super) fn still_ours(halt: &Halt) -> bool {
    !matches!(
        halt.reason,
        HaltReason::LockLost
            | HaltReason::LeaseLost
            | HaltReason::RecordLost
            | HaltReason::ClusterGone
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_with_the_cause_is_shown_wherever_it_stands() {
        let mut log: Vec<String> = (0..9).map(|line| format!("line {line}")).collect();
        log[1] = "error loading configuration".to_owned();
        log[2] = "[ERROR] one".to_owned();
        let shown: Vec<&str> = telling(&log, Some("error loading configuration")).collect();
        assert_eq!(
            shown,
            [
                "[ERROR] one",
                "error loading configuration",
                "line 4",
                "line 5",
                "line 6",
                "line 7",
                "line 8",
            ]
        );
        let shown: Vec<&str> = telling(&log, Some("line 8")).collect();
        assert_eq!(shown.iter().filter(|line| **line == "line 8").count(), 1);
    }
}
