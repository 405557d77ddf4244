//! How the operator of a cluster replaces its servers, and what its objects are
//! called under it.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::scenario::Shape;

/// `spec.upgrade.strategy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Strategy {
    /// One StatefulSet, whose pods are replaced one by one.
    #[default]
    RollingUpdate,
    /// A StatefulSet for every revision (`contracts/operator.md` 3.1).
    BlueGreen,
}

impl Strategy {
    /// Whether it is the usual one.
    #[must_use]
    pub fn is_rolling(&self) -> bool {
        *self == Self::RollingUpdate
    }

    /// As the resource spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RollingUpdate => "RollingUpdate",
            Self::BlueGreen => "BlueGreen",
        }
    }
}

/// The revision of a version, an image and a number of replicas
/// (`contracts/operator.md` 3.1, confirmed in `operator-live.md` 2).
#[must_use]
pub fn revision(version: &str, image: &str, replicas: u32) -> String {
    let text = format!("version={version}\nimage={image}\nreplicas={replicas}\n");
    let mut hex = sha256(&text);
    hex.truncate(16);
    hex
}

/// The digest of a text, in hexadecimal.
pub(super) fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

impl Shape {
    /// Whether every revision has a StatefulSet of its own.
    #[must_use]
    pub fn is_blue_green(&self) -> bool {
        self.strategy == Strategy::BlueGreen
    }

    /// The image its servers run.
    #[must_use]
    pub fn image(&self) -> String {
        format!("{}:{}", self.repository, self.version)
    }

    /// The revision its servers are on.
    #[must_use]
    pub fn revision(&self) -> String {
        revision(&self.version.to_string(), &self.image(), self.replicas)
    }

    /// The voters' StatefulSet, by which their pods are named.
    #[must_use]
    pub fn voters(&self) -> String {
        if self.is_blue_green() {
            format!("{}-{}", self.name, self.revision())
        } else {
            self.name.clone()
        }
    }
}

/// Where a blue/green upgrade stops until somebody promotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Gate {
    /// Green is in step and has no votes.
    Ready,
    /// Green serves, and blue has no votes.
    Cutover,
}

impl Gate {
    /// As `--until` is told.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Cutover => "cutover",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_are_those_that_were_seen() {
        // `contracts/operator.md` 3.1, `operator-live.md` 2.
        assert_eq!(revision("1.0.0", "openbao:1.0.0", 3), "9a193fe604dd8ef0");
        assert_eq!(revision("2.4.4", "", 3), "a099bb4176083674");
        let shape = Shape {
            strategy: Strategy::BlueGreen,
            ..Shape::default()
        };
        assert_eq!(shape.voters(), "prod-bfbe65e4bec01d40");
    }
}
