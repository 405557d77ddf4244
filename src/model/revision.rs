//! A blue/green revision: the hash that tells one colour's objects from the
//! other's, and the names they have by it (`contracts/operator.md` 3.1).

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::names::PodName;

/// A revision. Its text stands in names and labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(String);

impl Revision {
    /// The label that carries it: on a StatefulSet's selector and pods, on the
    /// volumes, and in the public Service's selector.
    pub const LABEL: &'static str = "openbao.org/revision";

    /// Hexadecimal digits of the digest that are kept.
    const DIGITS: usize = 16;

    /// The longest text that can be one: what is left of a DNS label when the
    /// cluster's name, two hyphens and an ordinal have their place too.
    const LONGEST: usize = 58;

    /// The operator's hash of what a colour is made of. `image` is `spec.image`
    /// verbatim, empty when there is none. The same three always give the same
    /// revision, so a second try meets the volumes of the first
    /// (`contracts/operator-live.md` 8.4.3).
    #[must_use]
    pub fn of(version: &str, image: &str, replicas: u32) -> Self {
        let text = format!("version={version}\nimage={image}\nreplicas={replicas}\n");
        let mut digest = hex_digest(&text);
        digest.truncate(Self::DIGITS);
        Self(digest)
    }

    /// A revision as somebody wrote it down; `None` for a text that cannot be
    /// part of a name. It need not be a hash: the operator takes over whatever
    /// the pods' label says.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let fits = !text.is_empty()
            && text.len() <= Self::LONGEST
            && text.chars().all(inner)
            && !text.starts_with('-')
            && !text.ends_with('-');
        fits.then(|| Self(text.to_owned()))
    }

    /// The revision as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of its StatefulSet in a cluster.
    #[must_use]
    pub fn statefulset(&self, cluster: &str) -> String {
        format!("{cluster}-{self}")
    }

    /// The name of its ConfigMap in a cluster.
    #[must_use]
    pub fn config_map(&self, cluster: &str) -> String {
        format!("{cluster}-config-{self}")
    }

    /// The name of its pod at an ordinal.
    #[must_use]
    pub fn pod(&self, cluster: &str, ordinal: u32) -> PodName {
        PodName::of(&self.statefulset(cluster), ordinal)
    }

    /// The names of its pods, whether they exist or not.
    #[must_use]
    pub fn pods(&self, cluster: &str, replicas: u32) -> Vec<PodName> {
        (0..replicas)
            .map(|ordinal| self.pod(cluster, ordinal))
            .collect()
    }

    /// The name of its volume (`PersistentVolumeClaim`) at an ordinal.
    #[must_use]
    pub fn volume(&self, cluster: &str, ordinal: u32) -> String {
        format!("data-{}", self.pod(cluster, ordinal))
    }

    /// The ordinal in the name of one of its volumes; `None` for any other
    /// name.
    #[must_use]
    pub fn volume_ordinal(&self, cluster: &str, volume: &str) -> Option<u32> {
        let prefix = format!("data-{}-", self.statefulset(cluster));
        let ordinal = volume.strip_prefix(&prefix)?.parse().ok()?;
        // `-01` is a number too, and no name of the controller's.
        (self.volume(cluster, ordinal) == volume).then_some(ordinal)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The SHA-256 of a text in lower-case hexadecimal digits.
pub(crate) fn hex_digest(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_operators() {
        for (version, image, hash) in [
            ("1.0.0", "openbao:1.0.0", "9a193fe604dd8ef0"),
            ("2.4.3", "openbao/openbao:2.4.3", "e8983038c519c718"),
            ("2.4.4", "openbao/openbao:2.4.4", "269c4f7ba494030d"),
            ("2.4.4", "", "a099bb4176083674"),
        ] {
            assert_eq!(Revision::of(version, image, 3).as_str(), hash, "{version}");
        }
    }

    #[test]
    fn each_of_the_three_makes_another_revision() {
        let base = Revision::of("2.4.4", "i", 3);
        for other in [
            Revision::of("2.4.5", "i", 3),
            Revision::of("2.4.4", "j", 3),
            Revision::of("2.4.4", "i", 5),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn names_are_those_of_a_recorded_cluster() {
        let blue = Revision::of("2.6.2", "docker.io/openbao/openbao:2.6.2", 3);
        assert_eq!(blue.statefulset("prod"), "prod-bfbe65e4bec01d40");
        assert_eq!(blue.config_map("prod"), "prod-config-bfbe65e4bec01d40");
        assert_eq!(blue.pod("prod", 2).as_str(), "prod-bfbe65e4bec01d40-2");
        let volume = "data-prod-bfbe65e4bec01d40-2";
        assert_eq!(blue.volume("prod", 2), volume);
        assert_eq!(blue.volume_ordinal("prod", volume), Some(2));
        for other in [
            "data-prod-bfbe65e4bec01d40-02",
            "data-prod-bfbe65e4bec01d40-2-0",
            "data-prod-25b560d2a1bef429-2",
            "prod-bfbe65e4bec01d40-2",
        ] {
            assert_eq!(blue.volume_ordinal("prod", other), None, "{other}");
        }
    }

    #[test]
    fn a_revision_is_part_of_a_name_and_of_nothing_else() {
        assert!(Revision::named("bfbe65e4bec01d40").is_some());
        for text in ["", "A", "a/../b", "a?b", "a\n", "-a", "a-", "a.b"] {
            assert_eq!(Revision::named(text), None, "{text:?}");
        }
        assert_eq!(Revision::named(&"a".repeat(64)), None);
    }
}
