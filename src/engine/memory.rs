//! What one run keeps in mind between its passes.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;

use crate::{
    decide::track::Track,
    event::PodTimings,
    model::{
        blocker::Blocker, colour_parts::ColourParts, fact::Fact, halt::Standing, names::PodName,
    },
};

use super::{budget::Budget, changes::Changes, late::Late, stopwatch::Stopwatch};

/// What one run accumulates in this process.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub(super) struct Memory {
    pub(super) track: Track,
    pub(super) changes: Changes,
    pub(super) late: Late,
    pub(super) stopwatch: Stopwatch,
    pub(super) done: BTreeSet<PodName>,
    pub(super) pods: Vec<(PodName, PodTimings)>,
    pub(super) warnings: Vec<String>,
    pub(super) told: Vec<Blocker>,
    /// What was told to be the matter with pods, in the present wait.
    pub(super) troubles: BTreeSet<(PodName, String)>,
    pub(super) waiting_since: Option<Duration>,
    pub(super) last_heartbeat: Duration,
    pub(super) last_fresh: Duration,
    pub(super) last_touch: Duration,
    pub(super) budget: Budget,
    pub(super) conflicts: u32,
    /// Acts that were done since the run last had to wait.
    pub(super) in_a_row: u32,
    /// Since when every write has been forbidden.
    pub(super) forbidden_since: Option<Duration>,
    pub(super) slow_step_down_told: bool,
    pub(super) stopping_told: bool,
    pub(super) changed: bool,
    /// Something was written in this process, or may have been.
    pub(super) wrote: bool,
    /// What belongs to the colours, and when it was read.
    pub(super) parts: Option<(Duration, Fact<Option<ColourParts>>)>,
    /// How the cluster stood when it could last be seen.
    pub(super) last_seen: Option<(Timestamp, Standing)>,
    /// What was waited for at the last decision, and since when.
    pub(super) last_wait: Option<(Vec<Blocker>, Duration)>,
}
