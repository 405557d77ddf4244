//! `baoctl rehearse`: the same run on an embedded cluster.

mod calls;
mod crashes;
mod file;
mod heard;
mod many;
mod once;
mod play;
mod process;
mod repeat;
mod side_by_side;
mod snapshot_file;
mod standstills;
mod surprise;
mod sweep;
#[cfg(test)]
mod two_colours;
mod typed;
mod unpauses;
mod world;

use std::{fs, time::Duration};

use serde_json::json;

use self::many::{amount, with_chance};
use crate::{
    cli::{
        colours::UntilArg,
        rehearse::{Chance, RehearseArgs, Speed},
        target::TargetArgs,
    },
    error::Error,
    event::EventKind,
    model::exit_code::ExitCode,
    sim::{
        chance::{ADDED, DRAWN},
        scenario::{Scenario, Shape},
        stage::Pace,
        strategy::{Gate, Strategy},
    },
    ui::Screen,
};

/// Speed at a terminal where none was asked for: an upgrade of three pods takes
/// about twenty seconds.
const FOLLOWED: u32 = 3;

/// Runs it.
pub(super) fn run(
    target: &TargetArgs,
    screen: Screen,
    arguments: &RehearseArgs,
) -> Result<ExitCode, Error> {
    let scenario = scenario(target, arguments)?;
    if let Some(file) = &arguments.save {
        // Of one rehearsal all that happens, of many what they have in common.
        let scenario = match arguments.seeds {
            None => with_chance(&scenario, &amount(&arguments.faults), arguments.seed),
            Some(_) => scenario.clone(),
        };
        let text = scenario.to_yaml().map_err(|error| unusable(&error))?;
        fs::write(file, text).map_err(|error| {
            Error::new(
                ExitCode::Usage,
                format!("--save {} cannot be written", file.display()),
            )
            .because(error)
        })?;
    }
    if let Some(writes) = arguments.crashes {
        return crashes::run(&scenario, writes, arguments, screen);
    }
    if arguments.unpauses {
        return unpauses::run(&scenario, arguments, screen);
    }
    if arguments.standstills {
        return standstills::run(&scenario, arguments, screen);
    }
    match &arguments.seeds {
        Some(seeds) => many::run(&scenario, seeds.clone(), arguments, screen),
        None => once::run(&scenario, pace(arguments.speed, screen), arguments, screen),
    }
}

/// The scenario that the flags and the file describe.
fn scenario(target: &TargetArgs, arguments: &RehearseArgs) -> Result<Scenario, Error> {
    let mut scenario = match (&arguments.scenario, &arguments.to) {
        (Some(file), to) => {
            let mut scenario = file::read(file)?;
            if let Some(to) = to {
                scenario.to.clone_from(to);
            }
            scenario
        }
        (None, Some(to)) => Scenario::undisturbed(to.clone()),
        (None, None) => {
            return Err(Error::new(ExitCode::Usage, "--to is missing"));
        }
    };
    if let Some(cluster) = &arguments.from_cluster {
        scenario.cluster = super::wait_for(world::like(target, cluster))?;
    }
    let shape: &mut Shape = &mut scenario.cluster;
    if let Some(from) = &arguments.from {
        shape.version.clone_from(from);
    }
    if let Some(replicas) = arguments.replicas {
        shape.replicas = replicas;
        shape.leader = shape.leader.min(replicas.saturating_sub(1));
    }
    if let Some(leader) = arguments.leader {
        shape.leader = leader;
    }
    if let Some(namespace) = &target.namespace
        && arguments.from_cluster.is_none()
    {
        shape.namespace.clone_from(namespace);
    }
    if let Some(order) = arguments.order {
        scenario.order = Some(world::order_name(order).to_owned());
    }
    if let Some(coloured) = arguments.coloured {
        shape.strategy = Strategy::BlueGreen;
        scenario.soak = coloured.soak.or(scenario.soak);
        match coloured.until {
            None => {}
            Some(UntilArg::Ready) => scenario.until = Some(Gate::Ready),
            Some(UntilArg::Cutover) => scenario.until = Some(Gate::Cutover),
            Some(UntilArg::Done) => scenario.until = None,
        }
    }
    scenario.snapshot.clone_from(&arguments.snapshot);
    let waivers = arguments.waivers.waivers();
    if !waivers.is_empty() {
        scenario.waivers.get_or_insert_default().extend(waivers);
    }
    scenario.back |= arguments.back;
    scenario.check().map_err(|error| unusable(&error))?;
    drawn(&arguments.faults)?;
    known_events(&scenario)?;
    Ok(scenario)
}

/// Faults that chance does not draw would never be seen.
fn drawn(faults: &Chance) -> Result<(), Error> {
    let Chance::Of(numbers) = faults else {
        return Ok(());
    };
    let drawn = || DRAWN.into_iter().chain(ADDED.map(|(number, _)| number));
    let is_drawn = |number: &&u8| drawn().any(|drawn| drawn == **number);
    match numbers.iter().find(|number| !is_drawn(number)) {
        None => Ok(()),
        Some(number) => Err(Error::new(
            ExitCode::Usage,
            format!(
                "--faults F{number}: chance draws only {}",
                drawn()
                    .map(|number| format!("F{number}"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        )),
    }
}

/// A fault that waits for an event that does not exist never strikes.
fn known_events(scenario: &Scenario) -> Result<(), Error> {
    for (at, planned) in scenario.faults.iter().enumerate() {
        let Some(name) = &planned.when.event else {
            continue;
        };
        let tried = serde_json::from_value::<EventKind>(json!({ "type": name }));
        // What strikes is told by the rehearsal, and not by baoctl.
        if matches!(tried, Ok(EventKind::Unrecognized)) || name == "faultStruck" {
            let text = format!("faults[{at}].when.event: no event is called {name:?}");
            return Err(unusable(&text));
        }
    }
    Ok(())
}

fn unusable(error: &dyn std::fmt::Display) -> Error {
    Error::new(
        ExitCode::Usage,
        format!("the scenario cannot be rehearsed: {error}"),
    )
}

fn pace(speed: Option<Speed>, screen: Screen) -> Pace {
    match speed {
        Some(Speed::Times(times)) => Pace::Times(times.get()),
        None if screen.err.terminal => Pace::Times(FOLLOWED),
        Some(Speed::Max) | None => Pace::Max,
    }
}

/// How long the world goes on after the last word, so that what was set going
/// shows: an un-paused operator takes its first look within that.
const AFTERMATH: Duration = Duration::from_secs(30);
