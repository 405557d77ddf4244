//! What a blue/green run needs beside the rest.

use std::time::Duration;

use super::{Bend, Fine, each_is};
use crate::decide::{example::image, example_parts::colours};
use crate::model::{
    blue_green::PromotionHook,
    blue_green_run::Until,
    colour_parts::ColourParts,
    fact::Fact,
    finding::Verdict,
    hook::{HookJob, HookState},
    names::ResourceVersion,
    revision::Revision,
    room::{Limit, Quota, Room},
    volume::Volume,
};

/// A cluster of blue at rest, and the run that brings green.
fn coloured(f: &mut Fine) {
    let blue = Revision::of("2.6.2", &image("2.6.2"), 3);
    let green = Revision::of("2.7.2", &image("2.7.2"), 3);
    f.world.voters_mut().name = blue.statefulset("prod");
    f.world.cluster().spec.blue_green = true;
    f.world.snapshot.colour_parts = Fact::Known(Some(ColourParts {
        front: None,
        self_init: None,
        green_config: None,
        blue_config: None,
        green_volumes: Vec::new(),
        blue_volumes: Vec::new(),
    }));
    f.run.blue_green = Some(colours(blue, green));
}

fn with_volumes(f: &mut Fine) {
    coloured(f);
    let green = f.run.blue_green.as_ref().expect("colours").green.clone();
    if let Fact::Known(Some(parts)) = &mut f.world.snapshot.colour_parts {
        parts.green_volumes = vec![Volume {
            name: green.volume("prod", 0),
            uid: "volume-uid".to_owned(),
            ordinal: 0,
            terminating: false,
        }];
    }
}

#[test]
fn the_strategy_is_the_resources_own() {
    let cases: [(Bend, Verdict); 4] = [
        (coloured, Verdict::Pass),
        (
            |f| {
                coloured(f);
                f.world.cluster().spec.blue_green = false;
            },
            Verdict::Fail,
        ),
        (
            |f| {
                coloured(f);
                f.world.cluster().status.accepted_strategy = Some("RollingUpdate".to_owned());
            },
            Verdict::Fail,
        ),
        (
            |f| {
                coloured(f);
                f.world.cluster().status.accepted_strategy = Some("BlueGreen".to_owned());
            },
            Verdict::Pass,
        ),
    ];
    each_is("cluster.strategy", &cases);
}

#[test]
fn volumes_of_greens_name_are_refused_unless_they_are_to_be_deleted() {
    let cases: [(Bend, Verdict); 4] = [
        (coloured, Verdict::Pass),
        (with_volumes, Verdict::Fail),
        (
            |f| {
                with_volumes(f);
                let colours = f.run.blue_green.as_mut().expect("colours");
                colours.delete_leftover_volumes = true;
            },
            Verdict::Warn,
        ),
        (
            |f| {
                coloured(f);
                f.world.snapshot.colour_parts = Fact::Unknown("403".to_owned());
            },
            Verdict::Unknown,
        ),
    ];
    each_is("colours.volumes", &cases);
}

#[test]
fn the_voters_are_those_of_a_colour_of_the_run() {
    let cases: [(Bend, Verdict); 2] = [
        (coloured, Verdict::Pass),
        (
            |f| {
                coloured(f);
                f.world.voters_mut().name = "prod".to_owned();
            },
            Verdict::Fail,
        ),
    ];
    each_is("colours.blue", &cases);
}

/// A hook, and a Job of its name that another run has left.
fn with_hook(f: &mut Fine) {
    coloured(f);
    f.world.cluster().spec.blue_green_spec.pre_promotion_hook = Some(PromotionHook {
        image: "smoke:1".to_owned(),
        command: Vec::new(),
        args: Vec::new(),
        timeout: Duration::from_secs(300),
    });
    f.world.snapshot.hook = Fact::Known(Some(HookJob {
        name: "prod-validation-hook".to_owned(),
        uid: "hook-uid".to_owned(),
        resource_version: ResourceVersion("4".to_owned()),
        maintenance: false,
        run: None,
        state: HookState::Succeeded,
        started_at: None,
        terminating: false,
    }));
}

#[test]
fn a_hook_is_run_unless_something_of_its_name_is_in_the_way() {
    let cases: [(Bend, Verdict); 6] = [
        (coloured, Verdict::Pass),
        (
            |f| {
                with_hook(f);
                f.world.snapshot.hook = Fact::Known(None);
            },
            Verdict::Pass,
        ),
        (with_hook, Verdict::Fail),
        (
            |f| {
                with_hook(f);
                if let Fact::Known(Some(job)) = &mut f.world.snapshot.hook {
                    job.run = Some(f.run.id.clone());
                }
            },
            Verdict::Pass,
        ),
        (
            |f| {
                with_hook(f);
                f.world.snapshot.hook = Fact::Unknown("403".to_owned());
            },
            Verdict::Unknown,
        ),
        (
            |f| {
                with_hook(f);
                f.run.abandoned = Some(f.run.target.version.clone());
            },
            Verdict::Skipped,
        ),
    ];
    each_is("colours.hook", &cases);
}

#[test]
fn in_the_middle_blue_may_have_no_votes() {
    fn demoted(f: &mut Fine) {
        coloured(f);
        if let Fact::Known(list) = &mut f.world.snapshot.membership {
            list.peers.iter_mut().for_each(|peer| peer.voter = false);
        }
    }
    let cases: [(Bend, Verdict); 2] = [
        (demoted, Verdict::Fail),
        (
            |f| {
                demoted(f);
                f.resuming = true;
            },
            Verdict::Skipped,
        ),
    ];
    each_is("raft.voters-are-pods", &cases);
}

/// A quota on pods of which so many are left.
fn with_quota(f: &mut Fine, left: i64, scoped: bool) {
    coloured(f);
    f.survey.room = Fact::Known(Some(Room {
        quotas: vec![Quota {
            name: "compute".to_owned(),
            scoped,
            limits: vec![Limit {
                resource: "pods".to_owned(),
                hard: "5".to_owned(),
                used: "3".to_owned(),
                left,
            }],
        }],
        each: [("pods".to_owned(), 1000)].into(),
    }));
}

#[test]
fn quotas_have_room_for_green() {
    let cases: [(Bend, Verdict); 5] = [
        // Where green is made already nothing was read.
        (coloured, Verdict::Skipped),
        (|f| with_quota(f, 3000, false), Verdict::Pass),
        (|f| with_quota(f, 2999, false), Verdict::Fail),
        (|f| with_quota(f, 2999, true), Verdict::Warn),
        (
            |f| {
                coloured(f);
                f.survey.room = Fact::Unknown("403".to_owned());
            },
            Verdict::Unknown,
        ),
    ];
    each_is("colours.room", &cases);
}

#[test]
fn the_certificate_has_names_for_green() {
    let cases: [(Bend, Verdict); 3] = [
        (coloured, Verdict::Pass),
        (
            |f| {
                coloured(f);
                if let Fact::Known(certificate) = &mut f.survey.certificate {
                    certificate.not_for = f
                        .run
                        .blue_green
                        .as_ref()
                        .expect("colours")
                        .green
                        .pods("prod", 1);
                }
            },
            Verdict::Fail,
        ),
        (
            |f| {
                coloured(f);
                f.survey.certificate = Fact::Unknown("nobody leads".to_owned());
            },
            Verdict::Unknown,
        ),
    ];
    each_is("colours.certificate", &cases);
}

#[test]
fn members_are_changed_only_with_the_rights_for_it() {
    let cases: [(Bend, Verdict); 2] = [
        (coloured, Verdict::Fail),
        (
            |f| {
                coloured(f);
                if let Fact::Known(login) = &mut f.survey.login {
                    for (path, may) in [
                        ("configuration", "read"),
                        ("promote", "update"),
                        ("demote", "update"),
                        ("remove-peer", "update"),
                    ] {
                        let path = format!("sys/storage/raft/{path}");
                        login.capabilities.push((path, vec![may.to_owned()]));
                    }
                }
            },
            Verdict::Pass,
        ),
    ];
    each_is("auth.capabilities", &cases);
}

#[test]
fn the_door_is_asked_about_by_the_run_that_crosses_it() {
    let cases: [(Bend, Verdict); 2] = [
        (
            |f| {
                coloured(f);
                f.intent.waivers.clear();
            },
            Verdict::Fail,
        ),
        (
            |f| {
                coloured(f);
                f.intent.waivers.clear();
                f.run.blue_green.as_mut().expect("colours").until = Until::Ready;
            },
            Verdict::Pass,
        ),
    ];
    each_is("version.one-way-pair", &cases);
}
