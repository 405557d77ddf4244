//! The two lists of members OpenBao gives, and which pods they are.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    bao::wire::clean,
    model::{
        names::PodName,
        raft::{Autopilot, Membership, Peer},
    },
};

/// `sys/storage/raft/configuration` (`contracts/openbao-api.md` 5). Its
/// `index` is 0 in every answer seen and therefore not read.
#[derive(Deserialize)]
pub(super) struct ConfigurationBody {
    config: Servers,
}

#[derive(Deserialize)]
struct Servers {
    servers: Vec<ServerBody>,
}

#[derive(Deserialize)]
struct ServerBody {
    node_id: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    leader: bool,
    voter: bool,
}

impl ConfigurationBody {
    /// The members, and the id of the one marked as leader.
    pub(super) fn members(self, pods: &[PodName]) -> Members {
        let mut servers = self.config.servers;
        let leader = servers
            .iter()
            .find(|server| server.leader)
            .map(|server| pod_of(&server.node_id, &server.address, pods));
        servers.sort_by_key(|server| !server.voter);
        let peers = servers
            .into_iter()
            .map(|server| Peer {
                pod: pod_of(&server.node_id, &server.address, pods),
                id: clean(&server.node_id),
                address: clean(&server.address),
                voter: server.voter,
                version: None,
            })
            .collect();
        Members {
            membership: Membership {
                peers,
                autopilot: None,
            },
            leader: Marked::of(leader),
        }
    }
}

/// `sys/storage/raft/autopilot/state` (`contracts/openbao-api.md` 6).
#[derive(Deserialize)]
pub(super) struct AutopilotBody {
    healthy: bool,
    failure_tolerance: u32,
    leader: Option<String>,
    servers: BTreeMap<String, AutopilotServer>,
    #[serde(default)]
    non_voters: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct AutopilotServer {
    id: String,
    #[serde(default)]
    address: String,
    status: String,
    version: Option<String>,
}

impl AutopilotBody {
    /// The members, and the one named as leader.
    pub(super) fn members(self, pods: &[PodName]) -> Members {
        let leader = self
            .leader
            .and_then(|id| self.servers.get(&id))
            .map(|server| pod_of(&server.id, &server.address, pods));
        let mut peers: Vec<Peer> = self
            .servers
            .into_values()
            .map(|server| Peer {
                pod: pod_of(&server.id, &server.address, pods),
                id: clean(&server.id),
                address: clean(&server.address),
                voter: matches!(server.status.as_str(), "leader" | "voter"),
                // Empty right after a change of leader (openbao-live.md, 6).
                version: server.version.and_then(|version| version.parse().ok()),
            })
            .collect();
        peers.sort_by_key(|peer| !peer.voter);
        Members {
            membership: Membership {
                peers,
                autopilot: Some(Autopilot {
                    healthy: self.healthy,
                    failure_tolerance: self.failure_tolerance,
                    non_voters: self
                        .non_voters
                        .unwrap_or_default()
                        .iter()
                        .map(|id| clean(id))
                        .collect(),
                }),
            },
            leader: Marked::of(leader),
        }
    }
}

/// A list of members together with whom it calls leader.
pub(super) struct Members {
    /// The list.
    pub(super) membership: Membership,
    leader: Marked,
}

/// Whom a list calls leader.
enum Marked {
    Nobody,
    Stranger,
    Pod(PodName),
}

impl Marked {
    #[expect(
        clippy::option_option,
        reason = "what a search for a mapped value gives"
    )]
    fn of(marked: Option<Option<PodName>>) -> Self {
        match marked {
            None => Self::Nobody,
            Some(None) => Self::Stranger,
            Some(Some(pod)) => Self::Pod(pod),
        }
    }
}

impl Members {
    /// Whether the list calls this pod its leader, or could not: where no
    /// member can be told to be this pod, the mark says nothing.
    pub(super) fn is_led_by(&self, pod: &PodName) -> bool {
        match &self.leader {
            Marked::Nobody => false,
            Marked::Stranger => self.membership.peer(pod).is_none(),
            Marked::Pod(leader) => leader == pod,
        }
    }
}

/// The pod a peer is: the one whose name is exactly its id, else the one whose
/// name is exactly the first label of its address. Compared before any
/// cleaning, which could make two names alike.
fn pod_of(id: &str, address: &str, pods: &[PodName]) -> Option<PodName> {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let label = host.split_once('.').map_or(host, |(label, _)| label);
    [id, label]
        .iter()
        .find_map(|name| pods.iter().find(|pod| pod.as_str() == *name))
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pods() -> Vec<PodName> {
        vec![PodName::of("bao", 1), PodName::of("bao", 10)]
    }

    #[test]
    fn a_pod_is_only_found_by_its_whole_name() {
        let found = |id, address| pod_of(id, address, &pods()).map(|pod| pod.0);
        assert_eq!(found("bao-1", ""), Some("bao-1".to_owned()));
        assert_eq!(
            found("uuid", "bao-10.bao.ns.svc:8201"),
            Some("bao-10".to_owned())
        );
        assert_eq!(found("uuid", "bao-1:8201"), Some("bao-1".to_owned()));
        for (id, address) in [
            ("bao-11", "bao-11.bao:8201"),
            ("bao", "x.bao-1.ns.svc:8201"),
            ("bao-1\u{7}", "[::1]:8201"),
            ("", ""),
        ] {
            assert_eq!(found(id, address), None, "{id} {address}");
        }
    }
}
