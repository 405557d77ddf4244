//! What the executor's Jobs do in the world.

use crate::sim::{kubernetes::FinishedJob, oracle::Deed, world::World};

use super::executor::STEP_DOWN;

impl World {
    /// Has the leader step down for each Job that came to its end.
    pub(in crate::sim) fn carry_out_jobs(&mut self) {
        for job in self.kubernetes.take_finished_jobs() {
            if job.action == STEP_DOWN && job.succeeded {
                self.step_down_for(&job);
            }
        }
    }

    fn step_down_for(&mut self, job: &FinishedJob) {
        let now = self.now();
        let ours = self
            .kubernetes
            .object(&job.key)
            .is_some_and(|object| object["metadata"]["managedFields"][0]["manager"] == "baoctl");
        let leader = self.servers.active_pod().map(str::to_owned);
        if ours && let Some(pod) = leader {
            let view = self.view();
            self.oracle.wrote(&Deed::StepDown { pod }, true, &view, now);
        }
        self.servers.step_down(now);
    }
}
