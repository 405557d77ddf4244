//! Server-side apply: what an applied configuration makes of an object.

use serde_json::Value;

use super::{
    fields::Fields,
    lists::{List, Shape, key},
};

/// The configuration laid over the live object.
pub(super) fn merged(live: &Value, config: &Value, field: &str, shape: Shape) -> Value {
    match (live, config) {
        (Value::Object(live), Value::Object(config)) if !shape.one_value(field) => {
            let mut out = live.clone();
            for (name, value) in config {
                let value = match live.get(name) {
                    Some(present) => merged(present, value, name, shape),
                    None => value.clone(),
                };
                out.insert(name.clone(), value);
            }
            Value::Object(out)
        }
        (Value::Array(live), Value::Array(config)) => match shape.list(field) {
            List::Atomic => Value::Array(config.clone()),
            List::Set => {
                let mut out = live.clone();
                let new = config.iter().filter(|item| !live.contains(item));
                out.extend(new.cloned());
                Value::Array(out)
            }
            List::Keyed(keys) => {
                let mut out = live.clone();
                for item in config {
                    let name = key(item, keys);
                    match out.iter_mut().find(|present| key(present, keys) == name) {
                        Some(present) => *present = merged(present, item, "", shape),
                        None => out.push(item.clone()),
                    }
                }
                Value::Array(out)
            }
        },
        (_, config) => config.clone(),
    }
}

/// Takes fields out. An object that loses its last field is left as null, as
/// the real server does (`contracts/operator-live.md` 3, `status.adminOps`).
pub(super) fn remove(value: &mut Value, gone: &Fields, field: &str, shape: Shape) {
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
pub(super) fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.values().any(has_null),
        Value::Array(items) => items.iter().any(has_null),
        _ => false,
    }
}
