//! The rules of blue/green, asked step by step.

mod effects;
mod forward;
mod from_before;
mod handover;
mod hook;
mod stage;
mod way_back;

use crate::decide::Decision;
use crate::model::blocker::Blocker;

fn codes(decision: &Decision) -> Vec<&'static str> {
    match decision {
        Decision::Wait { blockers } => blockers.iter().map(Blocker::code).collect(),
        other => panic!("{other:?}"),
    }
}

/// Where an act is among those done.
fn index(acts: &[String], act: &str) -> usize {
    let found = acts.iter().position(|done| done.starts_with(act));
    found.unwrap_or_else(|| panic!("no {act} in {acts:#?}"))
}
