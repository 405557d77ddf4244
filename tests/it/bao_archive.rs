//! Snapshots: which files pass for one.

use std::{fs, io::Write};

use baoctl::bao::{ArchiveError, Member, verify};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};

use crate::bao_world::fixture;

const VERSIONS: [&str; 2] = ["2.6.2", "2.7.2"];

pub(crate) fn recorded_snapshot(version: &str) -> Vec<u8> {
    fs::read(fixture(version, "snapshot-leader.snap")).expect("a snapshot")
}

fn unzipped(file: &[u8]) -> Vec<u8> {
    let mut tar = Vec::new();
    std::io::copy(&mut GzDecoder::new(file), &mut tar).expect("gzip");
    tar
}

fn zipped(tar: &[u8], level: u32) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::new(level));
    gzip.write_all(tar).expect("memory");
    gzip.finish().expect("memory")
}

/// The recorded members, changed, in a well-formed archive.
fn rebuilt(change: impl FnOnce(&mut Vec<(String, Vec<u8>)>)) -> Vec<u8> {
    let mut members = Vec::new();
    let tar = unzipped(&recorded_snapshot("2.7.2"));
    for entry in tar::Archive::new(&*tar).entries().expect("a tar") {
        let mut entry = entry.expect("an entry");
        let name = entry.path().expect("a name").display().to_string();
        let mut content = Vec::new();
        std::io::copy(&mut entry, &mut content).expect("a content");
        members.push((name, content));
    }
    change(&mut members);
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, name, &*content)
            .expect("memory");
    }
    zipped(&tar.into_inner().expect("memory"), 6)
}

fn error(file: &[u8]) -> ArchiveError {
    verify(file).expect_err("not a whole snapshot")
}

#[test]
pub(crate) fn recorded_snapshots_are_whole() {
    for version in VERSIONS {
        let file = recorded_snapshot(version);
        let verified = verify(&*file).expect(version);
        assert_eq!((verified.index, verified.term), (90, 3));
        assert_eq!(verified.bytes, file.len() as u64);
        assert_eq!(verified.sha256.len(), 64);
        // 2.4 and 2.5 compress, and the order is no part of the format.
        assert!(verify(&*zipped(&unzipped(&file), 6)).is_ok());
    }
    assert!(verify(&*rebuilt(|members| members.reverse())).is_ok());
}

#[test]
fn a_file_cut_anywhere_is_not_whole() {
    for version in VERSIONS {
        let file = recorded_snapshot(version);
        let offsets = (0..64)
            .chain((64..file.len() - 1600).step_by(613))
            .chain((file.len() - 1600..file.len() - 24).step_by(13))
            .chain(file.len() - 24..file.len());
        for offset in offsets {
            assert!(
                verify(&file[..offset]).is_err(),
                "{version} cut at {offset}"
            );
        }
    }
}

/// A server that fails in mid-stream may close its gzip stream properly.
#[test]
fn a_tar_cut_anywhere_is_not_whole_though_the_gzip_is() {
    let tar = unzipped(&recorded_snapshot("2.6.2"));
    for offset in (0..tar.len())
        .step_by(509)
        .chain([tar.len() - 512, tar.len() - 1])
    {
        let result = verify(&*zipped(&tar[..offset], 0));
        assert!(result.is_err(), "cut at {offset}");
    }
    assert!(matches!(
        error(&zipped(&tar[..tar.len() - 512], 0)),
        ArchiveError::NoEnd
    ));
}

#[test]
fn a_changed_byte_is_found() {
    let file = recorded_snapshot("2.7.2");
    for offset in (20..file.len()).step_by(797) {
        let mut changed = file.clone();
        changed[offset] ^= 0x10;
        assert!(verify(&*changed).is_err(), "changed at {offset}");
    }
    // Also where the gzip checksum was made to fit.
    let changed = rebuilt(|members| members[1].1[7] ^= 1);
    assert!(matches!(
        error(&changed),
        ArchiveError::Digest(Member::State)
    ));
    let changed = rebuilt(|members| members[0].1[20] ^= 1);
    assert!(matches!(
        error(&changed),
        ArchiveError::Digest(Member::Meta)
    ));
}

#[test]
fn bytes_after_the_end_are_found() {
    let file = recorded_snapshot("2.6.2");
    for tail in [&b"\0"[..], b"garbage", &file] {
        let longer = [&file, tail].concat();
        assert!(matches!(error(&longer), ArchiveError::Trailing));
    }
    let tar = [unzipped(&file), vec![0; 512]].concat();
    assert!(matches!(error(&zipped(&tar, 0)), ArchiveError::Trailing));
}

#[test]
fn exactly_the_four_members_are_accepted() {
    for member in Member::ALL {
        let without = rebuilt(|members| members.retain(|(name, _)| name != member.name()));
        assert!(matches!(error(&without), ArchiveError::Missing(missing) if missing == member));
    }
    let extra = rebuilt(|members| members.push(("x".to_owned(), Vec::new())));
    assert_eq!(error(&extra).to_string(), "unexpected member \"x\"");
    let twice = rebuilt(|members| members.push(members[0].clone()));
    assert!(matches!(
        error(&twice),
        ArchiveError::Repeated(Member::Meta)
    ));
    let long = rebuilt(|members| members[3].1 = vec![0; 8192]);
    assert_eq!(error(&long).to_string(), "SHA256SUMS.sealed has 8192 bytes");
    let unlisted = rebuilt(|members| members[2].1.truncate(76));
    assert!(matches!(error(&unlisted), ArchiveError::Sums));
}

#[test]
fn a_length_beyond_the_plain_header_is_read() {
    let mut records = None;
    let file = rebuilt(|members| records = Some(members.clone()));
    assert!(verify(&*file).is_ok());
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in records.expect("members") {
        let size = content.len().to_string();
        tar.append_pax_extensions([("size", size.as_bytes())])
            .expect("memory");
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, name, &*content)
            .expect("memory");
    }
    let file = zipped(&tar.into_inner().expect("memory"), 0);
    assert_eq!(verify(&*file).expect("a snapshot").index, 90);
}
