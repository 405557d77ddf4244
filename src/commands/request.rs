//! What a command line asks of a run.

use crate::{
    cli::{change::ChangeArgs, resume::ResumeArgs, target::TargetArgs, upgrade::UpgradeCommand},
    model::intent::OrderChoice,
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
    pub(super) change: &'a ChangeArgs,
}

/// `baoctl upgrade ...`.
pub(super) fn of_upgrade<'a>(
    target: &'a TargetArgs,
    screen: Screen,
    upgrade: &'a UpgradeCommand,
) -> Request<'a> {
    let mut order = OrderChoice::Auto;
    let (cluster, goal, change) = match upgrade {
        UpgradeCommand::Rolling(typed) => {
            order = typed.order.order.into();
            let goal = Goal::To {
                version: typed.to.clone(),
                image: typed.image.clone(),
            };
            (&typed.cluster, goal, &typed.change)
        }
        UpgradeCommand::BlueGreen(typed) => {
            let goal = ColourGoal::To {
                version: typed.to.clone(),
                image: typed.image.clone(),
                wish: Wish {
                    until: typed.until.map(Into::into),
                    soak: typed.soak.unwrap_or_default(),
                    delete_blue_volumes: typed.delete_blue_volumes,
                    delete_leftover_volumes: typed.delete_leftover_volumes,
                },
            };
            (&typed.cluster, Goal::Colours(goal), &typed.change)
        }
        UpgradeCommand::Promote(typed) => {
            let goal = ColourGoal::Promote {
                until: typed.until.into(),
            };
            (&typed.cluster, Goal::Colours(goal), &typed.change)
        }
        UpgradeCommand::Abort(typed) => (
            &typed.cluster,
            Goal::Colours(ColourGoal::Abort),
            &typed.change,
        ),
        UpgradeCommand::Rollback(typed) => (
            &typed.cluster,
            Goal::Colours(ColourGoal::Rollback),
            &typed.change,
        ),
    };
    Request {
        target,
        screen,
        cluster: cluster.as_deref(),
        goal,
        dry_run: upgrade.is_dry_run(),
        order,
        change,
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
            end_pause: typed.change.run.end_pause,
        },
        dry_run: false,
        order: typed.order.order.into(),
        change: &typed.change,
    }
}
