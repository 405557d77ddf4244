//! `sys/health` (`contracts/openbao-api.md` 1, `openbao-live.md` 1).

use http::{Method, Response};
use hyper::body::Bytes;
use serde::Serialize;

use super::{
    Servers,
    ask::Asked,
    node::{Node, Phase, Writer},
};

/// The body, in the order of its names.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster_name: Option<&'a str>,
    initialized: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    performance_standby: Option<bool>,
    replication_dr_mode: &'static str,
    replication_performance_mode: &'static str,
    sealed: bool,
    server_time_utc: i64,
    standby: bool,
    version: String,
}

/// The status a query asks for, or the usual one; `None` for one that cannot be
/// read.
fn code(query: &str, name: &str, usual: u16) -> Option<u16> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let asked = pairs.find(|(key, _)| *key == name);
    asked.map_or(Some(usual), |(_, value)| value.parse().ok())
}

impl Servers {
    /// Before 2.7 it hangs for a whole teardown, and for as long as a
    /// step-down waits for a download (`contracts/openbao-live.md` 0.5, 1).
    #[expect(clippy::unused_self, reason = "reads as a question to the servers")]
    pub(super) fn health_hangs(&self, node: &Node) -> bool {
        !node.release.from(7) && (node.wedged || node.writer != Writer::None)
    }

    /// The answer.
    pub(super) fn health(&self, node: usize, asked: &Asked<'_>) -> Response<Bytes> {
        let one = &self.nodes[node];
        let method = asked.request.method();
        if *method != Method::GET && *method != Method::HEAD {
            return self.refuse(node, 405, "");
        }
        let initialized = self.volume(node).initialized;
        let sealed = one.phase != Phase::Unsealed;
        // A wedged 2.7 calls itself active for ever (`openbao-live.md` 0.6).
        let standby = one.active.is_none() && !one.wedged;
        let query = asked.request.uri().query().unwrap_or("");
        let ok = query
            .split('&')
            .any(|pair| pair == "standbyok" || pair == "standbyok=true");
        let status = match (initialized, sealed, standby) {
            (false, ..) => code(query, "uninitcode", 501),
            (_, true, _) => code(query, "sealedcode", 503),
            (_, _, true) if !ok => code(query, "standbycode", 429),
            _ => code(query, "activecode", 200),
        };
        let Some(status) = status else {
            return self.refuse(node, 400, "");
        };
        // What the active node's last echo said.
        let told = !standby || one.forwards_to.is_some();
        let modes = if sealed || !told {
            ["unknown", "unknown"]
        } else if one.release.from(5) {
            ["primary", "disabled"]
        } else {
            ["disabled", "disabled"]
        };
        let (id, name) = self.cluster_of(node);
        let body = Body {
            cluster_id: (!sealed).then_some(id),
            cluster_name: (!sealed).then_some(name),
            initialized,
            performance_standby: (!one.release.from(6)).then_some(false),
            replication_dr_mode: modes[1],
            replication_performance_mode: modes[0],
            sealed,
            server_time_utc: asked.at.wall().as_second(),
            standby: standby || sealed,
            version: one.release.to_string(),
        };
        let mut answer = self.native(node, status, &body);
        if *method == Method::HEAD {
            *answer.body_mut() = Bytes::new();
            answer.headers_mut().remove("content-length");
        }
        answer
    }
}
