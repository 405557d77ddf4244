//! The release of a server, read from its image's tag.

use std::fmt;

/// Major, minor, patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    /// 2.
    pub major: u16,
    /// 4 to 7.
    pub minor: u16,
    /// The patch.
    pub patch: u16,
}

impl Release {
    /// A release of major version 2.
    #[must_use]
    pub const fn two(minor: u16, patch: u16) -> Self {
        Self {
            major: 2,
            minor,
            patch,
        }
    }

    /// That of an image, `repository:2.6.2`, with or without suffix or digest;
    /// `None` when its tag is no version.
    #[must_use]
    pub fn of_image(image: &str) -> Option<Self> {
        let name = image.split_once('@').map_or(image, |(name, _)| name);
        let tag = name.rsplit('/').next()?.split_once(':')?.1;
        Self::parse(tag)
    }

    /// Reads `2.6.2`, `v2.6.2`, `2.6.2+hsm`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let core = text.split(['-', '+']).next()?;
        let mut parts = core.split('.').map(str::parse);
        let mut part = || parts.next()?.ok();
        let release = Self {
            major: part()?,
            minor: part()?,
            patch: part()?,
        };
        parts.next().is_none().then_some(release)
    }

    /// Whether it is of this minor of major version 2, or a later one.
    pub(super) const fn from(self, minor: u16) -> bool {
        self.major > 2 || (self.major == 2 && self.minor >= minor)
    }

    /// Whether its first activation changes the policy that no 2.6 can live
    /// with (`contracts/openbao-live.md` 0.1).
    pub(super) const fn shuts_the_door(self) -> bool {
        self.from(7)
    }

    /// When it was built, as `seal-status` says.
    pub(super) const fn built(self) -> &'static str {
        match (self.minor, self.patch) {
            (6, _) => "2026-08-18T15:48:19Z",
            (7, _) => "2026-10-26T20:32:27Z",
            _ => "2026-03-02T10:00:00Z",
        }
    }
}

/// Whether a cluster that has been led by the one can never be led by the other
/// again.
pub(in crate::sim) fn is_one_way(from: &str, to: &str) -> bool {
    let shuts = |text| Release::parse(text).is_some_and(Release::shuts_the_door);
    shuts(to) && !shuts(from)
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_images_tag_is_the_release() {
        let of = |image| Release::of_image(image).map(|release| release.to_string());
        let found = Some("2.6.2".to_owned());
        assert_eq!(of("docker.io/openbao/openbao:2.6.2"), found);
        assert_eq!(of("localhost:5000/openbao:2.6.2-hsm"), found);
        assert_eq!(of("r/openbao:v2.6.2@sha256:00"), found);
        assert_eq!(of("localhost:5000/openbao"), None);
        assert_eq!(of("r/openbao:latest"), None);
    }
}
