//! Lets faults strike, and end.

use http::{Method, Request};
use hyper::body::Bytes;
use serde_json::json;

use super::{
    crash::Side,
    fault::Fault,
    kubernetes::{Caller, Handled, Injected, Key, Kind, WriteFault},
    moment::Moment,
    oracle::STRANGER,
    processes::Processes as _,
    relief::Relief,
    who::Who,
    world::World,
};

/// Somebody who meddles.
const SOMEBODY: &str = "somebody";

/// `--node-monitor-grace-period` of the controller manager.
const HEARTBEATS_MISSED: std::time::Duration = std::time::Duration::from_secs(40);
/// The toleration that every pod gets for a node that is away.
const TAINT_TOLERATED: std::time::Duration = std::time::Duration::from_secs(300);
/// How seldom entries reach a slow node.
const SLOWNESS: std::time::Duration = std::time::Duration::from_secs(3);

/// When a fault is over; some never are.
fn end(now: Moment, lasts: Option<std::time::Duration>) -> Moment {
    /// Longer than any rehearsal.
    const FOR_EVER: std::time::Duration = std::time::Duration::from_secs(1_000_000);
    now + lasts.unwrap_or(FOR_EVER)
}

impl World {
    /// Lets a fault strike now.
    pub(super) fn strike(&mut self, fault: &Fault) {
        let now = self.now();
        let pod = fault.on().map(|on| self.who(on));
        self.record_strike(fault, pod.clone().flatten());
        self.oracle.fault(now, &format!("{fault:?}"));
        match fault {
            Fault::Crash { side, away } => {
                self.crash.stays_away(*away);
                match side {
                    Side::Before => self.crash.strike_next(),
                    side => self.crash.strike_at_next_write(*side),
                }
            }
            Fault::Suspend { lasts } => self.suspend(now + *lasts),
            Fault::SecondDriver {} => self.second_driver(),
            Fault::Answer { status, times } => self.kubernetes.faults().writes.push(WriteFault {
                verb: "*".to_owned(),
                kind: None,
                sub: None,
                left: *times,
                code: *status,
            }),
            Fault::LoseRequests { times } => self.link.lost_requests += times,
            Fault::LoseReplies { times } => self.link.lost_replies += times,
            Fault::RepeatWrites { times } => self.link.repeated_writes += times,
            Fault::StaleWatches { lasts } => self.hold_news(now + *lasts),
            Fault::ApiDown { lasts } => self.cut_api(now + *lasts),
            Fault::CutOff { lasts } => {
                self.link.cut_off_until = now + *lasts;
                self.hold_news(now + *lasts);
            }
            Fault::CutConnections { lasts } => self.link.nodes_cut_until = now + *lasts,
            Fault::RevokeTokens {} => self.servers.revoke_tokens(now),
            Fault::ImageMissing {} | Fault::CrashLoop { .. } | Fault::SlowStart { .. } => {
                self.strike_image(fault);
            }
            Fault::ControllerStalled { lasts } => {
                self.kubernetes.faults().sets_stalled = Some(now + *lasts);
            }
            Fault::Unschedulable { lasts } => {
                let pods = self.pod_names();
                self.kubernetes.faults().unschedulable.extend(pods);
                if let Some(lasts) = lasts {
                    self.relieve(now + *lasts, Relief::Schedulable);
                }
            }
            Fault::SetPartition { to } => {
                let change = json!({ "spec": { "updateStrategy": {
                    "type": "RollingUpdate", "rollingUpdate": { "partition": to },
                } } });
                self.edit(Kind::StatefulSet, change);
            }
            Fault::Unpause {} => {
                if self.unattended || self.link.is_cut_off(now) || !self.oracle.is_driven() {
                    let view = self.view();
                    self.oracle.unpaused_alone(&view);
                }
                self.edit(Kind::OpenBaoCluster, json!({ "spec": { "paused": false } }));
            }
            Fault::SetVersion { to } => {
                self.edit(Kind::OpenBaoCluster, json!({ "spec": { "version": to } }));
            }
            Fault::CannotLead {} => {
                let image = self.target_image.clone();
                self.servers.fail_setups(&image, now);
            }
            Fault::AddVoter { id } => self.servers.add_voter(id, now),
            Fault::HookFails { times } => self.kubernetes.faults().failing_hooks += times,
            Fault::RefusePods { .. } | Fault::FailInit {} | Fault::HoldSidecar { .. } => {
                self.strike_new_pods(fault, now);
            }
            Fault::RefuseTransfer { times } => self.servers.refuse_transfers(*times, now),
            Fault::StepDown {} => self.servers.step_down(now),
            Fault::StuckTerminating { on, .. }
            | Fault::DeletePod { on }
            | Fault::Drain { on }
            | Fault::Sealed { on }
            | Fault::KillNode { on }
            | Fault::FreezeNode { on, .. }
            | Fault::CutNode { on, .. }
            | Fault::SlowReplication { on, .. }
            | Fault::HoldDownload { on, .. }
            | Fault::HoldVolume { on, .. }
            | Fault::LoseNode { on, .. }
            | Fault::Demote { on } => match pod.flatten() {
                Some(pod) => self.strike_pod(fault, &pod, now),
                None => self.missed(match on {
                    Who::Leader => "nobody led",
                    _ => "there was no such pod",
                }),
            },
        }
    }

    /// What is wrong with the target's image.
    fn strike_image(&mut self, fault: &Fault) {
        let image = self.target_image.clone();
        let faults = self.kubernetes.faults();
        match fault {
            Fault::ImageMissing {} => {
                faults.missing_images.insert(image);
            }
            Fault::CrashLoop { log } => {
                faults.crashing.insert(image, 1);
                faults.last_line.clone_from(log);
            }
            Fault::SlowStart { by } => {
                faults.slow_pulls.insert(image, by.0);
            }
            _ => {}
        }
    }

    /// What befalls every pod that is made from now on.
    fn strike_new_pods(&mut self, fault: &Fault, now: Moment) {
        let faults = self.kubernetes.faults();
        match fault {
            Fault::RefusePods { lasts } => faults.refused_pods = Some(end(now, *lasts)),
            Fault::FailInit {} => faults.injected = Some(Injected::Init),
            Fault::HoldSidecar { lasts } => {
                let ready_at = end(now, *lasts);
                faults.injected = Some(Injected::Sidecar { ready_at });
            }
            _ => {}
        }
    }

    /// What befalls a single pod.
    fn strike_pod(&mut self, fault: &Fault, pod: &str, now: Moment) {
        let uid = self.kubernetes.pod_uid(&self.namespace, pod);
        let uid = uid.unwrap_or_default().to_owned();
        let lasts_without_it = matches!(
            fault,
            Fault::StuckTerminating { .. }
                | Fault::Sealed { .. }
                | Fault::CutNode { .. }
                | Fault::SlowReplication { .. }
                | Fault::HoldVolume { .. }
                | Fault::Demote { .. }
        );
        if uid.is_empty() && !lasts_without_it {
            self.missed(&format!("{pod} was not there"));
        }
        match fault {
            Fault::StuckTerminating { lasts, .. } => {
                let until = now + *lasts;
                let stuck = &mut self.kubernetes.faults().stuck_terminating;
                stuck.insert(pod.to_owned(), until);
            }
            Fault::DeletePod { .. } => {
                self.kubernetes.delete_pod(&self.namespace, pod, false, now);
            }
            Fault::Drain { .. } => {
                let path = format!("/api/v1/namespaces/{}/pods/{pod}/eviction", self.namespace);
                let body = json!({
                    "apiVersion": "policy/v1",
                    "kind": "Eviction",
                    "metadata": { "name": pod, "namespace": self.namespace },
                });
                if !self.by_somebody(Method::POST, &path, body.to_string().into_bytes()) {
                    self.missed("the eviction was refused");
                }
            }
            Fault::HoldVolume { lasts, .. } => {
                let until = end(now, *lasts);
                let held = &mut self.kubernetes.faults().slow_volumes;
                held.insert(pod.to_owned(), until);
            }
            Fault::LoseNode { lasts, .. } => self.lose_node(pod, uid, now + *lasts),
            Fault::Demote { .. } => self.servers.take_vote(pod, now),
            Fault::Sealed { .. } => self.servers.keep_sealed(pod, true, now),
            Fault::KillNode { .. } => self.servers.kill(&uid, now),
            Fault::FreezeNode { lasts, .. } => {
                self.servers.pause(&uid, now);
                self.relieve(now + *lasts, Relief::Thaw(uid));
            }
            Fault::CutNode { lasts, .. } => {
                for other in self.pod_names() {
                    if other != pod {
                        self.servers.cut(pod, &other, now);
                    }
                }
                self.relieve(now + *lasts, Relief::Mend(pod.to_owned()));
            }
            Fault::SlowReplication { lasts, .. } => {
                self.servers.slow(pod, Some(SLOWNESS), now);
                self.relieve(now + *lasts, Relief::Hasten(pod.to_owned()));
            }
            Fault::HoldDownload { lasts, .. } => {
                self.servers.hold_download(pod, now);
                self.relieve(now + *lasts, Relief::Close(pod.to_owned()));
            }
            _ => {}
        }
    }

    /// Server and kubelet of a pod are away, and say so to nobody.
    fn lose_node(&mut self, pod: &str, uid: String, back: Moment) {
        let now = self.now();
        self.kubernetes
            .faults()
            .lost_nodes
            .insert(pod.to_owned(), back);
        self.servers.pause(&uid, now);
        self.relieve(back, Relief::Thaw(uid.clone()));
        let missed = now + HEARTBEATS_MISSED;
        if missed < back {
            self.relieve(missed, Relief::NodeMissed(uid.clone()));
        }
        let tainted = missed + TAINT_TOLERATED;
        if tainted < back {
            let pod = pod.to_owned();
            self.relieve(tainted, Relief::NodeTainted { pod, uid });
        }
    }

    fn who(&self, who: &Who) -> Option<String> {
        match who {
            Who::Pod(pod) => Some(pod.clone()),
            Who::Leader => self.servers.active_pod().map(str::to_owned),
            Who::Standby => {
                let active = self.servers.active_pod();
                self.pod_names()
                    .into_iter()
                    .find(|pod| Some(pod.as_str()) != active)
            }
        }
    }

    fn edit(&mut self, kind: Kind, change: serde_json::Value) {
        let name = match kind {
            Kind::StatefulSet => self.first_set(),
            _ => &self.cluster,
        };
        let key = Key::new(kind, &self.namespace, name);
        let now = self.now();
        self.kubernetes.edit(&key, change, SOMEBODY, now);
    }

    /// Whether it was done: refused or not, that is somebody's own affair.
    fn by_somebody(&mut self, method: Method, path: &str, body: Vec<u8>) -> bool {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .body(Bytes::from(body));
        let Ok(request) = request else {
            return false;
        };
        let (caller, now) = (Caller::masters(SOMEBODY), self.now());
        match self.kubernetes.handle(&request, &caller, now) {
            Handled::Whole(response) => response.status().is_success(),
            Handled::Watch(_) => false,
        }
    }

    /// Another baoctl begins: it takes the lease if nobody alive has it, and
    /// then is gone, as one that crashed at once.
    fn second_driver(&mut self) {
        let now = self.now();
        if self.lease_seen().is_some_and(|(_, left)| left > 0) {
            self.missed("the lease was held");
            return;
        }
        let name = format!("baoctl-{}", self.cluster);
        let change = json!({ "spec": {
            "holderIdentity": STRANGER,
            "leaseDurationSeconds": 15,
            "renewTime": now.wall().to_string(),
        } });
        let key = Key::new(Kind::Lease, &self.namespace, &name);
        self.kubernetes.edit(&key, change, SOMEBODY, now);
    }
}
