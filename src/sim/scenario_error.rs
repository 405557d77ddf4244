//! Why a scenario file is of no use, in words for whoever wrote it.

use serde_yaml::{Error as Yaml, Options};

use super::scenario::Scenario;

/// Why a scenario file is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// It is not a scenario; the text names line and field.
    #[error("{0}")]
    Syntax(String),
    /// A value is out of its range.
    #[error("{}{field}: {why}", place(*.line))]
    Value {
        /// Its line in the file, from 1; zero where there is no file.
        line: usize,
        /// Which.
        field: String,
        /// What is wrong with it.
        why: String,
    },
}

/// The line as the error says it.
fn place(line: usize) -> String {
    if line == 0 {
        String::new()
    } else {
        format!("line {line}, ")
    }
}

/// Reads one, unchecked.
pub(super) fn read(text: &str) -> Result<Scenario, ScenarioError> {
    if text.trim().is_empty() {
        return Err(ScenarioError::Syntax("the file is empty".to_owned()));
    }
    let mut field = String::new();
    let mut options = Options::default();
    // It would draw the place below the text.
    options.with_snippet = false;
    let read = serde_yaml::with_deserializer_from_str_with_options(text, options, |yaml| {
        serde_path_to_error::deserialize(yaml).map_err(|error| {
            field = error.path().to_string();
            error.into_inner()
        })
    });
    read.map_err(|error: Yaml| {
        let at = error.location();
        let line = at.map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
        let column = at.map_or(0, |at| usize::try_from(at.column()).unwrap_or(0));
        let why = why(&error, value(text, line, column));
        // A dot stands for the file itself.
        let field = field.trim_start_matches('.');
        match field {
            "" | "?" => ScenarioError::Syntax(format!("{}{why}", place(line))),
            field => ScenarioError::Value {
                line,
                field: field.to_owned(),
                why,
            },
        }
    })
}

/// What stands there, up to the end of its line or of what encloses it.
fn value(text: &str, line: usize, column: usize) -> &str {
    let line = line
        .checked_sub(1)
        .and_then(|line| text.lines().nth(line))
        .unwrap_or_default();
    let start = line
        .char_indices()
        .nth(column.saturating_sub(1))
        .map_or(line.len(), |(at, _)| at);
    let rest = &line[start..];
    let end = rest.find([',', '}', ']', '#']).unwrap_or(rest.len());
    rest[..end].trim()
}

/// What is wrong, without the words of whoever parsed it.
fn why(error: &Yaml, value: &str) -> String {
    match error {
        Yaml::SerdeUnknownField {
            field, expected, ..
        } => unknown("field", field, expected),
        Yaml::SerdeUnknownVariant {
            variant, expected, ..
        } => unknown("value", variant, expected),
        Yaml::SerdeMissingField { field, .. } => format!("the field {field:?} is missing"),
        Yaml::DuplicateMappingKey { key: Some(key), .. } => format!("{key:?} stands there twice"),
        Yaml::InvalidScalar { ty, .. } => format!("{value:?} is not {}", kind(ty)),
        Yaml::SerdeInvalidValue { expected, .. } | Yaml::SerdeInvalidType { expected, .. } => {
            format!("{value:?} is not {expected}")
        }
        Yaml::ExternallyTaggedEnumExpectedScalarOrMapping { .. }
        | Yaml::UnexpectedValueForUnitEnumVariant { .. } => {
            "a name and its fields are expected here, such as { apiDown: { for: 10s } }".to_owned()
        }
        Yaml::Unexpected { expected, .. } if expected.contains("mapping") => {
            "fields are expected here, such as { name: value }".to_owned()
        }
        Yaml::Unexpected { expected, .. } if expected.contains("sequence") => {
            "a list is expected here, such as [ value ]".to_owned()
        }
        Yaml::Unexpected { .. } => "a single value is expected here".to_owned(),
        Yaml::Eof { .. } => "the file ends where more is expected".to_owned(),
        Yaml::MultipleDocuments { .. } => {
            "a second document begins: a file is one scenario".to_owned()
        }
        // Ours, as they were made where the value was read.
        Yaml::Message { msg, .. } => msg.clone(),
        other => {
            let text = other.to_string();
            let first = text.trim().lines().next().unwrap_or_default();
            format!("this is no YAML: {}", first.trim_start_matches("error: "))
        }
    }
}

/// A word nobody knows, with the nearest that is known, or with all of them.
fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    match nearest {
        Some((_, nearest)) => format!("there is no {what} {word:?}; {nearest:?} is the nearest"),
        None => format!(
            "there is no {what} {word:?}; there are {}",
            known.join(", ")
        ),
    }
}

/// A type in words.
fn kind(rust: &str) -> String {
    match rust {
        "bool" => "true or false".to_owned(),
        "u8" => "a whole number from 0 to 255".to_owned(),
        "u16" => "a whole number from 0 to 65535".to_owned(),
        "u32" | "u64" => "a whole number".to_owned(),
        other => format!("a {other}"),
    }
}

impl ScenarioError {
    /// The same, with its line in the file.
    pub(super) fn found_in(self, text: &str) -> Self {
        match self {
            Self::Value { field, why, .. } => Self::Value {
                line: line_of(text, &field),
                field,
                why,
            },
            syntax @ Self::Syntax(_) => syntax,
        }
    }
}

/// The line, from 1, of a field such as `faults[1].when.pod`: of its innermost
/// part that can be found. A file that was read holds no surprises.
fn line_of(text: &str, field: &str) -> usize {
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default())
        .collect();
    let mut at = 0;
    for part in field.split('.') {
        let (key, item) = match part.split_once('[') {
            Some((key, rest)) => (key, rest.trim_end_matches(']').parse().ok()),
            None => (part, None::<usize>),
        };
        let names = |line: &&str| line.contains(&format!("{key}:"));
        let Some(found) = lines[at..].iter().position(names) else {
            break;
        };
        at += found;
        if let Some(item) = item {
            let begins = |line: &str| line.trim_start().starts_with("- ");
            let items = (at..lines.len()).filter(|number| begins(lines[*number]));
            at = items.clone().nth(item).unwrap_or(at);
        }
    }
    at + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        read(text)
            .map_err(|error| error.found_in(text))
            .and_then(|scenario| scenario.check().map_err(|error| error.found_in(text)))
            .expect_err("no scenario")
            .to_string()
    }

    #[test]
    fn an_error_says_where_what_stands_there_and_what_may() {
        let faults = |what: &str| {
            format!("name: x\nto: 2.7.2\nfaults:\n  - when: {{ after: 0s }}\n    what: {what}\n")
        };
        for (text, expected) in [
            (
                "name: x\nto: 2.7.2\nclustr: {}\n".to_owned(),
                "line 3, clustr: there is no field \"clustr\"; \"cluster\" is the nearest",
            ),
            (
                "name: x\nto: 2.7.2\ncluster: { replicas: three }\n".to_owned(),
                "line 3, cluster.replicas: \"three\" is not a whole number",
            ),
            (
                "name: x\nto: 2.7.2\nexpect: { exit: 300 }\n".to_owned(),
                "line 3, expect.exit: \"300\" is not a whole number from 0 to 255",
            ),
            (
                "name: x\nto: 2.7\n".to_owned(),
                "line 2, to: \"2.7\" is not a version of the form MAJOR.MINOR.PATCH",
            ),
            (
                "to: 2.7.2\n".to_owned(),
                "line 1, the field \"name\" is missing",
            ),
            (
                "name: x\nto: 2.7.2\nname: y\n".to_owned(),
                "line 3, \"name\" stands there twice",
            ),
            (
                faults("{ apiDwn: { for: 10s } }"),
                "line 5, faults[0].what: there is no value \"apiDwn\"; \"apiDown\" is the nearest",
            ),
            (
                faults("{ apiDown: {} }"),
                "line 5, faults[0].what.apiDown: the field \"for\" is missing",
            ),
            (
                faults("{ apiDown: { for: soon } }"),
                "line 5, faults[0].what.apiDown.for: \"soon\" is not a span of time such as 500ms, 20s or 2m",
            ),
            (
                faults("{ setPartition: { to: 99 } }"),
                "line 5, faults[0].what.to: 99 is more than the 3 replicas",
            ),
            (
                "name: x\nto: 2.7.2\nimage: \"no image!\"\n".to_owned(),
                "line 3, image: \"no image!\" is no image reference such as \
                 registry.example.com/openbao:2.7.2",
            ),
            (" \n".to_owned(), "the file is empty"),
        ] {
            assert_eq!(error(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_yaml_is_said_to_be_none() {
        let text = error("name: [x\n");
        assert!(text.starts_with("line 1, "), "{text}");
    }
}
