//! The command line that shows one rehearsal of many again.

use clap::ValueEnum as _;

use crate::cli::rehearse::{Chance, RehearseArgs};

/// The command that shows this one again.
pub(super) fn repeat(seed: u64, arguments: &RehearseArgs) -> String {
    let strategy = match arguments.coloured {
        Some(_) => "bluegreen",
        None => "rolling",
    };
    let mut words = vec![format!("baoctl rehearse {strategy}")];
    let mut flag = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.push(format!("--{name} {value}"));
        }
    };
    flag("to", arguments.to.as_ref().map(ToString::to_string));
    flag("from", arguments.from.as_ref().map(ToString::to_string));
    flag(
        "replicas",
        arguments.replicas.map(|count| count.to_string()),
    );
    flag(
        "leader",
        arguments.leader.map(|ordinal| ordinal.to_string()),
    );
    flag(
        "scenario",
        arguments
            .scenario
            .as_ref()
            .map(|file| file.display().to_string()),
    );
    flag(
        "order",
        arguments
            .order
            .map(|order| super::world::order_name(order).to_owned()),
    );
    flag(
        "faults",
        match &arguments.faults {
            Chance::None => None,
            Chance::Some => Some("some".to_owned()),
            Chance::All => Some("all".to_owned()),
            Chance::Of(numbers) => {
                let names: Vec<String> =
                    numbers.iter().map(|number| format!("F{number}")).collect();
                Some(names.join(","))
            }
        },
    );
    let coloured = arguments.coloured;
    let until = coloured.and_then(|coloured| coloured.until?.to_possible_value());
    flag("until", until.map(|value| value.get_name().to_owned()));
    let soak = coloured.and_then(|coloured| coloured.soak);
    flag("soak", soak.map(|span| format!("{}s", span.as_secs())));
    let snapshot = arguments.snapshot.as_ref();
    flag("snapshot", snapshot.map(|file| file.display().to_string()));
    flag("seed", Some(seed.to_string()));
    let waivers = arguments.waivers.waivers();
    words.extend(waivers.iter().map(ToString::to_string));
    if arguments.back {
        words.push("--back".to_owned());
    }
    if arguments.any_cluster {
        words.push("--any-cluster".to_owned());
    }
    words.join(" ")
}
