//! The workload controller: it applies its rendering of the StatefulSets,
//! whatever the partition (`contracts/operator.md` 2.3, 8.2).

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::sim::{
    dice::Dice,
    fixture::rendered,
    kubernetes::{Key, Kind},
    moment::Moment,
    scenario::{OperatorState, Shape},
};

use super::{
    client::{Client, Manner, Refused},
    colours, plane,
    queue::Queue,
};

/// Until its rendering has arrived: 0.40 s and 0.49 s were seen, and a third
/// that came before the lock of the partition at 0.2 s
/// (`contracts/operator-live.md` 3, 4.1).
const NOTICE: (Duration, Duration) = (Duration::from_millis(150), Duration::from_millis(500));

/// The controller.
#[derive(Debug, Default)]
pub(super) struct Workload {
    queue: Queue,
}

impl Workload {
    pub(super) const fn due(&self) -> Option<Moment> {
        self.queue.due()
    }

    /// Something it watches has changed.
    pub(super) fn notice(&mut self, now: Moment, dice: &mut Dice) {
        self.queue.wake(now + dice.between(NOTICE.0, NOTICE.1));
    }

    pub(super) fn advance(&mut self, client: &mut Client<'_>, shape: &Shape) {
        if !self.queue.take(client.now) {
            return;
        }
        match pass(client, shape) {
            Ok(()) => self.queue.done(),
            Err(_) => self.queue.failed(client.now),
        }
    }
}

/// One pass. Nothing while paused.
pub(super) fn pass(client: &mut Client<'_>, shape: &Shape) -> Result<(), Refused> {
    let Some(object) = client.resource() else {
        return Ok(());
    };
    if object.pointer("/spec/paused") == Some(&Value::Bool(true)) {
        return Ok(());
    }
    if shape.is_blue_green() {
        let object = object.clone();
        return colours::render(client, shape, &object);
    }
    let status = plane::status(object);
    let generation = object["metadata"]["generation"].as_i64().unwrap_or(0);
    let spec = &object["spec"];
    let image = match spec["image"].as_str() {
        Some(image) => image.to_owned(),
        None => format!(
            "{}:{}",
            shape.repository,
            spec["version"].as_str().unwrap_or_default()
        ),
    };
    let today = shape.operator == OperatorState::Today;
    for read in [true, false] {
        if read && shape.read_replicas == 0 {
            continue;
        }
        let mut set = rendered(shape, read);
        set["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
        if today {
            set["metadata"]["annotations"]["openbao.org/cluster-generation"] =
                json!(generation.to_string());
        }
        let name = set["metadata"]["name"].as_str().unwrap_or_default();
        let key = Key::new(Kind::StatefulSet, &shape.namespace, name);
        let path = client.set_path(name);
        let before = client.kubernetes.set(&key).map(|set| set.generation);
        client.apply(&path, &set)?;
        if client.kubernetes.set(&key).map(|set| set.generation) != before {
            let deed = format!("operator: applied {name} with {image}");
            client.told.deeds.push(deed);
        }
    }
    let mut mine = plane::WORKLOAD.of(&status);
    mine.insert("workload".to_owned(), Value::Object(Map::new()));
    client.apply_status(plane::WORKLOAD.manager, &mine, Manner::Asking)
}
