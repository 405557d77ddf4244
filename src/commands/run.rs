//! A rolling upgrade from the first look to the result: look, judge, plan, ask,
//! run.

use crate::{
    bao::Transport,
    decide::{
        order,
        outline::outline,
        preflight::{self, Invoker, Preflight},
        versions::is_one_way,
    },
    engine::{self, End, Engine, Events, Outcome, Stop, StopReason},
    error::Error,
    event::EventKind,
    model::{
        blue_green_run::Until, cluster::Cluster, exit_code::ExitCode, finding::Finding,
        intent::Intent, names::ClusterRef, plan::Plan, record::RunRecord, survey::Survey,
        waiver::Waiver,
    },
    ports::{Clock, Freshness},
    ui::{
        document::{Document, UpgradePlan},
        prompt::{self, Consent},
    },
};

use super::{
    adopt::{Adopted, Goal, adopt, nonce, run_id},
    adopt_colours::ColourGoal,
    asked::{again, question, stopped, word},
    evaluated::{caught_up, evaluated},
    first_reads::FirstReads,
    flags::with_flags,
    pause::end_pause,
    reach::{Reach, Side},
    refusal::refusal,
    request::Request,
    session::Session,
    show::Show,
    signals,
};

/// Carries it out.
pub(super) async fn run(request: Request<'_>) -> Result<ExitCode, Error> {
    let timeout = request.target.request_timeout;
    let first_reads = if request.dry_run {
        FirstReads::once(timeout)
    } else {
        FirstReads::patient(timeout)
    };
    let lock = Some(&request.change.lock);
    let side = Side::open(request.target, request.cluster, lock, first_reads).await?;
    let step_down = request.change.run.step_down_via.into();
    let reach = side.reach(&request.change.access, step_down).await?;
    let (events, receiver) = Events::channel();
    let invocation = Invocation {
        events,
        show: Show::new(
            request.screen.renderer(),
            receiver,
            Session::of_change(request.target, request.change),
        ),
        nonce: nonce(),
    };
    let timeout = request.change.run.timeout;
    let carried_out = carry_out(request, &reach, invocation, || {
        Ok(signals::listen(timeout)?)
    });
    Box::pin(carried_out).await
}

/// What belongs to one process alone.
pub(super) struct Invocation {
    pub(super) events: Events,
    pub(super) show: Show,
    /// A part of the lease's holder that no other process has.
    pub(super) nonce: String,
}

/// Carries it out on a cluster that is reached, a real one or an embedded one.
pub(super) async fn carry_out<T: Transport, C: Clock + Clone + 'static>(
    request: Request<'_>,
    reach: &Reach<T, C>,
    invocation: Invocation,
    stop: impl FnOnce() -> Result<Stop, Error>,
) -> Result<ExitCode, Error> {
    let work = Box::pin(decided(request, reach, invocation, stop));
    reach.leaving_no_token(work).await
}

async fn decided<T: Transport, C: Clock + Clone + 'static>(
    request: Request<'_>,
    reach: &Reach<T, C>,
    invocation: Invocation,
    stop: impl FnOnce() -> Result<Stop, Error>,
) -> Result<ExitCode, Error> {
    let Invocation {
        events,
        mut show,
        nonce,
    } = invocation;
    let step_down = request.change.run.step_down_via.into();
    if !request.dry_run {
        reach.side.kube.start_watches();
    }
    let clock = reach.side.clock.clone();
    let snapshot = Box::pin(engine::observe(reach.ports(), Freshness::Fresh)).await;
    let user = reach.side.user().await?;
    let cluster = snapshot.cluster.known().unwrap_or(&reach.cluster).clone();
    let adopted = adopt(&request.goal, &cluster, &snapshot, &user, clock.wall())?;
    let (mut record, resumed) = match adopted {
        Adopted::Run { run, resumed } => (*run, resumed),
        Adopted::Nothing(why) => {
            show.result.message = Some(why);
            return show.close(Some(reach), ExitCode::Ok);
        }
        Adopted::EndPause(request) => {
            end_pause(&reach.side, &request).await?;
            show.result.message = Some("the pause is over; the operator goes on".to_owned());
            return show.close(Some(reach), ExitCode::Ok);
        }
    };
    if !resumed {
        // A rehearsal's process has a nonce that is the same each time.
        record.id = run_id(record.started_at, &nonce);
    }
    let intent = intent(&request, &cluster, &record);
    if request.change.run.force {
        reach.nodes.allow_overwriting();
    }
    with_flags(&mut record, &intent, resumed, request.change.run.force);
    let invoker = Invoker {
        user: &user,
        asked: !request.dry_run && !request.change.run.yes && prompt::can_ask(),
    };
    let mut order_reason = "chosen when the run began".to_owned();
    let evaluation = evaluated(reach, snapshot, &mut record, |record, survey| {
        if !resumed && record.blue_green.is_none() {
            (record.order, order_reason) = order::choose(intent.order, survey);
        }
        judge(reach, &intent, (record, resumed), invoker, survey)
    });
    let (mut survey, findings) = Box::pin(evaluation).await;
    let plan = outline(&record, &survey, &order_reason);
    if request.dry_run {
        return planned(show, &request, &cluster.reference.name, plan, findings);
    }
    tell(&events, reach, &findings, &plan).await;
    show.drain();
    if let Some(error) = refusal(&findings) {
        show.result.error = Some(error.body());
        return show.close(Some(reach), ExitCode::PreflightFailed);
    }
    if consent(&request, &cluster.reference, &mut record, resumed)? == Consent::Declined {
        show.result.message = Some("declined; nothing was changed".to_owned());
        return show.close(Some(reach), ExitCode::Declined);
    }
    reach.side.kube.allow_account_creation();
    if survey.login_deferred {
        let judge = |survey: &Survey| judge(reach, &intent, (&record, resumed), invoker, survey);
        let findings = Box::pin(caught_up(reach, &mut survey, judge)).await;
        if let Some(error) = refusal(&findings) {
            tell(&events, reach, &findings, &plan).await;
            show.result.error = Some(error.body());
            return show.close(Some(reach), ExitCode::PreflightFailed);
        }
    }
    let engine = Engine {
        ports: reach.ports(),
        events,
        stop: stop()?,
        run: record,
        resumed,
        take_over: intent.take_over,
        start_timeout: request.change.run.start_timeout,
        answers: cluster
            .pause_requested
            .filter(|request| request.is_for(&user, intent.end_pause)),
        step_down,
        nonce,
    };
    let outcome = show.during(Box::pin(engine.run())).await;
    ended(show, reach, outcome)
}

/// Asks, and remembers what was accepted by typing it.
fn consent(
    request: &Request<'_>,
    cluster: &ClusterRef,
    record: &mut RunRecord,
    resumed: bool,
) -> Result<Consent, Error> {
    let (question, word) = (question(cluster, record, resumed), word(record));
    let (yes, look) = (request.change.run.yes, request.screen.err);
    let given = prompt::consent(&question, word.as_deref(), yes, look)?;
    if given == Consent::Given && word.is_some() {
        record.waivers.push(Waiver::AcceptOneWay);
    }
    Ok(given)
}

/// What the flags and the unfinished run ask for.
fn intent(request: &Request<'_>, cluster: &Cluster, record: &RunRecord) -> Intent {
    Intent {
        cluster: cluster.reference.clone(),
        version: record.target.version.clone(),
        image: None,
        order: request.order,
        waivers: request.change.waivers.waivers(),
        snapshot: request.change.run.snapshot.clone(),
        step_down: request.change.run.step_down_via.into(),
        take_over: matches!(
            request.goal,
            Goal::Resume {
                take_over: true,
                ..
            }
        ),
        end_pause: request.change.run.end_pause,
    }
}

/// Presents how a run ended.
fn ended<T: Transport, C: Clock + 'static>(
    mut show: Show,
    reach: &Reach<T, C>,
    outcome: Outcome,
) -> Result<ExitCode, Error> {
    let code = outcome.exit_code();
    let cluster = reach.side.kube.reference();
    let on = format!("{} -n {}", cluster.name, cluster.namespace);
    if let End::Stopped { why, safe } = outcome.end {
        if outcome.begun {
            show.result.message = Some(stopped(why, safe));
            show.result.next = next_of(why, &outcome.run, cluster, &on);
        } else {
            show.result.message = Some(format!("{}: nothing was changed", why.text()));
        }
    }
    show.result.leader_moves = outcome.leader_moves;
    show.result.standing = Some(outcome.standing);
    show.close(Some(reach), code)
}

/// What to type after a run that stopped.
fn next_of(why: StopReason, run: &RunRecord, cluster: &ClusterRef, on: &str) -> Vec<String> {
    let mut next = match why {
        StopReason::Reached(Until::Ready) => vec![
            format!("baoctl upgrade promote {on}"),
            format!("baoctl upgrade abort {on}"),
        ],
        StopReason::Reached(_) if is_one_way(&run.from, &run.target.version) => {
            vec![format!("baoctl upgrade promote {on}")]
        }
        StopReason::Reached(_) => vec![
            format!("baoctl upgrade promote {on}"),
            format!("baoctl upgrade rollback {on}"),
        ],
        _ => vec![run.resume_line(cluster)],
    };
    next.push(format!("baoctl status {on}"));
    next
}

fn judge<T, C>(
    reach: &Reach<T, C>,
    intent: &Intent,
    (run, resuming): (&RunRecord, bool),
    invoker: Invoker<'_>,
    survey: &Survey,
) -> Vec<Finding> {
    preflight::check(&Preflight {
        intent,
        run,
        resuming,
        survey,
        as_operator: reach.as_operator(),
        maintenance: reach.maintenance(),
        invoker,
    })
}

/// Tells of the checks, and of the plan where they allow it.
async fn tell<T, C: Clock>(
    events: &Events,
    reach: &Reach<T, C>,
    findings: &[Finding],
    plan: &Plan,
) {
    let now = reach.side.clock.wall();
    events
        .emit(
            now,
            EventKind::PreflightDone {
                findings: findings.to_vec(),
            },
        )
        .await;
    if findings.iter().any(|finding| finding.verdict.stops()) {
        return;
    }
    events
        .emit(
            now,
            EventKind::Planned {
                plan: Box::new(plan.clone()),
            },
        )
        .await;
}

fn planned(
    show: Show,
    request: &Request<'_>,
    name: &str,
    plan: Plan,
    findings: Vec<Finding>,
) -> Result<ExitCode, Error> {
    let refused = refusal(&findings);
    let code = refused.as_ref().map_or(ExitCode::Ok, Error::exit_code);
    let next = again(name, &plan, request);
    let plan = Some(plan).filter(|_| refused.is_none());
    let mut document = UpgradePlan::new(code, plan, findings);
    if refused.is_none()
        && matches!(
            request.goal,
            Goal::To { .. } | Goal::Colours(ColourGoal::To { .. })
        )
    {
        document.next = vec![next];
    }
    let mut document = Document::UpgradePlan(Box::new(document));
    if let Some(error) = refused {
        document = document.with_error(error.body());
    }
    show.close_with(document, code)
}
