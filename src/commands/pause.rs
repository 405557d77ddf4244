//! `baoctl pause`: stops the operator, and a running upgrade at its next safe
//! point. And the end of such a pause.

use crate::{
    cli::{PauseArgs, target::TargetArgs},
    error::Error,
    model::{exit_code::ExitCode, fact::Fact, pause::PauseRequest},
    ports::{Checkpoints as _, Clock, PortError},
    ui::{
        Screen,
        document::{Document, UpgradeResult},
    },
};

use super::{first_reads::FirstReads, reach::Side, session::Session, shown};

/// Attempts against writers that change the resource at the same moment.
const TRIES: usize = 5;

/// Runs it.
pub(super) async fn run(
    target: &TargetArgs,
    screen: Screen,
    arguments: &PauseArgs,
) -> Result<ExitCode, Error> {
    let side = Side::open(
        target,
        arguments.cluster.as_deref(),
        None,
        FirstReads::patient(target.request_timeout),
    )
    .await?;
    let mut result = UpgradeResult::new(ExitCode::Ok);
    let by = side.user().await?;
    let mut tries = 0;
    let cluster = loop {
        let cluster = side.cluster().await?;
        if let Some(request) = &cluster.pause_requested
            && cluster.spec.paused == Some(true)
        {
            result.message = Some(format!("paused already by {request}"));
            break cluster;
        }
        let request = PauseRequest {
            by: by.clone(),
            at: side.clock.wall(),
            reason: arguments.reason.clone(),
            // A run has set spec.paused itself and knows what it was before.
            paused_before: match &cluster.run {
                Fact::Known(Some(run)) => run.paused_before,
                _ => cluster.spec.paused,
            },
        };
        tries += 1;
        match side.bounded().request_pause(&cluster, &request).await {
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
    let document = Session::of(target, None).document(document);
    shown(screen.present(&document), ExitCode::Ok)
}

/// Puts `spec.paused` back as it was before exactly this request, against
/// writers that change the resource at the same moment.
pub(super) async fn end_pause<C: Clock + Clone + 'static>(
    side: &Side<C>,
    request: &PauseRequest,
) -> Result<(), Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        let cluster = side.cluster().await?;
        if !matches!(&cluster.run, Fact::Known(None)) {
            return Err(Error::new(
                ExitCode::Locked,
                "an upgrade has begun meanwhile; the pause is its own now",
            ));
        }
        match &cluster.pause_requested {
            None => return Ok(()),
            Some(now) if now != request => {
                return Err(Error::new(
                    ExitCode::Locked,
                    format!("paused again meanwhile by {now}"),
                ));
            }
            Some(_) => {}
        }
        let before = request.paused_before;
        match side.bounded().clear_pause(&cluster, Some(before)).await {
            Err(PortError::Conflict { .. }) if tries < TRIES => {}
            ended => return ended.map_err(Error::from),
        }
    }
}
