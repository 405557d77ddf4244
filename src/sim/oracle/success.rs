//! Judges the write that calls a run done (S8).

use std::time::Duration;

use super::{FRESH, Oracle, View, acts::ON_ITS_WAY, colours::colour};
use crate::sim::moment::Moment;

/// A voter that joins is in the list of members that autopilot shows only after
/// its next look, 2 s apart, and one more where that look was missed: a role
/// that may not read the configuration sees no other list.
const LISTED_LATE: Duration = Duration::from_secs(5);

impl Oracle {
    pub(super) fn success(&mut self, version: &str, before: &View, now: Moment) {
        if version != self.target {
            return;
        }
        self.check("S8");
        // Under blue/green those that clients are led to are the cluster.
        let of_cluster = |pod: &str| {
            let selected = before.selected.as_deref();
            selected.is_none_or(|set| colour(pod) == set)
        };
        let mut missing: Vec<String> = before
            .pods
            .iter()
            .filter(|pod| of_cluster(&pod.name))
            .filter(|pod| {
                // Not one that somebody deleted while the write was on its way.
                let away = self.away.get(&pod.name);
                pod.version != version || away.is_some_and(|at| now.since(*at) > ON_ITS_WAY)
            })
            .map(|pod| format!("pod {}", pod.name))
            .collect();
        let unfit = before.nodes.iter().filter(|node| {
            let stranger = node.version.is_empty();
            let patience = if stranger { LISTED_LATE } else { FRESH };
            (node.version != version && !stranger)
                || self
                    .unfit
                    .get(&node.pod)
                    .is_some_and(|since| now.since(*since) > patience)
        });
        missing.extend(unfit.map(|node| format!("node {}", node.pod)));
        let unproven = self.unproven(before, now);
        missing.extend(unproven.map(|pod| format!("a second look at {pod}")));
        let pods = before.pods.iter().filter(|pod| of_cluster(&pod.name));
        if u32::try_from(pods.count()).unwrap_or(u32::MAX) != before.wanted {
            missing.push("a pod".to_owned());
        }
        if before.active().is_none()
            && self
                .active
                .as_ref()
                .is_some_and(|(_, at)| now.since(*at) > FRESH)
        {
            missing.push("a leader".to_owned());
        }
        if !missing.is_empty() {
            let text = format!("success was written without {}", missing.join(", "));
            self.violated("S8", now, text);
        }
    }
}
