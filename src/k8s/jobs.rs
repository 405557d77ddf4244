//! The operator's Jobs for a cluster: which are running, and the one that steps
//! the leader down.

use std::time::Duration;

use k8s_openapi::api::batch::v1::{Job, JobStatus};
use kube::ResourceExt;
use serde_json::{Value, json};

use super::{
    adapter::Kube,
    job_spec, names,
    operator::executor_image,
    wire::{self, Patch},
};
use crate::{
    model::{cluster::Cluster, hook::HookJob, legible::legible, names::PodName},
    ports::{Clock, PortError, WriteMode},
};

/// How often a Job of ours is looked at until it has ended.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What became of a Job, judged as the operator does (`contracts/operator.md`
/// 4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Running,
    Succeeded,
    Failed,
}

pub(super) fn outcome(status: Option<&JobStatus>) -> Outcome {
    let Some(status) = status else {
        return Outcome::Running;
    };
    let is_true = |kind: &str| {
        status
            .conditions
            .iter()
            .flatten()
            .any(|condition| condition.type_ == kind && condition.status == "True")
    };
    let count = |count: Option<i32>| count.unwrap_or_default();
    if is_true("Complete") || count(status.succeeded) > 0 {
        Outcome::Succeeded
    } else if is_true("Failed") || (count(status.failed) > 0 && count(status.active) == 0) {
        Outcome::Failed
    } else {
        Outcome::Running
    }
}

/// URL path of a Job.
pub(super) fn path(namespace: &str, name: &str) -> String {
    format!("/apis/batch/v1/namespaces/{namespace}/jobs/{name}")
}

impl<C: Clock + 'static> Kube<C> {
    /// Names of the unfinished ones.
    pub(super) async fn unfinished_jobs(&self) -> Result<Vec<String>, PortError> {
        self.watches.catch_up().await;
        let jobs = if let Some(jobs) = self.watches.read(|kinds| kinds.jobs.copy.list()) {
            jobs
        } else {
            let selector = names::job_selector(&self.reference);
            self.list::<Job>("jobs", &selector).await?.0
        };
        let mut unfinished: Vec<String> = jobs
            .iter()
            .filter(|job| outcome(job.status.as_ref()) == Outcome::Running)
            // A hook that baoctl runs is none of the operator's doing.
            .filter(|job| !job.annotations().contains_key(HookJob::RUN))
            .map(|job| legible(&job.name_any(), 253))
            .collect();
        unfinished.sort();
        Ok(unfinished)
    }

    /// Runs the executor until it has ended: the one call of this adapter that
    /// waits, because a Job is one act to its caller.
    pub(super) async fn run_step_down_job(
        &self,
        cluster: &Cluster,
        leader: &PodName,
    ) -> Result<(), PortError> {
        let name = job_spec::name(&cluster.reference.name, leader.as_str());
        let what = format!("job {name}");
        let path = path(&self.reference.namespace, &name);
        match wire::get::<Job>(&self.own, &what, &path).await? {
            // Somebody's Job for the same act is already at it.
            Some(job) if outcome(job.status.as_ref()) == Outcome::Running => {}
            // An old result must not pass for a new one: Jobs live an hour.
            Some(job) => {
                self.remove_job(&what, &path, &job).await?;
                self.create_job(cluster, leader, &what).await?;
            }
            None => self.create_job(cluster, leader, &what).await?,
        }
        loop {
            let Some(job) = wire::get::<Job>(&self.own, &what, &path).await? else {
                return Err(PortError::NotFound(what));
            };
            match outcome(job.status.as_ref()) {
                // At rest there is no finished Job that a later run of the
                // operator's could take for its own (`contracts/operator.md`
                // 8.4). The step-down counts all the same.
                Outcome::Succeeded => {
                    if let Err(error) = self.remove_job(&what, &path, &job).await {
                        tracing::warn!(%error, "{what} was not removed");
                    }
                    return Ok(());
                }
                Outcome::Failed => return Err(PortError::Other(format!("{what} failed"))),
                Outcome::Running => self.clock.sleep(LOOK_EVERY).await,
            }
        }
    }

    async fn remove_job(&self, what: &str, path: &str, job: &Job) -> Result<(), PortError> {
        let uid = job.uid().unwrap_or_default();
        if self.maintenance_override {
            // For a deletion the annotation has to be on the stored object.
            let body = json!({
                "metadata": {
                    "resourceVersion": job.resource_version(),
                    "annotations": { names::MAINTENANCE: "true" },
                },
            });
            wire::patch::<Value>(
                &self.locked,
                what,
                path,
                Patch::Merge,
                &body,
                WriteMode::Real,
            )
            .await?;
        }
        wire::delete(&self.locked, what, path, &uid, WriteMode::Real).await
    }

    async fn create_job(
        &self,
        cluster: &Cluster,
        leader: &PodName,
        what: &str,
    ) -> Result<(), PortError> {
        let image = match &cluster.spec.executor_image {
            Some(image) => image.clone(),
            None => executor_image(&self.own, self.operator.get()).await?,
        };
        self.ensure_upgrade_account().await?;
        let job = job_spec::job(cluster, leader, &image, self.maintenance_override);
        let path = format!(
            "/apis/batch/v1/namespaces/{}/jobs",
            self.reference.namespace
        );
        wire::create::<Value>(&self.locked, what, &path, &job, WriteMode::Real)
            .await
            .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(value: Value) -> JobStatus {
        serde_json::from_value(value).expect("a job status")
    }

    #[test]
    fn a_job_has_ended_only_when_its_status_says_so() {
        assert_eq!(outcome(None), Outcome::Running);
        assert_eq!(
            outcome(Some(&status(json!({ "active": 1 })))),
            Outcome::Running
        );
        assert_eq!(
            outcome(Some(&status(json!({ "succeeded": 1 })))),
            Outcome::Succeeded
        );
        assert_eq!(
            outcome(Some(&status(json!({ "failed": 1, "active": 1 })))),
            Outcome::Running
        );
        assert_eq!(
            outcome(Some(&status(json!({ "failed": 1 })))),
            Outcome::Failed
        );
        let failed = json!({ "conditions": [{ "type": "Failed", "status": "True" }] });
        assert_eq!(outcome(Some(&status(failed))), Outcome::Failed);
    }
}
