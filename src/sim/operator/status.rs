//! The status controller: it runs while paused, too (`contracts/operator.md` 8.1).

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::sim::{dice::Dice, moment::Moment, strategy::revision};

use super::{
    client::{Client, Manner},
    conditions::{self, Sight},
    plane,
    queue::Queue,
};

/// Until it has noticed a change: with [`PASS`] 0.1 s until it has answered
/// (`contracts/operator-live.md` 8.2).
const NOTICE: (Duration, Duration) = (Duration::from_millis(35), Duration::from_millis(110));

/// From what it read to what it writes: a write in between is overlooked.
const PASS: (Duration, Duration) = (Duration::from_millis(3), Duration::from_millis(12));

/// The controller.
#[derive(Debug, Default)]
pub(super) struct Status {
    queue: Queue,
    /// What it is about to apply.
    written: Option<(Moment, Map<String, Value>)>,
}

impl Status {
    pub(super) fn due(&self) -> Option<Moment> {
        let written = self.written.as_ref().map(|(at, _)| *at);
        written.into_iter().chain(self.queue.due()).min()
    }

    /// Something it watches has changed.
    pub(super) fn notice(&mut self, now: Moment, dice: &mut Dice) {
        self.queue.wake(now + dice.between(NOTICE.0, NOTICE.1));
    }

    pub(super) fn advance(
        &mut self,
        client: &mut Client<'_>,
        leader: Option<&str>,
        dice: &mut Dice,
    ) {
        let now = client.now;
        if self.written.as_ref().is_some_and(|(at, _)| *at <= now)
            && let Some((_, written)) = self.written.take()
        {
            let manager = plane::STATUS.manager;
            match client.apply_status(manager, &written, Manner::Asking) {
                Ok(()) => self.queue.done(),
                Err(_) => self.queue.failed(now),
            }
        }
        // One pass after the other.
        if self.written.is_none() && self.queue.take(now) {
            let at = now + dice.between(PASS.0, PASS.1);
            self.written = read(client, leader).map(|written| (at, written));
        }
    }
}

/// What it makes of the resource as it is.
fn read(client: &Client<'_>, leader: Option<&str>) -> Option<Map<String, Value>> {
    let object = client.resource()?;
    let generation = object["metadata"]["generation"].as_i64().unwrap_or(0);
    let status = plane::status(object);
    let mut mine = plane::STATUS.of(&status);
    let saids = if object.pointer("/spec/paused") == Some(&Value::Bool(true)) {
        conditions::paused()
    } else {
        // Where there are colours, the blue one is the cluster.
        let colour = status
            .get("blueGreen")
            .and_then(|colours| colours["blueRevision"].as_str());
        let set = match colour {
            Some(revision) => format!("{}-{revision}", client.key.name),
            None => client.key.name.clone(),
        };
        let ready = client
            .kubernetes
            .pods()
            .iter()
            .filter(|pod| pod.set.name == set && pod.ready)
            .count();
        let replicas = object["spec"]["replicas"].as_u64().unwrap_or(0);
        let sight = Sight {
            ready,
            replicas,
            leader,
        };
        let phase = if conditions::failure(&status).is_some() {
            "Failed"
        } else if status.contains_key("upgrade") {
            "Upgrading"
        } else if ready as u64 == replicas {
            "Running"
        } else {
            "Initializing"
        };
        mine.insert("phase".to_owned(), json!(phase));
        mine.insert("readyReplicas".to_owned(), json!(ready));
        if let Some(leader) = leader {
            mine.insert("activeLeader".to_owned(), json!(leader));
        }
        if !mine.contains_key("currentVersion") {
            mine.insert(
                "currentVersion".to_owned(),
                object["spec"]["version"].clone(),
            );
        }
        if is_finished(object, &status) {
            let version = object["spec"]["version"].clone();
            mine.insert("currentVersion".to_owned(), version);
        }
        conditions::working(&status, &sight)
    };
    let conditions = mine.entry("conditions").or_insert_with(|| json!([]));
    if let Some(conditions) = conditions.as_array_mut() {
        conditions::renew(conditions, &saids, generation, client.now);
    }
    if let Some(observed) = mine.get_mut("observedGeneration") {
        *observed = json!(generation);
    }
    Some(mine)
}

/// Under `BlueGreen` the version is current once the colour in use is that of
/// the spec (`contracts/operator.md` 3.3).
fn is_finished(object: &Value, status: &Map<String, Value>) -> bool {
    let spec = &object["spec"];
    let colours = status.get("blueGreen");
    let says = |field: &str| colours.and_then(|colours| colours[field].as_str());
    let replicas = spec["replicas"]
        .as_u64()
        .and_then(|n| u32::try_from(n).ok());
    let text = |field: &str| spec[field].as_str().unwrap_or_default();
    spec["upgrade"]["strategy"] == "BlueGreen"
        && says("phase").is_none_or(|phase| phase == "Idle")
        && says("blueRevision").is_some_and(|blue| {
            let computed = revision(text("version"), text("image"), replicas.unwrap_or(0));
            blue == computed
        })
}
