//! What the workload controller renders under `BlueGreen`
//! (`contracts/operator.md` 3.3, 3.4): whoever holds the lock, and whatever the
//! manager of upgrades does.
//!
//! Its status is not part of this world: no pass of it is ever completed there
//! (`contracts/operator-live.md` 8.4.7).

use serde_json::{Value, json};

use crate::sim::{
    fixture::{rendered_colour, rendered_front},
    scenario::Shape,
};

use super::client::{Client, Refused};

/// The phases in which clients are led to green, and no StatefulSet is
/// rendered.
const GREEN_SERVES: [&str; 2] = ["DemotingBlue", "Cleanup"];

/// Applies its rendering of the colour that is blue by the status.
pub(super) fn render(
    client: &mut Client<'_>,
    shape: &Shape,
    resource: &Value,
) -> Result<(), Refused> {
    let says = |field: &str| resource["status"]["blueGreen"][field].as_str();
    let blue = says("blueRevision").map_or_else(|| shape.revision(), str::to_owned);
    let green_serves = says("phase").is_some_and(|phase| GREEN_SERVES.contains(&phase));
    let serves = says("greenRevision").filter(|_| green_serves);
    let serves = serves.unwrap_or(&blue).to_owned();
    if let Some(front) = rendered_front(shape, &serves) {
        apply(client, "/api/v1", "services", &front)?;
    }
    for mut object in rendered_colour(shape, &blue) {
        if object["kind"] == "ConfigMap" {
            apply(client, "/api/v1", "configmaps", &object)?;
        } else if !green_serves {
            // Blue's template names the new image as soon as it is declared; its
            // pods stay as they are.
            let image = &resource["spec"]["image"];
            object["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
            apply(client, "/apis/apps/v1", "statefulsets", &object)?;
        }
    }
    Ok(())
}

fn apply(
    client: &mut Client<'_>,
    group: &str,
    plural: &str,
    object: &Value,
) -> Result<(), Refused> {
    let namespace = &client.key.namespace;
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    let path = format!("{group}/namespaces/{namespace}/{plural}/{name}");
    let before = client.kubernetes.revision();
    client.apply(&path, object)?;
    if client.kubernetes.revision() != before {
        let deed = format!("operator: applied {plural} {name}");
        client.told.deeds.push(deed);
    }
    Ok(())
}
