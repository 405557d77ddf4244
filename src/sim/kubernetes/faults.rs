//! The faults a scenario can ask for.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{kind::Kind, status_body::Refusal};
use crate::sim::moment::Moment;

/// Refuses the next so many writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteFault {
    /// `create`, `update`, `patch`, `delete`, or `*`.
    pub verb: String,
    /// The kind; `None` for all.
    pub kind: Option<Kind>,
    /// Only this subresource (`status`, `eviction`); `None` for all.
    pub sub: Option<String>,
    /// How many are still to be refused.
    pub left: u32,
    /// With which HTTP status: 403, 409, 429, 500, 503.
    pub code: u16,
}

/// A container that a webhook puts into every new pod, and that is no good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Injected {
    /// An init container that fails: OpenBao's is never started.
    Init,
    /// A sidecar that is not ready before this.
    Sidecar {
        /// Its readiness.
        ready_at: Moment,
    },
}

/// What goes wrong in the cluster. Pods are named, so that the trouble outlives
/// an incarnation; images are whole references.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Writes that are refused.
    pub writes: Vec<WriteFault>,
    /// The StatefulSet controller does nothing before this.
    pub sets_stalled: Option<Moment>,
    /// The disruption controller does nothing before this.
    pub budgets_stalled: Option<Moment>,
    /// Images no registry has.
    pub missing_images: BTreeSet<String>,
    /// How long an image takes to pull.
    pub slow_pulls: BTreeMap<String, Duration>,
    /// Pods or images whose server exits with this code as soon as it starts.
    pub crashing: BTreeMap<String, i32>,
    /// The last line of a server that exits so.
    pub last_line: Option<String>,
    /// No pod is admitted before this: the quota of the namespace is used up.
    pub refused_pods: Option<Moment>,
    /// What a mesh's webhook puts into pods that are made from now on.
    pub injected: Option<Injected>,
    /// Pods whose node is away, until when.
    pub lost_nodes: BTreeMap<String, Moment>,
    /// Pods that fit on no node.
    pub unschedulable: BTreeSet<String>,
    /// Pods whose volume attaches only at this moment.
    pub slow_volumes: BTreeMap<String, Moment>,
    /// Pods that do not go away when deleted, before this moment.
    pub stuck_terminating: BTreeMap<String, Moment>,
    /// Jobs fail instead of completing.
    pub failing_jobs: bool,
    /// So many of the next validation hooks fail.
    pub failing_hooks: u32,
}

impl Faults {
    /// The refusal of a write, if one is due.
    pub(super) fn refuse(&mut self, verb: &str, kind: Kind, sub: &str) -> Option<Refusal> {
        let fault = self.writes.iter_mut().find(|fault| {
            fault.left > 0
                && (fault.verb == "*" || fault.verb == verb)
                && fault.kind.is_none_or(|wanted| wanted == kind)
                && fault.sub.as_deref().is_none_or(|wanted| wanted == sub)
        })?;
        fault.left -= 1;
        let code = fault.code;
        Some(match code {
            403 => Refusal::new(
                403,
                format!("{} is forbidden: denied for now", kind.plural()),
            ),
            409 => Refusal::modified(kind, "object"),
            429 => Refusal::new(429, "too many requests, please try again later").after(1),
            503 => Refusal::new(503, "apiserver is shutting down").after(1),
            code => Refusal::new(code, "etcdserver: leader changed"),
        })
    }

    /// How the server of this pod and image ends at its start.
    pub(super) fn crash(&self, pod: &str, image: &str) -> Option<i32> {
        self.crashing
            .get(pod)
            .or_else(|| self.crashing.get(image))
            .copied()
    }
}
