//! The OpenBao servers of the embedded cluster: what happens to them, in order.
//!
//! Everything is a function of the shape, the seed, and what was done to the
//! servers and when. Replication and the client's writes are settled in
//! aggregate whenever somebody looks, not entry by entry.

mod activation;
mod answer;
mod ask;
mod autopilot;
mod clients;
mod configuration;
mod echo;
mod election;
mod faults;
mod formation;
mod health;
mod leader;
mod lifecycle;
mod log;
mod membership;
mod node;
mod operations;
mod refusal;
mod release;
mod replication;
mod shape;
mod snapshot;
mod standing;
mod termination;
mod tokens;
mod traffic;
mod transfer;
mod truth;
mod volume;
mod waiting;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Duration};

pub use ask::Reply;
pub use clients::Attempts;
pub use configuration::{Configuration, Member};
pub use log::Segment;
pub use node::Role;
pub use release::Release;
pub(in crate::sim) use release::is_one_way;
pub use shape::{Formed, FormedServer, Rights, ServersShape};
pub(in crate::sim) use standing::Process;
pub use traffic::Acknowledged;
pub use truth::{NodeTruth, Truth};

use self::{
    clients::Way,
    faults::Faults,
    node::Node,
    traffic::Traffic,
    volume::Volume,
    waiting::{Leaving, Waiting},
};
use crate::sim::{dice::Dice, moment::Moment};

/// What happens by itself. Nodes are given by their place in the list.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// It begins to answer.
    Listen(usize),
    /// It opens its seal.
    Unseal(usize),
    /// An empty one asks to be taken in.
    Join(usize),
    /// The leader finds its new address.
    Reach(usize),
    /// Its election timer; the number tells an old one.
    Election(usize, u64),
    /// The end of a leader's lease.
    Lease(usize, u64),
    /// A leader that saw a later term gives way.
    Yield(usize),
    /// The winner of this term tries to become active.
    Activate(usize, u64),
    /// One that could not become active lets go (`openbao-live.md` 0.1).
    GiveUp(usize, u64),
    /// A queued step-down is taken up.
    StepDown(usize),
    /// The teardown before a transfer is done.
    TornDown(usize),
    /// A transfer reaches its target.
    Transferred {
        from: usize,
        to: usize,
        why: Handover,
    },
    /// A teardown without transfer is done.
    Unlock(usize),
    /// A process ends.
    Exit(usize),
    /// A standby's forwarding connection to this active node stands.
    Connect(usize, usize),
    /// A standby's echo to this active node.
    Echo(usize, usize),
    /// Autopilot looks, in this term.
    Look(usize, u64),
    /// A slow follower gets its next batch.
    Batch(usize),
    /// A download ends.
    Downloaded(u64),
}

/// Why leadership is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Handover {
    StepDown,
    Shutdown,
    GivingUp,
}

/// The servers, their volumes, and the network between them.
pub struct Servers {
    shape: ServersShape,
    dice: Dice,
    now: Moment,
    nodes: Vec<Node>,
    volumes: Vec<Volume>,
    queue: BTreeMap<(Moment, u64), Event>,
    sequence: u64,
    waiting: Vec<Waiting>,
    leaving: BTreeMap<(Moment, u64), Leaving>,
    downloads: BTreeMap<u64, usize>,
    traffic: Traffic,
    way: Way,
    faults: Faults,
    identities: u64,
    /// Until when there is nothing to settle.
    quiet_until: Moment,
    generation: u64,
}

impl Event {
    /// The process without which it cannot happen: a stopped one does it when
    /// it goes on. Timers of raft are not among them; a process that finds
    /// its time over looks about first.
    const fn process(self) -> Option<usize> {
        match self {
            Self::Listen(node)
            | Self::Unseal(node)
            | Self::Join(node)
            | Self::Activate(node, _)
            | Self::GiveUp(node, _)
            | Self::StepDown(node)
            | Self::TornDown(node)
            | Self::Transferred { from: node, .. }
            | Self::Unlock(node)
            | Self::Exit(node) => Some(node),
            Self::Reach(_)
            | Self::Election(..)
            | Self::Lease(..)
            | Self::Yield(_)
            | Self::Connect(..)
            | Self::Echo(..)
            | Self::Look(..)
            | Self::Batch(_)
            | Self::Downloaded(_) => None,
        }
    }
}

impl Servers {
    /// The servers of a shape; where it is formed, they run from the start.
    #[must_use]
    pub fn new(shape: ServersShape, dice: Dice) -> Self {
        let mut servers = Self {
            traffic: Traffic::new(shape.writes_every),
            shape,
            dice,
            now: Moment::START,
            way: Way::default(),
            nodes: Vec::new(),
            volumes: Vec::new(),
            queue: BTreeMap::new(),
            sequence: 0,
            waiting: Vec::new(),
            leaving: BTreeMap::new(),
            downloads: BTreeMap::new(),
            faults: Faults::default(),
            identities: 0,
            quiet_until: Moment::START,
            generation: 0,
        };
        servers.form();
        servers
    }

    /// When next something happens that could be noticed from outside.
    /// Echoes, autopilot's rounds and the client's writes are not among it:
    /// they are made up for when somebody asks.
    #[must_use]
    pub fn due(&self) -> Option<Moment> {
        let quiet =
            |event: &Event| matches!(event, Event::Echo(..) | Event::Look(..) | Event::Batch(..));
        let mut events = self.queue.iter();
        let event = events
            .find(|(_, event)| !quiet(event))
            .map(|(key, _)| key.0);
        let leaving = self.leaving.keys().next().map(|key| key.0);
        event.into_iter().chain(leaving).min()
    }

    /// A number that grows with everything that happened but the client's
    /// writes and their replication: whoever judges the truth need not look
    /// again while it stays.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// Makes everything due up to `now` happen, in order. The client's writes
    /// wait until somebody looks.
    pub fn advance(&mut self, now: Moment) {
        while let Some(entry) = self.queue.first_entry()
            && entry.key().0 <= now
        {
            let ((at, _), event) = entry.remove_entry();
            self.settle(at);
            match event.process() {
                Some(node) if self.nodes[node].paused => self.faults.postpone(node, event),
                _ => self.happen(event, at),
            }
            self.reassess(at);
            self.retry(at);
        }
        self.now = self.now.max(now);
    }

    /// After something was done to the servers from outside.
    fn disturbed(&mut self, now: Moment) {
        self.reassess(now);
        self.retry(now);
    }

    fn happen(&mut self, event: Event, at: Moment) {
        match event {
            Event::Listen(node) => self.listen(node, at),
            Event::Unseal(node) => self.unseal(node, at),
            Event::Join(node) => self.join(node, at),
            Event::Reach(node) => self.nodes[node].reachable = true,
            Event::Election(node, timer) => self.stand(node, timer, at),
            Event::Lease(node, lease) => self.lease_ends(node, lease, at),
            Event::Yield(node) => self.yield_now(node, at),
            Event::Activate(node, term) => self.activate(node, term, at),
            Event::GiveUp(node, term) => self.give_up(node, term, at),
            Event::StepDown(node) => self.take_up_step_down(node, at),
            Event::TornDown(node) => self.torn_down(node, at),
            Event::Transferred { from, to, why } => self.transferred(from, to, why, at),
            Event::Unlock(node) => self.unlock(node),
            Event::Exit(node) => self.exit(node, 0, at),
            Event::Connect(node, active) => self.connect(node, active, at),
            Event::Echo(node, active) => self.echo(node, active, at),
            Event::Look(node, term) => self.look(node, term, at),
            Event::Batch(volume) => self.batch(volume, at),
            Event::Downloaded(ticket) => self.downloaded(ticket, at),
        }
    }

    fn schedule(&mut self, at: Moment, event: Event) {
        self.sequence += 1;
        self.queue.insert((at, self.sequence), event);
    }

    /// Schedules within a range of milliseconds from a moment.
    fn within(&mut self, from: Moment, ms: (u64, u64), event: Event) {
        let at = from + self.span(ms);
        self.schedule(at, event);
    }

    /// A time of so many milliseconds.
    fn span(&mut self, (least, most): (u64, u64)) -> Duration {
        let (least, most) = (Duration::from_millis(least), Duration::from_millis(most));
        self.dice.between(least, most)
    }

    fn volume(&self, node: usize) -> &Volume {
        &self.volumes[self.nodes[node].volume]
    }

    fn volume_mut(&mut self, node: usize) -> &mut Volume {
        &mut self.volumes[self.nodes[node].volume]
    }

    /// Id and name of the cluster a node belongs to.
    fn cluster_of(&self, node: usize) -> (&str, &str) {
        match &self.volume(node).cluster {
            Some(foreign) => (&foreign.id, &foreign.name),
            None => (&self.shape.cluster_id, &self.shape.cluster_name),
        }
    }

    /// The process that runs for a pod.
    fn running(&self, pod: &str) -> Option<usize> {
        let mut nodes = self.nodes.iter();
        nodes.rposition(|node| node.pod == pod && node.runs())
    }

    /// The latest process of a pod: a container that is started again is
    /// another one.
    fn of_uid(&self, uid: &str) -> Option<usize> {
        self.nodes.iter().rposition(|node| node.uid == uid)
    }

    /// Whether a process was ever started in the pod of this UID.
    #[must_use]
    pub fn has_run(&self, uid: &str) -> bool {
        self.of_uid(uid).is_some()
    }

    /// A new UUID-like identity.
    fn identity(&mut self) -> String {
        self.identities += 1;
        let (high, low) = (self.dice.number(), self.dice.number());
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }
}
