//! What a command line asks of a run.

use crate::{
    cli::{
        access::AccessArgs,
        change::{LockArgs, RunArgs, WaiverArgs},
        resume::ResumeArgs,
        target::TargetArgs,
        upgrade::UpgradeCommand,
    },
    model::{intent::OrderChoice, waiver::Waiver},
    ui::Screen,
};

use super::{
    adopt::Goal,
    adopt_colours::{ColourGoal, Wish},
};

/// What every command that changes a cluster has in common.
pub(super) struct Request<'a> {
    pub(super) target: &'a TargetArgs,
    pub(super) screen: Screen,
    pub(super) cluster: Option<&'a str>,
    pub(super) goal: Goal,
    pub(super) dry_run: bool,
    pub(super) order: OrderChoice,
    pub(super) run: &'a RunArgs,
    pub(super) waivers: Vec<Waiver>,
    pub(super) lock: &'a LockArgs,
    pub(super) access: &'a AccessArgs,
}

/// `baoctl upgrade ...`.
pub(super) fn of_upgrade<'a>(
    target: &'a TargetArgs,
    screen: Screen,
    upgrade: &'a UpgradeCommand,
) -> Request<'a> {
    let coloured = |cluster: &'a Option<String>,
                    goal: ColourGoal,
                    (run, waivers): (&'a RunArgs, &'a WaiverArgs),
                    (lock, access): (&'a LockArgs, &'a AccessArgs)| Request {
        target,
        screen,
        cluster: cluster.as_deref(),
        goal: Goal::Colours(goal),
        dry_run: false,
        order: OrderChoice::Auto,
        run,
        waivers: waivers.waivers(),
        lock,
        access,
    };
    match upgrade {
        UpgradeCommand::Rolling(typed) => Request {
            target,
            screen,
            cluster: typed.cluster.as_deref(),
            goal: Goal::To {
                version: typed.to.clone(),
                image: typed.image.clone(),
            },
            dry_run: typed.dry_run,
            order: typed.order.order.into(),
            run: &typed.run,
            waivers: typed.waivers.waivers(),
            lock: &typed.lock,
            access: &typed.access,
        },
        UpgradeCommand::BlueGreen(typed) => Request {
            dry_run: typed.dry_run,
            ..coloured(
                &typed.cluster,
                ColourGoal::To {
                    version: typed.to.clone(),
                    image: typed.image.clone(),
                    wish: Wish {
                        until: typed.until.map(Into::into),
                        soak: typed.soak.unwrap_or_default(),
                        delete_blue_volumes: typed.delete_blue_volumes,
                        delete_leftover_volumes: typed.delete_leftover_volumes,
                    },
                },
                (&typed.run, &typed.waivers),
                (&typed.lock, &typed.access),
            )
        },
        UpgradeCommand::Promote(typed) => coloured(
            &typed.cluster,
            ColourGoal::Promote {
                until: typed.until.into(),
            },
            (&typed.run, &typed.waivers),
            (&typed.lock, &typed.access),
        ),
        UpgradeCommand::Abort(typed) => coloured(
            &typed.cluster,
            ColourGoal::Abort,
            (&typed.run, &typed.waivers),
            (&typed.lock, &typed.access),
        ),
        UpgradeCommand::Rollback(typed) => coloured(
            &typed.cluster,
            ColourGoal::Rollback,
            (&typed.run, &typed.waivers),
            (&typed.lock, &typed.access),
        ),
    }
}

/// `baoctl resume`.
pub(super) fn of_resume<'a>(
    target: &'a TargetArgs,
    screen: Screen,
    typed: &'a ResumeArgs,
) -> Request<'a> {
    Request {
        target,
        screen,
        cluster: typed.cluster.as_deref(),
        goal: Goal::Resume {
            take_over: typed.take_over,
            end_pause: typed.run.end_pause,
        },
        dry_run: false,
        order: typed.order.order.into(),
        run: &typed.run,
        waivers: typed.waivers.waivers(),
        lock: &typed.lock,
        access: &typed.access,
    }
}
