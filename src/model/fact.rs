//! One observation of one thing: seen, or not seen and why.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What one pass learned about something. There is no default and no
/// fallback: code that needs the value must say what it does without it, and
/// for every gate that is to wait or to fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fact<T> {
    /// It was seen in this pass.
    Known(T),
    /// It could not be seen; the text is a fragment that says why.
    Unknown(String),
}

impl<T> Fact<T> {
    /// The value, if it was seen.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// Why it was not seen, if it was not.
    pub fn unknown(&self) -> Option<&str> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(why) => Some(why),
        }
    }

    /// The same fact about something derived from the value.
    pub fn map<U>(self, derive: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known(value) => Fact::Known(derive(value)),
            Self::Unknown(why) => Fact::Unknown(why),
        }
    }

    /// A fact by reference.
    pub fn as_ref(&self) -> Fact<&T> {
        match self {
            Self::Known(value) => Fact::Known(value),
            Self::Unknown(why) => Fact::Unknown(why.clone()),
        }
    }
}

impl<T, E: fmt::Display> From<Result<T, E>> for Fact<T> {
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(value) => Self::Known(value),
            Err(error) => Self::Unknown(error.to_string()),
        }
    }
}
