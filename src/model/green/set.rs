//! The StatefulSet of green.

use serde_json::{Map, Value, json};

use super::Unlike;
use crate::model::revision::{Revision, hex_digest};

/// The container of a server pod.
const CONTAINER: &str = "openbao";
/// The template's annotation with the SHA-256 of the configuration's text.
const CONFIG_HASH: &str = "openbao.org/config-hash";
/// The annotation that opens the admission lock: blue's own affair.
const MAINTENANCE: &str = "openbao.org/maintenance";

/// What green is made for.
#[derive(Debug, Clone, Copy)]
pub struct Green<'a> {
    /// The cluster's name.
    pub cluster: &'a str,
    /// The revision it is made from.
    pub blue: &'a Revision,
    /// Its own.
    pub revision: &'a Revision,
    /// The image of its servers.
    pub image: &'a str,
    /// How many there are: `spec.replicas`, which is part of the revision.
    pub replicas: u32,
    /// The text of its configuration.
    pub config: &'a str,
}

/// Green's StatefulSet, to be applied, made from blue's as it is stored.
///
/// What blue has for its self-initialisation stays: without it the operator
/// would later have to add a volume, which its own admission policy denies
/// (`contracts/operator-live.md` 8.4.1a). So the ConfigMap behind it must be
/// empty while green's first pod starts.
///
/// # Errors
///
/// Blue's StatefulSet lacks a part that the operator gives it.
pub fn statefulset(blue: &Value, green: &Green<'_>) -> Result<Value, Unlike> {
    let spec = blue.get("spec").filter(|spec| spec.is_object());
    let mut spec = spec.ok_or(Unlike::Set("spec"))?.clone();
    spec["replicas"] = json!(green.replicas);
    spec["updateStrategy"] = json!({ "type": "OnDelete" });
    relabel(&mut spec, "/selector/matchLabels", green)?;
    relabel(&mut spec, "/template/metadata/labels", green)?;
    template(&mut spec, green)?;
    if let Some(Value::Array(volumes)) = spec.get_mut("volumeClaimTemplates") {
        for volume in volumes.iter_mut().filter_map(Value::as_object_mut) {
            volume.remove("status");
            stamped(volume.get_mut("metadata"));
        }
    }
    stamped(spec.pointer_mut("/template/metadata"));
    let part = |pointer| blue.pointer(pointer).cloned();
    let owners = part("/metadata/ownerReferences");
    let mut metadata = json!({
        "name": green.revision.statefulset(green.cluster),
        "namespace": part("/metadata/namespace").ok_or(Unlike::Set("metadata.namespace"))?,
        "labels": part("/metadata/labels").ok_or(Unlike::Set("metadata.labels"))?,
        "ownerReferences": owners.ok_or(Unlike::Set("metadata.ownerReferences"))?,
    });
    let kept = annotations(blue);
    if !kept.is_empty() {
        metadata["annotations"] = Value::Object(kept);
    }
    Ok(json!({
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": metadata,
        "spec": spec,
    }))
}

/// Whether blue's pods read the ConfigMap of the self-initialisation, which
/// green's first pod must find empty: it would found a cluster of its own
/// (`contracts/operator-live.md` 8.4.2).
#[must_use]
pub fn has_self_init(set: &Value, cluster: &str) -> bool {
    let name = format!("{cluster}-config-init");
    let volumes = set.pointer("/spec/template/spec/volumes");
    let mut volumes = volumes.and_then(Value::as_array).into_iter().flatten();
    volumes.any(|volume| volume["configMap"]["name"] == name)
}

/// The operator's own annotations; those of others speak of blue.
fn annotations(blue: &Value) -> Map<String, Value> {
    let all = blue.pointer("/metadata/annotations");
    let all = all.and_then(Value::as_object).into_iter().flatten();
    all.filter(|(name, _)| name.starts_with("openbao.org/") && *name != MAINTENANCE)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn relabel(spec: &mut Value, labels: &'static str, green: &Green<'_>) -> Result<(), Unlike> {
    let label = spec
        .pointer_mut(labels)
        .and_then(|labels| labels.get_mut(Revision::LABEL))
        .filter(|label| **label == green.blue.as_str())
        .ok_or(Unlike::Set(labels))?;
    *label = json!(green.revision);
    Ok(())
}

fn template(spec: &mut Value, green: &Green<'_>) -> Result<(), Unlike> {
    const HASH: &str = "/template/metadata/annotations";
    const CONTAINERS: &str = "/template/spec/containers";
    const VOLUMES: &str = "/template/spec/volumes";
    let hash = spec
        .pointer_mut(HASH)
        .and_then(|annotations| annotations.get_mut(CONFIG_HASH))
        .ok_or(Unlike::Set(HASH))?;
    *hash = json!(hex_digest(green.config));
    let container = items(spec, CONTAINERS)?
        .find(|container| container["name"] == CONTAINER)
        .ok_or(Unlike::Set(CONTAINERS))?;
    container["image"] = json!(green.image);
    let config = green.blue.config_map(green.cluster);
    let volume = items(spec, VOLUMES)?
        .find(|volume| volume["configMap"]["name"] == config)
        .ok_or(Unlike::Set(VOLUMES))?;
    volume["configMap"]["name"] = json!(green.revision.config_map(green.cluster));
    Ok(())
}

fn items<'a>(
    spec: &'a mut Value,
    pointer: &'static str,
) -> Result<impl Iterator<Item = &'a mut Value>, Unlike> {
    let list = spec.pointer_mut(pointer).and_then(Value::as_array_mut);
    Ok(list.ok_or(Unlike::Set(pointer))?.iter_mut())
}

/// Takes the stamp of the API server off.
fn stamped(metadata: Option<&mut Value>) {
    if let Some(metadata) = metadata.and_then(Value::as_object_mut) {
        metadata.remove("creationTimestamp");
    }
}
