//! Server-side apply: what an applied configuration makes of an object.

use serde_json::Value;

use super::{
    fields::Fields,
    lists::{List, Shape, key},
    object::Object,
    owners::Writer,
    status_body::Refusal,
};

/// Makes the object what an apply would have it, before it is checked.
pub(super) fn apply_to(
    new: &mut Value,
    old: &Object,
    config: &Value,
    writer: &Writer,
) -> Result<(), Refusal> {
    if has_null(config) {
        let text = "an applied configuration must not hold nulls";
        return Err(Refusal::new(422, text));
    }
    let builtin = !writer.api_version.starts_with("openbao.org/");
    let shape = Shape { builtin };
    let owners = &old.owners().owners;
    merge(new, config, "", shape);
    let mut gone = owners.applied_by(writer);
    gone.subtract(&Fields::applied(config, shape));
    if !gone.is_empty() {
        gone.subtract(&owners.of_others(writer));
        remove(new, &gone, "", shape);
    }
    Ok(())
}

/// Lays the configuration over the live object.
fn merge(live: &mut Value, config: &Value, field: &str, shape: Shape) {
    match (live, config) {
        (Value::Object(live), Value::Object(config)) if !shape.one_value(field) => {
            for (name, value) in config {
                match live.get_mut(name) {
                    Some(present) => merge(present, value, name, shape),
                    None => {
                        live.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(live), Value::Array(config)) => match shape.list(field) {
            List::Atomic => live.clone_from(config),
            List::Set => {
                let new = config.iter().filter(|item| !live.contains(item));
                let new: Vec<Value> = new.cloned().collect();
                live.extend(new);
            }
            List::Keyed(keys) => {
                let names = live.iter().map(|present| key(present, keys));
                let mut names: Vec<String> = names.collect();
                for item in config {
                    let name = key(item, keys);
                    if let Some(at) = names.iter().position(|present| *present == name) {
                        merge(&mut live[at], item, "", shape);
                    } else {
                        names.push(name);
                        live.push(item.clone());
                    }
                }
            }
        },
        (live, config) => live.clone_from(config),
    }
}

/// Takes fields out. An object that loses its last field is left as null, as
/// the real server does (`contracts/operator-live.md` 3, `status.adminOps`).
fn remove(value: &mut Value, gone: &Fields, field: &str, shape: Shape) {
    match value {
        Value::Object(map) => {
            let names: Vec<String> = map.keys().cloned().collect();
            let mut touched = false;
            for name in names {
                let Some(inner) = gone.under(&format!("f:{name}")) else {
                    continue;
                };
                touched = true;
                if inner.whole_here() {
                    map.remove(&name);
                } else if let Some(child) = map.get_mut(&name) {
                    remove(child, inner, &name, shape);
                }
            }
            if touched && map.values().all(Value::is_null) {
                *value = Value::Null;
            }
        }
        Value::Array(items) => {
            let name = |item: &Value| match shape.list(field) {
                List::Keyed(keys) => key(item, keys),
                _ => format!("v:{item}"),
            };
            items.retain(|item| !gone.under(&name(item)).is_some_and(Fields::whole_here));
            for item in items {
                if let Some(inner) = gone.under(&name(item)) {
                    remove(item, inner, "", shape);
                }
            }
        }
        _ => {}
    }
}

/// Whether a null is anywhere in it.
fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.values().any(has_null),
        Value::Array(items) => items.iter().any(has_null),
        _ => false,
    }
}
