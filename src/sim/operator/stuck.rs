//! How the operator of January leaves a rolling upgrade that it cannot finish
//! (`contracts/operator-live.md` 4.1, `data/operator-live/stuck-rolling`).

use serde_json::{Map, Value, json};

use crate::sim::{kubernetes::Kubernetes, moment::Moment};

use super::{
    Operator,
    client::{Client, Manner},
    conditions,
    executor::Executor,
    plane, workload,
};

/// The step at which it stops: the last pod is old, and leads.
const PARTITION: u32 = 1;

impl Operator {
    /// Releases all pods but the last: the resource, then the partition, then
    /// the template.
    pub(in crate::sim) fn release_all_but_one(
        &mut self,
        (version, image): (&str, &str),
        kubernetes: &mut Kubernetes,
        now: Moment,
    ) {
        let wanted = json!({ "spec": { "version": version, "image": image } });
        kubernetes.edit(&self.key, wanted, "kubectl-patch", now);
        let mut client = Client {
            kubernetes,
            key: &self.key,
            now,
            told: &mut self.told,
        };
        let path = client.set_path(&self.shape.name);
        let lock = json!({ "spec": { "updateStrategy": {
            "rollingUpdate": { "partition": PARTITION, "maxUnavailable": null },
        } } });
        // Nothing is in the way of either in a world that has just begun.
        let _ = client.merge(&path, &lock);
        let _ = workload::pass(&mut client, &self.shape);
        self.told.deeds.clear();
    }

    /// Leaves the status of an upgrade that began then, and every claim to it.
    pub(in crate::sim) fn freeze(
        &mut self,
        version: &str,
        began: Moment,
        kubernetes: &mut Kubernetes,
        now: Moment,
    ) {
        let last = format!("{}-0", self.shape.name);
        let executor = Executor {
            namespace: &self.shape.namespace,
            cluster: &self.shape.name,
            pod: &last,
        };
        let uid = crate::sim::fixture::CLUSTER_UID;
        let mut job = executor.job(uid);
        job["status"] = json!({
            "succeeded": 1,
            "ready": 0,
            "startTime": text(began),
            "completionTime": text(began),
            "conditions": [{ "type": "Complete", "status": "True" }],
        });
        kubernetes.insert(job, "manager", began);
        let mut client = Client {
            kubernetes,
            key: &self.key,
            now,
            told: &mut self.told,
        };
        let Some(object) = client.resource() else {
            return;
        };
        let generation = object["metadata"]["generation"].as_i64().unwrap_or(0);
        let mut status = plane::status(object);
        let done: Vec<u32> = (PARTITION..self.shape.replicas).rev().collect();
        let upgrade = json!({
            "fromVersion": self.shape.version.to_string(),
            "targetVersion": version,
            "startedAt": text(began),
            "currentPartition": PARTITION,
            "completedPods": done,
        });
        let error = json!({
            "reason": "Error", "message": "no leader found in cluster", "at": text(began),
        });
        let lock = json!({
            "operation": "Upgrade",
            "holder": "openbaocluster/upgrade",
            "message": format!("upgrade to {version} (in progress)"),
            "acquiredAt": text(began),
            "renewedAt": text(now),
        });
        status.insert("phase".to_owned(), json!("Upgrading"));
        status.insert("adminOps".to_owned(), json!({ "lastError": error }));
        status.insert("upgrade".to_owned(), upgrade);
        let sight = conditions::Sight {
            ready: self.shape.replicas as usize,
            replicas: u64::from(self.shape.replicas),
            leader: None,
        };
        let saids = conditions::working(&status, &sight);
        if let Some(all) = status.get_mut("conditions").and_then(Value::as_array_mut) {
            conditions::renew(all, &saids, generation, began);
        }
        let _ = client.merge_status(&json!({ "operationLock": lock }));
        status.insert("operationLock".to_owned(), lock);
        // Each writes what the others write, too, so that all own it; the
        // manager of upgrades comes last, with more of its own.
        claim(
            &mut client,
            plane::STATUS.manager,
            &plane::STATUS.of(&status),
        );
        claim(
            &mut client,
            plane::admin_ops(false).manager,
            &plane::admin_ops(false).of(&status),
        );
        if let Some(Value::Object(upgrade)) = status.get_mut("upgrade") {
            upgrade.insert("lastErrorReason".to_owned(), json!("UpgradeFailed"));
            let message = "step-down timeout: exceeded 1m0s";
            upgrade.insert("lastErrorMessage".to_owned(), json!(message));
            upgrade.insert("lastErrorAt".to_owned(), json!(text(now)));
        }
        claim(&mut client, plane::UPGRADES, &status);
    }
}

fn claim(client: &mut Client<'_>, manager: &str, status: &Map<String, Value>) {
    // With force nothing refuses it.
    let _ = client.apply_status(manager, status, Manner::Forcing);
}

fn text(at: Moment) -> String {
    at.wall().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
