//! The words for events.

use crate::{
    event::{EventKind, PodTimings},
    model::{
        action::{Action, Hold, MemberChange, ReleaseBy},
        blocker::Blocker,
        names::PodName,
    },
};

use super::{
    look::{Look, Tone},
    preflight_table,
};

/// The line an event is worth; waits and tables are laid out by the renderer.
#[must_use]
#[expect(
    clippy::too_many_lines,
    reason = "one sentence for each kind of event reads best in one place"
)]
pub fn event(event: &EventKind, look: Look) -> Option<(Tone, String)> {
    let arrow = look.arrow();
    Some(match event {
        EventKind::PreflightDone { findings } => (
            Tone::Normal,
            format!("preflight: {}", preflight_table::summary(findings)),
        ),
        EventKind::Planned { plan } => (Tone::Normal, format!("plan for {}", plan.cluster)),
        EventKind::RunStarted {
            run,
            from,
            to,
            image,
            resumed,
            ..
        } => (
            Tone::Strong,
            format!(
                "run {run} {}: {from} {arrow} {to}, image {image} (times are UTC)",
                if *resumed { "goes on" } else { "begins" }
            ),
        ),
        EventKind::LeaseAcquired => (Tone::Normal, "lease taken".to_owned()),
        EventKind::ActionStarted { action } if is_long(action) => (Tone::Normal, begun(action)),
        EventKind::ActionDone { action, .. } if !is_long(action) => (Tone::Normal, done(action)?),
        EventKind::ActionFailed { action, error } => (
            Tone::Notice,
            format!("could not {action}: {error}; looking again"),
        ),
        EventKind::OperatorQuiet { acknowledged: true } => (
            Tone::Normal,
            "the operator acknowledged the pause".to_owned(),
        ),
        EventKind::OperatorQuiet {
            acknowledged: false,
        } => (
            Tone::Normal,
            "no operator acknowledged the pause; nothing has been changed since".to_owned(),
        ),
        EventKind::LeaderChanged {
            from,
            to,
            version,
            planned,
            leaderless_ms,
        } => {
            let mut text = format!("{to} leads");
            if let Some(version) = version {
                text = format!("{text} with {version}");
            }
            if let Some(from) = from {
                text = format!("{text}, {from} did");
            }
            text = format!("{text}; {} without a leader", seconds(*leaderless_ms));
            if *planned {
                (Tone::Good, text)
            } else {
                (Tone::Notice, text + "; this run had not asked for it")
            }
        }
        EventKind::LeaderLost { from } => {
            (Tone::Notice, format!("no leader: {from} no longer leads"))
        }
        EventKind::PointOfNoReturn {
            node,
            version,
            older_voters,
        } => {
            let mut text =
                format!("point of no return: {node} leads with {version}, no older node can again");
            if !older_voters.is_empty() {
                text = format!("{text}; older voters left: {}", names(older_voters));
            }
            (Tone::Notice, text)
        }
        EventKind::PodTerminating { pod, ours: true } => {
            (Tone::Normal, format!("{pod} terminating"))
        }
        EventKind::PodTerminating { pod, ours: false } => (
            Tone::Notice,
            format!("{pod} terminating, not released by this run"),
        ),
        EventKind::PodCreated { pod, revision } => {
            (Tone::Normal, format!("{pod} made, revision {revision}"))
        }
        EventKind::PodReplaced { pod, revision } => {
            (Tone::Normal, format!("{pod} replaced, revision {revision}"))
        }
        EventKind::PodStarted { pod, node } => (
            Tone::Normal,
            match node {
                Some(node) => format!("{pod} runs on {node}"),
                None => format!("{pod} runs"),
            },
        ),
        EventKind::NodeUnsealed { pod, version } => (
            Tone::Normal,
            match version {
                Some(version) => format!("{pod} unsealed, {version}"),
                None => format!("{pod} unsealed"),
            },
        ),
        EventKind::PodReady { pod } => (Tone::Normal, format!("{pod} Ready")),
        EventKind::PodUnready { pod } => (Tone::Notice, format!("{pod} no longer Ready")),
        EventKind::NodeCaughtUp { pod, applied } => {
            (Tone::Normal, format!("{pod} caught up at index {applied}"))
        }
        EventKind::PodDone {
            pod,
            done,
            of,
            timings,
        } => (
            Tone::Good,
            format!("{pod} done, {done} of {of}, {}", spent(timings)),
        ),
        EventKind::SnapshotVerified { snapshot } => (
            Tone::Good,
            format!(
                "snapshot verified, readable and complete: {}, {}, index {}",
                snapshot.file,
                bytes(snapshot.bytes),
                snapshot.index
            ),
        ),
        EventKind::Warning { message } => (Tone::Notice, format!("warning: {message}")),
        EventKind::FaultStruck {
            message, missed, ..
        } => (
            Tone::Notice,
            match missed {
                Some(why) => format!("fault: {message}; nothing came of it: {why}"),
                None => format!("fault: {message}"),
            },
        ),
        EventKind::Stopping { why } => (
            Tone::Notice,
            format!("stopping at the next safe point: {why}"),
        ),
        EventKind::Halted { halt, .. } => (
            Tone::Bad,
            format!("halted, {}: {}", halt.reason.code(), halt.message),
        ),
        EventKind::Finished { seconds, .. } => (Tone::Good, format!("finished after {seconds} s")),
        EventKind::ActionStarted { .. }
        | EventKind::ActionDone { .. }
        | EventKind::Waiting { .. }
        | EventKind::Heartbeat { .. }
        | EventKind::SnapshotProgress { .. }
        | EventKind::WaitGoesOn { .. }
        | EventKind::Unrecognized => return None,
    })
}

/// What a status line says after an event, when that changes it.
#[must_use]
pub fn status(event: &EventKind) -> Option<String> {
    match event {
        EventKind::Waiting { blockers: waits } => Some(blockers(waits)),
        EventKind::Heartbeat {
            waiting_s,
            left_s,
            blockers: waits,
        }
        | EventKind::WaitGoesOn {
            waiting_s,
            left_s,
            blockers: waits,
        } => Some(going_on(*waiting_s, *left_s, waits)),
        EventKind::ActionStarted { action } => Some(action.to_string()),
        EventKind::SnapshotProgress { bytes: size } => Some(format!("snapshot, {}", bytes(*size))),
        EventKind::Stopping { .. } => Some("stopping at the next safe point".to_owned()),
        _ => None,
    }
}

/// A wait that has lasted for a while already.
fn going_on(waiting_s: u64, left_s: Option<u64>, waits: &[Blocker]) -> String {
    let waits = blockers(waits);
    match left_s {
        Some(left) => format!("{waits} (for {waiting_s} s, {left} s more at most)"),
        None => format!("{waits} (for {waiting_s} s)"),
    }
}

/// Several reasons to wait in one sentence.
#[must_use]
pub fn blockers(blockers: &[Blocker]) -> String {
    blockers
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

/// Whether an act is announced when it begins, because what follows takes time.
const fn is_long(action: &Action) -> bool {
    action.is_grave() || matches!(action, Action::TakeSnapshot { .. })
}

fn begun(action: &Action) -> String {
    match action {
        Action::StepDown { node } => format!("asking {node} to step down"),
        Action::Release { pod, by, .. } => match by {
            ReleaseBy::Partition(partition) => {
                format!("releasing {pod}, partition {partition}")
            }
            ReleaseBy::Eviction => format!("releasing {pod} by eviction"),
        },
        Action::TakeSnapshot { node, file } => {
            format!("taking a snapshot from {node} to {file}")
        }
        Action::ChangeMember { member, change, .. } => match change {
            MemberChange::Promote => format!("asking for a vote for {member}"),
            MemberChange::Demote => format!("asking to take {member}'s vote"),
            MemberChange::Remove => format!("removing member {member}"),
        },
        other => other.to_string(),
    }
}

/// What an act came to; nothing for bookkeeping that follows every pod.
fn done(action: &Action) -> Option<String> {
    Some(match action {
        Action::TakeLock { displaced: None } => "operation lock taken".to_owned(),
        Action::TakeLock {
            displaced: Some(holder),
        } => format!("operation lock taken over from {holder}"),
        Action::Begin { .. } => "run recorded, spec.paused set".to_owned(),
        Action::Declare { version, image } => {
            format!("spec.version is {version}, spec.image {image}")
        }
        Action::Hold {
            pool,
            hold: Hold::Partition(partition),
        } => format!("{pool} held back with partition {partition}"),
        Action::Hold {
            pool,
            hold: Hold::OnDelete,
        } => format!("{pool} held back with OnDelete"),
        Action::SetImage { pool, image } => format!("template of the {pool} has image {image}"),
        Action::Unhold { pool } => format!("{pool} back at RollingUpdate, partition 0"),
        Action::WritePhase { status } => {
            let phase = status.phase.as_ref().map_or("none", |phase| phase.as_str());
            format!("phase {phase} written")
        }
        Action::EmptySelfInit => "self-init content emptied".to_owned(),
        Action::CreateConfig { revision } => format!("ConfigMap of {revision} made"),
        Action::CreateStatefulSet { revision, .. } => format!("StatefulSet of {revision} made"),
        Action::RunHook { image } => format!("pre-promotion hook {image} started"),
        Action::DeleteHook { job, .. } => format!("Job {job} deleted"),
        Action::MoveService { revision } => format!("Service moved to {revision}"),
        Action::ScaleToNone { revision } => format!("{revision} scaled to none"),
        Action::DeletePart { revision, part } => format!("{part} of {revision} deleted"),
        Action::Complete => "status at rest written".to_owned(),
        Action::Relinquish => "resource given back to the operator".to_owned(),
        Action::Record { .. }
        | Action::Publish { .. }
        | Action::StepDown { .. }
        | Action::Release { .. }
        | Action::ChangeMember { .. }
        | Action::TakeSnapshot { .. } => return None,
    })
}

/// Where the time of a pod went, the parts that took any.
#[must_use]
pub fn spent(timings: &PodTimings) -> String {
    let parts = [
        ("settle", timings.settle_ms),
        ("budget", timings.budget_ms),
        ("terminate", timings.terminate_ms),
        ("start", timings.start_ms),
        ("catch up", timings.catch_up_ms),
        ("own", timings.own_ms),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(_, ms)| *ms > 0)
        .map(|(name, ms)| format!("{name} {}", seconds(*ms)))
        .collect();
    let total = seconds(timings.total_ms());
    if parts.is_empty() {
        total
    } else {
        format!("{total} ({})", parts.join(", "))
    }
}

/// Milliseconds as seconds: two decimals where one would say nothing.
#[must_use]
pub fn seconds(ms: u64) -> String {
    if ms < 1000 {
        format!("{}.{:02} s", ms / 1000, ms % 1000 / 10)
    } else {
        format!("{}.{} s", ms / 1000, ms % 1000 / 100)
    }
}

/// A size in the largest unit that leaves a number to read.
#[must_use]
pub fn bytes(size: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    UNITS.iter().find(|(unit, _)| size >= *unit).map_or_else(
        || format!("{size} bytes"),
        |(unit, name)| format!("{}.{} {name}", size / unit, size % unit * 10 / unit),
    )
}

/// `1 pod`, `2 pods`.
#[must_use]
pub fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Names with commas between them.
#[must_use]
pub fn names(pods: &[PodName]) -> String {
    pods.iter()
        .map(PodName::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}
