//! The manager of blue/green upgrades, as far as it acts by itself: what it
//! does before any phase (`contracts/operator.md` 3.2). The phases themselves,
//! and their Jobs, are not part of this world.

use serde_json::{Value, json};

use crate::sim::scenario::Shape;

use super::{
    client::Client,
    entry::{self, SOON},
    pass::Pass,
};

/// One look, and what it does at once.
pub(super) fn begin(
    client: &mut Client<'_>,
    shape: &Shape,
    mut pass: Pass,
    version: &str,
) -> Option<Pass> {
    let phase = pass.text("blueGreen/phase").unwrap_or("Idle").to_owned();
    let under_way = phase != "Idle";
    let current = pass.text("currentVersion").unwrap_or_default();
    let is_current = current.is_empty() || current == version;
    if !under_way && is_current {
        // A lock of its own stays as well: only a finished Cleanup releases it.
        return Some(pass);
    }
    if let Some(holder) = entry::foreign_holder(&pass) {
        if under_way {
            pass.error = Some(format!("operation lock is held by {holder}"));
        } else {
            pass.again = Some(SOON);
        }
        return Some(pass);
    }
    let message = format!("blue/green upgrade phase {phase}");
    if let Err(refused) = entry::take_lock(client, shape, &mut pass, &message) {
        pass.error = Some(refused);
        return Some(pass);
    }
    if !is_current {
        return None;
    }
    // Whatever it is to raft, and without a word to it.
    if let Some(green) = pass.text("blueGreen/greenRevision").map(str::to_owned) {
        let name = format!("{}-{green}", shape.name);
        let path = client.set_path(&name);
        if client.delete(&path).is_ok() {
            let deed = format!("operator: deleted {name}: {version} is current");
            client.told.deeds.push(deed);
        }
    }
    if let Some(Value::Object(colours)) = pass.status.get_mut("blueGreen") {
        colours.insert("phase".to_owned(), json!("Idle"));
        colours.retain(|field, _| !["greenRevision", "startTime"].contains(&field.as_str()));
    }
    Some(pass)
}
