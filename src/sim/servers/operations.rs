//! The logical paths as a node that may answer them does.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Event, Servers,
    answer::{Outcome, set},
    ask::{Asked, Verb},
    membership::Change,
    refusal,
};

/// A standby silent for longer is no longer listed
/// (`contracts/openbao-api.md` 5).
const SILENT: Duration = Duration::from_secs(15);
/// From a step-down's request to its 204 (`contracts/openbao-live.md` 4).
const QUEUED_MS: (u64, u64) = (2, 27);

#[derive(Deserialize)]
struct ServerId {
    #[serde(default)]
    server_id: String,
}

impl Servers {
    /// Answers a logical path at the node that is to act.
    pub(super) fn operate(&mut self, node: usize, asked: &Asked<'_>) -> Outcome {
        if let Some(rest) = asked.path.strip_prefix("auth/")
            && let Some(mount) = rest.strip_suffix("/login")
        {
            return if mount == self.shape.mount && asked.verb == Verb::Update {
                self.log_in(node, asked)
            } else {
                Outcome::quick(self.refuse(node, 403, refusal::DENIED))
            };
        }
        let token = asked
            .token()
            .and_then(|token| self.token(node, token, asked.at));
        let Some((token, end)) = token else {
            return Outcome::quick(self.refuse(node, 403, refusal::DENIED));
        };
        let wanted = match asked.verb {
            Verb::Read => "read",
            Verb::Update => "update",
            Verb::Other if asked.path == "sys/step-down" => {
                return Outcome::quick(self.refuse(node, 405, ""));
            }
            Verb::Other => "",
        };
        if asked.path == "sys/step-down" && asked.verb == Verb::Read {
            return Outcome::quick(self.refuse(node, 405, ""));
        }
        if !self.capabilities(asked.path).contains(&wanted) {
            return Outcome::quick(self.lacks(node));
        }
        let data = match asked.path {
            "auth/token/lookup-self" => self.look_up(&token, end, asked.at),
            "auth/token/renew-self" => return self.renew(node, &token, asked.at),
            "sys/wrapping/wrap" => return self.wrap(node, asked.at),
            "auth/token/revoke-self" => return self.revoke(node, &token, asked.at),
            "sys/capabilities-self" => return self.capabilities_self(node, asked),
            "sys/storage/raft/configuration" => self.raft_configuration(node),
            "sys/storage/raft/autopilot/state" => {
                let state = self.autopilot_state(node);
                return Outcome::quick(self.logical(node, state, Value::Null));
            }
            "sys/storage/raft/snapshot" => return self.send_snapshot(node, asked),
            "sys/ha-status" => {
                let nodes = self.ha_status(node, asked);
                let answer = self.logical_with(node, nodes.clone(), nodes);
                return Outcome::quick(answer);
            }
            "sys/step-down" => {
                self.within(asked.at, (1, 8), Event::StepDown(node));
                return Outcome::Answer(self.bare(node, 204), QUEUED_MS);
            }
            _ => return self.change(node, asked),
        };
        Outcome::quick(self.logical(node, data, Value::Null))
    }

    /// `sys/storage/raft/configuration`: the node's own view.
    fn raft_configuration(&self, node: usize) -> Value {
        let leader = if self.nodes[node].leads() {
            Some(self.nodes[node].pod.as_str())
        } else if self.nodes[node].contact {
            let mut nodes = 0..self.nodes.len();
            let leader =
                nodes.find(|leader| self.nodes[*leader].leads() && self.follows(*leader, node));
            leader.map(|leader| self.nodes[leader].pod.as_str())
        } else {
            None
        };
        let list = self.volume(node).log.configuration();
        let members = list.map(|list| list.members.as_slice()).unwrap_or_default();
        let servers: Vec<Value> = members
            .iter()
            .map(|member| {
                json!({
                    "node_id": member.id,
                    "address": self.shape.raft(&member.id),
                    "leader": leader == Some(member.id.as_str()),
                    "protocol_version": "3",
                    "voter": member.voter,
                })
            })
            .collect();
        // The index is 0 in every reply (`contracts/openbao-live.md` 5).
        json!({ "config": { "servers": servers, "index": 0 } })
    }

    /// `sys/ha-status`: whoever has echoed lately, removed or not.
    fn ha_status(&self, node: usize, asked: &Asked<'_>) -> Value {
        let one = &self.nodes[node];
        let row = |pod: &str, active: bool, echo: Value, version: String| {
            json!({
                "hostname": pod,
                "api_address": self.shape.api(pod),
                "cluster_address": format!("https://{}", self.shape.raft(pod)),
                "active_node": active,
                "last_echo": echo,
                "version": version,
                "upgrade_version": version,
            })
        };
        let mut nodes = vec![row(&one.pod, true, Value::Null, one.release.to_string())];
        for (pod, echo) in one.active.iter().flat_map(|active| &active.echoes) {
            if asked.at.since(echo.at) <= SILENT {
                let at = json!(echo.at.wall().to_string());
                nodes.push(row(pod, false, at, echo.release.to_string()));
            }
        }
        json!({ "nodes": nodes })
    }

    fn change(&mut self, node: usize, asked: &Asked<'_>) -> Outcome {
        let body: Result<ServerId, _> = serde_json::from_slice(asked.request.body());
        let id = body.map(|body| body.server_id).unwrap_or_default();
        if id.is_empty() {
            return Outcome::quick(self.refuse(node, 400, "no server id provided"));
        }
        let change = match asked.path {
            "sys/storage/raft/promote" => self.promote(node, &id, asked.at),
            "sys/storage/raft/demote" => self.demote(node, &id, asked.at),
            "sys/storage/raft/remove-peer" => self.remove_peer(node, &id, asked.at),
            _ => return Outcome::quick(self.refuse(node, 404, "")),
        };
        match change {
            Change::Stored(term, index) => Outcome::Commit {
                on: node,
                term,
                index,
                answer: self.bare(node, 204),
                ms: (3, 12),
            },
            Change::Nothing => Outcome::quick(self.bare(node, 204)),
            Change::Refused(text) => {
                Outcome::quick(self.refuse(node, 500, &refusal::multierror(&text)))
            }
            Change::Hangs => Outcome::Wait,
        }
    }

    fn send_snapshot(&mut self, node: usize, asked: &Asked<'_>) -> Outcome {
        let archive = self.snapshot(node, asked.at);
        let length = archive.len() as u64;
        let mut answer = self.bare(node, 200);
        set(&mut answer, "content-type", "application/gzip");
        set(&mut answer, "content-disposition", "attachment");
        *answer.body_mut() = archive;
        // 59 MB took 0.24-0.63 s (`contracts/openbao-live.md` 8).
        let ms = 20 + length / 100_000;
        let until = asked.at + Duration::from_millis(ms);
        self.download(asked.ticket, node, until);
        Outcome::Answer(answer, (ms, ms))
    }
}
