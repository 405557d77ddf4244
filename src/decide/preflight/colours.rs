//! Checks of what a blue/green run needs beside the rest.

use crate::model::{blue_green_run::BlueGreenRun, fact::Fact, finding::Finding, names::PodName};

use super::{Preflight, judge, room};

/// Every check's id with one line of what it asks.
pub const CHECKS: &[(&str, &str)] = &[
    (
        "colours.blue",
        "the voters are the pods of the colour that serves",
    ),
    (
        "colours.volumes",
        "no volumes of green's name lie there from before",
    ),
    ("colours.room", "the namespace's quotas have room for green"),
    (
        "colours.certificate",
        "the servers' certificate has names for green's pods",
    ),
    (
        "colours.hook",
        "the hook that runs before promotion can be run",
    ),
];

pub(super) fn check(preflight: &Preflight<'_>, findings: &mut Vec<Finding>) {
    let Some(run) = &preflight.run.blue_green else {
        return;
    };
    findings.push(blue(preflight, run));
    findings.push(volumes(preflight, run));
    findings.push(room::check(preflight));
    findings.push(certificate(preflight));
    findings.push(hook(preflight, run));
}

fn blue(preflight: &Preflight<'_>, run: &BlueGreenRun) -> Finding {
    const ID: &str = "colours.blue";
    let snapshot = &preflight.survey.snapshot;
    let name = snapshot
        .cluster
        .known()
        .map(|cluster| &cluster.reference.name);
    judge(ID, "the voters' StatefulSet", &snapshot.voters, |voters| {
        let ours = [&run.blue, &run.green];
        let named = name.and_then(|name| {
            ours.into_iter()
                .find(|revision| revision.statefulset(name) == voters.name)
        });
        match named {
            Some(revision) => Finding::pass(ID, format!("{revision} serves")),
            None => Finding::fail(
                ID,
                format!("{} is of neither colour of the run", voters.name),
            ),
        }
    })
}

fn hook(preflight: &Preflight<'_>, run: &BlueGreenRun) -> Finding {
    const ID: &str = "colours.hook";
    let snapshot = &preflight.survey.snapshot;
    if preflight.run.abandoned.is_some() {
        return Finding::skipped(ID, "none runs on the way back");
    }
    judge(ID, "the resource", &snapshot.cluster, |cluster| {
        let Some(hook) = &cluster.spec.blue_green_spec.pre_promotion_hook else {
            return Finding::pass(ID, "none");
        };
        if let Some(at) = run.hook_passed_at {
            let at = at.strftime("%H:%M:%SZ");
            return Finding::pass(ID, format!("{} passed at {at}", hook.image));
        }
        judge(ID, "the hook's Job", &snapshot.hook, |job| match job {
            Some(job) if !job.is_of(&preflight.run.id) => Finding::fail(
                ID,
                format!("the Job {} is there and not of this run", job.name),
            )
            .remedy(format!(
                "once nobody needs it: kubectl -n {} delete job {}",
                cluster.reference.namespace, job.name
            )),
            _ => Finding::pass(
                ID,
                format!(
                    "{} runs as a Job before green gets votes, for {} s at most",
                    hook.image,
                    hook.timeout.as_secs()
                ),
            ),
        })
    })
}

/// Green's pods present the certificate that blue's present.
fn certificate(preflight: &Preflight<'_>) -> Finding {
    const ID: &str = "colours.certificate";
    let cluster = preflight.survey.snapshot.cluster.known();
    if cluster.is_some_and(|cluster| cluster.spec.plain_http) {
        return Finding::pass(ID, "the servers have no TLS");
    }
    judge(
        ID,
        "the server certificate",
        &preflight.survey.certificate,
        |certificate| {
            let names: Vec<&str> = certificate.not_for.iter().map(PodName::as_str).collect();
            if names.is_empty() {
                return Finding::pass(ID, "it has names for green's pods");
            }
            Finding::fail(ID, format!("it has no name for {}", names.join(", "))).remedy(
                "neither baoctl nor the other servers would believe them: add a wildcard for the \
                 headless Service, or each of these names with its Service and namespace \
                 (spec.tls.extraSANs where the operator makes the certificate)",
            )
        },
    )
}

fn volumes(preflight: &Preflight<'_>, run: &BlueGreenRun) -> Finding {
    const ID: &str = "colours.volumes";
    if preflight.resuming {
        return Finding::skipped(ID, "green's volumes are the run's own by now");
    }
    let parts = match &preflight.survey.snapshot.colour_parts {
        Fact::Known(Some(parts)) => parts,
        Fact::Known(None) => return Finding::unknown(ID, "green's volumes were not read"),
        Fact::Unknown(why) => return Finding::unknown(ID, format!("green's volumes: {why}")),
    };
    let names: Vec<&str> = parts
        .green_volumes
        .iter()
        .map(|volume| volume.name.as_str())
        .collect();
    if names.is_empty() {
        return Finding::pass(ID, "none");
    }
    let found = format!("{} lie there from an earlier try", names.join(", "));
    if run.delete_leftover_volumes {
        return Finding::warn(ID, format!("{found}; they are deleted"));
    }
    Finding::fail(ID, found).remedy(
        "a node on an old volume looks sound and never joins; --delete-leftover-volumes deletes \
         them with what is on them",
    )
}
