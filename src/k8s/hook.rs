//! The Job of the pre-promotion hook: read, made, deleted, and why it failed.

use k8s_openapi::api::{batch::v1::Job, core::v1::Pod};
use kube::{ResourceExt, api::ListParams};
use serde_json::Value;

use super::{
    adapter::Kube,
    errors::clean,
    fields::LONGEST,
    hook_job,
    jobs::{self, Outcome, outcome},
    locked_objects::LockedObject,
    names::MAINTENANCE,
    wire,
};
use crate::{
    model::{
        blue_green::PromotionHook,
        cluster::Cluster,
        hook::{HookJob, HookState},
        legible::legible,
        names::ResourceVersion,
    },
    ports::{Clock, PodEvidence, PortError, WriteMode},
};

/// The label of the Job controller on the pods it makes, by which each Job finds
/// its own.
const CONTROLLER_UID: &str = "batch.kubernetes.io/controller-uid";

impl<C: Clock + 'static> Kube<C> {
    /// The Job of the hook's name. By a read: one without the operator's labels
    /// is in no watch.
    pub(super) async fn read_hook(&self, cluster: &Cluster) -> Result<Option<HookJob>, PortError> {
        let name = HookJob::name_of(&cluster.reference.name);
        let path = jobs::path(&self.reference.namespace, &name);
        let what = format!("job {name}");
        match wire::get::<Job>(&self.own, &what, &path).await? {
            Some(job) => parse(&job, name).map(Some),
            None => Ok(None),
        }
    }

    pub(super) async fn create_hook(
        &self,
        cluster: &Cluster,
        hook: &PromotionHook,
        run: &str,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        let what = format!("job {}", HookJob::name_of(&cluster.reference.name));
        let path = format!(
            "/apis/batch/v1/namespaces/{}/jobs",
            self.reference.namespace
        );
        let job = hook_job::job(cluster, hook, run, self.maintenance_override);
        wire::create::<Value>(&self.locked, &what, &path, &job, mode)
            .await
            .map(drop)
    }

    pub(super) async fn remove_hook(
        &self,
        job: &HookJob,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        let object = LockedObject {
            what: format!("job {}", job.name),
            path: jobs::path(&self.reference.namespace, &job.name),
            open: job.maintenance,
            version: Some(&job.resource_version.0),
        };
        self.delete_locked(&object, &job.uid, mode).await
    }

    /// Whatever can be learned; nothing of it is worth an error.
    pub(super) async fn gather_hook_evidence(&self, job: &HookJob) -> PodEvidence {
        // A pod that admission refuses leaves only the Job's own events.
        let mut events = self.warnings_about(&job.uid).await;
        let mut log = Vec::new();
        let params = ListParams::default().labels(&format!("{CONTROLLER_UID}={}", job.uid));
        if let Ok(pods) = self.api::<Pod>().list(&params).await {
            for pod in pods.items {
                events.extend(self.warnings_about(&pod.uid().unwrap_or_default()).await);
                let name = pod.name_any();
                log.extend(self.log(&name, hook_job::CONTAINER, false).await);
            }
        }
        PodEvidence { events, log }
    }
}

fn parse(job: &Job, name: String) -> Result<HookJob, PortError> {
    let uid = job
        .uid()
        .ok_or_else(|| PortError::Other(format!("job {name} has no uid")))?;
    let status = job.status.as_ref();
    let state = match outcome(status) {
        Outcome::Running => HookState::Running,
        Outcome::Succeeded => HookState::Succeeded,
        Outcome::Failed => HookState::Failed { why: why(job) },
    };
    Ok(HookJob {
        name,
        uid: legible(&uid, LONGEST),
        resource_version: ResourceVersion(job.resource_version().unwrap_or_default()),
        maintenance: job
            .annotations()
            .get(MAINTENANCE)
            .is_some_and(|text| text == "true"),
        run: job
            .annotations()
            .get(HookJob::RUN)
            .map(|run| legible(run, LONGEST)),
        state,
        started_at: status
            .and_then(|status| status.start_time.as_ref())
            .or(job.metadata.creation_timestamp.as_ref())
            .map(|time| time.0),
        terminating: job.metadata.deletion_timestamp.is_some(),
    })
}

/// The Job controller's reason and message.
fn why(job: &Job) -> String {
    let mut conditions = job
        .status
        .iter()
        .flat_map(|status| status.conditions.iter().flatten());
    let Some(failed) = conditions.find(|condition| condition.type_ == "Failed") else {
        return "its pod failed".to_owned();
    };
    let words = [&failed.reason, &failed.message];
    let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
    clean(&words.join(": "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(status: &Value) -> HookJob {
        let job: Job = serde_json::from_value(json!({
            "metadata": {
                "name": "prod-validation-hook", "uid": "u", "resourceVersion": "7",
                "annotations": { HookJob::RUN: "20261123-abcd" },
            },
            "status": status,
        }))
        .expect("a Job");
        parse(&job, job.name_any()).expect("parsed")
    }

    #[test]
    fn a_job_is_of_the_run_that_it_names() {
        let job = parsed(&json!({ "active": 1, "startTime": "2026-11-23T10:00:00Z" }));
        assert!(job.is_of("20261123-abcd") && !job.is_of("20261123-abce"));
        assert_eq!(job.state, HookState::Running);
        assert_eq!(job.started_at, "2026-11-23T10:00:00Z".parse().ok());
    }

    #[test]
    fn its_failure_is_told_in_the_controllers_words_on_one_line() {
        let job = parsed(&json!({
            "failed": 1,
            "conditions": [{
                "type": "Failed", "status": "True", "reason": "DeadlineExceeded",
                "message": "Job was active\n\u{1b}[31m longer than specified deadline",
            }],
        }));
        let why = "DeadlineExceeded: Job was active [31m longer than specified deadline".to_owned();
        assert_eq!(job.state, HookState::Failed { why });
    }
}
