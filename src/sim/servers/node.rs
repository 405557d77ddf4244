//! One incarnation of a server process.

use std::collections::BTreeMap;

use super::{autopilot::State, release::Release};
use crate::sim::{moment::Moment, processes::Settings};

/// How many lines of a log are kept.
const LINES: usize = 40;

/// How far a process has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing listens yet.
    Starting,
    /// It answers, sealed or not initialized.
    Sealed,
    /// Its raft runs.
    Unsealed,
    /// It has ended.
    Exited(i32),
}

/// Who wants the core's state lock for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    /// Nobody.
    None,
    /// A step-down that waits for the readers.
    Waiting,
    /// A teardown under way.
    Holding,
}

/// What a raft node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It follows, or waits for a leader.
    Follower,
    /// It leads.
    Leader,
}

/// What the active node has heard from a standby.
#[derive(Debug, Clone, Copy)]
pub(super) struct Echo {
    pub(super) at: Moment,
    pub(super) release: Release,
    pub(super) index: u64,
    pub(super) term: u64,
}

/// The life of a node as the active one.
#[derive(Debug, Clone)]
pub(super) struct Active {
    pub(super) since: Moment,
    /// By pod.
    pub(super) echoes: BTreeMap<String, Echo>,
    /// Since when autopilot has called a server healthy, by pod.
    pub(super) stable: BTreeMap<String, Moment>,
    /// What autopilot last made of it.
    pub(super) state: State,
    /// Rounds of autopilot so far.
    pub(super) rounds: u64,
}

impl Active {
    pub(super) fn new(since: Moment) -> Self {
        Self {
            since,
            echoes: BTreeMap::new(),
            stable: BTreeMap::new(),
            state: State::default(),
            rounds: 0,
        }
    }
}

/// A process.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "facts, each by itself")]
pub(super) struct Node {
    pub(super) pod: String,
    pub(super) uid: String,
    pub(super) release: Release,
    /// What it was started with.
    pub(super) settings: Settings,
    /// When.
    pub(super) started: Moment,
    /// Whom it names until it hears of the node that is active now, and until
    /// when.
    pub(super) still_names: Option<(Moment, Option<String>)>,
    /// Which volume it runs on.
    pub(super) volume: usize,
    pub(super) phase: Phase,
    /// When it ended.
    pub(super) ended: Option<Moment>,
    /// Stopped by SIGSTOP.
    pub(super) paused: bool,
    /// Told to end: nothing listens any more.
    pub(super) ending: bool,
    /// A leader that was removed while it led: its state lock is held for
    /// ever and its raft is shut down (`contracts/openbao-live.md` 0.6).
    pub(super) wedged: bool,
    /// A standby whose own setup failed: a 2.6 that was started after a 2.7 had
    /// been active, or one that is unfit (`contracts/openbao-live.md` 0.1).
    pub(super) forwarding_only: bool,
    /// It cannot set itself up, neither to read nor to lead
    /// (`contracts/openbao-live.md` 0.1).
    pub(super) unfit: bool,
    /// Downloads under way, each of which holds the state lock.
    pub(super) readers: u32,
    pub(super) writer: Writer,
    pub(super) role: Role,
    /// Whether a leader reaches it now.
    pub(super) contact: bool,
    /// Whether it still believes in a leader.
    pub(super) knows_leader: bool,
    /// Whether the leader has found its address.
    pub(super) reachable: bool,
    /// Counts its election timers, so that an old one is known.
    pub(super) timer: u64,
    /// As leader: whether a majority of the voters follows.
    pub(super) quorum: bool,
    /// As leader: counts the ends of its lease.
    pub(super) lease: u64,
    /// As leader: it has seen a later term and is about to yield.
    pub(super) yields: bool,
    pub(super) active: Option<Active>,
    /// An activation that waits for a download to end.
    pub(super) held_back: bool,
    /// The end of the pause after a step-down.
    pub(super) rests_until: Moment,
    /// The active node its forwarding connection leads to.
    pub(super) forwards_to: Option<usize>,
    /// As leader: when it last appended.
    pub(super) appended: Moment,
    pub(super) lines: Vec<String>,
}

impl Node {
    pub(super) fn new(pod: &str, uid: &str, release: Release, volume: usize) -> Self {
        Self {
            pod: pod.to_owned(),
            uid: uid.to_owned(),
            release,
            settings: Settings::default(),
            started: Moment::START,
            still_names: None,
            volume,
            phase: Phase::Starting,
            ended: None,
            paused: false,
            ending: false,
            wedged: false,
            forwarding_only: false,
            unfit: false,
            readers: 0,
            writer: Writer::None,
            role: Role::Follower,
            contact: false,
            knows_leader: false,
            reachable: false,
            timer: 0,
            quorum: false,
            lease: 0,
            yields: false,
            active: None,
            held_back: false,
            rests_until: Moment::START,
            forwards_to: None,
            appended: Moment::START,
            lines: Vec::new(),
        }
    }

    /// Whether the process is there.
    pub(super) const fn runs(&self) -> bool {
        !matches!(self.phase, Phase::Exited(_))
    }

    /// Whether its raft takes part in anything now.
    pub(super) const fn takes_part(&self) -> bool {
        matches!(self.phase, Phase::Unsealed) && !self.paused && !self.wedged
    }

    /// Whether it leads by its raft and takes part.
    pub(super) fn leads(&self) -> bool {
        self.takes_part() && self.role == Role::Leader
    }

    /// Whether a connection to it is accepted.
    pub(super) const fn listens(&self) -> bool {
        matches!(self.phase, Phase::Sealed | Phase::Unsealed) && !self.ending
    }

    /// Whether it would take a write from a client.
    pub(super) fn serves(&self) -> bool {
        self.leads() && self.active.is_some() && self.writer == Writer::None && !self.ending
    }

    /// Writes a line to its log.
    pub(super) fn say(&mut self, at: Moment, level: &str, what: &str) {
        if self.lines.len() == LINES {
            self.lines.remove(0);
        }
        self.lines
            .push(format!("{:.3} [{level}] {what}", at.wall()));
    }
}
