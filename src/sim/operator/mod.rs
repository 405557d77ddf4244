//! The in-cluster operator: its controllers, and what wakes them
//! (`contracts/operator.md` 2.1).

mod blue_green;
mod client;
mod colours;
mod conditions;
mod entry;
mod executor;
mod jobs;
mod pass;
pub(in crate::sim) mod plane;
mod queue;
mod refusal;
mod rolling;
mod status;
mod step;
mod stuck;
mod workload;

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{
    dice::Dice,
    kubernetes::{Key, Kind, Kubernetes},
    moment::Moment,
    scenario::{OperatorState, Shape},
    servers::Servers,
};

use self::{
    client::{Client, Told},
    rolling::Rolling,
    status::Status,
    workload::Workload,
};

/// The operator of one cluster.
#[derive(Debug)]
pub struct Operator {
    shape: Shape,
    key: Key,
    dice: Dice,
    runs: bool,
    /// The store's revision, and the resource's, at its last look.
    looked: (u64, String),
    seen: Seen,
    status: Status,
    workload: Workload,
    rolling: Rolling,
    told: Told,
}

/// What its controllers watch of the resource.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    generation: i64,
    /// Labels, annotations, finalizers.
    marks: [Value; 3],
    /// The upgrade, blue/green.
    progress: [Value; 2],
    /// The errors of its controllers.
    errors: [Value; 2],
}

impl Seen {
    fn of(object: &Value) -> Self {
        let at = |pointer: &str| object.pointer(pointer).cloned().unwrap_or_default();
        Self {
            generation: object["metadata"]["generation"].as_i64().unwrap_or(0),
            marks: [
                at("/metadata/labels"),
                at("/metadata/annotations"),
                at("/metadata/finalizers"),
            ],
            progress: [at("/status/upgrade"), at("/status/blueGreen")],
            errors: [
                at("/status/workload/lastError"),
                at("/status/adminOps/lastError"),
            ],
        }
    }
}

impl Operator {
    /// The operator of a cluster.
    #[must_use]
    pub fn new(shape: &Shape, dice: Dice) -> Self {
        Self {
            shape: shape.clone(),
            key: Key::new(Kind::OpenBaoCluster, &shape.namespace, &shape.name),
            dice,
            runs: shape.operator != OperatorState::Absent,
            looked: (0, String::new()),
            seen: Seen::default(),
            status: Status::default(),
            workload: Workload::default(),
            rolling: Rolling::default(),
            told: Told::default(),
        }
    }

    /// It is taken away, or put back.
    pub(super) const fn set_running(&mut self, runs: bool) {
        self.runs = runs;
    }

    /// When it next does something.
    #[must_use]
    pub fn due(&self) -> Option<Moment> {
        if !self.runs {
            return None;
        }
        [self.status.due(), self.workload.due(), self.rolling.due()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Does what is due, and notices what has changed. What it did to servers
    /// and pods is handed out.
    pub fn advance(
        &mut self,
        now: Moment,
        kubernetes: &mut Kubernetes,
        servers: &mut Servers,
    ) -> Vec<String> {
        if !self.runs {
            return Vec::new();
        }
        if self.due().is_some_and(|due| due <= now) {
            let mut client = Client {
                kubernetes: &mut *kubernetes,
                key: &self.key,
                now,
                told: &mut self.told,
            };
            let (shape, dice) = (&self.shape, &mut self.dice);
            self.status.advance(&mut client, servers.active_pod(), dice);
            self.workload.advance(&mut client, shape);
            self.rolling.advance(&mut client, shape, servers, dice);
        }
        self.notice(now, kubernetes);
        std::mem::take(&mut self.told.deeds)
    }

    /// Wakes those whose part of the resource has changed.
    pub(super) fn notice(&mut self, now: Moment, kubernetes: &Kubernetes) {
        if !self.runs || kubernetes.revision() == self.looked.0 {
            return;
        }
        self.looked.0 = kubernetes.revision();
        let Some(object) = kubernetes.object(&self.key) else {
            return;
        };
        let revision = object["metadata"]["resourceVersion"]
            .as_str()
            .unwrap_or_default();
        if revision == self.looked.1 {
            return;
        }
        revision.clone_into(&mut self.looked.1);
        let new = Seen::of(object);
        let old = std::mem::replace(&mut self.seen, new);
        let dice = &mut self.dice;
        let main = old.generation != self.seen.generation || old.marks != self.seen.marks;
        if main || old.progress[1] != self.seen.progress[1] {
            self.workload.notice(now, dice);
        }
        if main || old.progress[0] != self.seen.progress[0] {
            self.rolling.notice(now, dice);
        }
        if main || old.progress != self.seen.progress || old.errors != self.seen.errors {
            self.status.notice(now, dice);
        }
    }

    /// How often a foreign owner of a field has stopped an apply.
    #[must_use]
    pub const fn conflicts(&self) -> u64 {
        self.told.conflicts
    }
}
