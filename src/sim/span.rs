//! Spans of time as scenario files write them: `500ms`, `20s`, `2m`.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

/// Writes one.
///
/// # Errors
///
/// The serializer's.
pub fn serialize<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&text(*span))
}

/// Reads one.
///
/// # Errors
///
/// Not a span, or a negative one.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| D::Error::custom(wrong(&text)))
}

/// One that may be left out.
pub mod maybe {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    use super::{parse, text, wrong};

    /// Writes one.
    ///
    /// # Errors
    ///
    /// The serializer's.
    pub fn serialize<S: Serializer>(
        span: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match span {
            Some(span) => serializer.collect_str(&text(*span)),
            None => serializer.serialize_none(),
        }
    }

    /// Reads one.
    ///
    /// # Errors
    ///
    /// Not a span, or a negative one.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        match Option::<String>::deserialize(deserializer)? {
            None => Ok(None),
            Some(text) => parse(&text)
                .map(Some)
                .ok_or_else(|| D::Error::custom(wrong(&text))),
        }
    }
}

fn parse(text: &str) -> Option<Duration> {
    let span: SignedDuration = text.parse().ok()?;
    Duration::try_from(span).ok()
}

fn wrong(text: &str) -> String {
    format!("{text:?} is not a span of time such as 500ms, 20s or 2m")
}

/// Writes one as a text.
#[must_use]
pub fn text(span: Duration) -> String {
    if span.subsec_millis() == 0 {
        format!("{}s", span.as_secs())
    } else {
        format!("{}ms", span.as_millis())
    }
}
