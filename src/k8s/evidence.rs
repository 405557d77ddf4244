//! Why a pod does not come up: its warning events and the last lines of its
//! container.

use k8s_openapi::api::core::v1::{Event, Pod};
use kube::api::{ListParams, LogParams};

use super::{adapter::Kube, errors::capped, names::CONTAINER};
use crate::{
    model::workload,
    ports::{Clock, PodEvidence},
};

/// Lines of log of each run of the container.
const LINES: i64 = 40;
/// Bytes of log asked for: a container may write without line ends.
const BYTES: i64 = 16 * 1024;
/// Longest line shown.
const WIDTH: usize = 300;
/// Most events shown.
const EVENTS: usize = 8;

impl<C: Clock + 'static> Kube<C> {
    /// Whatever can be learned; nothing of it is worth an error.
    pub(super) async fn gather_evidence(&self, pod: &workload::Pod) -> PodEvidence {
        let mut log = Vec::new();
        let name = pod.pod.name.as_str();
        if pod.restarts > 0 {
            let lines = self.log(name, CONTAINER, true).await;
            log.extend(lines.into_iter().map(|line| format!("previous: {line}")));
        }
        log.extend(self.log(name, CONTAINER, false).await);
        PodEvidence {
            events: self.warnings(&pod.pod.uid).await,
            log,
        }
    }

    /// The warnings about an object, newest first.
    pub(super) async fn warnings(&self, uid: &str) -> Vec<String> {
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
            .map(|event| {
                let reason = event.reason.as_deref().unwrap_or("Unknown");
                let message = event.message.as_deref().unwrap_or_default();
                capped(&format!("{reason}: {message}"), WIDTH)
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
                .filter(|line| !line.is_empty())
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
