//! Judges what baoctl does by the world's truth. Shares no code with what
//! decides.
//!
//! The invariants and their numbers are those of `reference/reliability.md` D.
//! A condition that baoctl could not have known of yet is nobody's fault: it
//! counts once it has lasted for two seconds.

mod acts;
mod again;
mod colours;
mod deed;
mod end;
mod release;
mod rules;
mod safeguard;
mod success;
mod view;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    time::Duration,
};

use super::moment::Moment;

pub use again::Ending;
pub use deed::Deed;
pub use end::{Left, Traffic};
pub use rules::Rule;
pub use safeguard::SnapshotSeen;
pub use view::{NodeSeen, PodSeen, SetSeen, View};

/// How old an observation may be that an act is decided on (S4).
const FRESH: Duration = Duration::from_secs(2);

/// At least so far apart are the two readings at which a node must be fit: one
/// interval of autopilot's own state (`contracts/openbao-api.md` 11).
const BETWEEN_READINGS: Duration = Duration::from_secs(2);

/// Who holds the lease once another run has taken it (F4).
pub const STRANGER: &str = "baoctl/somebody/other";

/// Most of what happened lately that is kept for the report of a violation.
const LATELY: usize = 12;

/// An invariant that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its number.
    pub invariant: &'static str,
    /// When.
    pub at: Moment,
    /// What was seen.
    pub what: String,
    /// What had happened before, oldest first.
    pub lately: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.invariant, self.at, self.what)
    }
}

/// What it came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How often the world was judged.
    pub judged: u64,
    /// How often each invariant was put to the test.
    pub checks: BTreeMap<&'static str, u64>,
    /// What did not hold.
    pub violations: Vec<Violation>,
    /// Writes the client was told are done.
    pub acknowledged: u64,
    /// The operator was un-paused in one of the moments in which no hold lasts,
    /// and no baoctl was there that could have taken it back.
    pub exposed: bool,
    /// Those of them that are gone.
    pub lost: u64,
    /// The longest time without one, in milliseconds.
    pub longest_gap_ms: u64,
    /// Reads and writes of clients of the public Service that came to nothing
    /// and were tried again.
    pub failed: u64,
    /// Those that a server outside of the cluster answered.
    pub misled: u64,
    /// How often another node became active.
    pub leader_moves: u32,
}

/// The judge.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what has happened, each by itself"
)]
pub struct Oracle {
    verdict: Verdict,
    lately: VecDeque<String>,
    /// The version to reach, as in images and answers.
    target: String,
    /// The tag of its image: what pods and their servers are told apart by.
    tag: String,
    /// Who wrote the lease last, of ours.
    holder: Option<String>,
    /// The same, where the process that lives has written it.
    driver: Option<String>,
    /// The target was declared.
    declared: bool,
    /// Since when another version has stood there, once it was.
    otherwise_declared: Option<Moment>,
    /// Nobody is active by its own word, since when.
    leaderless: Option<Moment>,
    /// When each incarnation of a voter, by its UID, was fit for the first time.
    first_fit: BTreeMap<String, Moment>,
    /// Voters that are not fit to carry the quorum, since when.
    unfit: BTreeMap<String, Moment>,
    /// Members that are not fit, with a vote or without, since when.
    ailing: BTreeMap<String, Moment>,
    /// Pods that are not Ready, or going, since when.
    away: BTreeMap<String, Moment>,
    /// Voters that could not become active, since when.
    barred: BTreeMap<String, Moment>,
    /// Who is active by its own word, since when.
    active: Option<(String, Moment)>,
    /// A version of the target has led.
    door_shut: bool,
    /// The run goes back to where the cluster came from.
    back: bool,
    /// Since when no node from before a one-way door can lead.
    shut_since: Option<Moment>,
    /// Pods let go by baoctl (name, UID) that are not back yet.
    released: BTreeMap<String, String>,
    /// How often the present process let pods of each name go.
    times_released: BTreeMap<String, u32>,
    /// Our last step-down: of whom, and when.
    stepped_down: Option<(String, Moment)>,
    /// How often it stepped the same leader down in vain.
    in_vain: u32,
    /// The present process has said that it halts.
    halted: bool,
    /// Pods there have been.
    pods: BTreeSet<String>,
    /// The last thing that went wrong by itself.
    last_fault: Option<Moment>,
}

impl Oracle {
    /// A judge of an upgrade to this version.
    #[must_use]
    pub fn of(target: &str, tag: &str) -> Self {
        Self {
            target: target.to_owned(),
            tag: tag.to_owned(),
            ..Self::default()
        }
    }

    /// From here on the run is asked to go back to this version.
    pub fn turn_back(&mut self, version: &str) {
        version.clone_into(&mut self.target);
        version.clone_into(&mut self.tag);
        self.back = true;
        self.declared = false;
        self.otherwise_declared = None;
    }

    /// Takes note of something for the report.
    pub fn note(&mut self, at: Moment, what: &str) {
        if self.lately.len() == LATELY {
            self.lately.pop_front();
        }
        self.lately.push_back(format!("{at}: {what}"));
    }

    /// Something went wrong by itself.
    pub fn fault(&mut self, at: Moment, what: &str) {
        self.last_fault = Some(at);
        self.note(at, what);
    }

    /// Judges the world as it is.
    pub fn judge(&mut self, view: &View, now: Moment) {
        self.verdict.judged += 1;
        if view.door_is_shut {
            self.shut_since.get_or_insert(now);
        }
        self.follow_fitness(view, now);
        self.follow_members(view, now);
        self.follow_leader(view, now);
        if view.declared == self.target {
            self.otherwise_declared = None;
        } else if self.declared {
            self.otherwise_declared.get_or_insert(now);
        }
        self.released.retain(|pod, uid| {
            !view
                .pods
                .iter()
                .any(|seen| seen.name == *pod && seen.uid != *uid && seen.ready)
        });
    }

    /// An invariant is put to the test.
    fn check(&mut self, invariant: &'static str) {
        *self.verdict.checks.entry(invariant).or_default() += 1;
    }

    fn violated(&mut self, invariant: &'static str, at: Moment, what: String) {
        self.verdict.checks.entry(invariant).or_insert(1);
        let known = |violation: &Violation| violation.invariant == invariant;
        // The first of each kind is what there is to learn from.
        if !self.verdict.violations.iter().any(known) {
            self.verdict.violations.push(Violation {
                invariant,
                at,
                what,
                lately: self.lately.iter().cloned().collect(),
            });
        }
    }

    fn follow_fitness(&mut self, view: &View, now: Moment) {
        for pod in &view.pods {
            if !self.pods.contains(&pod.name) {
                self.pods.insert(pod.name.clone());
            }
            if pod.ready && !pod.terminating {
                self.away.remove(&pod.name);
            } else {
                self.away.entry(pod.name.clone()).or_insert(now);
            }
        }
        for node in view.nodes.iter().filter(|node| node.voter) {
            if node.cannot_lead {
                self.barred.entry(node.pod.clone()).or_insert(now);
            } else {
                self.barred.remove(&node.pod);
            }
            if node.is_fit(view.committed) {
                self.unfit.remove(&node.pod);
                if let Some(uid) = view.uid(&node.pod)
                    && !self.first_fit.contains_key(uid)
                {
                    self.first_fit.insert(uid.to_owned(), now);
                }
            } else {
                self.unfit.entry(node.pod.clone()).or_insert(now);
            }
        }
    }

    /// Voters that nobody can have seen fit twice, for they were not fit one
    /// interval ago. The active node is the measure, and needs no reading.
    fn unproven<'a>(&'a self, view: &'a View, now: Moment) -> impl Iterator<Item = &'a str> {
        let proven = move |uid: &str| {
            let first = self.first_fit.get(uid);
            first.is_some_and(|first| now.since(*first) >= BETWEEN_READINGS)
        };
        view.nodes
            .iter()
            .filter(|node| node.voter && !node.active)
            .map(|node| node.pod.as_str())
            .filter(move |pod| view.uid(pod).is_some_and(|uid| !proven(uid)))
    }

    fn follow_leader(&mut self, view: &View, now: Moment) {
        let Some(active) = view.active() else {
            self.leaderless.get_or_insert(now);
            return;
        };
        self.leaderless = None;
        if self
            .active
            .as_ref()
            .is_some_and(|(pod, _)| *pod == active.pod)
        {
            return;
        }
        let before = self.active.replace((active.pod.clone(), now));
        self.in_vain = 0;
        if before.is_none() {
            return;
        }
        self.verdict.leader_moves += 1;
        let text = format!("{} ({}) became active", active.pod, active.version);
        self.note(now, &text);
        if active.version != self.tag || self.back {
            return;
        }
        if !self.door_shut {
            self.check("R5");
        }
        let stepped = self.stepped_down.as_ref().map(|(pod, _)| pod.as_str());
        let mut older = view.older_voters(&self.tag);
        // Every other voter runs it: the one that stepped down comes last.
        older.retain(|pod| Some(pod.as_str()) != stepped);
        if !self.door_shut && !older.is_empty() && self.is_our_doing(now) {
            self.violated(
                "R5",
                now,
                format!(
                    "{} is the first of {} to lead, by our own step-down, while {} still run another",
                    active.pod,
                    self.target,
                    older.join(", ")
                ),
            );
        }
        self.door_shut = true;
    }

    /// Leadership moved because of us: a step-down of ours, and nothing that
    /// went wrong since.
    fn is_our_doing(&self, now: Moment) -> bool {
        self.stepped_down.as_ref().is_some_and(|(_, at)| {
            now.since(*at) < Duration::from_secs(25)
                && self.last_fault.is_none_or(|fault| fault < *at)
        })
    }
}
