//! An OpenBao release number.

use std::{cmp::Ordering, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::legible::legible;

/// The longest version, with all that follows its numbers: the longest tag an
/// image can have (OCI distribution specification).
const LONGEST: usize = 128;

/// An OpenBao version. Build metadata (`+hsm`) is kept for display and
/// ignored in every comparison, as semver says and as the servers need:
/// `sys/health` of an HSM build says `2.6.2+hsm` where autopilot says `2.6.2`
/// (`contracts/openbao-api.md` 1 and 6).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(semver::Version);

impl Version {
    /// A release without pre-release or metadata.
    #[must_use]
    pub const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self(semver::Version::new(major, minor, patch))
    }

    /// Major and minor: the line a release belongs to.
    #[must_use]
    pub const fn line(&self) -> (u64, u64) {
        (self.0.major, self.0.minor)
    }

    /// The major number.
    #[must_use]
    pub const fn major(&self) -> u64 {
        self.0.major
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp_precedence(&other.0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A version that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a version of the form MAJOR.MINOR.PATCH{reason}")]
pub struct VersionError {
    text: String,
    reason: String,
}

impl FromStr for Version {
    type Err = VersionError;

    /// Accepts a leading `v`, which image tags and people write.
    fn from_str(text: &str) -> Result<Self, VersionError> {
        let refused = |reason: String| VersionError {
            text: legible(text, LONGEST),
            reason,
        };
        // Wherever a version is shown, all of it is.
        if text.len() > LONGEST {
            return Err(refused(format!(": longer than {LONGEST} characters")));
        }
        semver::Version::parse(text.strip_prefix('v').unwrap_or(text))
            .map(Self)
            // The parser's own words are about itself.
            .map_err(|_| refused(String::new()))
    }
}

impl TryFrom<String> for Version {
    type Error = VersionError;

    fn try_from(text: String) -> Result<Self, VersionError> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(text: &str) -> Version {
        text.parse().expect("a version")
    }

    #[test]
    fn build_metadata_never_makes_two_releases_differ() {
        assert_eq!(v("2.6.2+hsm"), v("2.6.2"));
        assert_eq!(v("2.6.2+hsm").to_string(), "2.6.2+hsm");
    }

    #[test]
    fn pre_releases_compare_numerically_and_come_before_the_release() {
        assert!(v("2.7.0-rc9") < v("2.7.0"));
        assert!(v("2.7.0-rc.9") < v("2.7.0-rc.10"));
        assert_eq!(v("v2.7.2"), v("2.7.2"));
    }

    #[test]
    fn rubbish_is_refused_with_the_text_that_was_given() {
        let error = "2.7".parse::<Version>().expect_err("no patch number");
        assert!(error.to_string().contains("\"2.7\""), "{error}");
    }

    #[test]
    fn no_version_is_longer_than_a_tag() {
        let long = format!("2.7.2-{}", "x".repeat(4 << 20));
        let error = long.parse::<Version>().expect_err("no tag");
        assert!(error.to_string().len() < 300, "{error}");
        assert!(long[..128].parse::<Version>().is_ok());
    }
}
