//! `sys/leader` and `sys/seal-status`: what a node says of itself without a
//! token (`contracts/openbao-api.md` 2, 3, `openbao-live.md` 2, 3).

use http::Response;
use hyper::body::Bytes;
use serde_json::json;

use super::{
    Servers,
    ask::{Asked, Verb},
    node::Phase,
    refusal,
};

/// Go's zero time, which 2.4 and 2.5 write on standbys.
const ZERO_TIME: &str = "0001-01-01T00:00:00Z";

impl Servers {
    /// `sys/leader`: only `is_self` is more than a hint.
    pub(super) fn leader_answer(&self, node: usize, asked: &Asked<'_>) -> Response<Bytes> {
        if asked.verb != Verb::Read {
            return self.refuse(node, 405, "");
        }
        let one = &self.nodes[node];
        if one.phase != Phase::Unsealed {
            return self.refuse(node, 503, refusal::SEALED);
        }
        let since = one.active.as_ref().map(|active| active.since);
        let known = match since {
            Some(_) => Some(one.pod.as_str()),
            None => self.volume(node).leader(),
        };
        let explicit = !one.release.from(6);
        let mut body = json!({ "ha_enabled": true });
        // Left out when false by 2.6 alone.
        if since.is_some() || explicit || one.release.from(7) {
            body["is_self"] = json!(since.is_some());
        }
        match since {
            Some(since) => body["active_time"] = json!(since.wall().to_string()),
            None if explicit => body["active_time"] = json!(ZERO_TIME),
            None => {}
        }
        if let Some(pod) = known {
            body["leader_address"] = json!(self.shape.api(pod));
            let cluster = format!("https://{}", self.shape.raft(pod));
            body["leader_cluster_address"] = json!(cluster);
        } else if explicit {
            body["leader_address"] = json!("");
            body["leader_cluster_address"] = json!("");
        }
        let index = self.volume(node).committed;
        if index > 0 {
            body["raft_committed_index"] = json!(index);
            body["raft_applied_index"] = json!(index);
        }
        self.native(node, 200, &body)
    }

    /// `sys/seal-status`.
    pub(super) fn seal_status(&self, node: usize, asked: &Asked<'_>) -> Response<Bytes> {
        if asked.request.method() != http::Method::GET {
            return self.refuse(node, 405, "");
        }
        let one = &self.nodes[node];
        let initialized = self.volume(node).initialized;
        let sealed = one.phase != Phase::Unsealed;
        let shares = u8::from(initialized);
        let built = if one.release.from(6) {
            "commit_date"
        } else {
            "build_date"
        };
        let mut body = json!({
            "type": self.shape.seal,
            "initialized": initialized,
            "sealed": sealed,
            "t": shares,
            "n": shares,
            "progress": 0,
            "nonce": "",
            "recovery_seal": true,
            "recovery_seal_type": "shamir",
            "version": one.release.to_string(),
            "migration": false,
            "storage_type": "raft",
        });
        body[built] = json!(one.release.built());
        if !sealed {
            body["cluster_name"] = json!(self.shape.cluster_name);
            body["cluster_id"] = json!(self.shape.cluster_id);
        }
        self.native(node, 200, &body)
    }
}
