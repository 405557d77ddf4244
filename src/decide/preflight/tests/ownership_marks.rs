//! Resources that others decide about.

use super::{Fine, each_is};
use crate::model::{cluster::Condition, fact::Fact, finding::Verdict};

fn policies(f: &mut Fine, status: &str) {
    let cluster = f.world.cluster();
    cluster.ownership_marks.reconciles_policies = true;
    cluster.status.conditions.push(Condition {
        kind: "PolicyReconciliationReady".to_owned(),
        status: status.to_owned(),
        reason: "Drift".to_owned(),
        message: "openbao-operator-upgrade differs".to_owned(),
        observed_generation: Some(1),
    });
}

fn unseen(f: &mut Fine) {
    f.world.snapshot.cluster = Fact::Unknown("no answer".to_owned());
}

#[test]
fn what_a_restore_holds_or_made_is_not_ours_to_change() {
    each_is(
        "cluster.restore",
        &[
            (|_| {}, Verdict::Pass),
            (
                |f| f.world.cluster().ownership_marks.restore_hold = Some("vault/r1".to_owned()),
                Verdict::Fail,
            ),
            (
                |f| f.world.cluster().ownership_marks.restore_origin = Some("vault/r1".to_owned()),
                Verdict::Fail,
            ),
            (unseen, Verdict::Unknown),
        ],
    );
}

#[test]
fn a_claim_would_set_the_version_back() {
    each_is(
        "cluster.claim",
        &[
            (|_| {}, Verdict::Pass),
            (
                |f| f.world.cluster().ownership_marks.claimed = true,
                Verdict::Fail,
            ),
            (unseen, Verdict::Unknown),
        ],
    );
}

#[test]
fn policies_are_told_of_only_where_the_operator_takes_edits_back() {
    each_is(
        "cluster.policies",
        &[
            (|_| {}, Verdict::Skipped),
            (|f| policies(f, "True"), Verdict::Pass),
            (|f| policies(f, "False"), Verdict::Warn),
            (|f| policies(f, "Unknown"), Verdict::Warn),
            (unseen, Verdict::Unknown),
        ],
    );
}
