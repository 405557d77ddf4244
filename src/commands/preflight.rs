//! `baoctl preflight`: judges, changes nothing.

use crate::{
    bao::Transport,
    cli::{
        preflight::{FailOn, PreflightArgs},
        target::TargetArgs,
    },
    decide::{
        order,
        preflight::{self, Invoker, Preflight},
    },
    engine,
    error::Error,
    model::{
        exit_code::ExitCode,
        intent::{Intent, OrderChoice, StepDownVia},
    },
    ports::{Clock, Freshness},
    ui::{
        Screen,
        document::{Document, PreflightReport},
    },
};

use super::{
    adopt::{Adopted, Goal, adopt},
    evaluated::evaluated,
    first_reads::FirstReads,
    flags::with_flags,
    reach::{Reach, Side},
    refusal::{refusal, warns},
    session::Session,
    shown,
};

/// Runs it.
pub(super) async fn run(
    target: &TargetArgs,
    screen: Screen,
    arguments: &PreflightArgs,
) -> Result<ExitCode, Error> {
    let side = Side::open(
        target,
        arguments.cluster.as_deref(),
        Some(&arguments.lock),
        FirstReads::once(target.request_timeout),
    )
    .await?;
    let reach = side
        .reach_if_possible(&arguments.access, StepDownVia::Direct)
        .await?;
    let work = Box::pin(judged(target, screen, arguments, &reach));
    reach.leaving_no_token(work).await
}

async fn judged<T: Transport, C: Clock + Clone + 'static>(
    target: &TargetArgs,
    screen: Screen,
    arguments: &PreflightArgs,
    reach: &Reach<T, C>,
) -> Result<ExitCode, Error> {
    let snapshot = Box::pin(engine::observe(reach.ports(), Freshness::Fresh)).await;
    let user = reach.side.user().await?;
    let cluster = snapshot.cluster.known().unwrap_or(&reach.cluster).clone();
    let goal = Goal::To {
        version: arguments.to.clone(),
        image: arguments.image.clone(),
    };
    let (mut run, resuming) =
        match adopt(&goal, &cluster, &snapshot, &user, reach.side.clock.wall())? {
            Adopted::Run { run, resumed } => (*run, resumed),
            Adopted::Nothing(_) | Adopted::EndPause(_) => {
                let mut report = PreflightReport::new(ExitCode::Ok, Vec::new());
                report.cluster = Some(cluster.reference);
                report.from = Some(arguments.to.clone());
                report.to = Some(arguments.to.clone());
                let document = Document::PreflightReport(Box::new(report));
                return shown(screen.present(&document), ExitCode::Ok);
            }
        };
    let intent = Intent {
        cluster: cluster.reference.clone(),
        version: arguments.to.clone(),
        image: arguments.image.clone(),
        order: OrderChoice::Auto,
        waivers: arguments.waivers.waivers(),
        snapshot: arguments.snapshot.clone(),
        step_down: StepDownVia::Direct,
        take_over: false,
        end_pause: arguments.end_pause,
    };
    with_flags(&mut run, &intent, resuming, false);
    let evaluation = evaluated(reach, snapshot, &mut run, |run, survey| {
        if !resuming {
            run.order = order::choose(intent.order, survey).0;
        }
        preflight::check(&Preflight {
            intent: &intent,
            run,
            resuming,
            survey,
            as_operator: reach.as_operator(),
            maintenance: reach.maintenance(),
            invoker: Invoker {
                user: &user,
                asked: false,
            },
        })
    });
    let (_, mut findings) = Box::pin(evaluation).await;
    if !arguments.only.is_empty() {
        let known = |id: &String| {
            let mut checks = preflight::CHECKS.iter().chain(preflight::colours::CHECKS);
            checks.any(|(check, _)| check == id)
        };
        if let Some(wrong) = arguments.only.iter().find(|id| !known(id)) {
            return Err(
                Error::new(ExitCode::Usage, format!("there is no check {wrong}"))
                    .hint("the checks are listed in the report without --only"),
            );
        }
        findings.retain(|finding| arguments.only.contains(&finding.id));
    }
    let refused = refusal(&findings);
    let code = match &refused {
        Some(error) => error.exit_code(),
        None if arguments.fail_on == FailOn::Warn && warns(&findings) => ExitCode::PreflightWarned,
        None => ExitCode::Ok,
    };
    let mut report = PreflightReport::new(code, findings);
    report.cluster = Some(cluster.reference);
    report.from = Some(run.from);
    report.to = Some(run.target.version);
    let mut document = Document::PreflightReport(Box::new(report));
    if let Some(error) = refused {
        document = document.with_error(error.body());
    }
    let document = Session::of(target, Some(&arguments.lock)).document(document);
    shown(screen.present(&document), code)
}
