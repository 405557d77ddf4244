//! One process of a rehearsal: the same code as `upgrade rolling` and `resume`,
//! on the world's ports.

use futures::future::{Either, select};
use std::{cell::RefCell, ffi::OsString, pin::pin, rc::Rc};
use tokio::sync::mpsc::Receiver;

use crate::{
    cli::{Cli, Command},
    commands::{
        first_reads::FirstReads,
        reach::{Reach, Side, Way},
        request::{self, Request},
        run::{Invocation, carry_out},
        session::Session,
        show::Show,
    },
    engine::{API, Events, Stop},
    error::Error,
    event::Event,
    k8s::{self, Access, Kube, RequestCounts},
    model::{exit_code::ExitCode, intent::StepDownVia, names::ClusterRef},
    sim::{
        api, clock::VirtualClock, kubernetes::Caller, nodes::WorldTransport, scenario::Scenario,
        world::Shared,
    },
    ui::Screen,
};

use super::{
    heard::{Heard, Told, show_strikes},
    typed::{Purpose, command_line},
};

/// The user who rehearses, as the embedded API server knows them.
const USER: &str = "rehearsal";

/// What the command line asks for.
pub(super) fn request(cli: &Cli, screen: Screen) -> Result<Request<'_>, Error> {
    match &cli.command {
        Command::Upgrade(typed) => Ok(request::of_upgrade(&cli.target, screen, typed)),
        Command::Resume(typed) => Ok(request::of_resume(&cli.target, screen, typed)),
        _ => Err(Error::new(ExitCode::Unexpected, "not an upgrade")),
    }
}

/// Runs the `number`-th process of a rehearsal.
pub(super) async fn process(
    world: &Shared,
    scenario: &Scenario,
    (number, purpose): (u32, Purpose),
    screen: Screen,
    told: &Rc<RefCell<Told>>,
    stop: &Stop,
) -> Result<ExitCode, Error> {
    let mut words = command_line(scenario, purpose);
    words.push("--yes".to_owned());
    if number > 1 && words.iter().any(|word| word == "--snapshot") {
        // In place of what the process before has left.
        words.push("--force".to_owned());
    }
    let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
    let cli =
        Cli::of(&words).map_err(|error| Error::new(ExitCode::Unexpected, error.to_string()))?;
    let request = request(&cli, screen)?;
    let reach = reach(world, scenario, &request).await?;
    let (events, receiver): (Events, Receiver<Event>) = Events::channel();
    let invocation = Invocation {
        events,
        show: Show::new(
            Box::new(Heard::new(world, told)),
            receiver,
            Session::default(),
        ),
        nonce: format!("{number:08x}"),
    };
    let work = Box::pin(carry_out(request, &reach, invocation, || Ok(stop.clone())));
    if told.borrow().screen.is_none() {
        return work.await;
    }
    match select(work, pin!(show_strikes(world, told))).await {
        Either::Left((ended, _)) => ended,
        Either::Right((never, _)) => match never {},
    }
}

/// The ports of the world, for this request.
pub(super) async fn reach(
    world: &Shared,
    scenario: &Scenario,
    request: &Request<'_>,
) -> Result<Reach<WorldTransport, VirtualClock>, Error> {
    let cluster = &scenario.cluster;
    let clock = VirtualClock::start(world);
    let counts = RequestCounts::default();
    let client = |caller| api::client(world, caller, &cluster.namespace, &counts);
    let own = client(Caller::admin(USER));
    let first_reads = FirstReads::patient(API);
    let operator = match request.change.lock.as_operator {
        Some(_) => {
            let found = first_reads.read(&clock, || k8s::find_operator(&own));
            Some(found.await?)
        }
        None => None,
    };
    // The embedded API server knows this one account by name.
    let locked = operator.as_ref().map(|_| client(Caller::operator()));
    let kube = Kube::new(
        ClusterRef {
            namespace: cluster.namespace.clone(),
            name: cluster.name.clone(),
        },
        Access {
            own: own.clone(),
            locked,
            maintenance_override: false,
        },
        Rc::new(clock.clone()),
    )?;
    let side = Side {
        kube: Rc::new(kube),
        clock,
        counts,
        own,
        operator,
        maintenance: false,
        request_timeout: API,
        first_reads,
    };
    let found = side.cluster().await?;
    let source = side.login(
        &request.change.access.jwt_audience,
        &request.change.access.auth_mount,
        &found.spec.jwt_role,
    );
    let way = Way {
        forward: true,
        ca_from_secret: true,
        keeps_files: false,
        step_down: StepDownVia::Direct,
    };
    Ok(side.with_nodes(found, WorldTransport::to(world), source, way))
}
