//! What happened, for whoever looks: the only link from the engine to a screen
//! or a script.

pub mod timings;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{
    action::Action,
    blocker::Blocker,
    finding::Finding,
    halt::{Halt, Standing},
    names::PodName,
    plan::Plan,
    record::SnapshotRecord,
    version::Version,
};
pub use timings::PodTimings;

/// Version of the stream's schema, on its first line.
pub const SCHEMA: &str = "baoctl.openbao.org/events/v1";

/// One event. Numbers rise by one within a run of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Position in the stream, from 1.
    pub seq: u64,
    /// When, wall clock.
    pub at: Timestamp,
    /// What.
    pub event: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum EventKind {
    /// Preflight was evaluated.
    PreflightDone {
        /// All findings.
        findings: Vec<Finding>,
    },
    /// The plan was made.
    Planned {
        /// The plan.
        plan: Box<Plan>,
    },
    /// The run began, anew or where an earlier one stopped.
    RunStarted {
        /// Run id.
        run: String,
        /// Holder of lease and lock.
        holder: String,
        /// Source version.
        from: Version,
        /// Target version.
        to: Version,
        /// Target image.
        image: String,
        /// An earlier run's record was found.
        resumed: bool,
        /// When the run was begun, by whichever command did.
        started_at: Timestamp,
    },
    /// The lease is ours.
    LeaseAcquired,
    /// An act is about to be performed.
    ActionStarted {
        /// The act.
        action: Action,
    },
    /// An act was performed, or found done already.
    ActionDone {
        /// The act.
        action: Action,
        /// How long it took.
        ms: u64,
    },
    /// An act was refused or its answer was lost; the next pass looks again.
    ActionFailed {
        /// The act.
        action: Action,
        /// Why, as a fragment.
        error: String,
    },
    /// The set of reasons to wait changed.
    Waiting {
        /// All of them.
        blockers: Vec<Blocker>,
    },
    /// The wait that was told goes on, with its present numbers: for a screen that
    /// is drawn anew. No part of the record, see [`EventKind::is_recorded`].
    WaitGoesOn {
        /// Seconds since the present wait began.
        waiting_s: u64,
        /// Seconds until the run halts over it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left_s: Option<u64>,
        /// What for.
        blockers: Vec<Blocker>,
    },
    /// Off a terminal: still waiting, every 30 s.
    Heartbeat {
        /// Seconds since the present wait began.
        waiting_s: u64,
        /// Seconds until the run halts over it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left_s: Option<u64>,
        /// What for.
        blockers: Vec<Blocker>,
    },
    /// The operator acknowledged the pause, or was seen to be away.
    OperatorQuiet {
        /// It acknowledged.
        acknowledged: bool,
    },
    /// Another node is active now.
    LeaderChanged {
        /// Who was.
        from: Option<PodName>,
        /// Who is.
        to: PodName,
        /// The version it runs.
        version: Option<Version>,
        /// This run had asked for it.
        planned: bool,
        /// Time without a node that said it was active, as far as it was seen.
        leaderless_ms: u64,
    },
    /// No node says it is active.
    LeaderLost {
        /// Who was.
        from: PodName,
    },
    /// The first node of the target version of a one-way pair became active.
    PointOfNoReturn {
        /// The node.
        node: PodName,
        /// Its version.
        version: Version,
        /// Voters that still ran an older version then.
        older_voters: Vec<PodName>,
    },
    /// A pod began to terminate.
    PodTerminating {
        /// Which.
        pod: PodName,
        /// This run had released it.
        ours: bool,
    },
    /// A pod is there whose name there was none of before: green's, in a
    /// blue/green run.
    PodCreated {
        /// Which.
        pod: PodName,
        /// Its revision.
        revision: String,
    },
    /// A pod of that name is a new incarnation.
    PodReplaced {
        /// Which.
        pod: PodName,
        /// Its revision.
        revision: String,
    },
    /// A pod's server process runs.
    PodStarted {
        /// Which.
        pod: PodName,
        /// The Kubernetes node it runs on.
        node: Option<String>,
    },
    /// A node answers unsealed.
    NodeUnsealed {
        /// Which.
        pod: PodName,
        /// The version it says.
        version: Option<Version>,
    },
    /// A pod became Ready.
    PodReady {
        /// Which.
        pod: PodName,
    },
    /// A pod stopped being Ready.
    PodUnready {
        /// Which.
        pod: PodName,
    },
    /// A node was caught up at two readings.
    NodeCaughtUp {
        /// Which.
        pod: PodName,
        /// Its applied index.
        applied: u64,
    },
    /// A pod was verified on the target.
    PodDone {
        /// Which.
        pod: PodName,
        /// Pods done so far, this one included.
        done: usize,
        /// Pods in all.
        of: usize,
        /// Where the time went.
        timings: PodTimings,
    },
    /// Bytes of the snapshot so far.
    SnapshotProgress {
        /// Bytes.
        bytes: u64,
    },
    /// A snapshot is verified and durable.
    SnapshotVerified {
        /// What it is.
        snapshot: SnapshotRecord,
    },
    /// Something a person should know that stops nothing.
    Warning {
        /// A fragment.
        message: String,
    },
    /// In a rehearsal: something goes wrong that was planned to.
    FaultStruck {
        /// Its name in a scenario file.
        fault: String,
        /// The pod it befalls.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pod: Option<PodName>,
        /// Its numbers and what it does.
        message: String,
        /// Why nothing came of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        missed: Option<String>,
    },
    /// The user asked to stop; the run goes on to its next safe point.
    Stopping {
        /// Why.
        why: String,
    },
    /// The run stopped before it was done.
    Halted {
        /// Why.
        halt: Halt,
        /// How the cluster stands.
        standing: Standing,
    },
    /// The run is done.
    Finished {
        /// How the cluster stands.
        standing: Standing,
        /// Leader moves during the run.
        leader_moves: u32,
        /// Seconds it took.
        seconds: u64,
    },
    /// An event of a newer program.
    #[serde(other)]
    Unrecognized,
}

impl EventKind {
    /// Whether nothing follows it but the result.
    #[must_use]
    pub const fn is_terminal(&self) -> bool {
        matches!(self, Self::Halted { .. } | Self::Finished { .. })
    }

    /// Whether it belongs into what is kept of a run, and has a number there.
    #[must_use]
    pub const fn is_recorded(&self) -> bool {
        !matches!(self, Self::WaitGoesOn { .. })
    }
}
