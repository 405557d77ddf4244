//! The membership sequence of a blue/green upgrade and of the way back, from
//! green that is ready and without votes to an end.
//!
//! A world of its own: two colours, autopilot that makes the changes it was
//! asked for one at a time in any order, and a driver that may lose its memory
//! between any two steps.

mod checked; // the model, its properties, and the fair run to an end
mod drive; // the engine's pass around the real `decide`
mod mutants; // wrong rules that must be caught
mod rules; // the invariants, judged by the truth
mod state; // the abstract world as a value
mod view; // the state as the snapshot and the track that `decide` is given
mod world; // what happens without the driver

use checked::{Checked, Config};
use mutants::Mutant;
use state::Budget;
use world::World;

use crate::explored::{explore, violated};

fn base(n: u8, one_way: bool) -> Config {
    Config {
        world: World { n, one_way },
        leader: 0,
        budget: Budget::default(),
    }
}

/// One fault at a time.
fn faults() -> [(&'static str, Budget); 6] {
    let none = Budget::default();
    let (deaths, failovers, lost, answers, races) = (1, 1, 1, 1, 1);
    [
        ("nothing goes wrong", none),
        ("a node dies", Budget { deaths, ..none }),
        ("a failover", Budget { failovers, ..none }),
        ("a change is forgotten", Budget { lost, ..none }),
        ("an answer lost", Budget { answers, ..none }),
        ("a race", Budget { races, ..none }),
    ]
}

fn configs(n: u8, one_way: bool, turns: u8) -> impl Iterator<Item = (String, Config)> {
    let pair = if one_way { "one way" } else { "patch" };
    let back = if turns > 0 { ", turned back" } else { "" };
    faults().into_iter().map(move |(name, budget)| {
        let config = Config {
            budget: Budget { turns, ..budget },
            ..base(n, one_way)
        };
        (format!("blue/green {n}, {pair}{back}, {name}"), config)
    })
}

/// The part that is explored every time.
fn ordinary() -> Vec<(String, Config)> {
    let three = configs(3, true, 0).chain(configs(3, false, 1).take(1));
    three.chain(configs(5, true, 0).take(1)).collect()
}

/// All configurations, the small ones first.
fn full() -> Vec<(String, Config)> {
    let mut all = ordinary();
    all.extend(configs(3, false, 1).skip(1));
    all.extend(configs(3, true, 1));
    all.extend(configs(3, false, 0));
    let none = Budget::default();
    let pairs = [
        (
            "a node dies, a failover",
            Budget {
                deaths: 1,
                failovers: 1,
                ..none
            },
        ),
        (
            "a node dies, a change is forgotten",
            Budget {
                deaths: 1,
                lost: 1,
                ..none
            },
        ),
        (
            "a node dies, a race",
            Budget {
                deaths: 1,
                races: 1,
                ..none
            },
        ),
        (
            "a failover, a race",
            Budget {
                failovers: 1,
                races: 1,
                ..none
            },
        ),
        (
            "two failovers",
            Budget {
                failovers: 2,
                ..none
            },
        ),
    ];
    for (name, budget) in pairs {
        let budget = Budget { turns: 1, ..budget };
        let config = Config {
            budget,
            ..base(3, false)
        };
        all.push((format!("blue/green 3, patch, turned back, {name}"), config));
    }
    all.extend(configs(5, true, 1).take(3));
    all.extend(configs(5, false, 1).take(3));
    all
}

#[test]
fn the_rules_of_two_colours_hold_in_every_state() {
    let wanted = std::env::var("BAOCTL_MODEL").unwrap_or_default();
    let configs = match wanted.as_str() {
        "" => ordinary(),
        "full" => full(),
        part => {
            let all = full().into_iter();
            all.filter(|(name, _)| name.contains(part)).collect()
        }
    };
    let (mut all, mut wrong) = (0, Vec::new());
    for (name, config) in configs {
        let (states, holds) = explore(&name, Checked::new(config, Mutant::None));
        all += states;
        if !holds {
            wrong.push(name);
        }
    }
    println!("{all} states in all");
    assert!(wrong.is_empty(), "violated in: {wrong:#?}");
}

/// A check that cannot fail proves nothing: each of these wrong rules is caught.
#[test]
fn wrong_rules_of_two_colours_are_caught() {
    let none = Budget::default();
    let deaths = Budget { deaths: 1, ..none };
    let turns = Budget { turns: 1, ..none };
    let wrong = [
        (Mutant::IgnoresCatchUp, deaths, "G1"),
        (Mutant::TakesSilenceForHealth, deaths, "G2"),
        (Mutant::ForgetsEarlierVotes, turns, "G2"),
        (Mutant::DemotesEarly, none, "G3"),
        (Mutant::StepsDownEarly, none, "heir"),
        (Mutant::MovesServiceEarly, none, "G4"),
        (Mutant::RemovesVoters, none, "G5"),
        (Mutant::RemovesBlue, turns, "G5"),
        (Mutant::ScalesEarly, none, "G8"),
        (Mutant::IgnoresTheDoor, turns, "S6"),
        (Mutant::CompletesEarly, none, "S8"),
        (Mutant::NeverMovesService, none, "L2"),
    ];
    for (mutant, budget, rule) in wrong {
        let patch = [Mutant::RemovesBlue, Mutant::ForgetsEarlierVotes];
        let one_way = !patch.contains(&mutant);
        let config = Config {
            budget,
            ..base(3, one_way)
        };
        let (caught, states) = violated(Checked::new(config, mutant));
        println!("{mutant:?}: {caught:?} after {states} states");
        assert!(
            caught.iter().any(|property| property.starts_with(rule)),
            "{mutant:?} is caught by {caught:?}, not by {rule}"
        );
    }
}
