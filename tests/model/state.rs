//! The abstract world: one small value per state.
//!
//! Time is counted in ticks of four seconds and only as ages, each clamped where
//! no rule can tell the difference any more, so the space is finite. Pods need
//! no incarnation numbers: whatever remembers an earlier incarnation is marked
//! as outlived when the pod is made anew.

use baoctl::model::halt::HaltReason;

/// The most voters that are modelled.
pub(crate) const MOST: usize = 5;

/// Every age stops here: 16 s are more than every rule counts (15 s).
pub(crate) const OLDEST: u8 = 4;

/// Three ticks: the 12 s of rule R8.
pub(crate) const SETTLED: u8 = 3;

/// Where a pod is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    Gone,
    Starting,
    Broken,
    Sealed,
    Up,
    Terminating,
}

/// One pod and the node in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that vary on their own"
)]
pub(crate) struct Pod {
    pub phase: Phase,
    /// It is of the target's revision and runs the target's version.
    pub new: bool,
    /// The leader sends it entries and it has applied them all.
    pub synced: bool,
    /// Entries were committed since it last applied one.
    pub behind: bool,
    /// It is away, or not yet caught up again, because the driver let it go.
    pub ours: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Strategy {
    Partition(u8),
    OnDelete,
}

/// The spec of the StatefulSet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Set {
    pub strategy: Strategy,
    pub new_image: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Lock {
    Free,
    /// The present run's.
    Ours,
    /// A run's that died before it wrote its record.
    Dead,
    Foreign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Declared {
    Old,
    Target,
    /// Somebody else's wish.
    Other,
}

/// The resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Cr {
    pub paused: bool,
    pub lock: Lock,
    /// The run record; whether it knows that the target was active.
    pub record: Option<bool>,
    pub version: Declared,
    /// `status.upgrade`: partition and completed pods as a mask.
    pub upgrade: Option<(u8, u8)>,
    /// `currentVersion` is the target.
    pub current_new: bool,
    /// The operator said that it is paused.
    pub acknowledged: bool,
}

/// What the watches have brought so far, where they may lag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct View {
    pub pods: [Pod; MOST],
    /// Pods that have been made anew since.
    pub outlived: u8,
    pub set: Set,
    pub controller: Set,
    pub cr: Cr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Reading {
    pub mark: Mark,
    pub count: u8,
    /// The last one that counted is a reading interval ago.
    pub old: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Mark {
    #[default]
    Unset,
    /// The next index to be committed.
    Next,
    /// An index that is committed.
    Reached,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Reign {
    pub pod: u8,
    pub outlived: bool,
    pub age: u8,
    pub witnessed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Down {
    pub pod: u8,
    pub outlived: bool,
    pub age: u8,
    pub settled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Refused {
    pub pod: u8,
    pub age: u8,
    pub conflict: bool,
}

/// What a driver's process knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that vary on their own"
)]
pub(crate) struct Mem {
    /// Its copy of the record knows that the target was active.
    pub newest: bool,
    pub begun: bool,
    pub quiet: bool,
    pub image_set: bool,
    pub published: Option<(u8, u8)>,
    pub reign: Option<Reign>,
    pub readings: [Reading; MOST],
    pub down: Option<Down>,
    /// Step-downs asked of the present incarnation.
    pub tries: [u8; MOST],
    /// Step-downs asked of any.
    pub all_tries: u8,
    /// Present incarnations it has released.
    pub released: u8,
    pub refused: Option<Refused>,
    /// It saw that somebody un-paused the operator.
    pub unpaused: bool,
    /// How often it evicted a pod of each name, up to the number that halts.
    pub evicted: [u8; MOST],
    /// How long what it saw has held still, and what that was; only until the
    /// operator counts as quiet.
    pub still: u8,
    pub fingerprint: u64,
}

/// An act as small as a state needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    TakeLock,
    Begin,
    Record,
    Declare,
    Publish(u8, u8),
    HoldPartition(u8),
    HoldOnDelete,
    SetImage,
    StepDown(u8),
    Evict(u8),
    /// Release this pod by a partition at that ordinal.
    Lower(u8, u8),
    Unhold,
    Complete,
    Relinquish,
}

/// A write that is decided and not sent yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Pending {
    pub act: Act,
    /// The pod it is about is another one by now.
    pub outlived: bool,
    pub cr: Cr,
    pub set: Set,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Life {
    /// No process.
    Away,
    Running,
    /// The process stands still and its clock goes on.
    Suspended,
    Done,
    Halted(Why),
}

/// A halt's reason, hashable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Why(pub HaltReason);

impl std::hash::Hash for Why {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::mem::discriminant(&self.0).hash(state);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Driver {
    pub life: Life,
    pub mem: Mem,
    pub pending: Option<Pending>,
}

/// How many more faults of each kind may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Budget {
    /// The driver's process dies.
    pub crashes: u8,
    /// A person runs it again after a halt.
    pub reruns: u8,
    /// A write is applied and its answer lost, or never arrives.
    pub answers: u8,
    /// The world moves between a decision and its write.
    pub races: u8,
    /// A pod dies by itself.
    pub deaths: u8,
    /// Leadership moves by itself, or a step-down is forgotten.
    pub failovers: u8,
    /// A pod comes up broken.
    pub broken: u8,
    /// A pod comes up sealed.
    pub sealed: u8,
    /// Somebody edits the resource.
    pub foreign: u8,
    /// A process stands still for longer than its lease.
    pub suspensions: u8,
    /// Something takes longer than the driver's patience.
    pub slow: u8,
}

/// The truth about the last step-down that moved leadership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Stepped {
    pub pod: u8,
    pub outlived: bool,
    pub age: u8,
}

/// A rule of `reference/reliability.md` D that was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Rule {
    S1,
    S2,
    S4,
    S6,
    S8,
    S15,
    R1,
    R2,
    R3,
    R5,
    R8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub pods: [Pod; MOST],
    pub set: Set,
    /// What the StatefulSet's controller has acted on.
    pub controller: Set,
    pub cr: Cr,
    pub leader: Option<u8>,
    /// How long the leader has led.
    pub led: u8,
    /// Every standby names the leader.
    pub agreed: bool,
    /// The leader has accepted a step-down.
    pub stepping: bool,
    /// Leadership is between two nodes because the driver asked: the one it
    /// leaves, and whether that runs the target's version.
    pub asked: Option<(u8, bool)>,
    pub stepped: Option<Stepped>,
    /// A node of the target has been active.
    pub ever_new: bool,
    pub view: Option<View>,
    pub drivers: [Driver; 2],
    pub lease: Option<u8>,
    /// Since its holder last renewed it.
    pub unrenewed: u8,
    pub budget: Budget,
    pub wrong: Option<Rule>,
}

impl Phase {
    /// Whether there is a pod.
    pub(crate) const fn exists(self) -> bool {
        !matches!(self, Self::Gone)
    }
}

impl Mem {
    /// The pod of an ordinal was made anew.
    pub(crate) fn outlive(&mut self, ordinal: u8) {
        let at = usize::from(ordinal);
        self.readings[at] = Reading::default();
        self.tries[at] = 0;
        self.released &= !(1 << ordinal);
        if let Some(reign) = self.reign.as_mut().filter(|reign| reign.pod == ordinal) {
            reign.outlived = true;
        }
        if let Some(down) = self.down.as_mut().filter(|down| down.pod == ordinal) {
            down.outlived = true;
        }
        if self.refused.is_some_and(|refused| refused.pod == ordinal) {
            self.refused = None;
        }
    }
}

impl State {
    /// The state in one line, for traces.
    pub(crate) fn brief(&self, n: u8) -> String {
        let pods: Vec<String> = self.pods[..usize::from(n)]
            .iter()
            .enumerate()
            .map(|(i, pod)| {
                format!(
                    "{i}:{:?}{}{}{}{}",
                    pod.phase,
                    if pod.new { "+new" } else { "" },
                    if pod.synced { "" } else { "-unsynced" },
                    if pod.ours { "!" } else { "" },
                    if self.leader == Some(small_index(i)) {
                        "*"
                    } else {
                        ""
                    }
                )
            })
            .collect();
        let lives: Vec<String> = self
            .drivers
            .iter()
            .filter(|driver| driver.life != Life::Away)
            .map(|driver| {
                let mem = &driver.mem;
                format!(
                    "{:?} begun={} quiet={} published={:?} reign={:?} down={:?} counts={:?} pending={:?}",
                    driver.life,
                    mem.begun,
                    mem.quiet,
                    mem.published,
                    mem.reign.map(|reign| (reign.pod, reign.age, reign.witnessed)),
                    mem.down.map(|down| (down.pod, down.age, down.settled)),
                    &mem.readings.map(|reading| reading.count)[..usize::from(n)],
                    driver.pending.map(|pending| pending.act),
                )
            })
            .collect();
        format!(
            "[{}] led={} agreed={} stepping={} set={:?}/{} observed={} cr={:?} lease={:?}/{} {} wrong={:?}",
            pods.join(" "),
            self.led,
            self.agreed,
            self.stepping,
            self.set.strategy,
            self.set.new_image,
            self.set == self.controller,
            self.cr,
            self.lease,
            self.unrenewed,
            lives.join(" | "),
            self.wrong
        )
    }

    /// The pods of a cluster of this size.
    pub(crate) fn up(&self, n: u8, ordinal: u8) -> bool {
        ordinal < n && self.pods[usize::from(ordinal)].phase == Phase::Up
    }

    /// The pod at an ordinal.
    pub(crate) fn pod(&self, ordinal: u8) -> &Pod {
        &self.pods[usize::from(ordinal)]
    }

    /// What the watches show now.
    pub(crate) fn present(&self) -> View {
        View {
            pods: self.pods,
            outlived: 0,
            set: self.set,
            controller: self.controller,
            cr: self.cr,
        }
    }

    /// The watches have caught up.
    pub(crate) fn deliver(&mut self) {
        let Some(view) = self.view else { return };
        for ordinal in (0..8).filter(|ordinal| view.outlived & (1 << ordinal) != 0) {
            for driver in &mut self.drivers {
                driver.mem.outlive(ordinal);
            }
        }
        self.view = Some(self.present());
    }

    /// The pod of an ordinal is made anew.
    pub(crate) fn made_anew(&mut self, ordinal: u8) {
        if let Some(view) = &mut self.view {
            view.outlived |= 1 << ordinal;
        }
        let lags = self.view.is_some();
        for driver in &mut self.drivers {
            if !lags {
                driver.mem.outlive(ordinal);
            }
            if let Some(pending) = &mut driver.pending
                && matches!(pending.act, Act::Evict(pod) | Act::StepDown(pod) if pod == ordinal)
            {
                pending.outlived = true;
            }
        }
        if let Some(stepped) = self.stepped.as_mut().filter(|last| last.pod == ordinal) {
            stepped.outlived = true;
        }
    }
}

fn small_index(index: usize) -> u8 {
    u8::try_from(index).unwrap_or(u8::MAX)
}
