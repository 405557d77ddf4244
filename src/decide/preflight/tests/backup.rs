//! What there would be to go back to, and who is kept from voting.

use std::time::Duration;

use super::{Fine, each_is};
use crate::{
    decide::example::start,
    model::{cluster::Backup, fact::Fact, finding::Verdict, names::PodName, raft::Autopilot},
};

/// A daily backup, the last so many hours ago.
fn backed_up(f: &mut Fine, hours: u64, failures: u32) {
    let cluster = f.world.cluster();
    cluster.spec.backup_schedule = Some("0 3 * * *".to_owned());
    cluster.status.backup = Some(Backup {
        at: start() - Duration::from_secs(hours * 3600),
        bytes: Some(100 * 1024 * 1024),
        failures,
        failed: (failures > 0).then(|| "upload failed".to_owned()),
    });
}

fn listed(f: &mut Fine, ids: &[&str]) {
    f.survey.autopilot = Fact::Known(Some(Autopilot {
        healthy: true,
        failure_tolerance: 1,
        non_voters: ids.iter().map(|id| (*id).to_owned()).collect(),
    }));
}

fn free(f: &mut Fine, mib: u64) {
    f.survey.free_bytes = Fact::Known(Some(mib * 1024 * 1024));
}

fn forwards(f: &mut Fine, last: Fact<()>) {
    f.survey.forwards = vec![
        (PodName::of("prod", 1), Fact::Known(())),
        (PodName::of("prod", 2), last),
    ];
}

#[test]
fn a_backup_is_recent_for_a_day_and_told_of_afterwards() {
    each_is(
        "backup.recent",
        &[
            (|_| {}, Verdict::Skipped),
            (
                |f| f.world.cluster().spec.backup_schedule = Some("0 3 * * *".to_owned()),
                Verdict::Warn,
            ),
            (|f| backed_up(f, 24, 0), Verdict::Pass),
            (|f| backed_up(f, 25, 0), Verdict::Warn),
            (|f| backed_up(f, 2, 1), Verdict::Warn),
            (
                |f| f.world.snapshot.cluster = Fact::Unknown("no answer".to_owned()),
                Verdict::Unknown,
            ),
        ],
    );
    let finding = Fine::new().finding("backup.recent", |f| backed_up(f, 2, 3));
    assert!(
        finding
            .message
            .contains("3 have failed since: upload failed"),
        "{}",
        finding.message
    );
}

#[test]
fn a_run_that_takes_a_snapshot_needs_no_recent_backup() {
    let verdict = Fine::new().verdict("backup.recent", |f| {
        backed_up(f, 200, 5);
        f.intent.snapshot = Some("/backup/prod.snap".into());
    });
    assert_eq!(verdict, Verdict::Pass);
}

#[test]
fn a_snapshot_has_room_when_a_quarter_more_than_the_last_backup_is_free() {
    each_is(
        "backup.space",
        &[
            (|_| {}, Verdict::Skipped),
            (|f| free(f, 255), Verdict::Warn),
            (|f| free(f, 256), Verdict::Pass),
            (
                |f| {
                    backed_up(f, 1, 0);
                    free(f, 125);
                },
                Verdict::Pass,
            ),
            (
                |f| {
                    backed_up(f, 1, 0);
                    free(f, 124);
                },
                Verdict::Fail,
            ),
            (
                |f| f.survey.free_bytes = Fact::Unknown("no such folder".to_owned()),
                Verdict::Unknown,
            ),
        ],
    );
}

#[test]
fn a_job_of_the_operators_is_told_of_before_the_run_waits_for_it() {
    each_is(
        "raft.snapshot-in-progress",
        &[
            (|_| {}, Verdict::Pass),
            (
                |f| f.world.snapshot.active_jobs = Fact::Known(vec!["backup-prod-1".to_owned()]),
                Verdict::Warn,
            ),
            (
                |f| f.world.snapshot.active_jobs = Fact::Unknown("forbidden".to_owned()),
                Verdict::Unknown,
            ),
        ],
    );
}

#[test]
fn a_voter_on_the_list_of_non_voters_fails_and_a_stranger_on_it_warns() {
    each_is(
        "raft.non-voter-list",
        &[
            (|f| listed(f, &[]), Verdict::Pass),
            (|f| listed(f, &["prod-1"]), Verdict::Fail),
            (|f| listed(f, &["prod-old-0"]), Verdict::Warn),
            (
                |f| {
                    listed(f, &["prod-2"]);
                    if let Fact::Known(members) = &mut f.world.snapshot.membership {
                        members.peers[2].voter = false;
                    }
                },
                Verdict::Pass,
            ),
            (|f| f.survey.autopilot = Fact::Known(None), Verdict::Skipped),
            (
                |f| f.survey.autopilot = Fact::Unknown("no answer".to_owned()),
                Verdict::Unknown,
            ),
        ],
    );
}

#[test]
fn a_standby_that_sends_no_write_on_fails() {
    each_is(
        "bao.standby-forwards",
        &[
            (|f| forwards(f, Fact::Known(())), Verdict::Pass),
            (
                |f| forwards(f, Fact::Unknown("307".to_owned())),
                Verdict::Fail,
            ),
            (
                |f| {
                    f.resuming = true;
                    forwards(f, Fact::Unknown("307".to_owned()));
                },
                Verdict::Warn,
            ),
            (
                |f| f.survey.idle_entry = Fact::Known(false),
                Verdict::Skipped,
            ),
            (
                |f| f.survey.idle_entry = Fact::Unknown("no answer".to_owned()),
                Verdict::Unknown,
            ),
            (|f| f.world.silent(1), Verdict::Unknown),
        ],
    );
}
