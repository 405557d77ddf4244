//! What must hold before the operator's rolling upgrade takes a step, on every
//! pass (`contracts/operator.md` 2.2).

use std::time::Duration;

use serde_json::{Map, json};

use crate::{
    model::version::Version,
    sim::{
        moment::Moment,
        scenario::{OperatorState, Shape},
        servers::Servers,
    },
};

use super::{
    client::{Client, Manner},
    pass::Pass,
    plane,
};

/// Who its lock is held by (`contracts/operator.md` 9).
const HOLDER: &str = "openbaocluster/upgrade";

/// Its short requeue (`contracts/operator.md` 2.1).
pub(super) const SOON: Duration = Duration::from_secs(5);

/// Whether the lock is its own.
pub(super) fn holds_lock(pass: &Pass) -> bool {
    pass.text("operationLock/holder") == Some(HOLDER)
}

/// Who else holds the lock.
pub(super) fn foreign_holder(pass: &Pass) -> Option<&str> {
    let holder = pass.text("operationLock/holder");
    holder.filter(|holder| *holder != HOLDER)
}

/// Takes the lock and checks everything; why it cannot go on. A foreign lock
/// before an upgrade has begun is waited for.
pub(super) fn enter(
    client: &mut Client<'_>,
    shape: &Shape,
    servers: &mut Servers,
    pass: &mut Pass,
    version: &str,
) -> Result<(), String> {
    if let Some(holder) = pass.text("operationLock/holder")
        && holder != HOLDER
    {
        let message = format!("operation lock is held by {holder}");
        if pass.upgrade().is_some() {
            // In memory only: its controller stores it, the manager does not.
            pass.failed(shape, &message, client.now);
            pass.progress = false;
            return Err(message);
        }
        pass.again = Some(SOON);
        return Ok(());
    }
    lock(client, shape, pass, version)?;
    if pass
        .text("upgrade/targetVersion")
        .is_some_and(|target| target != version)
    {
        pass.status.remove("upgrade");
    }
    account(client, shape)?;
    if pass.upgrade().is_none() {
        let parse = |text: &str| text.parse::<Version>().ok();
        let current = pass.text("currentVersion").and_then(parse);
        let Some(wanted) = parse(version) else {
            return Err(format!("{version:?} is no version"));
        };
        if current.is_some_and(|current| current > wanted) {
            return Err("downgrades are not supported".to_owned());
        }
    }
    healthy(client, shape, servers)
}

fn lock(
    client: &mut Client<'_>,
    shape: &Shape,
    pass: &mut Pass,
    version: &str,
) -> Result<(), String> {
    let progress = if pass.upgrade().is_some() {
        " (in progress)"
    } else {
        ""
    };
    take_lock(
        client,
        shape,
        pass,
        &format!("upgrade to {version}{progress}"),
    )
}

/// Takes the lock, or renews it.
pub(super) fn take_lock(
    client: &mut Client<'_>,
    shape: &Shape,
    pass: &mut Pass,
    message: &str,
) -> Result<(), String> {
    let now = json!(client.now.wall().strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    let since = pass
        .text("operationLock/acquiredAt")
        .map_or_else(|| now.clone(), |since| json!(since));
    let lock = json!({
        "operation": "Upgrade",
        "holder": HOLDER,
        "message": message,
        "acquiredAt": since,
        "renewedAt": now,
    });
    let done = if shape.operator == OperatorState::Today {
        let plane = Map::from_iter([("operationLock".to_owned(), lock.clone())]);
        client.apply_status(plane::LOCK.manager, &plane, Manner::Forcing)
    } else {
        client.merge_status(&json!({ "operationLock": lock }))
    };
    done.map_err(|refused| refused.message)?;
    pass.status.insert("operationLock".to_owned(), lock);
    Ok(())
}

/// The account its Jobs run under; it outlives the upgrade.
fn account(client: &mut Client<'_>, shape: &Shape) -> Result<(), String> {
    let name = format!("{}-upgrade-serviceaccount", shape.name);
    let path = format!(
        "/api/v1/namespaces/{}/serviceaccounts/{name}",
        shape.namespace
    );
    let object = json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": name,
            "namespace": shape.namespace,
            "labels": { "openbao.org/cluster": shape.name },
        },
    });
    client
        .apply(&path, &object)
        .map_err(|refused| refused.message)
}

/// All are Ready, a quorum answers, one leads.
fn healthy(client: &Client<'_>, shape: &Shape, servers: &mut Servers) -> Result<(), String> {
    let wanted = shape.replicas as usize;
    let ready = client
        .kubernetes
        .pods()
        .iter()
        // One that is going counts until its server has gone: so the walk runs
        // on (contracts/operator-live.md 4.1).
        .filter(|pod| pod.set.name == shape.name && pod.ready)
        .count();
    if ready != wanted {
        return Err(format!("not all replicas are ready ({ready}/{wanted})"));
    }
    let truth = servers.truth();
    let members = &truth.members.members;
    let serving = members
        .iter()
        .filter(|member| member.voter)
        .filter(|member| {
            truth
                .nodes
                .iter()
                .any(|node| node.pod == member.id && node.running && !node.sealed && !node.paused)
        })
        .count();
    let needed = wanted / 2 + 1;
    if serving < needed {
        return Err(format!(
            "cluster has lost quorum ({serving}/{wanted} healthy, need {needed})"
        ));
    }
    if servers.active_pod().is_none() {
        return Err("no leader found in cluster".to_owned());
    }
    Ok(())
}

/// Begins an upgrade: the partition goes up before the status says so.
pub(super) fn start(shape: &Shape, pass: &mut Pass, version: &str, now: Moment) {
    let from = pass.text("currentVersion").unwrap_or_default().to_owned();
    let upgrade = json!({
        "fromVersion": from,
        "targetVersion": version,
        "startedAt": now.wall().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "currentPartition": shape.replicas,
    });
    pass.status.insert("upgrade".to_owned(), upgrade);
    pass.partition = Some(shape.replicas);
    pass.progress = true;
    pass.again = Some(Duration::from_millis(100));
}
