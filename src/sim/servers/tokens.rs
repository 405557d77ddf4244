//! Logins and their tokens (`contracts/openbao-api.md` 9).
//!
//! Tokens live in the log like everything else, so a lagging standby does not
//! know the newest.

use std::time::Duration;

use http::Request;
use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Servers, answer::Outcome, ask::Asked, log::Entry};
use crate::sim::moment::Moment;

/// A token's life.
const TTL: Duration = Duration::from_secs(900);
/// What a JWT of the simulated Kubernetes begins with.
const JWT: &str = "sim-jwt.";

/// A token.
#[derive(Debug, Clone)]
pub(super) struct Token {
    id: String,
    accessor: String,
    entity: String,
    created: Moment,
}

#[derive(Deserialize)]
struct Login {
    #[serde(default)]
    role: String,
    #[serde(default)]
    jwt: String,
}

#[derive(Deserialize)]
struct Paths {
    #[serde(default)]
    paths: Vec<String>,
}

impl Servers {
    /// The token and its end, if it is valid as far as a node knows.
    pub(super) fn token(&self, node: usize, of: &str, at: Moment) -> Option<(Token, Moment)> {
        let volume = self.volume(node);
        let mut expires = None;
        for (_, entry) in volume.log.newest(volume.committed) {
            match entry {
                Entry::Revoked { id } if id == of => return None,
                Entry::Renewed { id, expires: to } if id == of && expires.is_none() => {
                    expires = Some(*to);
                }
                Entry::Token(token) if token.id == of => {
                    let end = expires.unwrap_or(token.created + TTL);
                    return (end > at).then(|| (token.clone(), end));
                }
                _ => {}
            }
        }
        None
    }

    /// The tokens that logins were given, as far as the active node knows, each
    /// with whether it is still valid.
    #[must_use]
    pub fn tokens(&self, at: Moment) -> Vec<(String, bool)> {
        let Some(node) = self.serving() else {
            return Vec::new();
        };
        let volume = self.volume(node);
        let newest = volume.log.newest(volume.committed);
        let ids = newest.filter_map(|(_, entry)| match entry {
            Entry::Token(token) => Some(token.id.clone()),
            _ => None,
        });
        ids.map(|id| {
            let valid = self.token(node, &id, at).is_some();
            (id, valid)
        })
        .collect()
    }

    /// Whether the active node knows the token of a request; where nobody is
    /// active, nobody can tell.
    #[must_use]
    pub fn lets_in(&self, request: &Request<Bytes>, at: Moment) -> bool {
        let Some(node) = self.serving() else {
            return true;
        };
        let token = request.headers().get("x-vault-token");
        let token = token.and_then(|token| token.to_str().ok());
        token.is_some_and(|token| self.knows_token(node, token, at))
    }

    /// Whether a node knows a token; one it does not know it asks the active
    /// node about.
    pub(super) fn knows_token(&self, node: usize, token: &str, at: Moment) -> bool {
        self.token(node, token, at).is_some()
    }

    fn policies(&self) -> Value {
        let mut policies = ["default", self.shape.role.as_str()];
        policies.sort_unstable();
        json!(policies)
    }

    fn auth(&self, token: &Token) -> Value {
        json!({
            "client_token": token.id,
            "accessor": token.accessor,
            "policies": self.policies(),
            "token_policies": self.policies(),
            "metadata": { "role": self.shape.role },
            "lease_duration": TTL.as_secs(),
            "renewable": true,
            "entity_id": token.entity,
            "token_type": "service",
            "orphan": true,
            "mfa_requirement": null,
            "num_uses": 0,
        })
    }

    /// `auth/<mount>/login`.
    pub(super) fn log_in(&mut self, node: usize, asked: &Asked<'_>) -> Outcome {
        let Ok(login) = serde_json::from_slice::<Login>(asked.request.body()) else {
            return Outcome::quick(self.refuse(node, 400, "failed to parse JSON input"));
        };
        let text = if login.role.is_empty() {
            Some("missing role".to_owned())
        } else if login.role != self.shape.role {
            Some(format!("role \"{}\" could not be found", login.role))
        } else if login.jwt.is_empty() {
            Some("missing token".to_owned())
        } else if login.jwt.len() <= JWT.len() || !login.jwt.starts_with(JWT) {
            let why = "error verifying token signature: no known key successfully validated";
            Some(format!("error validating token: {why} the token signature"))
        } else {
            None
        };
        if let Some(text) = text {
            return Outcome::quick(self.refuse(node, 400, &text));
        }
        let token = Token {
            id: format!(
                "s.{:016x}{:08x}",
                self.dice.number(),
                self.dice.number() >> 32
            ),
            accessor: format!("{:024x}", self.dice.number()),
            entity: self.identity(),
            created: asked.at,
        };
        let auth = self.auth(&token);
        let (term, index) = self.commit(node, Entry::Token(token), asked.at);
        Outcome::Commit {
            on: node,
            term,
            index,
            answer: self.logical(node, Value::Null, auth),
            ms: (5, 24),
        }
    }

    /// `auth/token/lookup-self`.
    pub(super) fn look_up(&self, token: &Token, end: Moment, at: Moment) -> Value {
        let subject = format!(
            "{}-system:serviceaccount:{}:{}-upgrade-serviceaccount",
            self.shape.mount, self.shape.namespace, self.shape.cluster
        );
        json!({
            "accessor": token.accessor,
            "creation_time": token.created.wall().as_second(),
            "creation_ttl": TTL.as_secs(),
            "display_name": subject,
            "entity_id": token.entity,
            "expire_time": end.wall().to_string(),
            "explicit_max_ttl": 0,
            "id": token.id,
            "issue_time": token.created.wall().to_string(),
            "meta": { "role": self.shape.role },
            "num_uses": 0,
            "orphan": true,
            "path": format!("auth/{}/login", self.shape.mount),
            "policies": self.policies(),
            "renewable": true,
            "ttl": end.since(at).as_secs(),
            "type": "service",
        })
    }

    /// `auth/token/renew-self`: one entry.
    pub(super) fn renew(&mut self, node: usize, token: &Token, at: Moment) -> Outcome {
        let (id, expires) = (token.id.clone(), at + TTL);
        let (term, index) = self.commit(node, Entry::Renewed { id, expires }, at);
        let auth = self.auth(token);
        Outcome::Commit {
            on: node,
            term,
            index,
            answer: self.logical(node, Value::Null, auth),
            ms: (2, 8),
        }
    }

    /// `sys/wrapping/wrap`: five entries on 2.6.2 and 2.7.2. Those of its end are
    /// not part of this world.
    pub(super) fn wrap(&mut self, node: usize, at: Moment) -> Outcome {
        for _ in 1..5 {
            self.commit(node, Entry::Wrapped, at);
        }
        let (term, index) = self.commit(node, Entry::Wrapped, at);
        Outcome::Commit {
            on: node,
            term,
            index,
            answer: self.logical(node, Value::Null, Value::Null),
            ms: (2, 10),
        }
    }

    /// `auth/token/revoke-self`.
    pub(super) fn revoke(&mut self, node: usize, token: &Token, at: Moment) -> Outcome {
        let id = token.id.clone();
        let (term, index) = self.commit(node, Entry::Revoked { id }, at);
        Outcome::Commit {
            on: node,
            term,
            index,
            answer: self.bare(node, 204),
            ms: (2, 10),
        }
    }

    /// Revokes every token the active node knows, by somebody with the right to.
    pub(super) fn revoke_all(&mut self, node: usize, at: Moment) {
        let volume = self.volume(node);
        let ids: Vec<String> = volume
            .log
            .newest(volume.committed)
            .filter_map(|(_, entry)| match entry {
                Entry::Token(token) => Some(token.id.clone()),
                _ => None,
            })
            .collect();
        for id in ids {
            self.commit(node, Entry::Revoked { id }, at);
        }
    }

    /// What the role may do to a path.
    pub(super) fn capabilities(&self, path: &str) -> &'static [&'static str] {
        let rights = self.shape.rights;
        match path {
            "sys/step-down" if rights.steps_down => &["sudo", "update"],
            "sys/storage/raft/snapshot" if rights.takes_snapshots => &["read"],
            "sys/storage/raft/configuration" if rights.reads_configuration => &["read"],
            "sys/storage/raft/remove-peer"
            | "sys/storage/raft/promote"
            | "sys/storage/raft/demote"
                if rights.changes_members =>
            {
                &["update"]
            }
            "sys/storage/raft/autopilot/state"
            | "sys/health"
            | "sys/ha-status"
            | "auth/token/lookup-self" => &["read"],
            "auth/token/renew-self" if rights.renews => &["update"],
            "sys/wrapping/wrap" if rights.wraps => &["update"],
            "auth/token/revoke-self" | "sys/capabilities-self" => &["update"],
            _ => &["deny"],
        }
    }

    /// `sys/capabilities-self`: every path both beside the envelope and in its
    /// data.
    pub(super) fn capabilities_self(&mut self, node: usize, asked: &Asked<'_>) -> Outcome {
        let asked: Result<Paths, _> = serde_json::from_slice(asked.request.body());
        let paths = asked.map(|asked| asked.paths).unwrap_or_default();
        if paths.is_empty() {
            return Outcome::quick(self.refuse(node, 400, "paths must be supplied"));
        }
        let mut data = json!({});
        for path in &paths {
            data[path] = json!(self.capabilities(path));
        }
        if let [path] = paths.as_slice() {
            data["capabilities"] = json!(self.capabilities(path));
        }
        Outcome::quick(self.logical_with(node, data.clone(), data))
    }
}
