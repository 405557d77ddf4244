//! `sys/leader` and `sys/seal-status`: what a node says of itself without a
//! token (`contracts/openbao-api.md` 2, 3, `openbao-live.md` 2, 3).

use http::Response;
use hyper::body::Bytes;
use serde::Serialize;
use serde_json::json;

use super::{
    Servers,
    ask::{Asked, Verb},
    node::Phase,
    refusal,
};

/// Go's zero time, which 2.4 and 2.5 write on standbys.
const ZERO_TIME: &str = "0001-01-01T00:00:00Z";

/// The body of `sys/leader`, in the order of its names.
#[derive(Serialize)]
struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    active_time: Option<String>,
    ha_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_self: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leader_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leader_cluster_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raft_applied_index: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raft_committed_index: Option<u64>,
}

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
            None => match &one.still_names {
                Some((until, before)) if asked.at < *until => before.as_deref(),
                _ => self.volume(node).leader(),
            },
        };
        let explicit = !one.release.from(6);
        let active_time = match since {
            Some(since) => Some(since.wall().to_string()),
            None => explicit.then(|| ZERO_TIME.to_owned()),
        };
        let (leader_address, leader_cluster_address) = match known {
            Some(pod) => {
                let cluster = format!("https://{}", self.shape.raft(pod));
                (Some(self.shape.api(pod)), Some(cluster))
            }
            None if explicit => (Some(String::new()), Some(String::new())),
            None => (None, None),
        };
        let index = Some(self.volume(node).committed).filter(|index| *index > 0);
        // Left out when false by 2.6 alone.
        let says = since.is_some() || explicit || one.release.from(7);
        let body = Body {
            active_time,
            ha_enabled: true,
            is_self: says.then_some(since.is_some()),
            leader_address,
            leader_cluster_address,
            raft_applied_index: index,
            raft_committed_index: index,
        };
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
            let (id, name) = self.cluster_of(node);
            body["cluster_name"] = json!(name);
            body["cluster_id"] = json!(id);
        }
        self.native(node, 200, &body)
    }
}
