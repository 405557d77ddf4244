//! The eviction subresource.

use serde_json::{Value, json};

use super::{Kubernetes, answer::Answer, kind::Kind, object::Key, status_body::Refusal};

impl Kubernetes {
    /// Evicts a pod if its budget allows. The budget is charged before the
    /// preconditions are looked at, as by the real server
    /// (`contracts/real-stack.md` 3).
    pub(super) fn evict(
        &mut self,
        key: &Key,
        body: &Value,
        dry_run: bool,
    ) -> Result<Answer, Refusal> {
        let object = self
            .store
            .get(key)
            .cloned()
            .ok_or_else(|| Refusal::not_found(Kind::Pod, &key.name))?;
        let options = &body["deleteOptions"];
        let dry_run = dry_run
            || options["dryRun"]
                .as_array()
                .is_some_and(|all| !all.is_empty());
        let uid = object.uid().to_owned();
        let phase = object.value["status"]["phase"].as_str();
        // What serves nothing may go.
        let free = object.deleting() || matches!(phase, Some("Pending" | "Failed" | "Succeeded"));
        if !free {
            self.charge(key, &uid, dry_run)?;
        }
        if let Some(wanted) = options["preconditions"]["uid"]
            .as_str()
            .filter(|w| *w != uid)
        {
            return Err(Refusal::precondition(Kind::Pod, &key.name, wanted, &uid));
        }
        if !dry_run {
            self.begin_deletion(key, options["gracePeriodSeconds"].as_u64());
        }
        Ok(Answer::json(
            201,
            &json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
                "code": 201,
            }),
        ))
    }

    /// Takes one disruption from the budget that covers the pod.
    fn charge(&mut self, key: &Key, uid: &str, dry_run: bool) -> Result<(), Refusal> {
        let Some(object) = self.store.get(key) else {
            return Ok(());
        };
        let covering: Vec<&Key> = self
            .budgets
            .iter()
            .filter(|(budget, state)| budget.namespace == key.namespace && state.covers(object))
            .map(|(budget, _)| budget)
            .collect();
        let budget_key = match covering.as_slice() {
            [] => return Ok(()),
            [one] => (*one).clone(),
            _ => {
                let text = "This pod has more than one PodDisruptionBudget, which the eviction \
                            subresource does not support.";
                return Err(Refusal::new(500, text));
            }
        };
        let Some(mut budget) = self.budgets.get(&budget_key).cloned() else {
            return Ok(());
        };
        let ready = self.pods.get(uid).is_some_and(|pod| pod.ready);
        // IfHealthyBudget, the default: an unready pod may go while the rest is
        // healthy.
        if !ready && budget.healthy >= budget.desired && budget.desired > 0 {
            return Ok(());
        }
        let name = &budget_key.name;
        if budget.stale() {
            let text =
                format!("The disruption budget {name} is still being processed by the server.");
            return Err(Refusal::budget(&text).after(10));
        }
        if budget.allowed == 0 {
            return Err(Refusal::budget(&format!(
                "The disruption budget {name} needs {} healthy pods and has {} currently",
                budget.desired, budget.healthy
            )));
        }
        if !dry_run {
            budget.allowed -= 1;
            budget.disrupted.insert(key.name.clone(), self.now);
            self.write_budget(&budget_key, budget);
            self.wake_budget(&budget_key);
        }
        Ok(())
    }
}
