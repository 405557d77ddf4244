//! The rules of blue/green, asked step by step.

mod forward;
mod stage;
mod way_back;

use crate::decide::Decision;

fn codes(decision: &Decision) -> Vec<&'static str> {
    match decision {
        Decision::Wait { blockers } => blockers.iter().map(|blocker| blocker.code()).collect(),
        other => panic!("{other:?}"),
    }
}
