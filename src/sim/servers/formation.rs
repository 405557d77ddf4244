//! The beginning: a cluster at rest, or the first server founding one.

use super::{
    Event, Servers,
    configuration::{Configuration, Member},
    echo::ECHO_MS,
    log::{Entry, Log},
    node::{Active, Echo, Node, Phase, Role},
    volume::{Foreign, Volume},
};
use crate::sim::moment::Moment;

impl Servers {
    /// Puts the shape's running servers there.
    pub(super) fn form(&mut self) {
        let Some(formed) = self.shape.formed.clone() else {
            return;
        };
        let members = formed.servers.iter().map(|server| Member {
            id: server.pod.clone(),
            voter: server.voter,
        });
        let leader = formed.servers.iter().find(|one| one.pod == formed.leader);
        let mut log = Log::of(formed.term, formed.last_index.max(16));
        let dead = formed.dead.iter().map(|id| Member {
            id: id.clone(),
            voter: true,
        });
        let members = members.chain(dead).collect();
        log.set(1, Entry::Configuration(Configuration { members }));
        for (at, server) in (2..).zip(formed.servers.iter().filter(|one| !one.voter)) {
            let id = server.pod.clone();
            log.set(at, Entry::NonVoter { id, listed: true });
        }
        if let Some(leader) = leader {
            log.set(10, Entry::Installed(leader.release));
            log.set(11, Entry::Leader(Some(leader.pod.clone())));
            if leader.release.shuts_the_door() {
                log.set(12, Entry::Door);
            }
        }
        for server in &formed.servers {
            self.volumes.push(Volume {
                pod: server.pod.clone(),
                initialized: true,
                cluster: None,
                term: formed.term,
                voted_for: Some(formed.leader.clone()),
                committed: log.last(),
                log: log.clone(),
            });
            let volume = self.volumes.len() - 1;
            let mut node = Node::new(&server.pod, &server.uid, server.release, volume);
            node.phase = Phase::Unsealed;
            node.reachable = true;
            self.nodes.push(node);
        }
        if let Some(leader) = formed
            .servers
            .iter()
            .position(|one| one.pod == formed.leader)
        {
            self.enthrone(leader, formed.term);
        }
    }

    fn enthrone(&mut self, leader: usize, term: u64) {
        let at = Moment::START;
        let mut active = Active::new(at);
        for place in 0..self.nodes.len() {
            active.stable.insert(self.nodes[place].pod.clone(), at);
            if place == leader {
                continue;
            }
            let echo = Echo {
                at,
                release: self.nodes[place].release,
                index: self.volume(place).committed,
                term,
            };
            active.echoes.insert(self.nodes[place].pod.clone(), echo);
            let node = &mut self.nodes[place];
            node.contact = true;
            node.knows_leader = true;
            node.forwards_to = Some(leader);
            let first = (ECHO_MS / 5 * (place as u64 % 5), ECHO_MS);
            self.within(at, first, Event::Echo(place, leader));
        }
        let node = &mut self.nodes[leader];
        node.role = Role::Leader;
        node.quorum = true;
        node.active = Some(active);
        self.look(leader, term, at);
    }

    /// The first server of a cluster that does not exist yet founds it; a
    /// freshly initialized node is active after 5.9-10 s
    /// (`contracts/openbao-live.md` 11).
    pub(super) fn found(&mut self, node: usize) {
        let pod = self.nodes[node].pod.clone();
        let members = vec![Member {
            id: pod,
            voter: true,
        }];
        let volume = self.volume_mut(node);
        volume.initialized = true;
        volume.log = Log::of(1, 1);
        volume
            .log
            .set(1, Entry::Configuration(Configuration { members }));
        volume.term = 1;
        volume.committed = 1;
    }

    /// A server that initializes itself beside a cluster that is there already
    /// founds one of its own (`contracts/operator-live.md` 8.4.2).
    pub(super) fn found_another(&mut self, node: usize) {
        let id = self.identity();
        let number = self.dice.below(u64::from(u32::MAX));
        let another = self.volumes.iter().any(|volume| volume.initialized);
        self.found(node);
        if another {
            let name = format!("vault-cluster-{number:08x}");
            self.volume_mut(node).cluster = Some(Foreign { id, name });
        }
    }
}
