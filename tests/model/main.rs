//! The rules of `decide`, checked in every reachable state of a small world.
//!
//! `cargo test --test model` explores a part; `BAOCTL_MODEL=full cargo test
//! --release --test model -- --nocapture` explores all configurations.

#![expect(
    clippy::print_stdout,
    reason = "the numbers of states are what a run of it is read for"
)]

mod blue_green; // the same for two colours
mod checked; // the model, its properties, and the fair run to an end
mod drive; // the engine's pass around the real `decide`
mod explored; // how a model is explored and its traces are told
mod mutants; // wrong rules that must be caught
mod rules; // the invariants, judged by the truth
mod state; // the abstract world as a value
mod view; // the state as the snapshot and the track that `decide` is given
mod world; // what happens without the driver

use baoctl::model::intent::Order;

use checked::{Checked, Config};
use explored::{explore, violated};
use mutants::Mutant;
use state::Budget;

fn base(n: u8, order: Order) -> Config {
    Config {
        n,
        order,
        one_way: true,
        leader: 0,
        budget: Budget::default(),
        second: false,
        lag: false,
    }
}

/// One fault at a time, with what a person may do about it.
fn faults() -> Vec<(&'static str, Budget)> {
    let none = Budget::default();
    let (crashes, answers, races, reruns) = (1, 1, 1, 1);
    let (deaths, failovers, broken, sealed) = (1, 1, 1, 1);
    let (foreign, slow) = (1, 1);
    vec![
        ("nothing goes wrong", none),
        ("a crash", Budget { crashes, ..none }),
        ("an answer lost", Budget { answers, ..none }),
        ("a race", Budget { races, ..none }),
        (
            "a broken pod",
            Budget {
                reruns,
                broken,
                ..none
            },
        ),
        ("a sealed pod", Budget { sealed, ..none }),
        (
            "a foreign edit",
            Budget {
                reruns,
                foreign,
                ..none
            },
        ),
        (
            "a long wait",
            Budget {
                reruns,
                slow,
                ..none
            },
        ),
        ("a failover", Budget { failovers, ..none }),
        ("a pod dies", Budget { deaths, ..none }),
    ]
}

const ORDERS: [Order; 2] = [Order::ReverseOrdinal, Order::LeaderLast];

/// The part that is explored every time.
fn ordinary() -> Vec<(String, Config)> {
    let mut all = Vec::new();
    for order in ORDERS {
        for (name, budget) in faults() {
            all.push((
                format!("1 {order}, {name}"),
                Config {
                    budget,
                    ..base(1, order)
                },
            ));
        }
        all.push((
            format!("3 {order}, patch, leader 1"),
            Config {
                one_way: false,
                leader: 1,
                ..base(3, order)
            },
        ));
    }
    for (name, budget) in faults().into_iter().take(5) {
        let order = ORDERS[usize::from(budget.races == 0)];
        all.push((
            format!("3 {order}, {name}"),
            Config {
                budget,
                ..base(3, order)
            },
        ));
    }
    all
}

/// All configurations, the small ones first.
fn full() -> Vec<(String, Config)> {
    let mut all = ordinary();
    for order in ORDERS {
        for (name, budget) in faults() {
            for (one_way, leader) in [(true, 0), (false, 0), (true, 2)] {
                // Bringing the leader to ordinal 0 first multiplies everything.
                let steered = leader != 0 && order == Order::ReverseOrdinal;
                if steered && (budget.deaths > 0 || budget.failovers > 0) {
                    continue;
                }
                let pair = if one_way { "one way" } else { "patch" };
                all.push((
                    format!("3 {order}, {pair}, leader {leader}, {name}"),
                    Config {
                        one_way,
                        leader,
                        budget,
                        ..base(3, order)
                    },
                ));
            }
        }
        let none = Budget::default();
        let both = Budget {
            crashes: 1,
            answers: 1,
            ..none
        };
        let suspended = Budget {
            suspensions: 1,
            races: 1,
            ..none
        };
        let raced = Budget {
            races: 1,
            failovers: 1,
            ..none
        };
        all.push((
            format!("3 {order}, a crash and an answer lost"),
            Config {
                budget: both,
                ..base(3, order)
            },
        ));
        all.push((
            format!("3 {order}, a race and a failover"),
            Config {
                budget: raced,
                ..base(3, order)
            },
        ));
        all.push((
            format!("3 {order}, watches lag"),
            Config {
                lag: true,
                ..base(3, order)
            },
        ));
        all.push((
            format!("3 {order}, watches lag, a failover"),
            Config {
                lag: true,
                budget: Budget {
                    failovers: 1,
                    ..none
                },
                ..base(3, order)
            },
        ));
        all.push((
            format!("1 {order}, two drivers, one stands still"),
            Config {
                second: true,
                budget: suspended,
                ..base(1, order)
            },
        ));
        all.push((format!("5 {order}, nothing goes wrong"), base(5, order)));
        all.push((
            format!("5 {order}, a crash"),
            Config {
                budget: Budget { crashes: 1, ..none },
                ..base(5, order)
            },
        ));
    }
    all
}

#[test]
fn the_rules_hold_in_every_state() {
    let wanted = std::env::var("BAOCTL_MODEL").unwrap_or_default();
    let configs = match wanted.as_str() {
        "" => ordinary(),
        "full" => full(),
        part => full()
            .into_iter()
            .filter(|(name, _)| name.contains(part))
            .collect(),
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
fn wrong_rules_are_caught() {
    let [partition, delete] = ORDERS;
    let none = Budget::default();
    let foreign = Budget { foreign: 1, ..none };
    let suspensions = Budget {
        suspensions: 1,
        races: 1,
        ..none
    };
    let wrong = [
        (Mutant::IgnoresCatchUp, delete, none, 3, "S2"),
        (Mutant::ReleasesTwo, partition, none, 3, "R2"),
        (Mutant::ReleasesTwo, delete, none, 3, "R2"),
        (Mutant::StepsDownTheNew, delete, none, 3, "S6"),
        (Mutant::SkipsTheSettleTime, delete, none, 3, "R8"),
        (Mutant::TakesSilenceForHealth, delete, none, 3, "S8"),
        (Mutant::TakesTheLeader, delete, none, 3, "S4"),
        (Mutant::StepsDownEarly, partition, none, 3, "R5"),
        (Mutant::SetsTheImageUnheld, partition, none, 3, "R1"),
        (Mutant::CompletesEarly, delete, none, 3, "S8"),
        (Mutant::IgnoresTheLock, delete, foreign, 1, "S1"),
        (Mutant::IgnoresTheLease, delete, suspensions, 1, "S1"),
        (Mutant::NeverUnholds, delete, none, 3, "L2"),
    ];
    for (mutant, order, budget, n, rule) in wrong {
        let config = Config {
            budget,
            second: mutant == Mutant::IgnoresTheLease,
            // Nothing else leaves a hold that is not a partition of 0.
            leader: u8::from(mutant == Mutant::NeverUnholds),
            ..base(n, order)
        };
        let (caught, states) = violated(Checked::new(config, mutant));
        println!("{mutant:?} ({order}): {caught:?} after {states} states");
        assert!(
            caught.iter().any(|property| property.starts_with(rule)),
            "{mutant:?} ({order}) is caught by {caught:?}, not by {rule}"
        );
    }
}
