//! Why a pod does not come up: its warning events and the last lines of its
//! container.

use k8s_openapi::api::core::v1::{Event, Pod};
use kube::api::{ListParams, LogParams};

use super::{adapter::Kube, errors::capped, names::CONTAINER};
use crate::{
    model::{other_container::OtherContainer, warning::Warning, workload},
    ports::{Clock, PodEvidence},
};

/// Lines of log of each run of the container.
const LINES: i64 = 40;
/// Bytes of log asked for: a container may write without line ends.
const BYTES: i64 = 16 * 1024;
/// How the answer begins where the container's log was removed with it.
const NO_LOG: &str = "unable to retrieve container logs";
/// Longest line shown.
const WIDTH: usize = 300;
/// Most events shown.
const EVENTS: usize = 8;

impl<C: Clock + 'static> Kube<C> {
    /// Whatever can be learned; nothing of it is worth an error.
    pub(super) async fn gather_evidence(
        &self,
        pod: &workload::Pod,
        container: Option<&OtherContainer>,
    ) -> PodEvidence {
        let mut log = Vec::new();
        let name = pod.pod.name.as_str();
        let (container, restarts) = container.map_or((CONTAINER, pod.restarts), |other| {
            (other.name.as_str(), other.restarts)
        });
        if restarts > 0 {
            let lines = self.log(name, container, true).await;
            log.extend(lines.into_iter().map(|line| format!("previous: {line}")));
        }
        log.extend(self.log(name, container, false).await);
        PodEvidence {
            events: self.warnings_about(&pod.pod.uid).await,
            log,
        }
    }

    /// The warnings about an object, newest first.
    pub(super) async fn warnings_about(&self, uid: &str) -> Vec<Warning> {
        // By UID: events of an earlier incarnation tell of an earlier trouble.
        let params =
            ListParams::default().fields(&format!("involvedObject.uid={uid},type=Warning"));
        let Ok(list) = self.api::<Event>().list(&params).await else {
            return Vec::new();
        };
        let mut events = list.items;
        events.sort_by_key(|event| std::cmp::Reverse(when(event)));
        events
            .iter()
            .take(EVENTS)
            .map(|event| Warning {
                reason: capped(event.reason.as_deref().unwrap_or("Unknown"), WIDTH),
                message: capped(event.message.as_deref().unwrap_or_default(), WIDTH),
                last_seen: when(event),
            })
            .collect()
    }

    /// The last lines of a container.
    pub(super) async fn log(&self, pod: &str, container: &str, previous: bool) -> Vec<String> {
        let params = LogParams {
            container: Some(container.to_owned()),
            limit_bytes: Some(BYTES),
            previous,
            tail_lines: Some(LINES),
            ..LogParams::default()
        };
        match self.api::<Pod>().logs(pod, &params).await {
            Ok(text) => text
                .lines()
                .map(|line| capped(line, WIDTH))
                // What the kubelet says in place of a log that is gone.
                .filter(|line| !line.is_empty() && !line.starts_with(NO_LOG))
                .collect(),
            Err(_) => Vec::new(),
        }
    }
}

/// When an event was last seen, by whichever of its times is filled in.
fn when(event: &Event) -> Option<jiff::Timestamp> {
    let series = event
        .series
        .as_ref()
        .and_then(|series| series.last_observed_time.as_ref().map(|time| time.0));
    series
        .or_else(|| event.last_timestamp.as_ref().map(|time| time.0))
        .or_else(|| event.event_time.as_ref().map(|time| time.0))
        .or_else(|| {
            event
                .metadata
                .creation_timestamp
                .as_ref()
                .map(|time| time.0)
        })
}
