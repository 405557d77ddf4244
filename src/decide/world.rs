//! The arguments of every decision, under one name.

use std::time::Duration;

use crate::model::{names::PodName, record::RunRecord, snapshot::Snapshot, workload::Pod};

use super::track::Track;

/// What a decision is a function of. Nothing else: no client, no clock, no
/// random number.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The run as this process knows it: the stored record when there is one,
    /// else the one it will store.
    pub run: &'a RunRecord,
    /// Another driver's lock may be taken.
    pub take_over: bool,
    /// The latest observation.
    pub snapshot: &'a Snapshot,
    /// What the observations before it showed.
    pub track: &'a Track,
    /// How long a new pod may take to be Ready, to answer and to catch up.
    pub start_timeout: Duration,
    /// Now, on the clock the track uses.
    pub now: Duration,
}

impl<'a> World<'a> {
    /// The pod of that name, of whichever pool.
    #[must_use]
    pub fn pod(&self, name: &PodName) -> Option<&'a Pod> {
        self.snapshot.pod(name)
    }
}
