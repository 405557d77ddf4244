//! Checks of what there would be to go back to.

use crate::model::{
    cluster::{Backup, Cluster},
    fact::Fact,
    finding::{Finding, Verdict},
    waiver::Waiver,
};

use super::{Preflight, is_door_ahead, judge};

/// Hours after which the last backup is told of: every schedule that people
/// write for a cluster of secrets is daily or closer.
const OLD_HOURS: i64 = 25;

/// MiB below which the disk is called small where the size is not known.
const SMALL_MIB: u64 = 256;

pub(super) fn check(preflight: &Preflight<'_>, findings: &mut Vec<Finding>) {
    findings.push(in_progress(preflight));
    findings.push(snapshot(preflight));
    findings.push(recent(preflight));
    findings.push(space(preflight));
}

/// A snapshot that is being downloaded holds back every step-down for as long as
/// it lasts (`contracts/openbao-live.md` 0.5). The run waits for the operator's;
/// nothing shows those of others.
fn in_progress(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "raft.snapshot-in-progress";
    let jobs = &preflight.survey.snapshot.active_jobs;
    judge(ID, "the operator's Jobs", jobs, |jobs| {
        if jobs.is_empty() {
            Finding::pass(ID, "no Job of the operator's runs")
        } else {
            Finding::warn(
                ID,
                format!("{} runs; the run waits for it", jobs.join(", ")),
            )
        }
    })
}

fn snapshot(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "backup.snapshot";
    let demanded = preflight
        .survey
        .snapshot
        .cluster
        .known()
        .is_some_and(|cluster| {
            let spec = &cluster.spec;
            spec.pre_upgrade_snapshot
                || (spec.blue_green && spec.blue_green_spec.pre_upgrade_snapshot)
        });
    let waived = preflight.intent.waives(&Waiver::AllowNoSnapshot)
        || preflight.run.waivers.contains(&Waiver::AllowNoSnapshot);
    if let Some(record) = &preflight.run.snapshot {
        return Finding::pass(
            ID,
            format!("taken: {} at index {}", record.file, record.index),
        );
    }
    // Its file is not taken from the record: that is for whoever resumes to say.
    let begun_with = preflight.run.snapshot_wanted.is_some();
    let demand = if demanded {
        "spec.upgrade.preUpgradeSnapshot demands a snapshot"
    } else if begun_with {
        "the run was begun with a snapshot, which was not taken yet"
    } else {
        "restoring a snapshot is the only way back through a one-way door"
    };
    match &preflight.intent.snapshot {
        Some(file) => Finding::pass(ID, format!("to {}", file.display())),
        None if !demanded && !begun_with && !is_door_ahead(preflight) => {
            Finding::new(ID, Verdict::Skipped, "not asked for")
        }
        None if waived => Finding::new(ID, Verdict::Ignored, format!("{demand}; waived")),
        None => Finding::fail(ID, demand)
            .remedy("say where with --snapshot FILE, or --allow-no-snapshot"),
    }
}

fn recent(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "backup.recent";
    let taken = preflight.run.snapshot.is_some() || preflight.intent.snapshot.is_some();
    let cluster = &preflight.survey.snapshot.cluster;
    judge(ID, "the resource", cluster, |cluster| {
        let finding = last_backup(preflight, cluster);
        if taken && finding.verdict == Verdict::Warn {
            return Finding::pass(
                ID,
                format!("{}; the run takes a snapshot of its own", finding.message),
            );
        }
        finding
    })
}

fn last_backup(preflight: &Preflight<'_>, cluster: &Cluster) -> Finding {
    const ID: &str = "backup.recent";
    const REMEDY: &str = "--snapshot FILE takes one before the first change";
    let Some(schedule) = &cluster.spec.backup_schedule else {
        return Finding::skipped(ID, "the operator takes no backups of this cluster");
    };
    let Some(backup) = &cluster.status.backup else {
        let message = format!("none was ever taken; scheduled: {schedule}");
        return Finding::warn(ID, message).remedy(REMEDY);
    };
    let hours = backup.hours(preflight.survey.snapshot.at);
    let message = format!("the last is of {} ({hours} h ago)", backup.at);
    if backup.failures > 0 {
        let failed = backup.failed.as_deref().unwrap_or("no reason is given");
        let message = format!(
            "{message}, and {} have failed since: {failed}",
            backup.failures
        );
        return Finding::warn(ID, message).remedy(REMEDY);
    }
    if hours >= OLD_HOURS {
        return Finding::warn(ID, message).remedy(REMEDY);
    }
    Finding::pass(ID, message)
}

/// A snapshot is as large as the operator's backup of it. One that does not fit
/// is seen while it is taken, too, before anything is disrupted.
fn space(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "backup.space";
    let cluster = preflight.survey.snapshot.cluster.known();
    let last = cluster.and_then(|cluster| cluster.status.backup.as_ref());
    let needed = last.and_then(|backup: &Backup| backup.bytes);
    let free = match &preflight.survey.free_bytes {
        Fact::Known(Some(free)) => *free,
        Fact::Known(None) => return Finding::skipped(ID, "no snapshot is taken"),
        Fact::Unknown(why) => {
            return Finding::unknown(ID, format!("the space left could not be read: {why}"));
        }
    };
    let mib = |bytes: u64| bytes / (1024 * 1024);
    let Some(needed) = needed else {
        let message = format!(
            "{} MiB free; how large the snapshot will be is not known",
            mib(free)
        );
        return if mib(free) < SMALL_MIB {
            Finding::warn(ID, message).remedy("give --snapshot a file on a larger disk")
        } else {
            Finding::pass(ID, message)
        };
    };
    let message = format!(
        "{} MiB free, the last backup has {} MiB",
        mib(free),
        mib(needed)
    );
    // What has been written since comes on top.
    if free < needed.saturating_add(needed / 4) {
        Finding::fail(ID, message).remedy("give --snapshot a file on a larger disk")
    } else {
        Finding::pass(ID, message)
    }
}
