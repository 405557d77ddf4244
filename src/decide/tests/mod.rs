//! The rolling sequence, asked about one situation at a time.

mod gates;
mod memory;
mod ownership;
mod patience;
mod plan;
mod preparing;
mod read_replicas;
mod releasing;
mod sequence;
mod trouble;

use super::Decision;
use crate::model::{
    action::{Action, ReleaseBy},
    blocker::Blocker,
};

fn codes(decision: &Decision) -> Vec<&'static str> {
    match decision {
        Decision::Wait { blockers } => blockers.iter().map(Blocker::code).collect(),
        other => panic!("not a wait: {other:?}"),
    }
}

fn released(decision: &Decision) -> (&str, ReleaseBy) {
    match decision {
        Decision::Act(Action::Release { pod, by, .. }) => (pod.name.as_str(), *by),
        other => panic!("not a release: {other:?}"),
    }
}
