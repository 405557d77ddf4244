//! One process of a rehearsal: the same code as `upgrade rolling`, on the
//! world's ports.

use std::{cell::RefCell, rc::Rc};

use clap::Parser as _;
use tokio::sync::mpsc::Receiver;

use crate::{
    cli::{Cli, Command, upgrade::UpgradeCommand},
    commands::{
        adopt::Goal,
        reach::{Reach, Side, Way},
        run::{Invocation, Request, carry_out},
        show::Show,
    },
    engine::{Events, Stop},
    error::Error,
    event::Event,
    k8s::{Access, Kube, RequestCounts},
    model::{exit_code::ExitCode, intent::StepDownVia, names::ClusterRef},
    sim::{
        api, clock::VirtualClock, kubernetes::Caller, nodes::WorldTransport, scenario::Scenario,
        world::Shared,
    },
    ui::Screen,
};

use super::heard::{Heard, Told};

/// The user who rehearses, as the embedded API server knows them.
const USER: &str = "rehearsal";

/// The command line that is rehearsed.
pub(super) fn command_line(scenario: &Scenario) -> Vec<String> {
    let cluster = &scenario.cluster;
    let mut words: Vec<String> = [
        "baoctl",
        "upgrade",
        "rolling",
        &cluster.name,
        "-n",
        &cluster.namespace,
        "--to",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    words.push(scenario.to.to_string());
    for (flag, value) in [("--image", &scenario.image), ("--order", &scenario.order)] {
        if let Some(value) = value {
            words.extend([flag.to_owned(), value.clone()]);
        }
    }
    if cluster.replicas == 1 {
        words.push("--allow-downtime".to_owned());
    }
    words
}

/// Runs the `number`-th process of a rehearsal.
pub(super) async fn process(
    world: &Shared,
    scenario: &Scenario,
    number: u32,
    screen: Screen,
    told: &Rc<RefCell<Told>>,
    stop: &Stop,
) -> Result<ExitCode, Error> {
    let mut words = command_line(scenario);
    words.push("--yes".to_owned());
    let cli = Cli::try_parse_from(&words)
        .map_err(|error| Error::new(ExitCode::Unexpected, error.to_string()))?;
    let Command::Upgrade(UpgradeCommand::Rolling(rolling)) = &cli.command else {
        return Err(Error::new(ExitCode::Unexpected, "not an upgrade"));
    };
    let reach = reach(
        world,
        scenario,
        &rolling.access.jwt_audience,
        &rolling.access.auth_mount,
    )
    .await?;
    let (events, receiver): (Events, Receiver<Event>) = Events::channel();
    let invocation = Invocation {
        events,
        show: Show::new(Box::new(Heard::new(world, told)), receiver),
        nonce: format!("{number:08x}"),
    };
    let request = Request {
        target: &cli.target,
        screen,
        cluster: rolling.cluster.as_deref(),
        goal: Goal::To {
            version: rolling.to.clone(),
            image: rolling.image.clone(),
        },
        dry_run: false,
        run: &rolling.run,
        waivers: rolling.waivers.waivers(),
        lock: &rolling.lock,
        access: &rolling.access,
    };
    carry_out(request, &reach, invocation, || Ok(stop.clone())).await
}

async fn reach(
    world: &Shared,
    scenario: &Scenario,
    audience: &str,
    mount: &str,
) -> Result<Reach<WorldTransport, VirtualClock>, Error> {
    let cluster = &scenario.cluster;
    let clock = VirtualClock::start(world);
    let counts = RequestCounts::default();
    let own = api::client(world, Caller::admin(USER), &cluster.namespace, &counts);
    let kube = Kube::new(
        ClusterRef {
            namespace: cluster.namespace.clone(),
            name: cluster.name.clone(),
        },
        Access {
            own: own.clone(),
            locked: None,
            maintenance_override: false,
        },
        Rc::new(clock.clone()),
    )?;
    let side = Side {
        kube: Rc::new(kube),
        clock,
        counts,
        own,
        operator: None,
        maintenance: false,
    };
    let found = side.cluster().await?;
    let source = side.login(audience, mount, &found.spec.jwt_role);
    let way = Way {
        forward: true,
        ca_from_secret: true,
        step_down: StepDownVia::Direct,
    };
    Ok(side.with_nodes(found, WorldTransport::to(world), source, way))
}
