//! One step of the operator's rolling upgrade: the next pod, the highest ordinal
//! first (`contracts/operator.md` 2.4, 2.5, `contracts/operator-today.md` 2).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::{
    fixture::CLUSTER_UID,
    kubernetes::{Key, Kind, PodTruth},
    scenario::{OperatorState, Shape},
    servers::Servers,
};

use super::{
    client::Client,
    entry::SOON,
    executor::{Executor, Outcome, outcome},
    pass::Pass,
};

/// The whole upgrade's budget for step-downs, in seconds from its start
/// (`contracts/operator.md` 2.5).
const BUDGET_S: i64 = 60;

/// Takes the step.
pub(super) fn step(
    client: &mut Client<'_>,
    shape: &Shape,
    servers: &Servers,
    pass: &mut Pass,
    generation: i64,
) {
    let today = shape.operator == OperatorState::Today;
    if today && !is_rendered(client, shape, generation) {
        pass.again = Some(SOON);
        return;
    }
    let partition = pass
        .upgrade()
        .and_then(|upgrade| upgrade["currentPartition"].as_u64())
        .and_then(|partition| u32::try_from(partition).ok())
        .unwrap_or(shape.replicas);
    let Some(target) = partition.checked_sub(1) else {
        finalise(client, shape, pass);
        return;
    };
    let pod = format!("{}-{target}", shape.name);
    let done = today && is_on_target(client, shape, &pod);
    let leader = servers.active_pod();
    if !done && leader.is_none_or(|leader| leader == pod) && !step_down(client, shape, pass, &pod) {
        return;
    }
    pass.partition = Some(target);
    // The January release takes the old pod, still Ready, for the new one.
    let replaced = if today {
        done
    } else {
        pods(client, shape).any(|seen| seen.key.name == pod && seen.ready)
    };
    if !replaced {
        pass.again = Some(SOON);
        return;
    }
    let mut completed = pass
        .upgrade()
        .and_then(|upgrade| upgrade["completedPods"].as_array().cloned())
        .unwrap_or_default();
    completed.push(json!(target));
    pass.note("currentPartition", json!(target));
    pass.note("completedPods", Value::Array(completed));
    pass.again = Some(Duration::from_millis(100));
    if target == 0 && !today {
        finalise(client, shape, pass);
    }
}

/// Has the leader step down by a Job; whether it has.
fn step_down(client: &mut Client<'_>, shape: &Shape, pass: &mut Pass, pod: &str) -> bool {
    let now = client.now;
    let age = pass
        .text("upgrade/startedAt")
        .and_then(|since| since.parse::<Timestamp>().ok())
        .map(|since| now.wall().as_second() - since.as_second());
    if shape.operator != OperatorState::Today && age.is_some_and(|age| age > BUDGET_S) {
        pass.failed(shape, "step-down timeout: exceeded 1m0s", now);
        return false;
    }
    let executor = Executor {
        namespace: &shape.namespace,
        cluster: &shape.name,
        pod,
    };
    let found = client.kubernetes.object(&executor.key()).map(outcome);
    match found {
        Some(Outcome::Failed) => pass.failed(shape, "step-down Job failed", now),
        // Whether it ran for this leadership or an earlier one, nobody asks.
        Some(Outcome::Succeeded | Outcome::Running) => pass.again = Some(SOON),
        None => match client.create(&executor.path(), &executor.job(CLUSTER_UID)) {
            Ok(()) => {
                let deed = format!("operator: step-down Job for {pod}");
                client.told.deeds.push(deed);
                let at = now.wall().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                pass.note("lastStepDownTime", json!(at));
                pass.again = Some(SOON);
            }
            Err(refused) => pass.error = Some(refused.message),
        },
    }
    false
}

/// Somebody asked for another try: the failure goes, the Job whose old result
/// would pass for a new one, and every pod that is not on the target.
pub(super) fn retry(client: &mut Client<'_>, shape: &Shape, pass: &mut Pass, asked: &str) {
    if let Some(Value::Object(upgrade)) = pass.status.get_mut("upgrade") {
        upgrade.remove("failure");
    }
    let handled = pass.status.entry("upgradeRequests");
    handled.or_insert_with(|| json!({}))["lastHandledRetry"] = json!(asked);
    pass.progress = true;
    for ordinal in 0..shape.replicas {
        let pod = format!("{}-{ordinal}", shape.name);
        let executor = Executor {
            namespace: &shape.namespace,
            cluster: &shape.name,
            pod: &pod,
        };
        let job = executor.key();
        if client.kubernetes.object(&job).is_some() {
            // One that is gone already is as good.
            let _ = client.delete(&format!("{}/{}", executor.path(), job.name));
        }
        if !is_on_target(client, shape, &pod) {
            let path = format!("/api/v1/namespaces/{}/pods/{pod}", shape.namespace);
            if client.delete(&path).is_ok() {
                let deed = format!("operator: deleted {pod} for a retry");
                client.told.deeds.push(deed);
            }
        }
    }
}

fn finalise(client: &Client<'_>, shape: &Shape, pass: &mut Pass) {
    if shape.operator == OperatorState::Today && !is_converged(client, shape, &shape.name) {
        pass.again = Some(SOON);
        return;
    }
    let version = client
        .resource()
        .map(|object| object["spec"]["version"].clone())
        .unwrap_or_default();
    pass.status.remove("upgrade");
    pass.status.insert("currentVersion".to_owned(), version);
    pass.progress = true;
    pass.again = Some(SOON);
}

fn pods<'a>(client: &Client<'_>, shape: &'a Shape) -> impl Iterator<Item = PodTruth> + use<'a> {
    let pods = client.kubernetes.pods().into_iter();
    pods.filter(|pod| pod.set.name == shape.name)
}

/// Later generations: the templates are of this generation of the resource, and
/// the read replicas have them (`contracts/operator-today.md` 1, 2).
fn is_rendered(client: &Client<'_>, shape: &Shape, generation: i64) -> bool {
    let key = Key::new(Kind::StatefulSet, &shape.namespace, &shape.name);
    let rendered = client
        .kubernetes
        .object(&key)
        .and_then(|set| set["metadata"]["annotations"]["openbao.org/cluster-generation"].as_str())
        .is_some_and(|stamped| stamped == generation.to_string());
    rendered
        && (shape.read_replicas == 0
            || is_converged(client, shape, &format!("{}-read", shape.name)))
}

/// All pods of a set are on its template's revision and Ready.
fn is_converged(client: &Client<'_>, shape: &Shape, name: &str) -> bool {
    let key = Key::new(Kind::StatefulSet, &shape.namespace, name);
    let Some(set) = client.kubernetes.set(&key) else {
        return false;
    };
    let done = client
        .kubernetes
        .pods()
        .iter()
        .filter(|pod| pod.set == key && pod.ready && !pod.terminating)
        .filter(|pod| pod.revision == set.update_revision)
        .count();
    done == set.replicas as usize
}

/// A pod is replaced: on the template's revision, Ready, not going.
fn is_on_target(client: &Client<'_>, shape: &Shape, pod: &str) -> bool {
    let key = Key::new(Kind::StatefulSet, &shape.namespace, &shape.name);
    let Some(set) = client.kubernetes.set(&key) else {
        return false;
    };
    pods(client, shape).any(|seen| {
        seen.key.name == pod
            && seen.revision == set.update_revision
            && seen.ready
            && !seen.terminating
    })
}
