//! Checks of who else decides about the resource.

use crate::model::{cluster::Cluster, finding::Finding};

use super::{Preflight, judge};

pub(super) fn check(preflight: &Preflight<'_>, findings: &mut Vec<Finding>) {
    let cluster = &preflight.survey.snapshot.cluster;
    let mut ask = |id: &str, question: fn(&Cluster) -> Finding| {
        findings.push(judge(id, "the resource", cluster, question));
    };
    ask("cluster.restore", restore);
    ask("cluster.claim", claim);
    ask("cluster.policies", policies);
}

fn restore(cluster: &Cluster) -> Finding {
    const ID: &str = "cluster.restore";
    if let Some(hold) = &cluster.ownership_marks.restore_hold {
        let message = format!("a restore holds the cluster: {hold}");
        return Finding::fail(ID, message).remedy(format!(
            "wait until it has ended; one that ended unknown is acknowledged by an administrator: \
             kubectl get openbaorestores -n {}",
            cluster.reference.namespace
        ));
    }
    match &cluster.ownership_marks.restore_origin {
        Some(origin) => Finding::fail(
            ID,
            format!("made by a restore ({origin}): only the operator may change its spec"),
        )
        .remedy("upgrade it through the operator, which alone can declare its version"),
        None => Finding::pass(ID, "no restore holds it"),
    }
}

fn claim(cluster: &Cluster) -> Finding {
    const ID: &str = "cluster.claim";
    if cluster.ownership_marks.claimed {
        Finding::fail(
            ID,
            "it belongs to a claim (openbao.org/ownership-mode=ClaimManaged), which sets \
             spec.version back",
        )
        .remedy("change the version on the claim")
    } else {
        Finding::pass(ID, "it belongs to no claim")
    }
}

/// The operator starts no upgrade of its own while one of its policies differs;
/// baoctl's rights stand in a policy of their own.
fn policies(cluster: &Cluster) -> Finding {
    const ID: &str = "cluster.policies";
    const CONDITION: &str = "PolicyReconciliationReady";
    if !cluster.ownership_marks.reconciles_policies {
        return Finding::skipped(ID, "the operator leaves its policies alone");
    }
    let condition = cluster.status.condition(CONDITION);
    match condition.filter(|condition| condition.status != "True") {
        Some(condition) => Finding::warn(
            ID,
            format!(
                "{CONDITION} is {}: {} {}",
                condition.status, condition.reason, condition.message
            ),
        )
        .remedy(
            "the operator takes edits of its own policies back: put what baoctl needs into a \
             policy and a role of their own",
        ),
        None => Finding::pass(ID, "the operator's policies are its own"),
    }
}
