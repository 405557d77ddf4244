//! How fast rehearsals are: how many a core plays in a second, on a machine
//! that does nothing else.
//!
//! `cargo bench --bench rehearsals`

#![expect(
    clippy::print_stdout,
    reason = "the figures are what a run of it is read for"
)]

use std::{num::NonZero, process::Command, thread};

use serde_json::Value;

/// Rehearsals of each row.
const RUNS: u32 = 200;

fn main() {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    println!("{RUNS} rehearsals each, {cores} cores");
    println!(
        "{:<28}{:>20}{:>20}",
        "", "per second and core", "ms of a core each"
    );
    for replicas in ["3", "5", "7"] {
        for faults in ["none", "all"] {
            let seconds = seconds(replicas, faults);
            let cores = u32::try_from(cores).unwrap_or(1);
            let each = seconds * f64::from(cores) / f64::from(RUNS);
            println!(
                "{:<28}{:>20.1}{:>20.1}",
                format!("{replicas} replicas, faults {faults}"),
                1.0 / each,
                each * 1000.0
            );
        }
    }
}

/// What so many take, one on each core.
fn seconds(replicas: &str, faults: &str) -> f64 {
    let seeds = format!("0..{RUNS}");
    let output = Command::new(env!("CARGO_BIN_EXE_baoctl"))
        .args(["rehearse", "rolling", "--to", "2.7.2", "-o", "json"])
        .args(["--replicas", replicas, "--faults", faults])
        .args(["--seeds", &seeds])
        .output()
        .expect("the rehearsals begin");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!(report["runs"], RUNS, "all are played");
    report["seconds"].as_f64().expect("what they took")
}
