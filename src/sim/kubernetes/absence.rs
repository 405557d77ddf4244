//! The API server away: controllers and scheduler stand still, the kubelet goes
//! on with what it knows and tells of it later.

use std::time::Duration;

use super::{
    Kubernetes,
    pod::{Ending, Stage},
    timers::Task,
};
use crate::sim::moment::Moment;

/// The kubelet is connected again this long after the API server is back.
const KUBELET: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(1200)];
/// So are scheduler and controllers, which list everything first.
const CONTROLLERS: [Duration; 2] = [Duration::from_millis(800), Duration::from_millis(2500)];

/// How long who is without the API server.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Absence {
    kubelet: Moment,
    controllers: Moment,
}

impl Kubernetes {
    /// The API server is away until a moment.
    pub fn be_away(&mut self, until: Moment) {
        let kubelet = self.dice.between(KUBELET[0], KUBELET[1]);
        let controllers = self.dice.between(CONTROLLERS[0], CONTROLLERS[1]);
        self.absence = Absence {
            kubelet: until + kubelet,
            controllers: until + controllers,
        };
    }

    /// When the kubelet can write again, if it cannot now.
    pub(super) fn kubelet_is_back(&self) -> Option<Moment> {
        Some(self.absence.kubelet).filter(|back| *back > self.now)
    }

    /// The task, if it can be done without the API server; otherwise it is put
    /// off until whoever does it is connected again.
    pub(super) fn while_away(&mut self, task: Task) -> Option<Task> {
        let back = match &task {
            Task::Set(_) | Task::Budget(_) | Task::Job(_) | Task::Claim(_) | Task::Slice(_) => {
                self.absence.controllers
            }
            Task::Pod(uid) if self.is_scheduling(uid) => self.absence.controllers,
            Task::Pod(uid) if self.asks_the_server(uid) => self.absence.kubelet,
            Task::Pod(_) | Task::Relist | Task::Report(_) => return Some(task),
        };
        if back <= self.now {
            return Some(task);
        }
        if let Task::Pod(uid) = &task
            && let Some(pod) = self.pods.get_mut(uid)
            && pod.next <= self.now
        {
            pod.next = back;
        }
        self.timers.add(back, task);
        None
    }

    fn is_scheduling(&self, uid: &str) -> bool {
        let pod = self.pods.get(uid);
        pod.is_some_and(|pod| !pod.terminating() && pod.stage == Stage::Pending)
    }

    /// The kubelet hears of a deletion, and removes a pod, only with the API
    /// server.
    fn asks_the_server(&self, uid: &str) -> bool {
        let ending = self.pods.get(uid).and_then(|pod| pod.ending);
        matches!(ending, Some((Ending::Asked | Ending::Ended, _)))
    }
}
