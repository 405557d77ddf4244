//! Rehearsals in which everything stands still for good at each write in turn:
//! every wait of the program has to end by itself.

use std::time::Duration;

use crate::{
    cli::rehearse::RehearseArgs,
    decide::rules::START_TIMEOUT,
    error::Error,
    model::exit_code::ExitCode,
    sim::{
        fault::Fault,
        scenario::{Planned, Scenario, When},
        who::Who,
    },
    ui::{Screen, document::SeedFailure},
};

use super::sweep::Sweep;

/// Longer than any run.
const FOR_GOOD: Duration = Duration::from_secs(24 * 3600);

/// What deadlines take in which nothing is answered.
const OF_DEADLINES: Duration = Duration::from_secs(75);

/// In the middle of what follows a write.
const A_MOMENT: Duration = Duration::from_millis(1500);

/// What stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Still {
    /// Nothing that baoctl sends arrives, and nothing refuses it.
    Network,
    /// The servers hang, and no controller does anything; the API server answers.
    Cluster,
}

impl Still {
    const ALL: [Self; 2] = [Self::Network, Self::Cluster];

    /// How long a run may go on. Without the API server: until the lease was not
    /// renewed for 300 s. With it: until no pod has come for 300 s, or where
    /// somebody still leads, until one that hangs was waited for as long as for its
    /// start. Each with a minute and more for the deadlines of what was asked
    /// before and after.
    fn longest(self, scenario: &Scenario) -> Duration {
        match self {
            Self::Cluster if scenario.cluster.is_blue_green() => START_TIMEOUT + OF_DEADLINES,
            Self::Network | Self::Cluster => Duration::from_secs(300) + OF_DEADLINES,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Network => "baoctl cut off",
            Self::Cluster => "the cluster hangs",
        }
    }

    fn faults(self, scenario: &Scenario) -> Vec<Fault> {
        let lasts = FOR_GOOD;
        match self {
            Self::Network => vec![Fault::CutOff { lasts }],
            Self::Cluster => {
                let freeze = |on| Fault::FreezeNode { on, lasts };
                let hung = hung(scenario).into_iter().map(freeze);
                hung.chain([Fault::ControllerStalled { lasts }]).collect()
            }
        }
    }
}

/// The servers that hang: all, or under blue/green, where their names are not
/// known beforehand, two of three voters.
fn hung(scenario: &Scenario) -> Vec<Who> {
    let shape = &scenario.cluster;
    if shape.is_blue_green() {
        return vec![Who::Leader, Who::Standby];
    }
    let pod = |ordinal| Who::Pod(format!("{}-{ordinal}", shape.name));
    (0..shape.replicas).map(pod).collect()
}

/// Where it stands still.
#[derive(Debug, Clone, Copy)]
struct Point {
    still: Still,
    write: u64,
    after: Duration,
}

/// Runs them.
pub(super) fn run(
    scenario: &Scenario,
    arguments: &RehearseArgs,
    screen: Screen,
) -> Result<ExitCode, Error> {
    let sweep = Sweep {
        flag: "--standstills",
        title: "everything stands still",
        done: "stopped",
        patient: false,
    };
    sweep.play(
        (scenario, arguments),
        screen,
        points,
        at,
        |report, point, _, played| {
            let rehearsed = &played.rehearsed;
            let Some(began) = rehearsed.faults.struck.first().map(|fault| fault.at) else {
                return;
            };
            let lasted = Duration::try_from(rehearsed.ended_at.duration_since(began));
            let lasted = lasted.unwrap_or_default();
            let longest = point.still.longest(scenario);
            if lasted > longest {
                report.failed(SeedFailure {
                    seed: arguments.seed,
                    message: format!(
                        "{} {} ms after write {}: it ended {} s later, and not within {} s",
                        point.still.name(),
                        point.after.as_millis(),
                        point.write,
                        lasted.as_secs(),
                        longest.as_secs()
                    ),
                    repeat: rehearsed.repeat.clone(),
                });
            }
        },
    )
}

fn points(writes: u64) -> Vec<Point> {
    let moments = (1..=writes).flat_map(|write| [(write, Duration::ZERO), (write, A_MOMENT)]);
    let each = |(write, after)| {
        Still::ALL.map(|still| Point {
            still,
            write,
            after,
        })
    };
    moments.flat_map(each).collect()
}

fn at(scenario: &Scenario, point: Point) -> Scenario {
    let mut still = scenario.clone();
    let when = When {
        write: Some(point.write),
        after: Some(point.after),
        ..When::default()
    };
    let faults = point.still.faults(scenario).into_iter();
    still.faults.extend(faults.map(|what| Planned {
        when: when.clone(),
        what,
    }));
    still
}
