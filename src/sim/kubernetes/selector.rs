//! Label and field selectors.

use serde_json::Value;

use super::object::Object;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Label {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
}

/// Both selectors of a list or watch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    labels: Vec<Label>,
    /// Path, wanted value, whether it must be equal.
    fields: Vec<(String, String, bool)>,
}

impl Filter {
    /// Reads both; an error is what a 400 says.
    pub(super) fn of(labels: Option<&str>, fields: Option<&str>) -> Result<Self, String> {
        Ok(Self {
            labels: parts(labels.unwrap_or_default())
                .map(|part| {
                    label(part).ok_or_else(|| format!("unable to parse requirement: {part}"))
                })
                .collect::<Result<_, _>>()?,
            fields: parts(fields.unwrap_or_default())
                .map(|part| field(part).ok_or_else(|| format!("invalid selector: {part:?}")))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The selector of an object's spec.
    pub(super) fn of_spec(selector: &Value) -> Self {
        let mut labels = Vec::new();
        for (key, value) in selector["matchLabels"].as_object().into_iter().flatten() {
            let value = value.as_str().unwrap_or_default().to_owned();
            labels.push(Label::In(key.clone(), vec![value]));
        }
        for rule in selector["matchExpressions"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let key = rule["key"].as_str().unwrap_or_default().to_owned();
            let values = rule["values"].as_array().into_iter().flatten();
            let values = values
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            labels.push(match rule["operator"].as_str() {
                Some("In") => Label::In(key, values),
                Some("NotIn") => Label::NotIn(key, values),
                Some("Exists") => Label::Exists(key),
                _ => Label::Absent(key),
            });
        }
        Self {
            labels,
            fields: Vec::new(),
        }
    }

    pub(super) fn matches(&self, object: &Object) -> bool {
        self.labels.iter().all(|label| match label {
            Label::In(key, values) => object
                .label(key)
                .is_some_and(|value| values.iter().any(|v| v == value)),
            Label::NotIn(key, values) => object
                .label(key)
                .is_none_or(|value| values.iter().all(|v| v != value)),
            Label::Exists(key) => object.label(key).is_some(),
            Label::Absent(key) => object.label(key).is_none(),
        }) && self.fields.iter().all(|(path, wanted, equal)| {
            let found = path
                .split('.')
                .try_fold(&object.value, |value, part| value.get(part))
                .and_then(Value::as_str)
                .unwrap_or_default();
            (found == wanted) == *equal
        })
    }
}

/// Splits at the commas outside parentheses.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    text.split(move |c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
}

fn label(part: &str) -> Option<Label> {
    let one = |key: &str, value: &str| (key.trim().to_owned(), vec![value.trim().to_owned()]);
    if let Some((key, values)) = part.split_once('(') {
        let values = values.strip_suffix(')')?.split(',');
        let values = values.map(|value| value.trim().to_owned()).collect();
        let mut words = key.split_whitespace();
        let key = words.next()?.to_owned();
        return match words.next()? {
            "in" => Some(Label::In(key, values)),
            "notin" => Some(Label::NotIn(key, values)),
            _ => None,
        };
    }
    if let Some((key, value)) = part.split_once("!=") {
        let (key, values) = one(key, value);
        return Some(Label::NotIn(key, values));
    }
    if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        let (key, values) = one(key, value);
        return Some(Label::In(key, values));
    }
    Some(match part.strip_prefix('!') {
        Some(key) => Label::Absent(key.trim().to_owned()),
        None => Label::Exists(part.to_owned()),
    })
}

fn field(part: &str) -> Option<(String, String, bool)> {
    let (path, value, equal) = if let Some((path, value)) = part.split_once("!=") {
        (path, value, false)
    } else {
        let (path, value) = part.split_once("==").or_else(|| part.split_once('='))?;
        (path, value, true)
    };
    Some((path.trim().to_owned(), value.trim().to_owned(), equal))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equality_sets_and_fields_select() {
        let object = Object::new(
            json!({ "metadata": { "name": "x", "labels": { "a": "b", "c": "upgrade" } } }),
            1,
        );
        let selects = |labels, fields| {
            Filter::of(Some(labels), fields)
                .expect("a selector")
                .matches(&object)
        };
        assert!(selects(
            "a=b,c in (backup,upgrade)",
            Some("metadata.name=x")
        ));
        assert!(!selects("a=b,c in (backup,restore)", None));
        assert!(selects("a!=c,!d,c,c notin (x)", None));
        assert!(!selects("", Some("metadata.name=y")));
        assert!(Filter::of(Some("a within (b)"), None).is_err());
    }
}
