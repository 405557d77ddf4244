//! Checks of what each node says of itself.

use std::collections::BTreeSet;

use crate::model::{
    fact::Fact,
    finding::Finding,
    names::{PodName, Pool},
    node::NodeView,
};

use super::{Preflight, deferred, judge, version::stanzas};

pub(super) fn check(preflight: &Preflight<'_>, findings: &mut Vec<Finding>) {
    findings.push(unsealed(preflight));
    findings.push(auto_unseal(preflight));
    findings.push(tls(preflight));
    findings.push(versions_uniform(preflight));
    findings.push(one_cluster_id(preflight));
    findings.push(standby_forwards(preflight));
}

/// Every pod the cluster should have, with its node's answers.
fn nodes<'a>(preflight: &Preflight<'a>) -> Vec<(PodName, Option<&'a NodeView>)> {
    let snapshot = &preflight.survey.snapshot;
    [
        snapshot.workload(Pool::Voters),
        snapshot.workload(Pool::ReadReplicas),
    ]
    .into_iter()
    .flatten()
    .flat_map(crate::model::workload::Workload::pod_names)
    .map(|name| {
        let node = snapshot.node(&name);
        (name, node)
    })
    .collect()
}

/// The nodes that did not answer, each with why; `None` when all did.
fn silent(preflight: &Preflight<'_>) -> Option<String> {
    let silent: Vec<String> = nodes(preflight)
        .into_iter()
        .filter_map(|(name, node)| match node.map(|node| &node.health) {
            Some(Fact::Known(_)) => None,
            Some(Fact::Unknown(why)) => Some(format!("{name}: {why}")),
            None => Some(format!("{name}: not asked")),
        })
        .collect();
    (!silent.is_empty()).then(|| silent.join("; "))
}

fn unsealed(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "bao.unsealed";
    let all = nodes(preflight);
    let sealed: Vec<String> = all
        .iter()
        .filter(|(_, node)| {
            node.is_some_and(|node| node.health.known().is_some() && !node.is_unsealed())
        })
        .map(|(name, _)| name.to_string())
        .collect();
    if !sealed.is_empty() {
        return Finding::fail(ID, format!("sealed: {}", sealed.join(", ")))
            .remedy("unseal them, or find out why auto-unseal did not");
    }
    match silent(preflight) {
        Some(why) => Finding::unknown(ID, why),
        None if all.is_empty() => Finding::unknown(ID, "no node is known"),
        None => Finding::pass(ID, format!("{} nodes", all.len())),
    }
}

fn auto_unseal(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "bao.auto-unseal";
    judge(
        ID,
        "the server configuration",
        &preflight.survey.config,
        |config| {
            let seal = stanzas(config, "seal").into_iter().next();
            match seal {
                Some(seal) if seal != "shamir" => Finding::pass(ID, seal),
                _ => Finding::fail(
                    ID,
                    "no auto-unseal is configured: a restarted node stays sealed",
                )
                .remedy("configure a seal that needs no person"),
            }
        },
    )
}

fn tls(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "bao.tls";
    if let Some(why) = &preflight.survey.no_trust {
        return Finding::fail(ID, format!("no node was asked: {why}"))
            .remedy("give the nodes' CA with --ca-cert FILE");
    }
    let spec = preflight.survey.snapshot.cluster.known().map(|it| &it.spec);
    if let Some(why) = silent(preflight) {
        let finding = Finding::unknown(ID, why);
        return match spec.and_then(|spec| spec.proxy_protocol.as_deref()) {
            Some("deny_unauthorized") => finding.remedy(
                "the listeners take connections only from the proxies they are told of \
                 (proxyProtocolBehavior: deny_unauthorized): let them take those of \
                 127.0.0.1, where a port-forward comes from",
            ),
            _ => finding,
        };
    }
    if spec.is_some_and(|spec| spec.plain_http) {
        return Finding::warn(
            ID,
            "the servers have no TLS: what is sent to them can be read, and changed, by whoever \
             can listen between the kubelet and the pod, a token included",
        );
    }
    match preflight.survey.certificate.as_ref().map(|it| &it.expires) {
        Fact::Unknown(why) => Finding::unknown(
            ID,
            format!("the certificate's end could not be read: {why}"),
        ),
        Fact::Known(expires) => {
            let left = expires
                .duration_since(preflight.survey.snapshot.at)
                .as_secs();
            if left < 3600 {
                Finding::fail(ID, format!("the server certificate expires at {expires}"))
                    .remedy("renew it first")
            } else {
                Finding::pass(ID, format!("verified, until {expires}"))
            }
        }
    }
}

fn versions_uniform(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "bao.versions-uniform";
    let versions: BTreeSet<String> = nodes(preflight)
        .into_iter()
        .filter_map(|(_, node)| Some(node?.version()?.to_string()))
        .collect();
    let list = versions.iter().cloned().collect::<Vec<_>>().join(", ");
    if let Some(why) = silent(preflight) {
        return Finding::unknown(ID, why);
    }
    match versions.len() {
        0 => Finding::unknown(ID, "no node says its version"),
        1 if versions
            .iter()
            .all(|version| *version == preflight.run.from.to_string())
            || preflight.resuming
            || preflight.intent.take_over =>
        {
            Finding::pass(ID, list)
        }
        1 => Finding::fail(
            ID,
            format!(
                "all nodes run {list}, status.currentVersion is {}",
                preflight.run.from
            ),
        )
        .remedy("let the operator reconcile the status first"),
        _ if preflight.resuming || preflight.intent.take_over => {
            Finding::skipped(ID, format!("an unfinished upgrade: {list}"))
        }
        _ => Finding::fail(ID, format!("nodes run different versions: {list}")),
    }
}

fn one_cluster_id(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "bao.one-cluster-id";
    let ids: BTreeSet<&str> = nodes(preflight)
        .into_iter()
        .filter_map(|(_, node)| node?.health.known()?.cluster_id.as_deref())
        .collect();
    match (silent(preflight), ids.len()) {
        (Some(why), _) => Finding::unknown(ID, why),
        (None, 1) => Finding::pass(ID, ids.iter().copied().collect::<String>()),
        (None, 0) => Finding::unknown(ID, "no node says which cluster it belongs to"),
        (None, count) => Finding::fail(ID, format!("the nodes belong to {count} clusters")).remedy(
            "a pod that lost its volume may have founded one of its own; do not upgrade it away",
        ),
    }
}

/// A standby that cannot reach its leader answers every question as a healthy
/// one does, and clients' writes through it fail (openbao#3676, openbao#3899).
fn standby_forwards(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "bao.standby-forwards";
    if let Some(finding) = deferred(preflight, ID) {
        return finding;
    }
    let survey = preflight.survey;
    match &survey.idle_entry {
        Fact::Known(true) => {}
        // `auth.idle-entry` fails, and says what to do.
        Fact::Known(false) => return Finding::skipped(ID, "no write can be tried with the token"),
        Fact::Unknown(why) => return Finding::unknown(ID, format!("no write was tried: {why}")),
    }
    let refused: Vec<String> = survey
        .forwards
        .iter()
        .filter_map(|(pod, forwarded)| Some(format!("{pod}: {}", forwarded.unknown()?)))
        .collect();
    if !refused.is_empty() {
        let message = format!(
            "a write was not sent on to the leader by {}",
            refused.join("; ")
        );
        return if preflight.resuming || preflight.intent.take_over {
            Finding::warn(ID, message)
        } else {
            Finding::fail(ID, message)
                .remedy("let the pods reach each other's port 8201; clients fail through these")
        };
    }
    match (silent(preflight), survey.forwards.len()) {
        (Some(why), _) => Finding::unknown(ID, why),
        (None, 0) => Finding::pass(ID, "there is no standby"),
        (None, count) => Finding::pass(ID, format!("a write through each of {count}")),
    }
}
