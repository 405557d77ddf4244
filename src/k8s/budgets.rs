//! The disruption budgets that an eviction has to keep.

use std::rc::Rc;

use k8s_openapi::api::{core::v1::Pod, policy::v1::PodDisruptionBudget};
use kube::core::{Selector, SelectorExt};

/// How many of these servers may be evicted now: the least that a budget allows
/// that selects one of them, by the labels it has, whoever made either. `None`
/// when no budget does.
pub(super) fn allowed(
    budgets: &[Rc<PodDisruptionBudget>],
    pods: &[Rc<Pod>],
    read_replicas: &str,
) -> Option<i32> {
    budgets
        .iter()
        .filter(|budget| {
            let servers = pods.iter().filter(|pod| may_vote(pod, read_replicas));
            selector(budget).is_some_and(|selector| {
                servers
                    .filter_map(|pod| pod.metadata.labels.as_ref())
                    .any(|labels| selector.matches(labels))
            })
        })
        .map(|budget| budget.status.as_ref().map_or(0, |s| s.disruptions_allowed))
        .min()
}

fn selector(budget: &PodDisruptionBudget) -> Option<Selector> {
    let selector = budget.spec.as_ref()?.selector.clone()?;
    Selector::try_from(selector).ok()
}

/// A pod of a StatefulSet that is not the read replicas'; Jobs have the cluster's
/// labels too.
fn may_vote(pod: &Pod, read_replicas: &str) -> bool {
    let mut owners = pod.metadata.owner_references.iter().flatten();
    owners.any(|owner| owner.kind == "StatefulSet" && owner.name != read_replicas)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn pod((kind, name): (&str, &str), labels: &Value) -> Rc<Pod> {
        let owner = json!({ "apiVersion": "v1", "kind": kind, "name": name, "uid": "u" });
        let pod = json!({ "metadata": { "labels": labels, "ownerReferences": [owner] } });
        Rc::new(serde_json::from_value(pod).expect("a pod"))
    }

    fn budget(selector: &Value, allowed: i32) -> Rc<PodDisruptionBudget> {
        let budget = json!({
            "spec": { "selector": selector },
            "status": {
                "disruptionsAllowed": allowed, "currentHealthy": 3, "desiredHealthy": 2,
                "expectedPods": 3,
            },
        });
        Rc::new(serde_json::from_value(budget).expect("a budget"))
    }

    #[test]
    fn budgets_count_by_the_labels_that_the_pods_have() {
        let pods = [
            pod(
                ("StatefulSet", "prod"),
                &json!({ "app": "bao", "team": "secrets" }),
            ),
            pod(("Job", "backup"), &json!({ "app": "backup" })),
            pod(("StatefulSet", "prod-read"), &json!({ "role": "read" })),
        ];
        let by = |labels: &Value, allowed| budget(&json!({ "matchLabels": labels }), allowed);
        let allowed = |budgets: &[Rc<PodDisruptionBudget>]| allowed(budgets, &pods, "prod-read");
        assert_eq!(allowed(&[]), None);
        let other = by(&json!({ "openbao.org/cluster": "prod" }), 0);
        assert_eq!(allowed(&[Rc::clone(&other)]), None);
        let read = by(&json!({ "role": "read" }), 0);
        let job = by(&json!({ "app": "backup" }), 0);
        let own = by(&json!({ "team": "secrets" }), 1);
        assert_eq!(allowed(&[other, job, read, Rc::clone(&own)]), Some(1));
        // An empty selector selects every pod of the namespace.
        assert_eq!(allowed(&[own, budget(&json!({}), 0)]), Some(0));
    }
}
