//! How the cluster stands, in one look.

use crate::model::{halt::Standing, node::NodeView, raft::quorum, snapshot::Snapshot};

use super::leadership;

/// The standing an observation shows.
#[must_use]
pub fn standing(snapshot: &Snapshot) -> Standing {
    let Some(voters) = snapshot.voters.known() else {
        return Standing::default();
    };
    let mut standing = Standing {
        leader: leadership::leader(snapshot)
            .ok()
            .map(|leader| leader.pod.pod.name.clone()),
        voters: voters.replicas as usize,
        quorum: quorum(voters.replicas as usize),
        ..Standing::default()
    };
    for name in voters.pod_names() {
        let node = snapshot.node(&name);
        let version = node
            .and_then(|node| node.version())
            .map(ToString::to_string);
        if node.is_some_and(NodeView::is_unsealed) {
            standing.serving += 1;
        }
        if node
            .and_then(|node| node.health.known())
            .is_some_and(|health| health.sealed)
        {
            standing.sealed.push(name.clone());
        }
        standing.versions.push((name, version));
    }
    standing
}
