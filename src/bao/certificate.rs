//! What a server's certificate says. Its names are the TLS library's to judge; the
//! end of its validity is read from its DER form.
//!
//! Only certificates the TLS library has parsed and verified come here, and
//! only one field is wanted, so this walks the few elements before it instead
//! of bringing an X.509 parser and its ASN.1 stack along.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use rustls::{client::verify_server_name, server::ParsedCertificate};
use rustls_pki_types::{CertificateDer, ServerName};

use super::tls::ServerNames;
use crate::model::{certificate::ServerCertificate, names::PodName};

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const EXPLICIT_VERSION: u8 = 0xa0;

/// What a certificate says: its end, and which of these pods it has no name for.
/// `None` when it cannot be read.
pub(super) fn read(
    certificate: &CertificateDer<'_>,
    pods: &[PodName],
    names: &ServerNames,
) -> Option<ServerCertificate> {
    let parsed = ParsedCertificate::try_from(certificate).ok()?;
    let is_for = |pod: &PodName| {
        let name = ServerName::try_from(names.of(pod));
        name.is_ok_and(|name| verify_server_name(&parsed, &name).is_ok())
    };
    Some(ServerCertificate {
        expires: not_after(certificate)?,
        not_for: pods.iter().filter(|pod| !is_for(pod)).cloned().collect(),
    })
}

/// `notAfter` of a certificate; `None` when it has no such field. The year
/// 9999 stands for "never" (RFC 5280, 4.1.2.5) and comes out as the latest
/// moment there is.
pub(super) fn not_after(certificate: &[u8]) -> Option<Timestamp> {
    let (certificate, _) = expect(SEQUENCE, certificate)?;
    let (mut fields, _) = expect(SEQUENCE, certificate)?;
    if let Some((_, rest)) = expect(EXPLICIT_VERSION, fields) {
        fields = rest;
    }
    let (_serial, fields) = expect(INTEGER, fields)?;
    let (_algorithm, fields) = expect(SEQUENCE, fields)?;
    let (_issuer, fields) = expect(SEQUENCE, fields)?;
    let (validity, _) = expect(SEQUENCE, fields)?;
    let (_, _not_before, rest) = element(validity)?;
    let (tag, not_after, _) = element(rest)?;
    time(tag, not_after)
}

/// The content of an element of a known kind, and what follows it.
fn expect(tag: u8, input: &[u8]) -> Option<(&[u8], &[u8])> {
    element(input)
        .filter(|(found, ..)| *found == tag)
        .map(|(_, content, rest)| (content, rest))
}

/// Tag and content of the first element, and what follows it.
fn element(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, input) = input.split_first()?;
    let (&first, mut input) = input.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let octets = usize::from(first & 0x7f);
        if octets == 0 || octets > 4 {
            return None;
        }
        let (long, rest) = input.split_at_checked(octets)?;
        length = long
            .iter()
            .fold(0, |length, octet| (length << 8) | usize::from(*octet));
        input = rest;
    }
    let (content, rest) = input.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// A time in one of the two forms RFC 5280 allows, both ending in `Z`.
fn time(tag: u8, text: &[u8]) -> Option<Timestamp> {
    let digits = text.strip_suffix(b"Z")?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (year, rest) = match (tag, digits.len()) {
        (UTC_TIME, 12) => {
            let year = number(&digits[..2]);
            (year + if year < 50 { 2000 } else { 1900 }, &digits[2..])
        }
        (GENERALIZED_TIME, 14) => (number(&digits[..4]), &digits[4..]),
        _ => return None,
    };
    if year == 9999 {
        return Some(Timestamp::MAX);
    }
    let part = |at: usize| i8::try_from(number(&rest[at..at + 2])).ok();
    let moment = DateTime::new(year, part(0)?, part(2)?, part(4)?, part(6)?, part(8)?, 0).ok()?;
    TimeZone::UTC.to_timestamp(moment).ok()
}

/// The value of at most four digits.
fn number(digits: &[u8]) -> i16 {
    digits
        .iter()
        .fold(0, |value, digit| value * 10 + i16::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn both_forms_of_time_are_read() {
        assert_eq!(
            time(UTC_TIME, b"491231235959Z"),
            Some(at("2049-12-31T23:59:59Z"))
        );
        assert_eq!(
            time(UTC_TIME, b"500101000000Z"),
            Some(at("1950-01-01T00:00:00Z"))
        );
        assert_eq!(
            time(GENERALIZED_TIME, b"20500101000000Z"),
            Some(at("2050-01-01T00:00:00Z"))
        );
        assert_eq!(
            time(GENERALIZED_TIME, b"99991231235959Z"),
            Some(Timestamp::MAX)
        );
    }

    #[test]
    fn other_times_are_not_guessed_at() {
        for text in [
            &b"2050010100000Z"[..],
            b"20500101000000",
            b"20501301000000Z",
            b"Z",
            b"",
        ] {
            assert_eq!(time(GENERALIZED_TIME, text), None);
        }
        assert_eq!(time(UTC_TIME, b"20500101000000Z"), None);
    }

    #[test]
    fn a_broken_certificate_has_no_end() {
        for bytes in [
            &b""[..],
            &[0x30],
            &[0x30, 0x80],
            &[0x30, 0x85, 0, 0, 0, 0, 1],
            &[0x30, 2, 0x30, 1],
        ] {
            assert_eq!(not_after(bytes), None);
        }
    }

    #[test]
    fn the_field_is_found_in_real_certificates() {
        for (year, expected) in [
            (2031, "2031-04-05T00:00:00Z"),
            (2061, "2061-04-05T00:00:00Z"),
        ] {
            let mut params =
                rcgen::CertificateParams::new(vec!["node".to_owned()]).expect("a name");
            params.not_after = rcgen::date_time_ymd(year, 4, 5);
            let key = rcgen::KeyPair::generate().expect("a key");
            let certificate = params.self_signed(&key).expect("a certificate");
            assert_eq!(not_after(certificate.der()), Some(at(expected)));
        }
    }

    #[test]
    fn no_bytes_are_read_beyond_their_end() {
        use proptest::{
            collection::vec,
            prelude::any,
            test_runner::{Config, TestRunner},
        };
        let params = rcgen::CertificateParams::new(vec!["node".to_owned()]).expect("a name");
        let key = rcgen::KeyPair::generate().expect("a key");
        let known = params.self_signed(&key).expect("a certificate");
        let cases = std::env::var("BAOCTL_CASES")
            .ok()
            .and_then(|cases| cases.parse().ok())
            .unwrap_or(256);
        let mut config = Config::with_cases(cases);
        config.failure_persistence = None;
        let changes = vec((any::<u16>(), any::<u8>()), 0..4);
        let strategy = (changes, any::<u16>(), vec(any::<u8>(), 0..40));
        TestRunner::new_with_rng(
            config,
            proptest::test_runner::TestRng::deterministic_rng(
                proptest::test_runner::RngAlgorithm::ChaCha,
            ),
        )
        .run(&strategy, |(changes, cut, any)| {
            let mut bytes = known.der().to_vec();
            for (at, with) in changes {
                let at = usize::from(at) % bytes.len().min(200);
                bytes[at] = with;
            }
            not_after(&bytes);
            bytes.truncate(usize::from(cut) % bytes.len());
            not_after(&bytes);
            not_after(&any);
            time(UTC_TIME, &any);
            time(GENERALIZED_TIME, &any);
            Ok(())
        })
        .expect("no panic");
    }
}
