//! Merge patches and strategic merge patches.

use serde_json::{Map, Value};

use super::lists::{List, Shape, key};

/// RFC 7386.
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(map) = target.as_object_mut() else {
        return;
    };
    for (name, value) in patch {
        if value.is_null() {
            map.remove(name);
        } else {
            merge(map.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// The same, with lists of built-in kinds merged by key.
pub(super) fn strategic(target: &mut Value, patch: &Value, field: &str) {
    let shape = Shape { builtin: true };
    match (&mut *target, patch) {
        (Value::Object(map), Value::Object(patch)) => {
            if patch.get("$patch").is_some_and(|how| how == "replace") {
                let mut whole = patch.clone();
                whole.remove("$patch");
                *target = Value::Object(whole);
                return;
            }
            for (name, value) in patch {
                if value.is_null() {
                    map.remove(name);
                } else {
                    strategic(map.entry(name.clone()).or_insert(Value::Null), value, name);
                }
            }
        }
        (Value::Array(items), Value::Array(patch)) => match shape.list(field) {
            List::Atomic => *target = Value::Array(patch.clone()),
            List::Set => {
                for item in patch {
                    if !items.contains(item) {
                        items.push(item.clone());
                    }
                }
            }
            List::Keyed(keys) => {
                for item in patch {
                    let name = key(item, keys);
                    let found = items.iter().position(|present| key(present, keys) == name);
                    let delete = item.get("$patch").is_some_and(|how| how == "delete");
                    match found {
                        Some(at) if delete => {
                            items.remove(at);
                        }
                        Some(at) => strategic(&mut items[at], item, ""),
                        None if delete => {}
                        None => items.push(item.clone()),
                    }
                }
            }
        },
        (_, Value::Object(_)) => {
            *target = Value::Object(Map::new());
            strategic(target, patch, field);
        }
        (_, other) => *target = other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn containers_merge_by_name() {
        let mut pod = json!({ "containers": [{ "name": "a", "image": "1", "args": ["x"] },
            { "name": "b", "image": "1" }] });
        let patch = json!({ "containers": [{ "name": "a", "image": "2" }] });
        strategic(&mut pod, &patch, "");
        assert_eq!(
            pod["containers"][0],
            json!({ "name": "a", "image": "2", "args": ["x"] })
        );
        assert_eq!(pod["containers"][1]["image"], "1");
    }

    #[test]
    fn nulls_of_a_merge_patch_remove() {
        let mut value = json!({ "a": { "b": 1, "c": 2 } });
        merge(
            &mut value,
            &json!({ "a": { "b": null, "d": { "e": null } } }),
        );
        assert_eq!(value, json!({ "a": { "c": 2, "d": {} } }));
    }
}
