//! The operator's own rolling upgrade: one pass after the other, each with the
//! status it read at its beginning (`contracts/operator.md` 2).

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::{
    dice::Dice,
    moment::Moment,
    scenario::{OperatorState, Shape},
    servers::Servers,
};

use super::{
    blue_green,
    client::{Client, Manner, Refused},
    entry,
    pass::Pass,
    plane,
    queue::Queue,
    step,
};

/// Until a change begins a pass: it held the lock after 0.02 s
/// (`contracts/operator-live.md` 7.9), before the status controller had
/// answered: so its first applies are all refused, four runs of four (4.1).
const NOTICE: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(30));

/// From the lock to the partition: 0.08 s.
const LOOKS: (Duration, Duration) = (Duration::from_millis(70), Duration::from_millis(110));

/// From the partition to the status: 0.05 s, and 0.03 s more to the plane of
/// its controller.
const WRITES: (Duration, Duration) = (Duration::from_millis(60), Duration::from_millis(110));

/// How far a pass is.
#[derive(Debug)]
enum Stage {
    /// It has decided, and is about to act on the StatefulSet.
    Acts,
    /// It has acted, and is about to write the status.
    Writes,
}

/// The controller.
#[derive(Debug, Default)]
pub(super) struct Rolling {
    queue: Queue,
    pass: Option<(Moment, Stage, Pass)>,
}

impl Rolling {
    pub(super) fn due(&self) -> Option<Moment> {
        let pass = self.pass.as_ref().map(|(at, ..)| *at);
        // One pass after the other.
        pass.or_else(|| self.queue.due())
    }

    /// Something it watches has changed.
    pub(super) fn notice(&mut self, now: Moment, dice: &mut Dice) {
        self.queue.wake(now + dice.between(NOTICE.0, NOTICE.1));
    }

    pub(super) fn advance(
        &mut self,
        client: &mut Client<'_>,
        shape: &Shape,
        servers: &mut Servers,
        dice: &mut Dice,
    ) {
        let now = client.now;
        if self.pass.as_ref().is_some_and(|(at, ..)| *at <= now)
            && let Some((_, stage, mut pass)) = self.pass.take()
        {
            match stage {
                Stage::Acts => {
                    act(client, &mut pass);
                    let at = now + dice.between(WRITES.0, WRITES.1);
                    self.pass = Some((at, Stage::Writes, pass));
                }
                Stage::Writes => self.end(client, shape, pass),
            }
        }
        if self.pass.is_none() && self.queue.take(now) {
            let at = now + dice.between(LOOKS.0, LOOKS.1);
            self.pass = begin(client, shape, servers).map(|pass| (at, Stage::Acts, pass));
        }
    }

    /// Writes what came of a pass, and plans the next.
    fn end(&mut self, client: &mut Client<'_>, shape: &Shape, mut pass: Pass) {
        let today = shape.operator == OperatorState::Today;
        if pass.progress {
            let manner = if today {
                Manner::Forcing
            } else {
                Manner::Asking
            };
            if let Err(refused) = client.apply_status(plane::UPGRADES, &pass.status, manner) {
                pass.error = Some(refused.message);
            }
        }
        // Its controller applies its plane in any case: what the manager could
        // not store is stored here (contracts/operator-live.md 4.1).
        let error = match &pass.error {
            None => json!({}),
            Some(message) => json!({ "lastError": {
                "reason": "Error",
                "message": message,
                "at": client.now.wall().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            } }),
        };
        pass.status.insert("adminOps".to_owned(), error);
        let plane = plane::admin_ops(today);
        let mine = plane.of(&pass.status);
        let stored = client.apply_status(plane.manager, &mine, Manner::Asking);
        if stored.is_err() || pass.error.is_some() {
            self.queue.failed(client.now);
            return;
        }
        self.queue.done();
        if let Some(again) = pass.again {
            self.queue.wake(client.now + again);
        }
    }
}

/// Looks, takes the lock and decides. Nothing while paused.
fn begin(client: &mut Client<'_>, shape: &Shape, servers: &mut Servers) -> Option<Pass> {
    let object = client.resource()?;
    let spec = object.get("spec")?.clone();
    if spec["paused"] == true {
        return None;
    }
    let generation = object["metadata"]["generation"].as_i64().unwrap_or(0);
    let mut pass = Pass::of(plane::status(object));
    let version = spec["version"].as_str().unwrap_or_default();
    if shape.is_blue_green() {
        return blue_green::begin(client, shape, pass, version);
    }
    if pass.upgrade().is_none()
        && pass
            .text("currentVersion")
            .is_none_or(|current| current == version)
    {
        if entry::holds_lock(&pass)
            && client
                .merge_status(&json!({ "operationLock": null }))
                .is_ok()
        {
            pass.status.remove("operationLock");
        }
        return Some(pass);
    }
    let asked = spec
        .pointer("/upgrade/requests/retry")
        .and_then(Value::as_str);
    if pass
        .upgrade()
        .is_some_and(|upgrade| upgrade.get("failure").is_some())
    {
        // Later generations do nothing after a failure until somebody asks
        // (contracts/operator-today.md 2).
        let asked =
            asked.filter(|asked| pass.text("upgradeRequests/lastHandledRetry") != Some(*asked))?;
        step::retry(client, shape, &mut pass, asked);
    }
    let entered = entry::enter(client, shape, servers, &mut pass, version);
    let decided = entered.map(|()| match pass.upgrade() {
        None if pass.again.is_none() => entry::start(shape, &mut pass, version, client.now),
        None => {}
        Some(_) => step::step(client, shape, servers, &mut pass, generation),
    });
    if let Err(message) = decided {
        pass.error = Some(message);
    }
    Some(pass)
}

/// Acts on the StatefulSet.
fn act(client: &mut Client<'_>, pass: &mut Pass) {
    let Some(partition) = pass.partition else {
        return;
    };
    let name = client.key.name.clone();
    let path = client.set_path(&name);
    let body = json!({ "spec": { "updateStrategy": {
        "rollingUpdate": { "partition": partition, "maxUnavailable": null },
    } } });
    match client.merge(&path, &body) {
        Ok(()) => {
            let deed = format!("operator: partition of {name} = {partition}");
            client.told.deeds.push(deed);
        }
        Err(Refused { message, .. }) => {
            // Without the partition there was no progress.
            pass.progress = false;
            pass.error = Some(message);
        }
    }
}
