//! `baoctl pause`: stops the operator, and a running upgrade at its next safe
//! point.

use crate::{
    cli::{PauseArgs, target::TargetArgs},
    engine::{API, within},
    error::Error,
    model::{exit_code::ExitCode, fact::Fact, pause::PauseRequest},
    ports::{Checkpoints as _, Clock as _, PortError},
    ui::{
        Screen,
        document::{Document, UpgradeResult},
    },
};

use super::{reach::Side, shown};

/// Attempts against writers that change the resource at the same moment.
const TRIES: usize = 5;

/// Runs it.
pub(super) async fn run(
    target: &TargetArgs,
    screen: Screen,
    arguments: &PauseArgs,
) -> Result<ExitCode, Error> {
    let side = Side::open(target, arguments.cluster.as_deref(), None).await?;
    let mut result = UpgradeResult::new(ExitCode::Ok);
    let by = side.user().await?;
    let mut tries = 0;
    let cluster = loop {
        let cluster = side.cluster().await?;
        if cluster.pause_requested.is_some() && cluster.spec.paused == Some(true) {
            result.message = Some("a pause was requested already".to_owned());
            break cluster;
        }
        let request = PauseRequest {
            by: by.clone(),
            at: side.clock.wall(),
            reason: arguments.reason.clone(),
            paused_before: cluster.spec.paused,
        };
        tries += 1;
        let write = side.kube.request_pause(&cluster, &request);
        match within(&side.clock, API, write).await {
            Ok(()) => {
                let running = matches!(&cluster.run, Fact::Known(Some(_)));
                result.message = Some(if running {
                    "paused: a running upgrade stops at its next safe point, the operator stays away; \
                     `baoctl resume` ends it, not spec.paused by hand"
                        .to_owned()
                } else {
                    "paused: the operator leaves the cluster alone".to_owned()
                });
                break cluster;
            }
            Err(PortError::Conflict { .. }) if tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    };
    let on = format!(
        "{} -n {}",
        cluster.reference.name, cluster.reference.namespace
    );
    result.cluster = Some(cluster.reference);
    result.next = vec![format!("baoctl resume {on}")];
    let document = Document::UpgradeResult(Box::new(result));
    shown(screen.present(&document), ExitCode::Ok)
}
