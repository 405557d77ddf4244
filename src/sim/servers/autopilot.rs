//! Autopilot: what the active node makes of the echoes, and its rounds.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use super::{Event, Servers, configuration::Configuration, log::Entry};
use crate::sim::moment::Moment;

/// How often the state is worked out (`contracts/openbao-api.md` 11).
const LOOKS: Duration = Duration::from_secs(2);
/// Every so many looks are a round that changes votes: 10 s.
const ROUND: u64 = 5;
/// `last_contact_threshold` and `server_stabilization_time`.
const TEN: Duration = Duration::from_secs(10);
/// `max_trailing_logs`.
const TRAILING: u64 = 1000;

/// What autopilot thinks of the cluster, as of its last look.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    healthy: bool,
    failure_tolerance: usize,
    leader: String,
    servers: Vec<Server>,
}

#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a field of the answer"
)]
struct Server {
    id: String,
    alive: bool,
    contact: Duration,
    term: u64,
    index: u64,
    healthy: bool,
    stable: Moment,
    votes: bool,
    wanted: bool,
    version: String,
}

/// The answer, in the order of its names.
#[derive(Serialize)]
pub(super) struct Body {
    failure_tolerance: usize,
    healthy: bool,
    leader: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    non_voters: Vec<String>,
    servers: BTreeMap<String, ServerBody>,
    voters: Vec<String>,
}

#[derive(Serialize)]
struct ServerBody {
    address: String,
    healthy: bool,
    id: String,
    last_contact: String,
    last_index: u64,
    last_term: u64,
    name: String,
    node_status: &'static str,
    node_type: &'static str,
    stable_since: String,
    status: &'static str,
    version: String,
}

impl Servers {
    /// Looks at the servers, and now and then changes who votes.
    pub(super) fn look(&mut self, node: usize, term: u64, at: Moment) {
        if !self.nodes[node].leads() || self.volume(node).term != term {
            return;
        }
        let Some(list) = self.volume(node).log.configuration().cloned() else {
            return;
        };
        let servers: Vec<Server> = list
            .members
            .iter()
            .filter_map(|member| self.judge(node, &member.id, member.voter, at))
            .collect();
        let voters = servers
            .iter()
            .filter(|server| server.votes && server.healthy);
        let state = State {
            healthy: servers.iter().all(|server| server.healthy),
            failure_tolerance: voters.count().saturating_sub(list.quorum()),
            leader: self.nodes[node].pod.clone(),
            servers,
        };
        let Some(active) = &mut self.nodes[node].active else {
            return;
        };
        for server in &state.servers {
            if server.healthy {
                active.stable.insert(server.id.clone(), server.stable);
            } else {
                active.stable.remove(&server.id);
            }
        }
        active.rounds += 1;
        let round = active.rounds.is_multiple_of(ROUND);
        active.state = state;
        if round {
            self.change_votes(node, &list, at);
        }
        self.schedule(at + LOOKS, Event::Look(node, term));
    }

    fn judge(&self, node: usize, id: &str, votes: bool, at: Moment) -> Option<Server> {
        let volume = self.volume(node);
        let active = self.nodes[node].active.as_ref()?;
        let wanted = !volume.log.is_permanent_non_voter(id, volume.committed);
        let stable = active.stable.get(id).copied();
        let mut server = Server {
            id: id.to_owned(),
            alive: true,
            contact: Duration::ZERO,
            term: volume.term,
            index: volume.committed,
            healthy: true,
            stable: stable.unwrap_or(at),
            votes,
            wanted,
            version: self.nodes[node].release.to_string(),
        };
        if id == self.nodes[node].pod {
            return Some(server);
        }
        if let Some(echo) = active.echoes.get(id) {
            server.contact = at.since(echo.at);
            server.term = echo.term;
            server.index = echo.index;
            server.version = echo.release.to_string();
            server.healthy = server.contact <= TEN
                && echo.term == volume.term
                && echo.index + TRAILING >= volume.committed;
        } else {
            // Before the first echo (`contracts/openbao-live.md` 6).
            server.contact = at.since(active.since);
            server.alive = server.contact <= TEN;
            server.term = 0;
            server.index = 0;
            server.healthy = false;
            server.version = String::new();
        }
        Some(server)
    }

    /// Promotes what is healthy and stable, or else demotes what is on the
    /// list of permanent non-voters; never both in one round, never the leader
    /// (`contracts/openbao-api.md` 7).
    fn change_votes(&mut self, node: usize, list: &Configuration, at: Moment) {
        let Some(active) = &self.nodes[node].active else {
            return;
        };
        let young = at.since(active.since) <= TEN;
        let settled =
            |server: &&Server| server.healthy && (young || at.since(server.stable) >= TEN);
        let servers = &active.state.servers;
        let promoted = servers
            .iter()
            .filter(|server| !server.votes && server.wanted);
        let mut changed = promoted
            .filter(settled)
            .fold(list.clone(), |list, server| list.with(&server.id, true));
        if changed == *list {
            let demoted = servers
                .iter()
                .filter(|server| server.votes && !server.wanted);
            changed = demoted
                .filter(|server| server.id != self.nodes[node].pod)
                .fold(changed, |list, server| list.with(&server.id, false));
        }
        if changed != *list {
            self.commit(node, Entry::Configuration(changed), at);
        }
    }

    /// `sys/storage/raft/autopilot/state`.
    pub(super) fn autopilot_state(&self, node: usize) -> Option<Body> {
        let state = &self.nodes[node].active.as_ref()?.state;
        let mut voters = vec![state.leader.clone()];
        let mut non_voters = Vec::new();
        let mut servers = BTreeMap::new();
        for server in &state.servers {
            let leads = server.id == state.leader;
            if server.votes && !leads {
                voters.push(server.id.clone());
            }
            if !server.wanted {
                non_voters.push(server.id.clone());
            }
            let body = ServerBody {
                address: self.shape.raft(&server.id),
                healthy: server.healthy,
                id: server.id.clone(),
                last_contact: go(server.contact),
                last_index: server.index,
                last_term: server.term,
                name: server.id.clone(),
                node_status: if server.alive { "alive" } else { "left" },
                node_type: if server.wanted { "voter" } else { "non-voter" },
                stable_since: server.stable.wall().to_string(),
                status: match (leads, server.votes) {
                    (true, _) => "leader",
                    (false, true) => "voter",
                    (false, false) => "non-voter",
                },
                version: server.version.clone(),
            };
            servers.insert(server.id.clone(), body);
        }
        Some(Body {
            failure_tolerance: state.failure_tolerance,
            healthy: state.healthy,
            leader: state.leader.clone(),
            non_voters,
            servers,
            voters,
        })
    }
}

/// A duration as Go prints it, below a minute.
fn go(span: Duration) -> String {
    let micros = span.as_micros();
    let (unit, digits, name) = match micros {
        0 => return "0s".to_owned(),
        1..1000 => (1, 0, "µs"),
        1000..1_000_000 => (1000, 3, "ms"),
        _ if span.as_secs() >= 60 => {
            let rest =
                Duration::from_micros(u64::try_from(micros % 60_000_000).unwrap_or_default());
            return format!("{}m{}", span.as_secs() / 60, go(rest));
        }
        _ => (1_000_000, 6, "s"),
    };
    let text = format!("{}.{:0digits$}", micros / unit, micros % unit);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if digits == 0 {
        format!("{micros}{name}")
    } else {
        format!("{text}{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_printed_as_go_does() {
        let of = |micros| go(Duration::from_micros(micros));
        assert_eq!(of(0), "0s");
        assert_eq!(of(15), "15µs");
        assert_eq!(of(922_511), "922.511ms");
        assert_eq!(of(10_000_000), "10s");
        assert_eq!(of(1_462_500), "1.4625s");
        assert_eq!(of(90_500_000), "1m30.5s");
    }
}
