//! The answers as OpenBao writes them, and what they are in the model's words.
//!
//! Which fields are there differs between 2.4 and 2.7
//! (`contracts/openbao-live.md`), so all are optional but those that make an
//! answer the one it claims to be.

use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};

use crate::model::{
    legible::is_hostile,
    node::{Health, LeaderAnswer},
};

/// The longest text of a server's that is passed on.
const LONGEST_TEXT: usize = 300;

/// A server's text made fit for a terminal: one line, no control or
/// direction-changing characters, not endless.
pub(super) fn clean(text: &str) -> String {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || is_hostile(c)) {
        if !line.is_empty() && !word.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.chars().count() > LONGEST_TEXT {
            let mut cut: String = line.chars().take(LONGEST_TEXT).collect();
            cut.push('…');
            return cut;
        }
    }
    line
}

/// Reads a JSON answer. The error says where it went wrong and not what stood
/// there: serde would quote it, and some answers carry a token.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            serde_json::error::Category::Data => {
                format!("not the expected answer (at {line}:{column})")
            }
            _ => format!("not a json answer (at {line}:{column})"),
        }
    })
}

/// The body of every error (`contracts/openbao-api.md` 0).
#[derive(Deserialize)]
pub(super) struct Errors {
    errors: Vec<String>,
}

impl Errors {
    /// The errors as one line, go-multierror's bullets taken off.
    pub(super) fn text(&self) -> String {
        clean(&self.errors.join("; "))
            .replace("1 error occurred: * ", "")
            .trim()
            .to_owned()
    }
}

/// The envelope of logical paths (`contracts/openbao-api.md` 0).
#[derive(Deserialize)]
pub(super) struct Envelope<T> {
    /// The payload.
    pub(super) data: T,
}

/// `sys/health` (`contracts/openbao-api.md` 1).
#[derive(Deserialize)]
pub(super) struct HealthBody {
    initialized: bool,
    sealed: bool,
    standby: bool,
    version: Option<String>,
    cluster_id: Option<String>,
    server_time_utc: Option<i64>,
}

impl From<HealthBody> for Health {
    fn from(body: HealthBody) -> Self {
        Self {
            initialized: body.initialized,
            sealed: body.sealed,
            standby: body.standby,
            version: body.version.and_then(|version| version.parse().ok()),
            cluster_id: present(body.cluster_id),
            server_time: body
                .server_time_utc
                .and_then(|seconds| Timestamp::from_second(seconds).ok()),
        }
    }
}

/// `sys/leader` (`contracts/openbao-api.md` 2).
#[derive(Deserialize)]
pub(super) struct LeaderBody {
    /// Always there; only demanded to know the answer for what it is.
    #[serde(rename = "ha_enabled")]
    _ha_enabled: bool,
    #[serde(default)]
    is_self: bool,
    active_time: Option<String>,
    leader_address: Option<String>,
    raft_committed_index: Option<u64>,
    raft_applied_index: Option<u64>,
}

impl From<LeaderBody> for LeaderAnswer {
    fn from(body: LeaderBody) -> Self {
        Self {
            is_self: body.is_self,
            leader_address: present(body.leader_address),
            // 2.4 and 2.5 write Go's zero time on standbys: the year 1.
            active_time: body
                .active_time
                .and_then(|time| time.parse::<Timestamp>().ok())
                .filter(|time| *time > Timestamp::UNIX_EPOCH),
            committed_index: body.raft_committed_index,
            applied_index: body.raft_applied_index,
        }
    }
}

/// The answer to a login (`contracts/openbao-api.md` 9). Not `Debug`.
#[derive(Deserialize)]
pub(super) struct LoginBody {
    /// What the login gave.
    pub(super) auth: Option<AuthBody>,
}

/// The part of a login's answer that matters. Not `Debug`: it has the token.
#[derive(Deserialize)]
pub(super) struct AuthBody {
    /// The token; empty when a second factor is asked for.
    #[serde(default)]
    pub(super) client_token: String,
    /// Its policies.
    #[serde(default)]
    pub(super) policies: Vec<String>,
    /// Its life in seconds; 0 without end.
    #[serde(default)]
    pub(super) lease_duration: u64,
}

/// `auth/token/lookup-self` (`contracts/openbao-api.md` 9).
#[derive(Deserialize)]
pub(super) struct LookupBody {
    /// The token's policies.
    pub(super) policies: Vec<String>,
    /// Seconds left; 0 without end.
    #[serde(default)]
    pub(super) ttl: u64,
}

fn present(text: Option<String>) -> Option<String> {
    text.map(|text| clean(&text))
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_becomes_one_short_line() {
        assert_eq!(clean("a\n\tb\u{1b}[31mc\u{202e}d"), "a b [31mc d");
        assert_eq!(clean(&"x".repeat(5000)).chars().count(), LONGEST_TEXT + 1);
    }

    #[test]
    fn what_an_answer_says_is_never_in_the_error_about_it() {
        let error = parse::<LookupBody>(br#"{"policies":"s.secret","ttl":1}"#).err();
        assert_eq!(error.as_deref(), Some("not the expected answer (at 1:22)"),);
    }

    #[test]
    fn multierror_bullets_are_taken_off() {
        let errors = Errors {
            errors: vec!["1 error occurred:\n\t* permission denied\n\n".to_owned()],
        };
        assert_eq!(errors.text(), "permission denied");
    }

    #[test]
    fn the_answers_of_2_4_are_read() {
        let leader: LeaderAnswer = parse::<LeaderBody>(
            br#"{"ha_enabled":true,"is_self":false,"active_time":"0001-01-01T00:00:00Z","leader_address":"","raft_applied_index":812}"#,
        )
        .expect("an answer")
        .into();
        assert_eq!(leader.active_time, None);
        assert_eq!(leader.leader_address, None);
        assert_eq!(leader.applied_index, Some(812));
        assert!(!leader.is_self);
    }
}
