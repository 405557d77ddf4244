//! A world like a real cluster, which is only read.

use crate::{
    cli::{change::OrderArg, target::TargetArgs},
    commands::reach::Side,
    decide::leadership,
    engine,
    error::Error,
    model::{exit_code::ExitCode, names::Pool},
    ports::{BaoNodes as _, Freshness},
    sim::scenario::{OperatorState, Shape},
};

/// The order as the command line spells it.
pub(super) const fn order_name(order: OrderArg) -> &'static str {
    match order {
        OrderArg::Auto => "auto",
        OrderArg::ReverseOrdinal => "reverse-ordinal",
        OrderArg::LeaderLast => "leader-last",
    }
}
