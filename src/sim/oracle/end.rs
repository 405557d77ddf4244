//! Judges how the cluster was left.

use serde_json::Value;

use super::{Oracle, Verdict, View};
use crate::sim::moment::Moment;

/// The objects as they are at the end.
#[derive(Debug, Clone, Copy)]
pub struct Left<'a> {
    /// The `OpenBaoCluster`.
    pub cluster: &'a Value,
    /// The voters' StatefulSet; under blue/green that of the colour clients are
    /// led to.
    pub set: &'a Value,
    /// StatefulSets of voters that are there beside it.
    pub beside: &'a [String],
    /// The lease, if there is one.
    pub lease: Option<&'a Value>,
    /// `spec.paused` before the first process began.
    pub paused_before: Option<bool>,
    /// Which of the operator's controllers could not write their status, and
    /// why.
    pub refused: &'a [String],
    /// The OpenBao tokens that logins were given.
    pub tokens: &'a [String],
}

/// What the client of the cluster has been told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Writes it was told are done.
    pub acknowledged: u64,
    /// Those of them that are gone.
    pub lost: u64,
    /// The longest time without one, in milliseconds.
    pub longest_gap_ms: u64,
    /// Attempts through the public Service that came to nothing.
    pub failed: u64,
    /// Those that a server outside of the cluster answered.
    pub misled: u64,
}

/// Fields of the resource that are the operator's to own.
const ANNOTATIONS: [&str; 2] = [
    "baoctl.openbao.org/run",
    "baoctl.openbao.org/pause-requested",
];

impl Oracle {
    /// The verdict. `finished` says that baoctl called the run done.
    pub fn verdict(
        &mut self,
        view: &View,
        left: &Left<'_>,
        traffic: Traffic,
        finished: bool,
        now: Moment,
    ) -> Verdict {
        self.judge(view, now);
        self.check("S7");
        if view.selected.is_some() {
            self.check("G4");
        }
        if traffic.lost > 0 {
            let text = format!("{} acknowledged writes are gone", traffic.lost);
            self.violated("S7", now, text);
        }
        if traffic.misled > 0 {
            let text = format!(
                "{} times a server that is no member answered a client",
                traffic.misled
            );
            self.violated("G4", now, text);
        }
        if finished {
            self.at_rest(view, left, now);
        }
        self.receipts(left, now);
        self.secrets(left, now);
        Verdict {
            acknowledged: traffic.acknowledged,
            lost: traffic.lost,
            longest_gap_ms: traffic.longest_gap_ms,
            failed: traffic.failed,
            misled: traffic.misled,
            ..self.verdict.clone()
        }
    }

    fn at_rest(&mut self, view: &View, left: &Left<'_>, now: Moment) {
        let mut wrong = self.left_behind(left);
        // Whoever asked for another version once the run was over has set the
        // operator to work: what it does is its own.
        if view.declared == self.target {
            wrong.extend(self.unfinished(view, left));
        }
        for id in ["S8", "L7"] {
            self.check(id);
        }
        let went_back = self.back && !self.door_shut;
        if went_back {
            self.check("L6");
        }
        if !wrong.is_empty() {
            let text = format!("not at rest: {}", wrong.join("; "));
            self.violated("S8", now, text.clone());
            if went_back {
                self.violated("L6", now, text);
            }
        }
        let paused = left.cluster.pointer("/spec/paused");
        let paused = paused.and_then(Value::as_bool);
        if paused.unwrap_or(false) != left.paused_before.unwrap_or(false) {
            self.violated("L7", now, format!("spec.paused is {paused:?}"));
        }
    }

    /// What of the upgrade is not done, or would keep the operator from its
    /// work.
    fn unfinished(&self, view: &View, left: &Left<'_>) -> Vec<String> {
        let mut wrong = Vec::new();
        let cluster = left.cluster;
        for field in ["upgrade", "operationLock"] {
            if cluster
                .pointer(&format!("/status/{field}"))
                .is_some_and(|value| !value.is_null())
            {
                wrong.push(format!("status.{field} is there"));
            }
        }
        let text = |pointer: &str| cluster.pointer(pointer).and_then(Value::as_str);
        if text("/status/currentVersion") != Some(&self.target) {
            wrong.push(format!(
                "currentVersion is {:?}",
                text("/status/currentVersion")
            ));
        }
        let strategy = left.set.pointer("/spec/updateStrategy");
        let partition = strategy
            .and_then(|strategy| strategy.pointer("/rollingUpdate/partition"))
            .and_then(Value::as_u64)
            .unwrap_or(0);
        let kind = strategy.and_then(|strategy| strategy["type"].as_str());
        let coloured = view.selected.is_some();
        if coloured {
            wrong.extend(Self::unfinished_colours(view, left));
        } else if kind != Some("RollingUpdate") || partition != 0 {
            wrong.push(format!("the StatefulSet is left with {strategy:?}"));
        }
        // Left so that the operator is refused (contracts/operator.md 8.2, H2).
        wrong.extend(left.refused.iter().map(|why| format!("refused: {why}")));
        let older = view.older_voters(&self.tag);
        if !older.is_empty() {
            wrong.push(format!("{} run another version", older.join(", ")));
        }
        wrong
    }

    /// What is left of baoctl itself.
    fn left_behind(&self, left: &Left<'_>) -> Vec<String> {
        let mut wrong = Vec::new();
        let cluster = left.cluster;
        let annotations = cluster.pointer("/metadata/annotations");
        for key in ANNOTATIONS {
            if annotations.and_then(|all| all.get(key)).is_some() {
                wrong.push(format!("annotation {key} is there"));
            }
        }
        let managers = cluster
            .pointer("/metadata/managedFields")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for entry in managers {
            let manager = entry["manager"].as_str().unwrap_or_default();
            if manager.starts_with("baoctl") {
                wrong.push(format!("managedFields has an entry of {manager}"));
            }
        }
        let holder = left
            .lease
            .and_then(|lease| lease.pointer("/spec/holderIdentity"))
            .and_then(Value::as_str)
            .unwrap_or_default();
        // Giving the lease back is tried once: where that goes wrong, the next
        // run waits for the lease to end. Another driver may have it by then.
        let other = holder.starts_with("baoctl/somebody/");
        if !holder.is_empty() && !other && self.last_fault.is_none() {
            wrong.push(format!("the lease is held by {holder}"));
        }
        wrong
    }

    /// A request without its receipt is a new one: un-paused, the operator of
    /// today would obey it (`contracts/operator-today.md` 5).
    fn receipts(&mut self, left: &Left<'_>, now: Moment) {
        let text = |pointer: &str| left.cluster.pointer(pointer).and_then(Value::as_str);
        let asked = text("/spec/upgrade/requests/retry");
        let handled = text("/status/upgradeRequests/lastHandledRetry");
        if asked != handled {
            let text = format!("the retry {asked:?} is new: {handled:?} was the last handled");
            self.violated("S8", now, text);
        }
    }

    /// No token of the embedded world may stand in an object.
    fn secrets(&mut self, left: &Left<'_>, now: Moment) {
        self.check("S16");
        for object in [Some(left.cluster), Some(left.set), left.lease]
            .into_iter()
            .flatten()
        {
            let text = object.to_string();
            let holds = |token: &String| text.contains(token.as_str());
            if text.contains("sim-jwt.") || left.tokens.iter().any(holds) {
                self.violated("S16", now, "a token stands in an object".to_owned());
            }
        }
    }
}
