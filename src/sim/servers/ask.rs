//! A request's way through a node: answered here, forwarded, redirected,
//! refused, or left hanging (`contracts/openbao-api.md` 10).

use http::{Method, Request, Response};
use hyper::body::Bytes;
use serde_json::json;

use super::{
    Servers,
    answer::Outcome,
    node::{Phase, Writer},
    refusal,
};
use crate::sim::moment::Moment;

/// What becomes of a request in the end.
#[derive(Debug, Clone)]
pub enum Reply {
    /// An answer.
    Whole(Response<Bytes>),
    /// The connection was refused, or lost before an answer came.
    Broken,
}

/// What a request is to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Read,
    Update,
    Other,
}

impl Verb {
    fn of(method: &Method) -> Self {
        match *method {
            Method::GET => Self::Read,
            Method::PUT | Method::POST => Self::Update,
            _ => Self::Other,
        }
    }
}

/// A request whose node is to find out what to do.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) request: &'a Request<Bytes>,
    /// Without `/v1/`.
    pub(super) path: &'a str,
    pub(super) verb: Verb,
    pub(super) ticket: u64,
    pub(super) at: Moment,
}

impl Asked<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        let value = self.request.headers().get(name)?.to_str().ok()?;
        (!value.is_empty()).then_some(value)
    }

    /// The token it carries.
    pub(super) fn token(&self) -> Option<&str> {
        let bearer = self.header("authorization");
        let bearer = bearer.and_then(|value| value.strip_prefix("Bearer "));
        self.header("x-vault-token").or(bearer)
    }
}

const SNAPSHOT: &str = "sys/storage/raft/snapshot";

/// Paths a standby of 2.5 and later answers by itself.
const LOCAL: [&str; 5] = [
    "sys/storage/raft/configuration",
    SNAPSHOT,
    "auth/token/lookup-self",
    "sys/capabilities-self",
    "sys/internal/ui/mounts",
];

/// Paths that refuse the namespace header.
fn refuses_namespaces(path: &str) -> bool {
    matches!(
        path,
        "sys/health" | "sys/step-down" | "sys/seal" | "sys/init" | "sys/unseal"
    ) || path.starts_with("sys/storage")
}

impl Servers {
    /// What becomes of a request at a node now.
    pub(super) fn answer(
        &mut self,
        node: usize,
        request: &Request<Bytes>,
        ticket: u64,
        at: Moment,
    ) -> Outcome {
        let path = request.uri().path();
        let asked = Asked {
            request,
            path: path.strip_prefix("/v1/").unwrap_or(path),
            verb: Verb::of(request.method()),
            ticket,
            at,
        };
        if refuses_namespaces(asked.path) && asked.header("x-vault-namespace").is_some() {
            return Outcome::quick(self.refuse(node, 400, refusal::NAMESPACED));
        }
        let one = &self.nodes[node];
        let blocked = one.wedged || one.writer != Writer::None;
        match asked.path {
            "sys/health" if self.health_hangs(one) => Outcome::Wait,
            "sys/health" => Outcome::quick(self.health(node, &asked)),
            "sys/storage/raft/join" => {
                Outcome::quick(self.native(node, 200, &json!({ "joined": true })))
            }
            // Its state lock is taken (`contracts/openbao-live.md` 0.5, 0.6).
            _ if blocked => Outcome::Wait,
            "sys/leader" => Outcome::quick(self.leader_answer(node, &asked)),
            "sys/seal-status" => Outcome::quick(self.seal_status(node, &asked)),
            _ if one.phase != Phase::Unsealed => {
                Outcome::quick(self.refuse(node, 503, refusal::SEALED))
            }
            _ if one.active.is_some() => self.operate(node, &asked),
            _ => self.stand_by(node, &asked),
        }
    }

    fn stand_by(&mut self, node: usize, asked: &Asked<'_>) -> Outcome {
        let one = &self.nodes[node];
        let release = one.release;
        if asked.path == "sys/step-down" && release.from(5) && release < super::Release::two(5, 4) {
            // It checks nothing and does nothing (`contracts/openbao-api.md` 4).
            return Outcome::quick(self.bare(node, 204));
        }
        let local = release.from(5) && !one.forwarding_only && LOCAL.contains(&asked.path);
        let known = asked
            .token()
            .is_some_and(|token| self.knows_token(node, token, asked.at));
        if local && known {
            return self.operate(node, asked);
        }
        let Some(pod) = self.volume(node).leader().map(str::to_owned) else {
            return Outcome::quick(self.refuse(node, 500, refusal::NO_LEADER));
        };
        let redirects = asked.path.starts_with(SNAPSHOT)
            || asked.header("x-vault-no-request-forwarding").is_some();
        let target = self.nodes[node].forwards_to.filter(|target| {
            let target = &self.nodes[*target];
            target.runs() && !target.ending && target.pod == pod
        });
        match target {
            Some(target) if !redirects && self.linked_pods(node, target) => {
                let to = &self.nodes[target];
                if to.paused || to.wedged || to.writer != Writer::None {
                    Outcome::Wait
                } else if to.active.is_some() {
                    self.operate(target, asked)
                } else {
                    Outcome::quick(self.redirect(node, &pod, asked.request.uri().path()))
                }
            }
            _ => Outcome::quick(self.redirect(node, &pod, asked.request.uri().path())),
        }
    }
}
