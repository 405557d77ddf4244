//! The client's way in: the endpoints of the Service it goes through, where there
//! is one, and what becomes of its attempts there.

use super::{
    Servers,
    node::{Node, Writer},
};
use crate::sim::moment::Moment;

/// How a client reaches the servers, and how it fared.
#[derive(Debug, Clone, Default)]
pub(super) struct Way {
    /// The endpoints' pods; `None` where it goes to the active node by itself.
    endpoints: Option<Vec<String>>,
    turn: u64,
    attempts: Attempts,
}

/// What became of attempts by the Service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Writes at endpoints that could not have them done.
    pub failed_writes: u64,
    /// Reads at endpoints that could not answer, one beside each write.
    pub failed_reads: u64,
    /// Attempts that a server outside of the cluster answered: of a cluster of
    /// its own, or one that was removed.
    pub misled: u64,
}

/// What an endpoint makes of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Endpoint {
    writes: bool,
    reads: bool,
    misleads: bool,
}

impl Servers {
    /// From here on the client goes to these pods, one after the other.
    pub fn lead_clients_to(&mut self, pods: &[String], now: Moment) {
        if self.way.endpoints.as_deref() == Some(pods) {
            return;
        }
        self.advance(now);
        self.settle(now);
        self.way.endpoints = Some(pods.to_vec());
        self.quiet_until = now;
    }

    /// What became of the client's attempts by the Service so far.
    pub fn attempts(&mut self) -> Attempts {
        self.settle(self.now);
        self.way.attempts
    }

    /// How many of so many writes come through, nothing changing meanwhile. What
    /// fails is counted and tried again at the next turn.
    pub(super) fn come_through(&mut self, count: u64) -> u64 {
        let Some(pods) = &self.way.endpoints else {
            return count;
        };
        let endpoints: Vec<Endpoint> = pods.iter().map(|pod| self.endpoint(pod)).collect();
        let number = endpoints.len() as u64;
        let way = &mut self.way;
        if number == 0 {
            way.attempts.failed_writes += count;
            way.attempts.failed_reads += count;
            return 0;
        }
        let mut through = 0;
        for (place, endpoint) in (0..).zip(endpoints) {
            // How often it is this one's turn.
            let first = (place + number - way.turn % number) % number;
            let turns = (count + number - 1 - first) / number;
            if endpoint.writes {
                through += turns;
            } else {
                way.attempts.failed_writes += turns;
            }
            if !endpoint.reads {
                way.attempts.failed_reads += turns;
            }
            if endpoint.misleads {
                way.attempts.misled += turns;
            }
        }
        way.turn += count;
        through
    }

    /// What a pod's server makes of an attempt now.
    fn endpoint(&self, pod: &str) -> Endpoint {
        let nothing = Endpoint {
            writes: false,
            reads: false,
            misleads: false,
        };
        let Some(place) = self.running(pod) else {
            return nothing;
        };
        let node = &self.nodes[place];
        if !node.listens() || !node.takes_part() || node.writer != Writer::None {
            return nothing;
        }
        let foreign = self.volume(place).cluster.is_some();
        let active = self.serving();
        let forwards = node.forwards_to.is_some() && node.forwards_to == active;
        let serves = active == Some(place);
        Endpoint {
            writes: !foreign && (serves || forwards),
            reads: serves || forwards || is_able_to_read(node),
            misleads: foreign || !self.is_member(pod),
        }
    }

    fn is_member(&self, pod: &str) -> bool {
        let newest = self.newest().map(|place| &self.volumes[place]);
        let list = newest.and_then(|volume| volume.log.configuration());
        list.is_some_and(|list| list.voter(pod).is_some())
    }
}

/// A standby of 2.5 and later answers reads by itself, unless its setup failed
/// (`contracts/openbao-live.md` 0.1).
fn is_able_to_read(node: &Node) -> bool {
    node.release.from(5) && !node.forwarding_only
}
