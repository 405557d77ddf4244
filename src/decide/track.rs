//! What only a sequence of observations can show: readings of the applied
//! index, how long things have held still, how long a wait has lasted.
//!
//! A fold over snapshots, kept in memory. A run that starts again begins with
//! none of it, which only makes it wait longer.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::model::{
    action::{Action, MemberChange, ReleaseBy},
    blocker::Blocker,
    fact::Fact,
    names::{PodName, PodRef, Pool},
    node::NodeView,
    snapshot::Snapshot,
};

use super::{
    broken::Broken, catch_up::CatchUp, hook_seen::HookSeen, leadership, rules::STEP_DOWN_FORGOTTEN,
    still::fingerprint,
};
pub use super::{in_step::Commits, reading::Reading, refused_eviction::Refusal};

/// The memory of one process.
#[derive(Debug, Clone, Default)]
pub struct Track {
    /// The agreed leader.
    pub leader: Option<Reign>,
    /// The last node that led, and when it was last seen to.
    pub last_led: Option<(PodName, Duration)>,
    /// The entries committed lately.
    pub commits: Commits,
    /// The readings of each incarnation, by UID.
    pub readings: BTreeMap<String, Reading>,
    /// How those get closer that are behind, by UID.
    pub catch_ups: BTreeMap<String, CatchUp>,
    /// The versions of the resource and the StatefulSets when last seen.
    pub fingerprint: Vec<String>,
    /// Since when they have been these.
    pub still_since: Duration,
    /// What is waited for, and since when.
    pub waits: Vec<(Blocker, Duration)>,
    /// Step-downs this process asked for, oldest first.
    pub step_downs: Vec<StepDown>,
    /// UIDs this process released, and when.
    pub released: BTreeMap<String, Duration>,
    /// The pods this process evicted, by name, each time once.
    pub evicted: Vec<PodName>,
    /// UIDs of the pods whose nodes have shown that they could lead.
    pub could_lead: BTreeSet<String>,
    /// Who un-paused the operator while this process drove.
    pub unpaused: Option<Unpaused>,
    /// The latest refused eviction.
    pub refused: Option<Refusal>,
    /// The operator was seen to have stopped since this process began.
    pub operator_quiet: bool,
    /// This process has seen its own record with `spec.paused=true`.
    pub begun: bool,
    /// Pools whose template this process has set.
    pub image_set: Vec<Pool>,
    /// The progress last published, as `(partition, completed)`.
    pub published: Option<(u32, Vec<u32>)>,
    /// Pods that do not come up.
    pub broken: Broken,
    /// The changes of members this process asked for last, and when.
    pub members_asked: BTreeMap<PodName, (MemberChange, Duration)>,
    /// The Job of the pre-promotion hook.
    pub hook: HookSeen,
    /// Leader moves seen.
    pub leader_moves: u32,
}

/// A period of leadership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reign {
    /// The leader.
    pub pod: PodRef,
    /// Since when, by our clock.
    pub since: Duration,
    /// We saw it begin; otherwise it began before we looked.
    pub witnessed: bool,
}

/// A step-down asked for by this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDown {
    /// The node that was asked.
    pub node: PodRef,
    /// When it accepted.
    pub at: Duration,
    /// Another leader, or the same one anew, has been seen since.
    pub settled: bool,
}

/// Somebody set `spec.paused` to false, or removed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpaused {
    /// The field manager that did, where `managedFields` still tells.
    pub by: Option<String>,
}

impl Track {
    /// Takes one observation in.
    pub fn observe(&mut self, snapshot: &Snapshot, now: Duration) {
        self.observe_leader(snapshot, now);
        self.observe_indexes(snapshot, now);
        self.observe_pause(snapshot);
        self.hook.observe(&snapshot.hook);
        let fingerprint = fingerprint(snapshot);
        if fingerprint != self.fingerprint {
            self.fingerprint = fingerprint;
            self.still_since = now;
        }
    }

    /// Whoever un-paused the operator is remembered: what it does until it is
    /// paused again shows only later.
    fn observe_pause(&mut self, snapshot: &Snapshot) {
        if let Some(cluster) = snapshot.cluster.known()
            && self.begun
            && cluster.spec.paused != Some(true)
            && matches!(cluster.run, Fact::Known(Some(_)))
        {
            self.unpaused.get_or_insert_with(|| Unpaused {
                by: cluster.unpaused_by.clone(),
            });
        }
    }

    fn observe_leader(&mut self, snapshot: &Snapshot, now: Duration) {
        let Ok(leader) = leadership::leader(snapshot) else {
            return;
        };
        let pod = leader.pod.pod.clone();
        let same = self.leader.as_ref().is_some_and(|reign| reign.pod == pod);
        // The same node may have lost and won leadership between two looks; its
        // own clock tells.
        let renewed = same
            && leader.active_for().is_some_and(|active| {
                self.leader.as_ref().is_some_and(|reign| {
                    active + Duration::from_secs(2) < now.saturating_sub(reign.since)
                })
            });
        // A node that goes on leading and answering long after it accepted a
        // step-down has lost the request; one that is still at it hangs.
        if let Some(step_down) = self.step_downs.last_mut()
            && !step_down.settled
            && step_down.node == pod
            && now.saturating_sub(step_down.at) > STEP_DOWN_FORGOTTEN
        {
            step_down.settled = true;
        }
        if !same || renewed {
            let witnessed = self.leader.is_some();
            if witnessed {
                self.leader_moves += 1;
            }
            if let Some(step_down) = self.step_downs.last_mut() {
                step_down.settled = true;
            }
            self.leader = Some(Reign {
                pod,
                since: now,
                witnessed,
            });
        }
        self.last_led = Some((leader.pod.pod.name.clone(), now));
    }

    fn observe_indexes(&mut self, snapshot: &Snapshot, now: Duration) {
        let pods = || snapshot.workloads().flat_map(|workload| &workload.pods);
        self.broken.observe(pods(), now);
        let committed = leadership::leader(snapshot)
            .ok()
            .and_then(|leader| leader.node.leader.known()?.committed_index);
        self.commits.look(committed, now);
        let mut seen = BTreeMap::new();
        let mut before = std::mem::take(&mut self.catch_ups);
        for pod in pods() {
            let mut reading = self.readings.remove(&pod.pod.uid).unwrap_or_default();
            let node = snapshot.node(&pod.pod.name);
            match node.and_then(|node| node.applied_index().filter(|_| node.is_unsealed())) {
                Some(applied) => reading.note(applied, committed, now),
                // A node that does not answer may be restarting: start again.
                None => reading = Reading::default(),
            }
            let applied = node.and_then(NodeView::applied_index);
            if let (Some(applied), Some(committed)) = (applied, committed)
                && reading.count < 2
            {
                let lag = committed.saturating_sub(applied);
                let known = before.remove(&pod.pod.uid);
                let mut catch_up = known.unwrap_or_else(|| CatchUp::begin(lag, now));
                catch_up.observe(lag, now);
                self.catch_ups.insert(pod.pod.uid.clone(), catch_up);
            }
            seen.insert(pod.pod.uid.clone(), reading);
        }
        self.readings = seen;
    }

    /// Readings at which this incarnation had applied what the leader had
    /// committed, 2 at most, and the index it has to reach next.
    #[must_use]
    pub fn readings(&self, pod: &PodRef) -> (u8, Option<u64>) {
        self.readings
            .get(&pod.uid)
            .map_or((0, None), |reading| (reading.count, reading.mark))
    }

    /// How an incarnation that is behind gets closer.
    #[must_use]
    pub fn catch_up(&self, pod: &PodRef) -> Option<&CatchUp> {
        self.catch_ups.get(&pod.uid)
    }

    /// How often this process evicted a pod of this name.
    #[must_use]
    pub fn times_replaced(&self, name: &PodName) -> usize {
        self.evicted
            .iter()
            .filter(|evicted| *evicted == name)
            .count()
    }

    /// How long the resource and the StatefulSets have held still.
    #[must_use]
    pub fn still_for(&self, now: Duration) -> Duration {
        now.saturating_sub(self.still_since)
    }

    /// How long the agreed leader has led: by what we saw, or by its own clock
    /// when it led before we looked.
    #[must_use]
    pub fn active_for(&self, leader: &leadership::Leader<'_>, now: Duration) -> Duration {
        let seen = self
            .leader
            .as_ref()
            .filter(|reign| reign.pod == leader.pod.pod);
        match seen {
            Some(reign) if reign.witnessed => now.saturating_sub(reign.since),
            Some(reign) => leader
                .active_for()
                .unwrap_or_default()
                .max(now.saturating_sub(reign.since)),
            None => Duration::ZERO,
        }
    }

    /// The step-down whose outcome is still open.
    #[must_use]
    pub fn pending_step_down(&self) -> Option<&StepDown> {
        self.step_downs
            .last()
            .filter(|step_down| !step_down.settled)
    }

    /// Notes that an act succeeded.
    pub fn acted(&mut self, action: &Action, now: Duration) {
        match action {
            Action::StepDown { node } => self.step_downs.push(StepDown {
                node: node.clone(),
                at: now,
                settled: false,
            }),
            Action::Release { pod, by, .. } => {
                self.released.insert(pod.uid.clone(), now);
                self.refused = None;
                if *by == ReleaseBy::Eviction {
                    self.evicted.push(pod.name.clone());
                }
            }
            // Whatever a partition had let go is held again: it is not going.
            Action::Hold { .. } => self.released.clear(),
            Action::Begin { .. } => self.begun = true,
            Action::SetImage { pool, .. } => self.image_set.push(*pool),
            Action::Publish {
                current_partition,
                completed_pods,
            } => self.published = Some((*current_partition, completed_pods.clone())),
            Action::ChangeMember { member, change, .. } => {
                self.members_asked.insert(member.clone(), (*change, now));
            }
            Action::TakeLock { .. }
            | Action::WritePhase { .. }
            | Action::EmptySelfInit
            | Action::CreateConfig { .. }
            | Action::CreateStatefulSet { .. }
            | Action::RunHook { .. }
            | Action::DeleteHook { .. }
            | Action::MoveService { .. }
            | Action::ScaleToNone { .. }
            | Action::DeletePart { .. }
            | Action::TakeSnapshot { .. }
            | Action::Record { .. }
            | Action::Declare { .. }
            | Action::Unhold { .. }
            | Action::Complete
            | Action::Relinquish => {}
        }
    }

    /// Notes that an act's answer was lost. A step-down is taken as accepted:
    /// if it was not, the leader goes on answering and it is forgotten. So is a
    /// hold: if it was not, the partition itself shows what it has let go.
    pub fn unanswered(&mut self, action: &Action, now: Duration) {
        if matches!(
            action,
            Action::StepDown { .. } | Action::Hold { .. } | Action::ChangeMember { .. }
        ) {
            self.acted(action, now);
        }
    }

    /// Takes in what the run waits for, and tells since when it has waited for
    /// each.
    pub fn wait(&mut self, blockers: &[Blocker], now: Duration) {
        let before = std::mem::take(&mut self.waits);
        self.waits = blockers
            .iter()
            .map(|blocker| {
                let since = before
                    .iter()
                    .find(|(other, _)| other.same_wait(blocker))
                    .map_or(now, |(_, since)| *since);
                (blocker.clone(), since)
            })
            .collect();
    }

    /// How long a wait has lasted already.
    #[must_use]
    pub fn waited(&self, blocker: &Blocker, now: Duration) -> Duration {
        self.waits(now)
            .find(|(other, _)| other.same_wait(blocker))
            .map_or(Duration::ZERO, |(_, waited)| waited)
    }

    /// What is waited for, with how long.
    pub fn waits(&self, now: Duration) -> impl Iterator<Item = (&Blocker, Duration)> {
        self.waits
            .iter()
            .map(move |(blocker, since)| (blocker, now.saturating_sub(*since)))
    }
}
