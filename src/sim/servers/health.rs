//! `sys/health` (`contracts/openbao-api.md` 1, `openbao-live.md` 1).

use http::{Method, Response};
use hyper::body::Bytes;
use serde_json::json;

use super::{
    Servers,
    ask::Asked,
    node::{Node, Phase, Writer},
};

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
        let mut body = json!({
            "initialized": initialized,
            "sealed": sealed,
            "standby": standby || sealed,
            "replication_performance_mode": modes[0],
            "replication_dr_mode": modes[1],
            "server_time_utc": asked.at.wall().as_second(),
            "version": one.release.to_string(),
        });
        if !one.release.from(6) {
            body["performance_standby"] = json!(false);
        }
        if !sealed {
            body["cluster_name"] = json!(self.shape.cluster_name);
            body["cluster_id"] = json!(self.shape.cluster_id);
        }
        let mut answer = self.native(node, status, &body);
        if *method == Method::HEAD {
            *answer.body_mut() = Bytes::new();
            answer.headers_mut().remove("content-length");
        }
        answer
    }
}
