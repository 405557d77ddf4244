//! The whole world: its parts and its time.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::Duration,
};

use super::{
    crash::Crash, dice::Dice, kubernetes::Kubernetes, letter::Letters, link::Link, look::Keys,
    moment::Moment, operator::Operator, oracle::Oracle, relief::Relief, scenario::Planned,
    schedule::Schedule, servers::Servers, strike_record::Strikes,
};

/// Until a change of the store has reached a watcher.
const WATCH_LAG: Duration = Duration::from_millis(3);

/// How often the oracle looks when nothing changes on Kubernetes.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Everything there is.
pub struct World {
    /// The name of the cluster under upgrade.
    pub(super) cluster: String,
    /// Its namespace.
    pub(super) namespace: String,
    /// The voters' StatefulSets: the present one, and under blue/green the one
    /// to come.
    pub(super) sets: Vec<String>,
    pub(super) keys: Keys,
    /// The image to reach.
    pub(super) target_image: String,
    /// `spec.paused` at the beginning.
    pub(super) paused_before: Option<bool>,
    pub(super) now: Moment,
    pub(super) dice: Dice,
    /// API server, controllers and kubelet.
    pub kubernetes: Kubernetes,
    /// The OpenBao servers.
    pub servers: Servers,
    /// The in-cluster operator.
    pub operator: Operator,
    /// Where baoctl is to die.
    pub crash: Crash,
    /// The judge.
    pub oracle: Oracle,
    /// No process of baoctl runs.
    pub(crate) unattended: bool,
    /// What is planned to go wrong.
    pub schedule: Schedule,
    pub(super) strikes: Strikes,
    /// The way between baoctl and the world.
    pub(super) link: Link,
    pub(super) reliefs: BTreeMap<(Moment, u64), Relief>,
    judged_at: Moment,
    /// Revision and generation of what was judged last.
    judged: (u64, u64),
    pub(super) letters: Letters,
    pub(super) alarms: BTreeMap<(Moment, u64), Waker>,
    pub(super) next_alarm: u64,
    /// Watches with nothing to read.
    pub(super) watchers: Vec<Waker>,
    /// The revision watchers have been told of, and when they are told more.
    pub(super) told: u64,
    pub(super) news_at: Option<Moment>,
    /// To be woken as soon as nobody holds the world.
    pub(super) woken: Vec<Waker>,
    /// Who waits for the process's death.
    pub(super) mourner: Option<Waker>,
    /// No time passes after this.
    horizon: Moment,
    pub(super) still: bool,
}

/// Why a process ended that did not end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// Killed at the planned write.
    Killed,
    /// It waits for what never comes, or longer than anybody would.
    Standstill,
}

/// A run that takes longer than this hangs: each of its waits ends long before.
const HORIZON: Duration = Duration::from_secs(4 * 3600);

/// The world as its visitors hold it. All of them are on one thread; the lock
/// is there because kube's client asks for services that could be sent to
/// another.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<World>>);

impl Shared {
    /// A world to be shared.
    #[must_use]
    pub fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    /// The world, for a moment.
    pub fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the process, for it to look about.
    pub fn rouse(&self) {
        let process = self.lock().mourner.clone();
        process.into_iter().for_each(Waker::wake);
    }

    /// Lets the world go on until somebody has a reason to act. False when
    /// nothing will ever happen again. `by_one` goes no further than the next
    /// thing that happens, whose time has been waited for.
    pub fn go_on(&self, by_one: bool) -> bool {
        let woken = {
            let mut world = self.lock();
            while world.woken.is_empty() && !world.still {
                world.step();
                if by_one {
                    break;
                }
            }
            // Whoever is woken may be gone by now; the process itself never is.
            let process = world.mourner.clone();
            world.woken.extend(process);
            std::mem::take(&mut world.woken)
        };
        let any = !woken.is_empty();
        woken.into_iter().for_each(Waker::wake);
        any
    }
}

/// What a world is made of.
pub struct Parts {
    /// Name and namespace of the cluster.
    pub cluster: (String, String),
    /// The voters' StatefulSets, the first being there from the beginning.
    pub sets: Vec<String>,
    /// The image to reach.
    pub target_image: String,
    /// `spec.paused` at the beginning.
    pub paused_before: Option<bool>,
    /// API server, controllers and kubelet.
    pub kubernetes: Kubernetes,
    /// The OpenBao servers.
    pub servers: Servers,
    /// The in-cluster operator.
    pub operator: Operator,
    /// The judge.
    pub oracle: Oracle,
    /// Chance.
    pub dice: Dice,
}

impl World {
    /// A world of these parts, at its beginning.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let (cluster, namespace) = parts.cluster;
        Self {
            keys: Keys::of(&namespace, &cluster, parts.sets.first().unwrap_or(&cluster)),
            sets: parts.sets,
            cluster,
            namespace,
            target_image: parts.target_image,
            paused_before: parts.paused_before,
            now: Moment::START,
            told: parts.kubernetes.revision(),
            kubernetes: parts.kubernetes,
            servers: parts.servers,
            operator: parts.operator,
            crash: Crash::default(),
            oracle: parts.oracle,
            unattended: false,
            schedule: Schedule::default(),
            strikes: Strikes::default(),
            link: Link::default(),
            reliefs: BTreeMap::new(),
            judged_at: Moment::START,
            judged: (0, 0),
            dice: parts.dice,
            letters: Letters::default(),
            alarms: BTreeMap::new(),
            next_alarm: 0,
            watchers: Vec::new(),
            news_at: None,
            woken: Vec::new(),
            mourner: None,
            horizon: Moment::START + HORIZON,
            still: false,
        }
    }

    /// Now.
    #[must_use]
    pub const fn now(&self) -> Moment {
        self.now
    }

    /// When something next happens.
    #[must_use]
    pub fn due(&self) -> Option<Moment> {
        let process = [self.alarms.keys().next().map(|(at, _)| *at), self.news_at];
        // A process that stands still does nothing before it goes on.
        let process = process
            .into_iter()
            .flatten()
            .map(|at| at.max(self.link.suspended_until));
        [
            self.letters.due(),
            self.kubernetes.due(),
            self.servers.due(),
            // It has nothing to do without the API server.
            self.operator
                .due()
                .map(|at| at.max(self.link.api_down_until)),
            self.schedule.due(),
            self.reliefs.keys().next().map(|(at, _)| *at),
        ]
        .into_iter()
        .flatten()
        .chain(process)
        .min()
    }

    /// Time until something next happens.
    #[must_use]
    pub fn until_next(&self) -> Duration {
        self.due().map_or(Duration::ZERO, |due| due.since(self.now))
    }

    /// Goes on to the next thing that happens, and through all of that moment.
    fn step(&mut self) {
        let Some(due) = self.due().filter(|due| *due <= self.horizon) else {
            self.still = true;
            self.woken.extend(self.mourner.take());
            return;
        };
        self.now = self.now.max(due);
        self.world_goes_on();
        let now = self.now;
        while let Some(parcel) = self.letters.arrived(now) {
            self.arrive(parcel);
        }
        self.operator.notice(now, &self.kubernetes);
        self.collect_answers();
        if now >= self.link.suspended_until {
            self.tell_watchers();
            while let Some(entry) = self.alarms.first_entry() {
                if entry.key().0 > now {
                    break;
                }
                self.woken.push(entry.remove());
            }
        }
        if self.crash.struck() {
            self.woken.extend(self.mourner.take());
        }
    }

    /// Goes on without a process until a moment.
    pub(super) fn go_on_alone(&mut self, until: Moment) {
        self.operator.notice(self.now, &self.kubernetes);
        while let Some(due) = self.due().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.world_goes_on();
            while self.letters.arrived(self.now).is_some() {}
            self.alarms.clear();
            self.news_at = None;
        }
        self.now = until;
    }

    /// Plans faults; their time counts from now.
    pub(super) fn plan(&mut self, faults: &[Planned]) {
        self.schedule = Schedule::of(faults, self.now);
    }

    /// Everything but what is between it and baoctl.
    fn world_goes_on(&mut self) {
        let now = self.now;
        self.servers.advance(now);
        self.kubernetes.advance(now, &mut self.servers);
        self.lead_clients();
        self.judge_replacements();
        if now >= self.link.api_down_until {
            let deeds = self
                .operator
                .advance(now, &mut self.kubernetes, &mut self.servers);
            // What it does to servers and pods is none of baoctl's doing.
            for deed in deeds {
                self.oracle.fault(now, &deed);
            }
        }
        self.carry_out_jobs();
        while let Some(fault) = self.schedule.take(now) {
            self.strike(&fault);
        }
        while let Some(entry) = self.reliefs.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let relief = entry.remove();
            self.end_fault(&relief);
        }
        self.operator.notice(now, &self.kubernetes);
        let present = (self.kubernetes.revision(), self.servers.generation());
        if present != self.judged || now.since(self.judged_at) >= LOOK_EVERY {
            self.judged_at = now;
            self.judged = present;
            let view = self.view();
            self.oracle.judge(&view, now);
        }
    }

    /// The client goes where the public Service leads, where there is one.
    fn lead_clients(&mut self) {
        if self.sets.len() > 1 {
            let service = format!("{}-public", self.cluster);
            let pods = self.kubernetes.endpoints(&self.namespace, &service);
            self.servers.lead_clients_to(pods, self.now);
        }
    }

    /// Watchers hear of a change a little later, and then of all there is.
    fn tell_watchers(&mut self) {
        if self.news_at.is_some_and(|at| at <= self.now) {
            self.news_at = None;
            self.told = self.kubernetes.revision();
            self.woken.append(&mut self.watchers);
        } else if self.news_at.is_none() && self.kubernetes.revision() != self.told {
            self.news_at = Some(self.now + WATCH_LAG + self.link.far);
        }
    }
}
