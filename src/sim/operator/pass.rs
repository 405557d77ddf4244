//! What one pass of the upgrade manager has in hand: the status as it read it,
//! and the changes it has yet to write.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::sim::{
    moment::Moment,
    scenario::{OperatorState, Shape},
};

/// One pass.
#[derive(Debug)]
pub(super) struct Pass {
    /// The status when the pass began; it may be stale when it is written.
    pub(super) status: Map<String, Value>,
    /// The partition it is about to write.
    pub(super) partition: Option<u32>,
    /// The manager of upgrades has something to write.
    pub(super) progress: bool,
    /// What went wrong.
    pub(super) error: Option<String>,
    /// When it looks again without being woken.
    pub(super) again: Option<Duration>,
}

impl Pass {
    pub(super) fn of(status: Map<String, Value>) -> Self {
        Self {
            status,
            partition: None,
            progress: false,
            error: None,
            again: None,
        }
    }

    pub(super) fn upgrade(&self) -> Option<&Value> {
        self.status.get("upgrade")
    }

    /// A text of the status.
    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        let (field, rest) = match pointer.split_once('/') {
            Some((field, rest)) => (field, format!("/{rest}")),
            None => (pointer, String::new()),
        };
        self.status.get(field)?.pointer(&rest)?.as_str()
    }

    /// Changes a field of the upgrade.
    pub(super) fn note(&mut self, field: &str, value: Value) {
        if let Some(Value::Object(upgrade)) = self.status.get_mut("upgrade") {
            upgrade.insert(field.to_owned(), value);
            self.progress = true;
        }
    }

    /// The step of the upgrade failed: the reason is the same for all
    /// (`contracts/operator.md` 2.6).
    pub(super) fn failed(&mut self, shape: &Shape, message: &str, now: Moment) {
        let at = json!(now.wall().strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        if shape.operator == OperatorState::Today {
            let failure = json!({ "reason": "UpgradeFailed", "message": message, "at": at });
            self.note("failure", failure);
        } else {
            self.note("lastErrorReason", json!("UpgradeFailed"));
            self.note("lastErrorMessage", json!(message));
            self.note("lastErrorAt", at);
        }
        self.error = Some(message.to_owned());
    }
}
