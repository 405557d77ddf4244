//! The rules of blue/green, asked step by step.

mod effects;
mod forward;
mod handover;
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
