//! The Kubernetes of the embedded cluster: its API server and controllers.

mod absence;
mod admission;
mod adoption;
mod answer;
mod apply;
mod audit;
mod budget;
mod caller;
mod claims;
mod cluster_schema;
mod defaults;
mod delete;
mod deploy;
mod events;
mod eviction;
mod fault_hooks;
mod faults;
mod fields;
mod fixture;
mod history;
mod hook;
mod injected;
mod job;
mod keep;
mod kind;
mod kubelet;
mod lists;
mod lost_node;
mod mounts;
mod object;
mod owners;
mod patch;
mod pins;
mod pod;
mod pod_status;
mod read;
mod refused_pods;
mod review;
mod revision;
mod route;
mod selector;
mod serve;
mod set_view;
mod slices;
mod statefulset;
mod status_body;
mod store;
mod termination;
mod timers;
mod truth;
mod volume_wait;
mod write;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use hyper::body::Bytes;
use serde_json::Value;

pub(in crate::sim) use self::truth::PodNow;
use self::{
    absence::Absence,
    budget::Budget,
    caller::Rights,
    claims::Claims,
    hook::Hooks,
    object::Object,
    pod::PodWork,
    set_view::Set,
    slices::Slices,
    store::Store,
    timers::{Task, Timers},
};
pub use self::{
    admission::Lock,
    answer::Handled,
    audit::Audit,
    caller::{Caller, OPERATOR},
    cluster_schema::Generation,
    faults::{Faults, Injected, WriteFault},
    fixture::Fixture,
    history::Watching,
    job::FinishedJob,
    kind::Kind,
    object::Key,
    pins::Pins,
    pod_status::NODE,
    truth::{PodTruth, SetTruth},
};
use super::{dice::Dice, moment::Moment, processes::Processes};

/// An API server with its controllers, scheduler and kubelet.
///
/// Nothing happens by itself: requests come in by [`Kubernetes::handle`], and
/// controllers act in [`Kubernetes::advance`], which is to be called whenever
/// [`Kubernetes::due`] has come.
#[derive(Debug)]
pub struct Kubernetes {
    store: Store,
    dice: Dice,
    now: Moment,
    timers: Timers,
    sets: BTreeMap<Key, Set>,
    /// By UID.
    pods: BTreeMap<String, PodWork>,
    budgets: BTreeMap<Key, Budget>,
    jobs: Vec<FinishedJob>,
    hooks: Hooks,
    /// Processes to be killed at the next opportunity, by UID.
    kills: Vec<String>,
    /// Pods that the StatefulSet's controller replaces behind no partition, by
    /// name and UID, not yet told.
    unheld: Vec<(String, String)>,
    faults: Faults,
    rights: Rights,
    lock: Lock,
    pins: Option<Pins>,
    generation: Generation,
    audit: Vec<Audit>,
    tokens: u64,
    addresses: u32,
    relisting: bool,
    absence: Absence,
    claims: Claims,
    slices: Slices,
}

impl Kubernetes {
    /// An empty cluster with one node.
    #[must_use]
    pub fn new(dice: Dice) -> Self {
        Self {
            store: Store::default(),
            dice,
            now: Moment::START,
            timers: Timers::default(),
            sets: BTreeMap::new(),
            pods: BTreeMap::new(),
            budgets: BTreeMap::new(),
            jobs: Vec::new(),
            hooks: Hooks::default(),
            kills: Vec::new(),
            unheld: Vec::new(),
            faults: Faults::default(),
            rights: Rights::default(),
            lock: Lock::default(),
            pins: None,
            generation: Generation::default(),
            audit: Vec::new(),
            tokens: 0,
            addresses: 0,
            relisting: false,
            absence: Absence::default(),
            claims: Claims::default(),
            slices: Slices::default(),
        }
    }

    /// Serves the schema of another generation of the operator.
    pub fn serve_generation(&mut self, generation: Generation) {
        self.generation = generation;
    }

    /// Installs an admission lock, or none.
    pub fn install_lock(&mut self, lock: Lock) {
        self.lock = lock;
    }

    /// Has images pinned at admission, or not.
    pub fn pin_images(&mut self, pins: Option<Pins>) {
        self.pins = pins;
    }

    /// What admission makes of what was written.
    fn admit(&self, kind: Kind, object: &mut Value) {
        if let Some(pins) = self.pins {
            pins.admit(kind, object);
        }
    }

    /// The lines of a watch since the last call; none costs next to nothing.
    ///
    /// # Errors
    ///
    /// The line that says 410 Gone; the watch ends with it.
    pub fn watch_events(&self, watching: &mut Watching) -> Result<Vec<Bytes>, Bytes> {
        watching.read(&self.store.history, self.store.revision(), self.now)
    }

    /// When a controller next has something to do.
    #[must_use]
    pub fn due(&self) -> Option<Moment> {
        if self.kills.is_empty() && !self.claims.has_wiped() {
            self.timers.next()
        } else {
            Some(self.now)
        }
    }

    /// Lets the controllers and the kubelet do what is due.
    pub fn advance(&mut self, now: Moment, processes: &mut dyn Processes) {
        for uid in std::mem::take(&mut self.kills) {
            processes.kill(&uid, now);
        }
        for pod in self.claims.take_wiped() {
            processes.wipe(&pod, now);
        }
        while let Some((at, task)) = self.timers.take(now) {
            self.now = self.now.max(at);
            let Some(task) = self.while_away(task) else {
                continue;
            };
            match task {
                Task::Set(key) => self.sync_set(&key),
                Task::Budget(key) => self.sync_budget(&key),
                Task::Pod(uid) => self.step_pod(&uid, at, processes),
                Task::Job(key) => self.step_job(&key),
                Task::Relist => self.relist(processes),
                Task::Report(uid) => self.report_pod(&uid),
                Task::Claim(key) => self.sync_claim(&key),
                Task::Slice(key) => self.sync_slice(&key),
            }
        }
        self.now = self.now.max(now);
    }

    /// Pods that the StatefulSet's controller has begun to replace behind no
    /// partition since the last call.
    pub(in crate::sim) fn take_unheld(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.unheld)
    }

    /// Every write that was asked for, oldest first.
    #[must_use]
    pub fn audit(&self) -> &[Audit] {
        &self.audit
    }

    /// The revision of the last change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.store.revision()
    }

    /// An object as stored.
    #[must_use]
    pub fn object(&self, key: &Key) -> Option<&Value> {
        self.store.get(key).map(|object| &object.value)
    }

    /// Stores a new state and tells the controllers.
    fn commit(&mut self, key: &Key, value: Value) -> Arc<Object> {
        let object = self.store.put(key, value);
        self.noticed(key, &object, false);
        object
    }

    /// What the controllers make of a change.
    fn noticed(&mut self, key: &Key, object: &Object, deleted: bool) {
        match key.kind {
            Kind::StatefulSet => self.noticed_set(key, object, deleted),
            Kind::Pod => self.noticed_pod(key, object, deleted),
            Kind::PodDisruptionBudget => self.noticed_budget(key, object, deleted),
            Kind::Job if !deleted => self.noticed_job(key, object),
            Kind::PersistentVolumeClaim => self.noticed_claim(key, object, deleted),
            Kind::Service => self.noticed_service(key, object, deleted),
            _ => {}
        }
    }

    /// A UID of the world's own chance.
    fn uid(&mut self) -> String {
        let (high, low) = (self.dice.number(), self.dice.number());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 52,
            low & 0xffff_ffff_ffff
        )
    }
}
