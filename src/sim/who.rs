//! Whom a fault befalls.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A pod, by its name or by what it is at that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Who {
    /// The active node's.
    Leader,
    /// The standby with the lowest ordinal.
    Standby,
    /// This one.
    Pod(String),
}

impl FromStr for Who {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        match text {
            "leader" => Ok(Self::Leader),
            "standby" => Ok(Self::Standby),
            pod if pod.contains('-') && pod.chars().all(fits) => Ok(Self::Pod(pod.to_owned())),
            other => Err(format!(
                "{other:?} is neither leader, standby nor the name of a pod"
            )),
        }
    }
}

impl TryFrom<String> for Who {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leader => f.write_str("leader"),
            Self::Standby => f.write_str("standby"),
            Self::Pod(pod) => f.write_str(pod),
        }
    }
}

impl From<Who> for String {
    fn from(who: Who) -> Self {
        who.to_string()
    }
}
