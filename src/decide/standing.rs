//! How the cluster stands, in one look.

use crate::model::{halt::Standing, node::NodeView, raft::quorum, snapshot::Snapshot};

use super::leadership;

/// The standing an observation shows.
#[must_use]
pub fn standing(snapshot: &Snapshot) -> Standing {
    let Some(voters) = snapshot.voters.known() else {
        return Standing::default();
    };
    // The quorum is that of the leader's list, where it was seen.
    let listed = snapshot
        .membership
        .known()
        .map(|membership| membership.voters().count())
        .filter(|count| *count > 0)
        .unwrap_or(voters.replicas as usize);
    let mut standing = Standing {
        leader: leadership::leader(snapshot)
            .ok()
            .map(|leader| leader.pod.pod.name.clone()),
        voters: listed,
        quorum: quorum(listed),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::example::Example;
    use crate::model::{fact::Fact, names::PodName};

    #[test]
    fn who_serves_who_is_sealed_and_who_does_not_answer() {
        let mut world = Example::of("2.6.2", 5);
        if let Fact::Known(health) = &mut world.node(3).health {
            health.sealed = true;
        }
        world.silent(4);
        let pod = |ordinal| PodName::of("prod", ordinal);
        let seen = standing(&world.snapshot);
        assert_eq!(seen.leader, Some(pod(0)));
        assert_eq!((seen.voters, seen.quorum, seen.serving), (5, 3, 3));
        assert_eq!(seen.sealed, [pod(3)]);
        let version = Some("2.6.2".to_owned());
        assert_eq!(seen.versions[0], (pod(0), version));
        assert_eq!(seen.versions[4], (pod(4), None));
    }

    #[test]
    fn voters_that_cannot_be_seen_serve_nobody() {
        let mut world = Example::three("2.6.2");
        world.snapshot.voters = Fact::Unknown("no answer".to_owned());
        assert_eq!(standing(&world.snapshot), Standing::default());
        assert!(standing(&world.snapshot).at_risk());
    }
}
