//! A world like a real cluster, which is only read.

use std::ffi::OsString;

use crate::{
    cli::{Cli, Command, change::OrderArg, target::TargetArgs},
    commands::{first_reads::FirstReads, reach::Side},
    decide::leadership,
    engine,
    error::Error,
    model::{exit_code::ExitCode, intent::StepDownVia, names::Pool},
    ports::Freshness,
    sim::scenario::{OperatorState, Shape},
};

/// The shape of a real cluster.
pub(super) async fn like(target: &TargetArgs, name: &str) -> Result<Shape, Error> {
    let side = Side::open(
        target,
        Some(name),
        None,
        FirstReads::once(target.request_timeout),
    )
    .await?;
    // Those of `status`, which only reads as well.
    let typed = Cli::of(&["baoctl", "status"].map(OsString::from))
        .map_err(|error| Error::new(ExitCode::Unexpected, error.to_string()))?;
    let Command::Status(status) = &typed.command else {
        return Err(Error::new(ExitCode::Unexpected, "not a status"));
    };
    let reach = side.reach(&status.access, StepDownVia::Direct).await?;
    let look = Box::pin(engine::observe(reach.ports(), Freshness::Fresh));
    let snapshot = reach.leaving_no_token(look).await;
    let voters = snapshot.workload(Pool::Voters).ok_or_else(|| {
        Error::new(
            ExitCode::Unreachable,
            "the cluster's StatefulSet was not seen",
        )
    })?;
    let leader = leadership::leader(&snapshot).map_err(|blocker| {
        Error::new(
            ExitCode::Unreachable,
            format!("no leader to start from: {blocker}"),
        )
    })?;
    let cluster = &reach.cluster;
    let image = voters.image.clone().unwrap_or_default();
    Ok(Shape {
        name: cluster.reference.name.clone(),
        namespace: cluster.reference.namespace.clone(),
        version: cluster.spec.version.parse().map_err(|_| {
            Error::new(
                ExitCode::PreflightFailed,
                format!("spec.version {:?} is no version", cluster.spec.version),
            )
        })?,
        repository: repository(&image),
        replicas: voters.replicas,
        leader: leader.pod.ordinal,
        read_replicas: cluster.spec.read_replicas,
        operator: OperatorState::January,
        grace_period: u32::try_from(voters.grace_seconds).unwrap_or(30),
        min_ready_seconds: voters.min_ready_seconds,
        budget: snapshot
            .disruptions_allowed
            .known()
            .is_some_and(Option::is_some),
        ..Shape::default()
    })
}

/// An image without its tag or digest.
fn repository(image: &str) -> String {
    let image = image.split_once('@').map_or(image, |(name, _)| name);
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name.to_owned(),
        _ => image.to_owned(),
    }
}

/// The order as the command line spells it.
pub(super) const fn order_name(order: OrderArg) -> &'static str {
    match order {
        OrderArg::Auto => "auto",
        OrderArg::ReverseOrdinal => "reverse-ordinal",
        OrderArg::LeaderLast => "leader-last",
    }
}
