//! The end of a run that did not finish: evidence and advice.

use serde_json::json;

use crate::{
    decide::{door, holding::replaced_by_unpausing, quorum, restore_path, standing::standing},
    model::{
        halt::{Halt, HaltReason},
        hook::HookJob,
        names::ClusterRef,
        record::RunRecord,
        shell::quoted,
        snapshot::Snapshot,
    },
    ports::{BaoNodes, Clock, Colours, Workloads},
};

use super::{Kube, Ports};

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
    if let Some(name) = &halt.pod {
        let pod = snapshot
            .workloads()
            .flat_map(|workload| &workload.pods)
            .find(|pod| pod.pod.name == *name);
        if let Some(pod) = pod {
            let evidence = kube.evidence(pod).await;
            halt.evidence.extend(
                evidence
                    .events
                    .into_iter()
                    .take(3)
                    .map(|line| format!("event: {line}")),
            );
            let lines = telling(&evidence.log);
            halt.evidence
                .extend(lines.map(|line| format!("log: {line}")));
        }
    }
    if halt.reason == HaltReason::HookFailed
        && let Some(Some(job)) = snapshot.hook.known()
    {
        let evidence = kube.hook_evidence(job).await;
        let events = evidence.events.into_iter().take(3);
        halt.evidence
            .extend(events.map(|line| format!("event: {line}")));
        let last = evidence.log.len().saturating_sub(HOOK_LINES);
        let lines = evidence.log[last..].iter();
        halt.evidence
            .extend(lines.map(|line| format!("log: {line}")));
    }
    if let Some(cluster) = snapshot.cluster.known() {
        let lines = advice(&halt, &cluster.reference, run, snapshot);
        halt.next.extend(lines);
    }
    halt
}

/// The last lines, and the last errors before them: a node that failed and
/// lives on writes other lines since.
fn telling(log: &[String]) -> impl Iterator<Item = &String> {
    let last = log.len().saturating_sub(5);
    let errors = log[..last].iter().filter(|line| line.contains("[ERROR]"));
    let skipped = errors.clone().count().saturating_sub(2);
    errors.skip(skipped).chain(&log[last..])
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

/// What to type next. Every line works when pasted.
#[expect(clippy::too_many_lines, reason = "what to type for each reason")]
fn advice(halt: &Halt, cluster: &ClusterRef, run: &RunRecord, snapshot: &Snapshot) -> Vec<String> {
    let on = format!("{} -n {}", cluster.name, cluster.namespace);
    let resume = run.resume_line(cluster);
    let (to, from) = (&run.target.version, &run.from);
    let restored = || restore_path::steps(from, run.snapshot.as_ref(), cluster);
    let mut lines = Vec::new();
    match halt.reason {
        HaltReason::ImagePullFailed | HaltReason::CrashLoop | HaltReason::UnexpectedRevision => {
            lines.push(format!("to go on once the image is right: {resume}"));
            // Under blue/green another image is another green: this one has to go
            // first.
            if run.blue_green.is_none() {
                lines.push(format!(
                    "to go on with another image: baoctl upgrade rolling {on} --to {to} --image IMAGE"
                ));
            }
        }
        HaltReason::TargetChanged => {
            let asked = json!({ "spec": { "version": to, "image": run.target.image } });
            lines.push(format!(
                "to go on: kubectl -n {} patch openbaocluster {} --type merge -p {}, then {resume}",
                cluster.namespace,
                cluster.name,
                quoted(&asked.to_string())
            ));
        }
        HaltReason::CannotLead => {
            if let Some(pod) = &halt.pod {
                lines.push(format!(
                    "to go on once what its log says is mended (an audit device that cannot be written, for one): kubectl -n {} delete pod {pod}, then {resume}",
                    cluster.namespace
                ));
            }
        }
        HaltReason::LockLost | HaltReason::LeaseLost => {
            lines.push(format!("to see who drives: baoctl status {on}"));
        }
        HaltReason::ClusterGone | HaltReason::LeaderNotFirst => {}
        HaltReason::VotersAreNoPods => {
            if let Some(membership) = snapshot.membership.known() {
                lines.extend(quorum::removals(membership, snapshot));
            }
            lines.push(format!("then: {resume}"));
        }
        HaltReason::NotVoter => {
            if let Some(pod) = &halt.pod {
                lines.push(format!(
                    "to give {pod} its vote back, which autopilot then does within its next round: bao write sys/storage/raft/promote server_id={pod}"
                ));
            }
            lines.push(format!("then: {resume}"));
        }
        HaltReason::BeyondTheDoor => {
            lines.push(format!(
                "to finish forward: baoctl upgrade rolling {on} --to VERSION, with a version that has led already"
            ));
            lines.extend(restored());
        }
        HaltReason::NoWayBack => {
            lines.push(format!(
                "to finish forward: baoctl upgrade bluegreen {on} --to VERSION, with the version that leads"
            ));
            if door::shut_by(&run.from, run, snapshot).is_some() {
                lines.extend(restored());
            }
        }
        HaltReason::HookFailed => {
            lines.push(format!(
                "to run the hook again once what it found is repaired: {resume}"
            ));
            lines.push(format!("to give green up: baoctl upgrade abort {on}"));
        }
        HaltReason::HookNotOurs => {
            lines.push(format!(
                "to go on once nobody needs that Job: kubectl -n {} delete job {}, then {resume}",
                cluster.namespace,
                HookJob::name_of(&cluster.name)
            ));
        }
        HaltReason::NoQuorumMargin
        | HaltReason::NotMember
        | HaltReason::VolumesLeft
        | HaltReason::RecordLost
        | HaltReason::Unpaused
        | HaltReason::WorkloadChanged
        | HaltReason::ForeignNode
        | HaltReason::Unschedulable
        | HaltReason::VolumeFailed
        | HaltReason::Sealed
        | HaltReason::StuckTerminating
        | HaltReason::PodNotReady
        | HaltReason::NotCaughtUp
        | HaltReason::NotReplaced
        | HaltReason::StepDownFailed
        | HaltReason::NoLeader
        | HaltReason::SnapshotFailed
        | HaltReason::Denied
        | HaltReason::Unobservable
        | HaltReason::WaitedTooLong => {
            lines.push(format!("to go on once that is mended: {resume}"));
        }
    }
    let pods = matches!(
        halt.reason,
        HaltReason::ImagePullFailed
            | HaltReason::CrashLoop
            | HaltReason::UnexpectedRevision
            | HaltReason::Unschedulable
            | HaltReason::PodNotReady
            | HaltReason::Sealed
            | HaltReason::CannotLead
    );
    // A green that is no good is given up, whatever is the matter with it.
    let green = run.blue_green.is_some()
        && matches!(
            halt.reason,
            HaltReason::ForeignNode
                | HaltReason::NotMember
                | HaltReason::NotCaughtUp
                | HaltReason::NotReplaced
                | HaltReason::VolumesLeft
        );
    let passed = door::shut_by(from, run, snapshot).is_some();
    if (pods || green) && !passed && from != to {
        lines.push(if run.blue_green.is_some() {
            format!("to go back: baoctl upgrade rollback {on}")
        } else {
            format!("to go back: baoctl upgrade rolling {on} --to {from}")
        });
    }
    if matches!(
        halt.reason,
        HaltReason::PodNotReady | HaltReason::NotCaughtUp
    ) {
        lines.push(format!("to give it longer: {resume} --start-timeout 30m"));
    }
    if let Some(pod) = &halt.pod {
        lines.push(format!(
            "to look: kubectl -n {} describe pod {pod}",
            cluster.namespace
        ));
    }
    // The operator's own strategy holds every pod of a colour.
    if run.blue_green.is_none()
        && snapshot
            .voters
            .known()
            .is_some_and(|voters| !replaced_by_unpausing(voters).is_empty())
    {
        lines.push(format!(
            "before anybody un-pauses the operator, see what that would replace: baoctl status {on}"
        ));
    }
    if standing(snapshot).leader.is_none() {
        lines.push(format!("to see what each node says: baoctl status {on}"));
    }
    lines
}
