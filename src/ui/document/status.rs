//! How a cluster stands, as one observation showed it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{
    blue_green::{BlueGreenPhase, Colour},
    blue_green_run::Until,
    cluster::{Condition, OperationLock},
    exit_code::ExitCode,
    fact::Fact,
    halt::Standing,
    names::{ClusterRef, PodName},
    pause::PauseRequest,
    record::RunRecord,
    revision::Revision,
    snapshot::Snapshot,
};

use super::{API_VERSION, ErrorBody, PodStatus, pod_status::pods};

/// The result of `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpgradeStatus {
    /// Version of the schema.
    pub api_version: String,
    /// One word for how it ended.
    pub outcome: String,
    /// The process's exit code.
    pub exit_code: ExitCode,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorBody>,
    /// The cluster, once known.
    pub cluster: Option<ClusterRef>,
    /// `spec.version`.
    pub spec_version: Option<String>,
    /// `status.currentVersion`.
    pub current_version: Option<String>,
    /// `status.phase`.
    pub phase: Option<String>,
    /// `spec.paused`.
    pub paused: Option<bool>,
    /// Voters that Kubernetes would replace at once, the leader included, if
    /// somebody un-paused the operator now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced_by_unpausing: Vec<PodName>,
    /// A person's request to stop.
    pub pause_requested: Option<PauseRequest>,
    /// `status.operationLock`.
    pub operation_lock: Option<OperationLock>,
    /// The baoctl run that is at work now.
    pub lease_holder: Option<String>,
    /// The baoctl run that has not renewed its lease in time: dead, or cut off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_driver: Option<SilentDriver>,
    /// The record of an unfinished baoctl run.
    pub run: Option<RunRecord>,
    /// Why that record cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_unreadable: Option<String>,
    /// The target of an upgrade the operator has not finished.
    pub operator_upgrade: Option<String>,
    /// The colours of an unfinished blue/green run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colours: Option<ColoursStatus>,
    /// Condition Degraded, when True.
    pub degraded: Option<Condition>,
    /// Leader and quorum.
    pub standing: Option<Standing>,
    /// The pods, voters first.
    pub pods: Vec<PodStatus>,
    /// What could not be observed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// What to type next, when something is unfinished.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<String>,
}

/// A run whose lease has ended without having been given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SilentDriver {
    /// Who held it.
    pub holder: String,
    /// Its last renewal, by its own clock.
    pub renewed_at: Timestamp,
    /// How long ago that is by our clock, in seconds.
    pub ago_s: u64,
}

/// Where a blue/green run stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColoursStatus {
    /// Blue's revision.
    pub blue: Revision,
    /// Green's revision.
    pub green: Revision,
    /// `status.blueGreen.phase`.
    pub phase: Option<BlueGreenPhase>,
    /// The colour the public Service sends clients to; `None` where it is
    /// neither, or not known.
    pub serves: Option<Colour>,
    /// How far the run goes by itself.
    pub until: Until,
    /// It is on its way back.
    pub back: bool,
}

impl UpgradeStatus {
    /// A status of which nothing is known yet.
    #[must_use]
    pub fn new(exit_code: ExitCode) -> Self {
        Self {
            api_version: API_VERSION.to_owned(),
            outcome: exit_code.outcome().to_owned(),
            exit_code,
            error: None,
            cluster: None,
            spec_version: None,
            current_version: None,
            phase: None,
            paused: None,
            replaced_by_unpausing: Vec::new(),
            pause_requested: None,
            operation_lock: None,
            lease_holder: None,
            silent_driver: None,
            run: None,
            run_unreadable: None,
            operator_upgrade: None,
            colours: None,
            degraded: None,
            standing: None,
            pods: Vec::new(),
            unknown: Vec::new(),
            next: Vec::new(),
        }
    }

    /// The status that one observation shows.
    #[must_use]
    pub fn of(
        snapshot: &Snapshot,
        lease_holder: &Fact<Option<String>>,
        standing: Standing,
    ) -> Self {
        let mut view = Self::new(ExitCode::Ok);
        match &snapshot.cluster {
            Fact::Known(cluster) => {
                let status = &cluster.status;
                view.cluster = Some(cluster.reference.clone());
                view.spec_version = Some(cluster.spec.version.clone());
                view.current_version.clone_from(&status.current_version);
                view.phase.clone_from(&status.phase);
                view.paused = cluster.spec.paused;
                view.pause_requested.clone_from(&cluster.pause_requested);
                view.operation_lock.clone_from(&status.operation_lock);
                view.degraded = status
                    .condition("Degraded")
                    .filter(|condition| condition.status == "True")
                    .cloned();
                match &cluster.run {
                    Fact::Known(run) => view.run.clone_from(run),
                    Fact::Unknown(why) => view.run_unreadable = Some(why.clone()),
                }
                if view.run.is_none() {
                    view.operator_upgrade = status
                        .upgrade
                        .as_ref()
                        .map(|upgrade| upgrade.target_version.clone());
                }
            }
            Fact::Unknown(why) => view.unseen("the resource", why),
        }
        match lease_holder {
            Fact::Known(holder) => view.lease_holder.clone_from(holder),
            Fact::Unknown(why) => view.unseen("the lease", why),
        }
        if let Fact::Unknown(why) = &snapshot.voters {
            view.unseen("the voters' StatefulSet", why);
        }
        if let Fact::Unknown(why) = &snapshot.read_replicas {
            view.unseen("the read replicas' StatefulSet", why);
        }
        view.colours = colours(snapshot);
        view.pods = pods(snapshot);
        view.standing = Some(standing);
        view
    }

    /// Something without which the status says little could not be seen.
    pub fn refuse(&mut self, why: String) {
        self.exit_code = ExitCode::Unreachable;
        ExitCode::Unreachable
            .outcome()
            .clone_into(&mut self.outcome);
        self.unknown.push(why);
    }

    fn unseen(&mut self, what: &str, why: &str) {
        self.unknown.push(format!("{what}: {why}"));
    }
}

fn colours(snapshot: &Snapshot) -> Option<ColoursStatus> {
    let cluster = snapshot.cluster.known()?;
    let run = cluster.run.known()?.as_ref()?;
    let colours = run.blue_green.as_ref()?;
    let parts = snapshot.colour_parts.known().and_then(Option::as_ref);
    let selected = parts.and_then(|parts| parts.front.as_ref()?.revision.as_ref());
    let serves = match selected {
        Some(revision) if *revision == colours.blue => Some(Colour::Blue),
        Some(revision) if *revision == colours.green => Some(Colour::Green),
        _ => None,
    };
    let status = cluster.status.blue_green.as_ref();
    Some(ColoursStatus {
        blue: colours.blue.clone(),
        green: colours.green.clone(),
        phase: status.and_then(|status| status.phase.clone()),
        serves,
        until: colours.until,
        back: run.abandoned.is_some(),
    })
}
