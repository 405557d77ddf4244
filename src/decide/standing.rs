//! How the cluster stands, in one look.

use jiff::Timestamp;

use crate::model::{
    halt::Standing,
    node::NodeView,
    raft::{Membership, quorum},
    snapshot::Snapshot,
    workload::Pod,
};

use super::leadership;

/// The standing an observation shows.
#[must_use]
pub fn standing(snapshot: &Snapshot) -> Standing {
    let Some(voters) = snapshot.voters.known() else {
        return Standing {
            unseen: snapshot.voters.unknown().map(str::to_owned),
            ..Standing::default()
        };
    };
    // The quorum is that of the leader's list, where it was seen.
    let membership = snapshot
        .membership
        .known()
        .filter(|membership| membership.voters().next().is_some());
    let listed = membership.map_or(voters.replicas as usize, |membership| {
        membership.voters().count()
    });
    let mut standing = Standing {
        unseen: nodes_unseen(snapshot),
        leader: leadership::leader(snapshot)
            .ok()
            .map(|leader| leader.pod.pod.name.clone()),
        voters: listed,
        quorum: quorum(listed),
        ..Standing::default()
    };
    for name in snapshot.possible_voters() {
        let node = snapshot.node(&name);
        let version = node
            .and_then(|node| node.version())
            .map(ToString::to_string);
        // A node without a vote answers, and carries no quorum.
        let has_vote =
            |membership: &&Membership| membership.peer(&name).is_some_and(|peer| peer.voter);
        let has_one = membership.as_ref().is_none_or(has_vote);
        if has_one && node.is_some_and(NodeView::is_unsealed) {
            standing.serving += 1;
        }
        // A node that is yet to get its vote opens its seal seconds after its
        // start, and costs nobody anything until then.
        let health = node.and_then(|node| node.health.known());
        if has_one && health.is_some_and(|health| health.sealed) {
            standing.sealed.push(name.clone());
        }
        standing.versions.push((name, version));
    }
    standing
}

/// Why the nodes cannot be seen, where none answers although Kubernetes holds
/// enough of them for Ready: then the way to them is broken, not they.
#[must_use]
pub fn nodes_unseen(snapshot: &Snapshot) -> Option<String> {
    let voters = snapshot.voters.known()?;
    let mut why = None;
    for name in voters.pod_names() {
        let Some(node) = snapshot.node(&name) else {
            continue;
        };
        match node.health.unknown() {
            None => return None,
            Some(error) => why.get_or_insert(error),
        };
    }
    let is_up = |pod: &&Pod| pod.ready && !pod.terminating;
    let ready = voters.pods.iter().filter(is_up).count();
    why.filter(|_| ready >= quorum(voters.replicas as usize))
        .map(|why| format!("no node answers: {why}"))
}

/// Whether an observation shows how the cluster stands.
#[must_use]
pub fn is_seen(snapshot: &Snapshot) -> bool {
    snapshot.voters.known().is_some() && nodes_unseen(snapshot).is_none()
}

/// The standing of the last observation, or of the last one before it that
/// showed any.
#[must_use]
pub fn last_standing(snapshot: &Snapshot, seen: Option<&(Timestamp, Standing)>) -> Standing {
    let now = standing(snapshot);
    match seen {
        Some((at, before)) if now.unseen.is_some() => Standing {
            unseen: now.unseen,
            last_seen: Some(*at),
            ..before.clone()
        },
        _ => now,
    }
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
    fn a_node_without_a_vote_carries_no_quorum() {
        let mut world = Example::three("2.6.2");
        if let Fact::Known(membership) = &mut world.snapshot.membership {
            membership.peers[1].voter = false;
        }
        let seen = standing(&world.snapshot);
        assert_eq!((seen.serving, seen.voters, seen.quorum), (2, 2, 2));
    }

    #[test]
    fn what_cannot_be_seen_is_not_down_and_stands_as_it_was_last_seen() {
        let world = Example::three("2.6.2");
        let seen = (world.snapshot.at, standing(&world.snapshot));
        let bends: [fn(&mut Example); 2] = [
            |world| world.snapshot.voters = Fact::Unknown("no answer".to_owned()),
            |world| (0..3).for_each(|ordinal| world.silent(ordinal)),
        ];
        for bend in bends {
            let mut world = world.clone();
            bend(&mut world);
            assert!(!is_seen(&world.snapshot));
            assert!(!standing(&world.snapshot).at_risk());
            let last = last_standing(&world.snapshot, Some(&seen));
            assert_eq!(last.leader, seen.1.leader);
            assert_eq!(last.last_seen, Some(seen.0));
            let text = last.to_string();
            assert!(text.starts_with("cannot be seen ("), "{text}");
            assert!(
                text.contains("last seen at") && text.contains("3 of 3"),
                "{text}"
            );
        }
    }

    #[test]
    fn nodes_that_are_down_in_kubernetes_as_well_are_down() {
        let mut world = Example::three("2.6.2");
        (0..3).for_each(|ordinal| world.silent(ordinal));
        world.voters_mut().pods[0].ready = false;
        assert!(!is_seen(&world.snapshot), "a majority is Ready");
        world.voters_mut().pods[1].ready = false;
        assert!(is_seen(&world.snapshot));
        assert!(standing(&world.snapshot).at_risk());
    }
}
