//! What to do next, as a function of values.

pub mod advice;
pub mod blue_green;
pub mod broken;
pub mod catch_up;
pub mod disturbing;
mod done;
pub mod door;
pub mod gates;
pub mod heirs;
pub mod holding;
pub mod hook_seen;
pub mod in_step;
pub mod joined;
pub mod leaderless;
pub mod leadership;
pub mod order;
pub mod outline;
mod outline_colours;
pub mod owning;
pub mod patience;
pub mod pod_state;
pub mod pool;
pub mod preflight;
pub mod preparing;
pub mod quorum;
pub mod reading;
pub mod recheck;
mod refused_eviction;
pub mod releasing;
pub mod resting;
pub mod restore_path;
pub mod rolling;
pub mod rules;
pub mod safe_point;
pub mod server_log;
pub mod standing;
mod still;
pub mod stuck;
pub mod track;
pub mod versions;
pub mod world;

#[cfg(feature = "seeded-bugs")]
mod wrong;

#[cfg(test)]
pub(crate) mod example;
#[cfg(test)]
mod example_parts;
#[cfg(test)]
mod tests;

use crate::model::{action::Action, blocker::Blocker, blue_green_run::Until, halt::Halt};

/// What a pass comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Perform this, then look again.
    Act(Action),
    /// Nothing may be done now. [`recheck::after`] says when to look again.
    Wait {
        /// All the reasons.
        blockers: Vec<Blocker>,
    },
    /// A blue/green run has come as far as it was asked to go by itself.
    Reached(Until),
    /// The upgrade is complete and the resource is the operator's again.
    Done,
    /// Stop and say why.
    Halt(Halt),
}

impl Decision {
    /// Waits for one thing.
    #[must_use]
    pub fn wait(blocker: Blocker) -> Self {
        Self::Wait {
            blockers: vec![blocker],
        }
    }

    /// Waits for something that could not be seen.
    #[must_use]
    pub fn unseen(what: &str, why: &str) -> Self {
        Self::wait(Blocker::Unseen {
            what: what.to_owned(),
            why: why.to_owned(),
        })
    }
}
