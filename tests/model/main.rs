//! The rules of `decide`, checked in every reachable state of a small world.
//!
//! `cargo test --test model` explores a part; `BAOCTL_MODEL=full cargo test
//! --release --test model -- --nocapture` explores all configurations.

mod checked; // the model, its properties, and the fair run to an end
mod drive; // the engine's pass around the real `decide`
mod mutants; // wrong rules that must be caught
mod rules; // the invariants, judged by the truth
mod state; // the abstract world as a value
mod view; // the state as the snapshot and the track that `decide` is given
mod world; // what happens without the driver

use baoctl::model::intent::Order;
use stateright::{Checker, Model};

use checked::{Checked, Config};
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

fn explore(name: &str, config: Config) -> usize {
    let began = std::time::Instant::now();
    let checker = Checked::new(config, Mutant::None)
        .checker()
        .threads(1)
        .spawn_dfs()
        .join();
    println!(
        "{name}: {} states, {} steps, {:.1} s",
        checker.unique_state_count(),
        checker.state_count(),
        began.elapsed().as_secs_f64()
    );
    let mut bad = false;
    for (property, path) in checker.discoveries() {
        if property == "done" {
            continue;
        }
        bad = true;
        println!("VIOLATED {property}");
        let path = path.into_vec();
        let last = path.last().expect("at least one state").0;
        for (state, action) in path.into_iter().rev().take(25).rev() {
            println!("{}\n  {action:?}", state.brief(config.n));
        }
        let run = checker.model().fair_run(&last);
        for next in &run[run.len().saturating_sub(12)..] {
            println!("   fair: {}", next.brief(config.n));
        }
    }
    assert!(!bad, "{name}");
    checker.unique_state_count()
}

#[test]
fn every_state() {
    for n in [1, 3] {
        for order in [Order::ReverseOrdinal, Order::LeaderLast] {
            explore(&format!("{n} {order}"), base(n, order));
        }
    }
}
