//! What is known about pairs of versions, each row with its source.

use crate::{
    bugs::{self, Bug},
    model::{blue_green_run::Until, record::RunRecord, version::Version},
};

/// Whether a text is that version.
#[must_use]
pub fn is(text: &str, version: &Version) -> bool {
    text.parse().is_ok_and(|parsed: Version| parsed == *version)
}

/// Whether the step crosses a door that opens one way only: once a node of the
/// target has been active, no node of the source can become active again.
///
/// 2.7 rewrites the built-in policy `response-wrapping`; 2.6 then fails its
/// post-unseal setup for ever (`contracts/openbao-live.md` 0.1). Moves within
/// 2.7 and between 2.6.1 and 2.6.2 are free both ways.
#[must_use]
pub fn is_one_way(from: &Version, to: &Version) -> bool {
    from.line() < (2, 7) && to.line() >= (2, 7)
}

/// Whether a run has such a door before it: its pair has one, and no node was
/// seen active beyond it yet.
#[must_use]
pub fn door_ahead(run: &RunRecord) -> bool {
    let passed = run
        .newest_active
        .as_ref()
        .is_some_and(|newest| is_one_way(&run.from, newest));
    is_one_way(&run.from, &run.target.version) && !passed && !stops_before_the_door(run)
}

/// Whether a blue/green run ends, by what it was asked for, while only the old
/// version can lead.
#[must_use]
pub fn stops_before_the_door(run: &RunRecord) -> bool {
    run.blue_green
        .as_ref()
        .is_some_and(|colours| colours.until == Until::Ready)
}

/// Whether a standby of a version answers reads by itself, and so shows whether
/// its setup has succeeded: one before 2.5 redirects every one of them
/// (`contracts/openbao-api.md` 10).
#[must_use]
pub fn standbys_read(version: &Version) -> bool {
    version.line() >= (2, 5)
}

/// Why a pair must not be attempted at all.
#[must_use]
pub fn known_bad(from: &Version, to: &Version) -> Option<&'static str> {
    if bugs::has(Bug::AnyPair) {
        return None;
    }
    let echo_broken = Version::new(2, 6, 0)..=Version::new(2, 6, 2);
    if from.line() < (2, 6) && echo_broken.contains(to) {
        return Some(
            "a 2.6.0-2.6.2 standby under an older leader sends no echo, is never healthy and \
             cannot forward (openbao#3899); go to 2.6.3 or newer",
        );
    }
    if *to == Version::new(2, 5, 0) {
        return Some("2.5.0 does not auto-unseal with cloud KMS seals; go to 2.5.5 or newer");
    }
    None
}

/// Seal types that a version no longer has built in, though an older one did
/// (`contracts/openbao-live.md` 14: the process exits with `unknown wrapper`).
#[must_use]
pub fn removed_seals(from: &Version, to: &Version) -> &'static [&'static str] {
    // A long step loses what every line in between has dropped.
    if from.line() < (2, 5) && to.line() >= (2, 7) {
        &[
            "aead",
            "alicloudkms",
            "awskms",
            "azurekeyvault",
            "gcpckms",
            "ocikms",
            "pkcs11",
        ]
    } else if from.line() < (2, 7) && to.line() >= (2, 7) {
        &[
            "alicloudkms",
            "awskms",
            "azurekeyvault",
            "gcpckms",
            "ocikms",
            "pkcs11",
        ]
    } else if from.line() < (2, 5) && to.line() >= (2, 5) {
        &["aead"]
    } else {
        &[]
    }
}

/// Storage types that a version no longer has.
#[must_use]
pub fn removed_storage(from: &Version, to: &Version) -> &'static [&'static str] {
    if from.line() < (2, 7) && to.line() >= (2, 7) {
        &["file"]
    } else {
        &[]
    }
}

/// Auth methods and secrets engines that a version no longer has built in; they
/// are plugins since (`contracts/operator-today.md` 8).
#[must_use]
pub fn removed_plugins(from: &Version, to: &Version) -> &'static [&'static str] {
    if from.line() < (2, 7) && to.line() >= (2, 7) {
        &[
            "auth method ldap",
            "auth method kerberos",
            "auth method radius",
            "secrets engine ldap",
        ]
    } else {
        &[]
    }
}

/// A hole that is known of a version, and the first release without it.
#[must_use]
pub fn vulnerable(to: &Version) -> Option<&'static str> {
    (*to < Version::new(2, 6, 3)).then_some(
        "versions before 2.6.3 can be made to run an attacker's code (GHSA-j6wc-jpvg-xfxq); \
         2.6.3 and 2.7.0 have that mended",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(text: &str) -> Version {
        text.parse().expect("a version")
    }

    #[test]
    fn the_door_is_between_2_6_and_2_7_only() {
        assert!(is_one_way(&v("2.6.2"), &v("2.7.0")));
        assert!(is_one_way(&v("2.5.5"), &v("2.7.2")));
        assert!(!is_one_way(&v("2.6.1"), &v("2.6.2")));
        assert!(!is_one_way(&v("2.7.0"), &v("2.7.2")));
    }

    #[test]
    fn echoes_are_broken_into_2_6_up_to_2_6_2() {
        assert!(known_bad(&v("2.5.4"), &v("2.6.2")).is_some());
        assert!(known_bad(&v("2.5.4"), &v("2.6.3")).is_none());
        assert!(known_bad(&v("2.6.1"), &v("2.6.2")).is_none());
    }

    #[test]
    fn built_in_kms_seals_end_with_2_6() {
        assert!(removed_seals(&v("2.6.2"), &v("2.7.0")).contains(&"awskms"));
        assert!(removed_seals(&v("2.6.1"), &v("2.6.2")).is_empty());
        assert!(removed_storage(&v("2.6.1"), &v("2.7.0")).contains(&"file"));
    }

    #[test]
    fn what_is_a_plugin_since_2_7_is_lost_on_the_way_there_only() {
        assert!(!removed_plugins(&v("2.6.2"), &v("2.7.2")).is_empty());
        assert!(removed_plugins(&v("2.7.0"), &v("2.7.2")).is_empty());
        assert!(removed_plugins(&v("2.6.1"), &v("2.6.2")).is_empty());
    }

    #[test]
    fn the_hole_of_2_6_is_mended_in_2_6_3() {
        assert!(vulnerable(&v("2.6.2")).is_some());
        assert!(vulnerable(&v("2.6.3")).is_none());
        assert!(vulnerable(&v("2.7.0")).is_none());
    }

    #[test]
    fn a_step_down_of_versions_or_one_that_stays_crosses_no_door() {
        assert!(!is_one_way(&v("2.7.2"), &v("2.6.2")));
        assert!(!is_one_way(&v("2.5.5"), &v("2.6.2")));
        assert!(!is_one_way(&v("2.8.0"), &v("2.9.0")));
        assert!(is_one_way(&v("2.6.2"), &v("2.8.0")));
        assert!(removed_storage(&v("2.7.0"), &v("2.7.2")).is_empty());
        assert!(removed_storage(&v("2.5.5"), &v("2.6.2")).is_empty());
        assert!(!removed_storage(&v("2.6.2"), &v("2.8.0")).is_empty());
        assert!(removed_seals(&v("2.7.0"), &v("2.7.2")).is_empty());
        assert!(!removed_seals(&v("2.6.2"), &v("2.8.0")).is_empty());
    }

    #[test]
    fn the_first_2_5_is_bad_from_anywhere_and_names_what_to_take_instead() {
        let why = known_bad(&v("2.4.4"), &v("2.5.0")).expect("no auto-unseal");
        assert!(why.contains("2.5.5"), "{why}");
        assert!(known_bad(&v("2.4.4"), &v("2.5.5")).is_none());
        let why = known_bad(&v("2.5.5"), &v("2.6.0")).expect("no echoes");
        assert!(why.contains("2.6.3"), "{why}");
        assert!(known_bad(&v("2.7.0"), &v("2.6.2")).is_none());
    }

    #[test]
    fn the_seal_called_aead_ends_with_2_4() {
        assert_eq!(removed_seals(&v("2.4.4"), &v("2.5.5")), ["aead"]);
        assert_eq!(removed_seals(&v("2.4.4"), &v("2.6.2")), ["aead"]);
        assert!(removed_seals(&v("2.5.0"), &v("2.5.5")).is_empty());
        assert!(removed_seals(&v("2.5.5"), &v("2.6.2")).is_empty());
        assert!(removed_seals(&v("2.4.3"), &v("2.4.4")).is_empty());
        assert!(!removed_seals(&v("2.5.0"), &v("2.7.0")).contains(&"aead"));
        for gone in ["aead", "awskms"] {
            assert!(removed_seals(&v("2.4.4"), &v("2.7.0")).contains(&gone));
            assert!(removed_seals(&v("2.4.4"), &v("2.8.1")).contains(&gone));
        }
    }
}
