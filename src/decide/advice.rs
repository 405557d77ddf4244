//! What to type after a halt, for each reason and each state of the cluster.

use serde_json::json;

use crate::model::{
    halt::{Halt, HaltReason},
    hook::HookJob,
    names::{ClusterRef, PodName},
    record::RunRecord,
    shell::quoted,
    snapshot::Snapshot,
};

use super::{door, holding::replaced_by_unpausing, quorum, restore_path, standing::standing};

/// What to type next. Every line works when pasted. `image_in_question`: nothing
/// says that it is another container, or the server's surroundings, that fail.
#[expect(clippy::too_many_lines, reason = "what to type for each reason")]
#[must_use]
pub fn advice(
    halt: &Halt,
    image_in_question: bool,
    cluster: &ClusterRef,
    run: &RunRecord,
    snapshot: &Snapshot,
) -> Vec<String> {
    let on = format!("{} -n {}", cluster.name, cluster.namespace);
    let resume = run.resume_line(cluster);
    let (to, from) = (&run.target.version, &run.from);
    let restored = || restore_path::steps(from, run.snapshot.as_ref(), cluster);
    let mut lines = Vec::new();
    match halt.reason {
        HaltReason::ImagePullFailed | HaltReason::CrashLoop if !image_in_question => {
            lines.push(format!("to go on once that is mended: {resume}"));
        }
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
        HaltReason::ClusterGone => {}
        HaltReason::LeaderNotFirst
            if snapshot
                .cluster
                .known()
                .is_some_and(|cluster| cluster.status.upgrade.is_some()) =>
        {
            lines.push(format!("to try again: {resume}"));
        }
        // The resource was given back: nothing is unfinished.
        HaltReason::LeaderNotFirst => {
            let mut words = vec![format!(
                "baoctl upgrade rolling {on} --to {to} --order leader-last --image {}",
                quoted(&run.target.image)
            )];
            words.extend(run.waivers.iter().map(ToString::to_string));
            let file = run.snapshot_wanted.as_ref();
            words.extend(file.map(|file| format!("--snapshot {}", quoted(file))));
            lines.push(format!(
                "to upgrade in the order that needs no particular leader: {}",
                words.join(" ")
            ));
        }
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
        HaltReason::NodeLost => {
            let pod = halt.pod.as_ref().and_then(|pod| snapshot.pod(pod));
            // The taint would evict the servers that still run there, too.
            let shared = |node: &str| {
                let mut pods = snapshot.workloads().flat_map(|set| &set.pods);
                pods.any(|other| {
                    other.ready
                        && other.node.as_deref() == Some(node)
                        && halt.pod.as_ref() != Some(&other.pod.name)
                })
            };
            let node = pod.and_then(|pod| pod.node.as_deref());
            match node.filter(|node| !shared(node)) {
                Some(node) => {
                    lines.push(format!(
                        "to have the pod made elsewhere, once that node is certain to be off and where its volume can follow: kubectl taint nodes {node} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"
                    ));
                    lines.push(format!("then, or once the node is back: {resume}"));
                }
                None => lines.push(format!("to go on once the node is back: {resume}")),
            }
        }
        HaltReason::NoQuorumMargin
        | HaltReason::NotMember
        | HaltReason::VolumesLeft
        | HaltReason::RecordLost
        | HaltReason::LeaseUnavailable
        | HaltReason::Unpaused
        | HaltReason::WorkloadChanged
        | HaltReason::ForeignNode
        | HaltReason::Unschedulable
        | HaltReason::PodRefused
        | HaltReason::VolumeFailed
        | HaltReason::NetworkFailed
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
            | HaltReason::PodRefused
            | HaltReason::VolumeFailed
            | HaltReason::NetworkFailed
            | HaltReason::NodeLost
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
    if let Some(pod) = door::stranded(run, snapshot).filter(|_| halt.reason == HaltReason::NoLeader)
    {
        let held = json!({ "spec": { "updateStrategy": {
            "type": "RollingUpdate", "rollingUpdate": { "partition": pod.ordinal },
        } } });
        let set = snapshot.set_of(&pod.pod.name).map_or("", |set| &set.name);
        lines.push(format!(
            "where their logs say \"failed to load response wrapping policy\", a {to} node has led and no {from} node can any more; one {to} node ends that: kubectl -n {} patch statefulset {set} --type merge -p {}, then {resume}",
            cluster.namespace,
            quoted(&held.to_string())
        ));
    }
    let passed = door::shut_by(from, run, snapshot).is_some();
    let status = snapshot.cluster.known().map(|cluster| &cluster.status);
    let status = status.and_then(|status| status.blue_green.as_ref());
    let blue_goes = run
        .blue_green
        .as_ref()
        .is_some_and(|colours| status.is_some_and(|it| it.removes_blue(&colours.green)));
    if (pods || green) && !passed && !blue_goes && from != to {
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
            "to look: kubectl -n {} describe {}",
            cluster.namespace,
            described(pod, snapshot)
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

/// What there is to describe: of a pod that does not exist its StatefulSet tells.
fn described(name: &PodName, snapshot: &Snapshot) -> String {
    match snapshot.set_of(name) {
        Some(set) if snapshot.pod(name).is_none() => format!("statefulset {}", set.name),
        _ => format!("pod {name}"),
    }
}
