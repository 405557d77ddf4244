//! What only a person's own word opens: a door that opens one way, and another
//! person's pause.

use super::{Asked, Bend, Fine};
use crate::{
    decide::example::start,
    model::{finding::Verdict, pause::PauseRequest, waiver::Waiver},
};

#[test]
fn a_pause_that_somebody_asked_for_is_ended_by_them_or_by_name() {
    let asked = |by: &str| {
        Some(PauseRequest {
            by: by.to_owned(),
            at: start(),
            reason: Some("new disks".to_owned()),
            paused_before: None,
        })
    };
    let foreign = Fine::new().finding("cluster.paused-by", |f| {
        f.world.cluster().pause_requested = asked("somebody");
        f.intent.waivers = vec![Waiver::IgnoreCheck("cluster.paused-by".to_owned())];
    });
    assert_eq!(foreign.verdict, Verdict::Fail);
    for word in ["somebody", "2026-", "new disks"] {
        assert!(foreign.message.contains(word), "{}", foreign.message);
    }
    assert!(
        foreign
            .remedy
            .is_some_and(|way| way.contains("--end-pause"))
    );
    let taken_over = Fine::new().verdict("cluster.paused-by", |f| {
        f.world.cluster().pause_requested = asked("somebody");
        f.intent.end_pause = true;
    });
    assert_eq!(taken_over, Verdict::Warn);
    let own = Fine::new().verdict("cluster.paused-by", |f| {
        f.world.cluster().pause_requested = asked(&f.run.user);
    });
    assert_eq!(own, Verdict::Warn);
}

#[test]
fn a_one_way_door_demands_a_snapshot_until_it_has_been_passed() {
    let verdict = |bend: Bend| {
        Fine::new().verdict("backup.snapshot", |f| {
            f.intent.waivers = vec![Waiver::AcceptOneWay];
            bend(f);
        })
    };
    assert_eq!(verdict(|_| ()), Verdict::Fail);
    let by_id = verdict(|f| {
        f.run.waivers = vec![Waiver::IgnoreCheck("backup.snapshot".to_owned())];
    });
    assert_eq!(by_id, Verdict::Fail);
    assert_eq!(
        verdict(|f| f.intent.snapshot = Some("/backup/prod.snap".into())),
        Verdict::Pass
    );
    assert_eq!(
        verdict(|f| f.run.waivers = vec![Waiver::AllowNoSnapshot]),
        Verdict::Ignored
    );
    assert_eq!(
        verdict(|f| f.run.newest_active = Some(f.run.target.version.clone())),
        Verdict::Skipped
    );
}

#[test]
fn a_one_way_door_is_crossed_only_by_its_own_name_or_by_a_typed_answer() {
    let finding = |bend: Bend| {
        Fine::new().finding("version.one-way-pair", |f| {
            f.intent.waivers = vec![Waiver::AllowNoSnapshot];
            bend(f);
        })
    };
    let refused = finding(|_| ());
    assert_eq!(refused.verdict, Verdict::Fail);
    let remedy = refused.remedy.expect("a way on");
    assert!(remedy.contains("--accept-one-way"), "{remedy}");
    let by_id = finding(|f| {
        f.intent.waivers = vec![Waiver::IgnoreCheck("version.one-way-pair".to_owned())];
    });
    assert_eq!(by_id.verdict, Verdict::Fail);
    let bends: [Bend; 3] = [
        |f| f.run.waivers = vec![Waiver::AcceptOneWay],
        |f| f.intent.waivers = vec![Waiver::AcceptOneWay],
        |f| f.asked = Asked::Yes,
    ];
    for bend in bends {
        assert_eq!(finding(bend).verdict, Verdict::Warn);
    }
    let free: [Bend; 2] = [
        |f| f.run.from = "2.7.1".parse().expect("a version"),
        |f| f.run.newest_active = Some(f.run.target.version.clone()),
    ];
    for bend in free {
        assert_eq!(finding(bend).verdict, Verdict::Pass);
    }
}

#[test]
fn a_resumed_run_takes_no_file_from_the_record() {
    let verdict = |bend: Bend| {
        Fine::new().verdict("backup.snapshot", |f| {
            f.resuming = true;
            f.run.from = "2.7.1".parse().expect("a version");
            f.run.snapshot_wanted = Some("/home/other/.ssh/authorized_keys".to_owned());
            f.intent.waivers = Vec::new();
            bend(f);
        })
    };
    assert_eq!(verdict(|_| ()), Verdict::Fail);
    assert_eq!(
        verdict(|f| {
            f.intent.waivers = vec![Waiver::IgnoreCheck("backup.snapshot".to_owned())];
        }),
        Verdict::Fail
    );
    assert_eq!(
        verdict(|f| f.intent.snapshot = Some("mine.snap".into())),
        Verdict::Pass
    );
}
