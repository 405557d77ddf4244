//! Whether a file is a whole raft snapshot, found out without a server.
//!
//! A download that broke off on the server's side ends as cleanly as one that
//! is complete, so the content is all there is to go by
//! (`contracts/openbao-api.md` 8). What cannot be checked is the sealed copy of
//! the digests, for which only the server has the key.

use std::io::{self, Read, Write};

use flate2::write::GzDecoder;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::bao::{
    members::{Content, Member, Members, hex},
    wire::{clean, parse},
};

/// Why a file is not a whole snapshot.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file could not be read.
    #[error("the file cannot be read: {0}")]
    File(#[source] io::Error),
    /// The gzip stream is broken or ends early.
    #[error("not a whole gzip stream: {0}")]
    Gzip(String),
    /// There is something after the end.
    #[error("there are bytes after its end")]
    Trailing,
    /// The tar ends without its end marker.
    #[error("the tar in it has no end")]
    NoEnd,
    /// A tar header is broken.
    #[error("a member's header is broken: {0}")]
    Header(String),
    /// A member that does not belong there.
    #[error("unexpected member {0:?}")]
    Unexpected(String),
    /// A member came twice.
    #[error("member {0} is there twice")]
    Repeated(Member),
    /// A member is not there.
    #[error("member {0} is missing")]
    Missing(Member),
    /// A member is longer than its kind ever is.
    #[error("{} has {size} bytes", member.map_or("an extended header", Member::name))]
    TooLong {
        /// Which; `None` for a tar extended header.
        member: Option<Member>,
        /// Its length.
        size: u64,
    },
    /// `meta.json` cannot be read.
    #[error("meta.json is {0}")]
    Meta(String),
    /// `SHA256SUMS` cannot be read.
    #[error("SHA256SUMS does not list exactly meta.json and state.bin")]
    Sums,
    /// A digest differs.
    #[error("the digest of {0} is not the listed one")]
    Digest(Member),
    /// `state.bin` has another length than `meta.json` says.
    #[error("state.bin has {found} bytes where meta.json says {expected}")]
    Size {
        /// By `meta.json`.
        expected: u64,
        /// Really.
        found: u64,
    },
}

/// A whole snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The last raft index in it.
    pub index: u64,
    /// The term of that index.
    pub term: u64,
    /// The file's size.
    pub bytes: u64,
    /// SHA-256 of the whole file, hex.
    pub sha256: String,
}

/// Verifies a snapshot that comes in pieces, keeping none of them.
pub struct Verifier {
    gzip: GzDecoder<Members>,
    whole: Sha256,
    bytes: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Meta {
    index: u64,
    term: u64,
    size: u64,
}

impl Default for Verifier {
    fn default() -> Self {
        Self::new()
    }
}

impl Verifier {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            gzip: GzDecoder::new(Members::new()),
            whole: Sha256::new(),
            bytes: 0,
        }
    }

    /// Takes the next piece of the file.
    ///
    /// # Errors
    ///
    /// When the file is no snapshot, as far as can be told by now.
    pub fn push(&mut self, mut piece: &[u8]) -> Result<(), ArchiveError> {
        self.whole.update(piece);
        self.bytes += piece.len() as u64;
        while !piece.is_empty() {
            match self.gzip.write(piece) {
                // The decoder takes nothing after its trailer.
                Ok(0) => return Err(ArchiveError::Trailing),
                Ok(used) => piece = &piece[used..],
                Err(error) => return Err(self.failure(&error)),
            }
        }
        Ok(())
    }

    /// What the file is, now that all of it was seen.
    ///
    /// # Errors
    ///
    /// When it is not a whole snapshot.
    pub fn finish(mut self) -> Result<Verified, ArchiveError> {
        if let Err(error) = self.gzip.try_finish() {
            return Err(self.failure(&error));
        }
        let members = match self.gzip.finish() {
            Ok(members) => members.finish()?,
            Err(error) => return Err(ArchiveError::Gzip(clean(&error.to_string()))),
        };
        let member = |member| members.get(&member).ok_or(ArchiveError::Missing(member));
        let [meta, state, sums] = [
            member(Member::Meta)?,
            member(Member::State)?,
            member(Member::Sums)?,
        ];
        member(Member::SealedSums)?;
        for (of, listed) in listed(&sums.text).ok_or(ArchiveError::Sums)? {
            if member(of)?.digest != listed {
                return Err(ArchiveError::Digest(of));
            }
        }
        let Meta { index, term, size } = read_meta(meta)?;
        if state.size != size {
            return Err(ArchiveError::Size {
                expected: size,
                found: state.size,
            });
        }
        Ok(Verified {
            index,
            term,
            bytes: self.bytes,
            sha256: hex(&self.whole.finalize()),
        })
    }

    fn failure(&mut self, error: &io::Error) -> ArchiveError {
        self.gzip
            .get_mut()
            .failure()
            .unwrap_or_else(|| ArchiveError::Gzip(clean(&error.to_string())))
    }
}

/// Verifies a snapshot from a reader, a piece at a time.
///
/// # Errors
///
/// When it is not a whole snapshot, or cannot be read.
pub fn verify(mut file: impl Read) -> Result<Verified, ArchiveError> {
    let mut verifier = Verifier::new();
    let mut piece = vec![0; 64 << 10];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return verifier.finish(),
            Ok(length) => verifier.push(&piece[..length])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ArchiveError::File(error)),
        }
    }
}

fn read_meta(meta: &Content) -> Result<Meta, ArchiveError> {
    parse(&meta.text).map_err(ArchiveError::Meta)
}

/// The digests of `SHA256SUMS`, whose two lines come in any order.
fn listed(sums: &[u8]) -> Option<[(Member, &str); 2]> {
    let mut lines = std::str::from_utf8(sums)
        .ok()?
        .strip_suffix('\n')?
        .split('\n');
    let mut line = || {
        let (digest, name) = lines.next()?.split_once("  ")?;
        let member = [Member::Meta, Member::State]
            .into_iter()
            .find(|member| member.name() == name)?;
        let is_digest = digest.len() == 64
            && digest
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_digest.then_some((member, digest))
    };
    let both = [line()?, line()?];
    (both[0].0 != both[1].0 && lines.next().is_none()).then_some(both)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_list_both_members_once_in_any_order() {
        let digest = "0123456789abcdef".repeat(4);
        let sums = |names: &[&str]| -> String {
            let lines = names
                .iter()
                .map(|name| [&digest, "  ", name, "\n"].concat());
            lines.collect()
        };
        for (names, expected) in [
            (&["meta.json", "state.bin"][..], true),
            (&["state.bin", "meta.json"], true),
            (&["meta.json"], false),
            (&["meta.json", "meta.json"], false),
            (&["meta.json", "state.bin", "state.bin"], false),
            (&["meta.json", "x"], false),
        ] {
            assert_eq!(
                listed(sums(names).as_bytes()).is_some(),
                expected,
                "{names:?}"
            );
        }
        let text = sums(&["meta.json", "state.bin"]);
        assert!(listed(&text.as_bytes()[1..]).is_none());
        assert!(listed(text.trim_end().as_bytes()).is_none());
    }
}
