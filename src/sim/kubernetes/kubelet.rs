//! Scheduler and kubelet: how a pod comes up and how its container is kept
//! running.

use std::time::Duration;

use super::{
    Kubernetes,
    faults::Injected,
    pod::{PodWork, Stage},
    pod_status::UNSCHEDULABLE,
    timers::Task,
};
use crate::sim::{
    moment::Moment,
    processes::{Launch, Probed, Process, Processes},
};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The kubelet hears of a pod.
const SYNC: [Duration; 2] = [ms(30), ms(80)];
/// Sandbox and container are made. With the probe's delay of 5 s a pod is Ready
/// 6 to 7 s after its creation (`contracts/operator-live.md` 4, 7.4).
const CREATION: [Duration; 2] = [ms(500), ms(1000)];
/// What the operator's init container takes: pods of a colour were started 1.5
/// to 1.7 s after they were made.
const PREPARATION: [Duration; 2] = [ms(650), ms(900)];
/// The first probe comes up to this long after its delay.
const FIRST_PROBE: [Duration; 2] = [ms(0), ms(900)];
/// How often a probe that waits is looked after: a server that is let go
/// answers it then.
const LISTENING: Duration = ms(500);
/// How often the scheduler tries an unschedulable pod again.
const RESCHEDULE: Duration = ms(5000);
/// A first failed pull is called a back-off after this.
const PULL_SHOWN: Duration = ms(12_000);
/// First and longest pause between pulls and between restarts.
pub(super) const BACKOFF: [Duration; 2] = [ms(10_000), ms(300_000)];
/// How often the kubelet looks for ended processes.
const RELIST: Duration = ms(1000);

impl Kubernetes {
    /// Takes a pod's next step, if this is its time.
    pub(super) fn step_pod(&mut self, uid: &str, at: Moment, processes: &mut dyn Processes) {
        let Some(pod) = self.pods.get(uid).filter(|pod| pod.next == at) else {
            return;
        };
        if let Some(back) = self.node_is_back(&pod.key.name) {
            self.later(uid, back);
            return;
        }
        if pod.terminating() {
            self.step_ending(uid, processes);
            return;
        }
        match pod.stage {
            Stage::Pending => self.schedule_pod(uid),
            Stage::Scheduled | Stage::PullFailed { .. } => self.prepare_pod(uid),
            Stage::Pulling => self.make_container(uid),
            Stage::Initializing => self.fail_init(uid),
            Stage::Creating if pod.injected == Some(Injected::Init) => self.fail_init(uid),
            Stage::Creating | Stage::Backoff { .. } => self.start_pod(uid, processes),
            Stage::Running => self.probe_pod(uid, processes),
        }
    }

    /// Changes a pod, sets its timer and writes its status.
    pub(super) fn to(&mut self, uid: &str, after: Duration, change: impl FnOnce(&mut PodWork)) {
        let at = self.now + after;
        if let Some(pod) = self.pods.get_mut(uid) {
            change(pod);
            pod.next = at;
            self.timers.add(at, Task::Pod(uid.to_owned()));
            self.report_pod(uid);
        }
    }

    fn schedule_pod(&mut self, uid: &str) {
        let now = self.now;
        let Some(pod) = self.pods.get(uid) else {
            return;
        };
        if self.faults.unschedulable.contains(&pod.key.name) {
            if pod.trouble != Some("FailedScheduling") {
                self.warn(uid, "FailedScheduling", UNSCHEDULABLE);
            }
            self.to(uid, RESCHEDULE, |pod| {
                pod.trouble = Some("FailedScheduling");
            });
            return;
        }
        if self.waits_for_claims(uid) {
            self.to(uid, RESCHEDULE, |pod| {
                pod.trouble = Some("FailedScheduling");
            });
            return;
        }
        let after = self.dice.between(SYNC[0], SYNC[1]);
        self.to(uid, after, |pod| {
            pod.stage = Stage::Scheduled;
            pod.scheduled_at = Some(now);
            pod.ready_changed = now;
        });
    }

    /// Volumes, then the image.
    fn prepare_pod(&mut self, uid: &str) {
        let Some(pod) = self.pods.get(uid) else {
            return;
        };
        let image = pod.image.clone();
        if self.waits_for_volume(uid) {
            return;
        }
        if self.faults.missing_images.contains(&image) {
            self.fail_pull(uid, &image);
            return;
        }
        match self.faults.slow_pulls.get(&image).copied() {
            Some(pull) => self.to(uid, pull, |pod| pod.stage = Stage::Pulling),
            None => self.make_container(uid),
        }
    }

    fn fail_pull(&mut self, uid: &str, image: &str) {
        let Some(pod) = self.pods.get(uid) else {
            return;
        };
        // A failure is shown as such, then as a back-off until the next try.
        if pod.stage == (Stage::PullFailed { backing_off: false }) {
            let pause = BACKOFF[0] * (1 << pod.pulls.min(5));
            self.warn(uid, "Failed", "Error: ImagePullBackOff");
            self.to(uid, pause.min(BACKOFF[1]), |pod| {
                pod.stage = Stage::PullFailed { backing_off: true };
            });
            return;
        }
        let text = format!(
            "Failed to pull image \"{image}\": failed to resolve reference \"{image}\": not found"
        );
        self.warn(uid, "Failed", &text);
        self.warn(uid, "Failed", "Error: ErrImagePull");
        self.to(uid, PULL_SHOWN, |pod| {
            pod.stage = Stage::PullFailed { backing_off: false };
            pod.pulls += 1;
        });
    }

    fn make_container(&mut self, uid: &str) {
        let mut after = self.dice.between(CREATION[0], CREATION[1]);
        if self.pods.get(uid).is_some_and(|pod| pod.prepares) {
            after += self.dice.between(PREPARATION[0], PREPARATION[1]);
        }
        self.to(uid, after, |pod| pod.stage = Stage::Creating);
    }

    /// Starts the process, for the first time or again.
    fn start_pod(&mut self, uid: &str, processes: &mut dyn Processes) {
        let now = self.now;
        let Some(pod) = self.pods.get(uid).cloned() else {
            return;
        };
        let again = matches!(pod.stage, Stage::Backoff { .. });
        // Rendered once, into a volume that lives as long as the pod.
        let settings = pod.settings.unwrap_or_else(|| self.settings(uid));
        let crash = self.faults.crash(&pod.key.name, &pod.image);
        if crash.is_none() {
            processes.start(
                &Launch {
                    pod: &pod.key.name,
                    uid,
                    image: &pod.image,
                    settings,
                },
                now,
            );
        }
        let ip = pod.ip.clone().unwrap_or_else(|| self.address());
        let first = pod.delay + self.dice.between(FIRST_PROBE[0], FIRST_PROBE[1]);
        self.to(uid, first, |pod| {
            pod.stage = Stage::Running;
            pod.settings = Some(settings);
            pod.ip = Some(ip);
            pod.started_at = Some(now);
            pod.restarts += u32::from(again);
            pod.misses = 0;
            pod.asked = None;
            pod.exit_code = None;
        });
        match crash {
            Some(code) => {
                let line = self.faults.last_line.clone();
                let ended = || format!("Error: the server ended with {code}");
                let lines = vec![line.unwrap_or_else(ended)];
                self.container_ended(uid, code, lines);
            }
            None => self.relist_soon(),
        }
    }

    /// An address no pod had before.
    pub(super) fn address(&mut self) -> String {
        self.addresses += 1;
        let number = self.addresses + 1;
        format!("10.244.{}.{}", number / 250, number % 250 + 1)
    }

    fn probe_pod(&mut self, uid: &str, processes: &mut dyn Processes) {
        let now = self.now;
        let Some(pod) = self.pods.get(uid) else {
            return;
        };
        let probed = match processes.process(uid) {
            Some(Process::Running(probed)) => probed,
            Some(Process::Exited { code }) => {
                let log = processes.log(uid);
                self.container_ended(uid, code, log);
                return;
            }
            None => Probed::NotReady,
        };
        let log = processes.log(uid);
        let asked = pod.asked.unwrap_or(now);
        if probed == Probed::Silence && now.since(asked) < pod.timeout {
            self.to(uid, LISTENING.min(pod.timeout), |pod| {
                pod.log = log;
                pod.asked = Some(asked);
            });
            return;
        }
        // A probe that took longer than the period is followed by the next
        // one at once: six misses of a frozen server take 6 x 5 s, not 6 x 2 s.
        let after = if probed == Probed::Silence {
            LISTENING.min(pod.timeout)
        } else {
            pod.period
        };
        let answers = probed == Probed::Ready;
        self.to(uid, after, |pod| {
            pod.log = log;
            pod.asked = (probed == Probed::Silence).then_some(now);
            pod.misses = if answers { 0 } else { pod.misses + 1 };
            if answers || pod.misses >= pod.threshold {
                pod.container_ready = answers;
            }
            let ready = pod.container_ready && pod.sidecar_is_ready(now);
            if ready != pod.ready {
                pod.ready = ready;
                pod.ready_changed = now;
            }
        });
    }

    /// The container ended though nobody deleted its pod: it is started again.
    fn container_ended(&mut self, uid: &str, code: i32, log: Vec<String>) {
        let now = self.now;
        let Some(pod) = self.pods.get(uid) else {
            return;
        };
        // A run of ten minutes ends the series.
        let ran = pod.started_at.map_or(Duration::ZERO, |at| now.since(at));
        let crashes = if ran > Duration::from_secs(600) {
            1
        } else {
            pod.crashes + 1
        };
        let pause = match crashes {
            1 => Duration::from_secs(1),
            more => (BACKOFF[0] * (1 << (more - 2).min(5))).min(BACKOFF[1]),
        };
        if crashes > 1 {
            let text = format!(
                "Back-off restarting failed container openbao in pod {}_{}({uid})",
                pod.key.name, pod.key.namespace
            );
            self.warn(uid, "BackOff", &text);
        }
        self.to(uid, pause, |pod| {
            pod.previous_log = std::mem::take(&mut pod.log);
            if pod.previous_log.is_empty() {
                pod.previous_log.clone_from(&log);
            }
            pod.log = log;
            pod.crashes = crashes;
            pod.last_run = pod.started_at.map(|from| (from, now, code));
            pod.exit_code = Some(code);
            pod.stage = Stage::Backoff { code };
            pod.container_ready = false;
            if pod.ready {
                pod.ready = false;
                pod.ready_changed = now;
            }
        });
    }

    pub(super) fn relist_soon(&mut self) {
        if !self.relisting {
            self.relisting = true;
            self.timers.add(self.now + RELIST, Task::Relist);
        }
    }

    /// Looks whether a running process has ended.
    pub(super) fn relist(&mut self, processes: &mut dyn Processes) {
        self.relisting = false;
        let ended: Vec<(String, i32)> = self
            .pods
            .values()
            .filter(|pod| pod.stage == Stage::Running && !pod.terminating())
            .filter_map(|pod| match processes.process(&pod.uid) {
                Some(Process::Exited { code }) => Some((pod.uid.clone(), code)),
                _ => None,
            })
            .collect();
        for (uid, code) in ended {
            let log = processes.log(&uid);
            self.container_ended(&uid, code, log);
        }
        if self.pods.values().any(|pod| pod.stage.started()) {
            self.relist_soon();
        }
    }
}
