//! Checks of the raft cluster.

use crate::{
    decide::{leadership, quorum},
    model::{
        blocker::Blocker,
        fact::Fact,
        finding::Finding,
        raft::{Membership, quorum as majority},
        snapshot::Snapshot,
        workload::Workload,
    },
};

use super::{Preflight, deferred, judge};

/// Entries a standby may trail the leader by in one reading, taken within the
/// same second: one client writing every millisecond.
const LAG: u64 = 1000;

pub(super) fn check(preflight: &Preflight<'_>, findings: &mut Vec<Finding>) {
    findings.push(one_leader(preflight));
    findings.push(addresses(preflight));
    findings.push(voters_are_pods(preflight));
    findings.push(no_strangers(preflight));
    findings.push(quorum_margin(preflight));
    findings.push(in_sync(preflight));
    findings.push(autopilot(preflight));
    findings.push(non_voter_list(preflight));
}

fn one_leader(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "raft.one-leader";
    match leadership::leader(&preflight.survey.snapshot) {
        Ok(leader) => Finding::pass(ID, leader.pod.pod.name.to_string()),
        Err(blocker @ Blocker::Unseen { .. }) => Finding::unknown(ID, blocker.to_string()),
        Err(Blocker::NoLeader) if unheard(&preflight.survey.snapshot).next().is_some() => {
            let unheard: Vec<String> = unheard(&preflight.survey.snapshot).collect();
            Finding::unknown(
                ID,
                format!("{}, and {}", Blocker::NoLeader, unheard.join("; ")),
            )
        }
        Err(blocker) => Finding::fail(ID, blocker.to_string()).remedy(
            "find out why before anything is restarted; a change may be settling: try again",
        ),
    }
}

/// The pods that kubelet calls Ready and that did not answer, with the reason:
/// whether they serve is not known.
fn unheard(snapshot: &Snapshot) -> impl Iterator<Item = String> {
    let voters = snapshot.voters.known().into_iter();
    voters
        .flat_map(|workload| &workload.pods)
        .filter_map(|pod| {
            let node = snapshot.node(&pod.pod.name)?;
            let why = node.health.unknown().filter(|_| pod.ready)?;
            Some(format!("{} did not answer: {why}", pod.pod.name))
        })
}

fn addresses(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "raft.addresses";
    let snapshot = &preflight.survey.snapshot;
    judge(ID, "the StatefulSet", &snapshot.voters, |workload| {
        let foreign: Vec<&str> = workload
            .pods
            .iter()
            .filter_map(|pod| {
                snapshot
                    .node(&pod.pod.name)?
                    .leader
                    .known()?
                    .leader_address
                    .as_deref()
            })
            .filter(|address| {
                leadership::pod_at(snapshot.candidates_for_leader(), address).is_none()
            })
            .collect();
        if !foreign.is_empty() {
            return Finding::fail(
                ID,
                format!(
                    "the leader is advertised as {}, which is no pod of the cluster",
                    foreign.join(", ")
                ),
            )
            .remedy("set api_addr to each pod's own DNS name");
        }
        let loopback: Vec<&str> = snapshot
            .membership
            .known()
            .into_iter()
            .flat_map(|membership| &membership.peers)
            .map(|peer| peer.address.as_str())
            .filter(|address| {
                address.starts_with("127.")
                    || address.starts_with("localhost")
                    || address.starts_with("[::1]")
            })
            .collect();
        if loopback.is_empty() {
            Finding::pass(ID, "each leads to its pod")
        } else {
            Finding::fail(
                ID,
                format!("raft addresses on the loopback: {}", loopback.join(", ")),
            )
        }
    })
}

fn voters_are_pods(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "raft.voters-are-pods";
    if let Some(finding) = deferred(preflight, ID) {
        return finding;
    }
    if preflight.resuming && preflight.run.blue_green.is_some() {
        return Finding::skipped(ID, "between two colours each vote is the run's own matter");
    }
    listed(preflight, ID, |membership, workload| {
        compare(ID, membership, workload)
    })
}

/// Judges the leader's list beside the pods, where both were seen.
fn listed(
    preflight: &Preflight<'_>,
    id: &str,
    question: impl FnOnce(&Membership, &Workload) -> Finding,
) -> Finding {
    let snapshot = &preflight.survey.snapshot;
    judge(
        id,
        "the raft membership",
        &snapshot.membership,
        |membership| {
            judge(id, "the StatefulSet", &snapshot.voters, |workload| {
                question(membership, workload)
            })
        },
    )
}

fn compare(id: &str, membership: &Membership, workload: &Workload) -> Finding {
    let missing: Vec<String> = workload
        .pod_names()
        .filter(|name| !membership.peer(name).is_some_and(|peer| peer.voter))
        .map(|name| name.to_string())
        .collect();
    if missing.is_empty() {
        return Finding::pass(id, format!("{} voters", membership.voters().count()));
    }
    Finding::fail(id, format!("pods that do not vote: {}", missing.join(", ")))
        .remedy("a removed peer looks healthy; see `bao operator raft list-peers`")
}

/// A voter that is no pod counts for the quorum and never answers again: no run
/// waits for it.
fn no_strangers(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "raft.no-strangers";
    if let Some(finding) = deferred(preflight, ID) {
        return finding;
    }
    let snapshot = &preflight.survey.snapshot;
    listed(preflight, ID, |membership, _| {
        let strangers = quorum::strangers(membership, snapshot);
        if strangers.is_empty() {
            return Finding::pass(ID, "every voter is a pod of its own");
        }
        Finding::fail(
            ID,
            format!("voters that are no pods: {}", strangers.join(", ")),
        )
        .remedy(quorum::removals(membership, snapshot).join("; "))
    })
}

fn quorum_margin(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "raft.quorum-margin";
    let snapshot = &preflight.survey.snapshot;
    judge(ID, "the StatefulSet", &snapshot.voters, |workload| {
        // Of the leader's list, where it could be read: a voter that is no pod
        // counts as well.
        let voters = snapshot
            .membership
            .known()
            .map(|membership| membership.voters().count())
            .filter(|count| *count > 0)
            .unwrap_or(workload.replicas as usize);
        let serving = workload
            .pods
            .iter()
            .filter(|pod| {
                snapshot
                    .node(&pod.pod.name)
                    .is_some_and(crate::model::node::NodeView::is_unsealed)
            })
            .count();
        let needed = majority(voters);
        if voters == 1 {
            return Finding::skipped(ID, "one voter");
        }
        if serving > needed {
            Finding::pass(
                ID,
                format!("{serving} of {voters} serve, {needed} are needed"),
            )
        } else if preflight.resuming {
            Finding::warn(
                ID,
                format!("{serving} of {voters} serve, {needed} are needed; the run waits"),
            )
        } else if serving + unheard(snapshot).count() > needed {
            let unheard: Vec<String> = unheard(snapshot).collect();
            Finding::unknown(ID, unheard.join("; "))
        } else {
            Finding::fail(
                ID,
                format!("{serving} of {voters} serve and {needed} are needed: none may be missing"),
            )
            .remedy("bring every voter back first")
        }
    })
}

fn in_sync(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "raft.in-sync";
    let snapshot = &preflight.survey.snapshot;
    let Ok(leader) = leadership::leader(snapshot) else {
        return Finding::unknown(ID, "there is no agreed leader to compare with");
    };
    let Some(committed) = leader
        .node
        .leader
        .known()
        .and_then(|answer| answer.committed_index)
    else {
        return Finding::unknown(ID, "the leader does not say its committed index");
    };
    let mut behind = Vec::new();
    let mut worst = 0;
    for (name, node) in &snapshot.nodes {
        match node.applied_index() {
            Some(applied) => {
                let lag = committed.saturating_sub(applied);
                worst = worst.max(lag);
                if lag > LAG {
                    behind.push(format!("{name} by {lag}"));
                }
            }
            None if preflight.resuming => {}
            None => return Finding::unknown(ID, format!("{name} does not say its applied index")),
        }
    }
    match (behind.is_empty(), preflight.resuming) {
        (true, _) => Finding::pass(ID, format!("index {committed}, at most {worst} behind")),
        (false, true) => Finding::warn(ID, format!("behind: {}", behind.join(", "))),
        (false, false) => Finding::fail(ID, format!("behind: {}", behind.join(", ")))
            .remedy("wait until they have caught up"),
    }
}

fn autopilot(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "raft.autopilot";
    if let Some(finding) = deferred(preflight, ID) {
        return finding;
    }
    match &preflight.survey.autopilot {
        Fact::Known(Some(autopilot)) if autopilot.healthy => Finding::pass(
            ID,
            format!("healthy, failure tolerance {}", autopilot.failure_tolerance),
        ),
        Fact::Known(Some(autopilot)) => Finding::warn(
            ID,
            format!(
                "says unhealthy, failure tolerance {}; it flaps under load and decides nothing",
                autopilot.failure_tolerance
            ),
        ),
        Fact::Known(None) => Finding::skipped(ID, "its state may not be read"),
        Fact::Unknown(why) => Finding::warn(ID, format!("not known: {why}")),
    }
}

/// Neither removing a member nor wiping its volume takes its id off the list of
/// permanent non-voters: the next server of that name joins, and never votes
/// (`contracts/openbao-live.md` 6).
fn non_voter_list(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "raft.non-voter-list";
    if let Some(finding) = deferred(preflight, ID) {
        return finding;
    }
    let survey = preflight.survey;
    let (members, autopilot) = match (&survey.snapshot.membership, &survey.autopilot) {
        (Fact::Known(members), Fact::Known(Some(autopilot))) => (members, autopilot),
        (_, Fact::Known(None)) => {
            return Finding::skipped(ID, "autopilot's state may not be read");
        }
        (Fact::Unknown(why), _) | (_, Fact::Unknown(why)) => {
            return Finding::unknown(ID, format!("not known: {why}"));
        }
    };
    // A run of this kind puts ids on the list, and takes them off.
    if preflight.run.blue_green.is_some() && preflight.resuming {
        return Finding::skipped(ID, "an unfinished upgrade changes votes");
    }
    let listed = &autopilot.non_voters;
    let losing: Vec<&str> = members
        .voters()
        .map(|peer| peer.id.as_str())
        .filter(|id| listed.iter().any(|listed| listed == id))
        .collect();
    if !losing.is_empty() {
        return Finding::fail(ID, format!("{} will lose its vote", losing.join(", "))).remedy(
            "somebody took it away: wait until it is gone and ask why, or give it back with \
             `bao operator raft promote`",
        );
    }
    let gone: Vec<&str> = listed
        .iter()
        .map(String::as_str)
        .filter(|id| !members.peers.iter().any(|peer| peer.id == *id))
        .collect();
    if gone.is_empty() {
        return Finding::pass(ID, format!("{} members have no vote", listed.len()));
    }
    Finding::warn(
        ID,
        format!("on the list, and no members: {}", gone.join(", ")),
    )
    .remedy("a server of that name will join without a vote until it is promoted")
}
