//! The members of a snapshot's tar, walked block by block as they arrive.

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, Write},
};

use sha2::{Digest, Sha256};
use tar::{EntryType, Header, PaxExtensions};

use crate::bao::{archive::ArchiveError, wire::clean};

const BLOCK: usize = 512;

/// Every member but the state is shorter than this
/// (`contracts/openbao-api.md` 8).
const SMALL: u64 = 8192;

/// A member of a snapshot: exactly one of each, and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// `meta.json`: what the snapshot is of.
    Meta,
    /// `state.bin`: the state, encrypted.
    State,
    /// `SHA256SUMS`: the digests of the two above.
    Sums,
    /// `SHA256SUMS.sealed`: the same, for the server's eyes only.
    SealedSums,
}

impl Member {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Meta, Self::State, Self::Sums, Self::SealedSums];

    /// Its name in the archive.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta.json",
            Self::State => "state.bin",
            Self::Sums => "SHA256SUMS",
            Self::SealedSums => "SHA256SUMS.sealed",
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is remembered of a member that was read to its end.
pub(super) struct Content {
    /// Its length.
    pub(super) size: u64,
    /// Its SHA-256, hex.
    pub(super) digest: String,
    /// Its bytes, unless it is the state.
    pub(super) text: Vec<u8>,
}

/// Takes a tar in pieces of any size.
pub(super) struct Members {
    state: State,
    /// The length a PAX header gives the next member: beyond 8 GiB the plain
    /// header has no room for it.
    next_size: Option<u64>,
    done: BTreeMap<Member, Content>,
    failure: Option<ArchiveError>,
}

enum State {
    /// Collecting a header.
    Header(Vec<u8>),
    /// In an entry's content.
    Content(Box<Entry>),
    /// Between a content and the next header, with so many bytes to go.
    Padding(usize),
    /// After the first of the two blocks that end a tar.
    Ending(usize),
    /// After the end.
    Ended,
}

struct Entry {
    /// `None` for a PAX header.
    member: Option<Member>,
    size: u64,
    left: u64,
    digest: Sha256,
    text: Vec<u8>,
}

impl Members {
    /// Nothing read yet.
    pub(super) const fn new() -> Self {
        Self {
            state: State::Header(Vec::new()),
            next_size: None,
            done: BTreeMap::new(),
            failure: None,
        }
    }

    /// Why a write failed.
    pub(super) const fn failure(&mut self) -> Option<ArchiveError> {
        self.failure.take()
    }

    /// The members, provided the tar came to its proper end.
    pub(super) fn finish(self) -> Result<BTreeMap<Member, Content>, ArchiveError> {
        match self.state {
            State::Ended => Ok(self.done),
            _ => Err(ArchiveError::NoEnd),
        }
    }

    fn feed(&mut self, mut input: &[u8]) -> Result<(), ArchiveError> {
        while !input.is_empty() {
            let used = match &mut self.state {
                State::Header(block) => {
                    let used = input.len().min(BLOCK - block.len());
                    block.extend_from_slice(&input[..used]);
                    if block.len() == BLOCK {
                        let block = std::mem::take(block);
                        self.state = self.begin(&block)?;
                    }
                    used
                }
                State::Content(entry) => {
                    let used = entry.take(input);
                    if entry.left == 0 {
                        self.end()?;
                    }
                    used
                }
                State::Padding(left) => {
                    let used = input.len().min(*left);
                    *left -= used;
                    if *left == 0 {
                        self.state = State::Header(Vec::new());
                    }
                    used
                }
                State::Ending(left) => {
                    let used = input.len().min(*left);
                    if input[..used].iter().any(|byte| *byte != 0) {
                        return Err(ArchiveError::NoEnd);
                    }
                    *left -= used;
                    if *left == 0 {
                        self.state = State::Ended;
                    }
                    used
                }
                State::Ended => return Err(ArchiveError::Trailing),
            };
            input = &input[used..];
        }
        Ok(())
    }

    /// What follows a header.
    fn begin(&mut self, block: &[u8]) -> Result<State, ArchiveError> {
        if block.iter().all(|byte| *byte == 0) {
            return Ok(State::Ending(BLOCK));
        }
        let header = Header::from_byte_slice(block);
        let broken = |error: io::Error| ArchiveError::Header(clean(&error.to_string()));
        if header.cksum().map_err(broken)? != checksum(block) {
            return Err(ArchiveError::Header("its checksum is wrong".to_owned()));
        }
        let size = header.entry_size().map_err(broken)?;
        let (member, size) = match header.entry_type() {
            EntryType::XHeader => (None, size),
            EntryType::Regular => {
                let name = header.path_bytes();
                let member = Member::ALL
                    .into_iter()
                    .find(|member| member.name().as_bytes() == &*name)
                    .ok_or_else(|| {
                        ArchiveError::Unexpected(clean(&String::from_utf8_lossy(&name)))
                    })?;
                if self.done.contains_key(&member) {
                    return Err(ArchiveError::Repeated(member));
                }
                (Some(member), self.next_size.take().unwrap_or(size))
            }
            _ => {
                let name = String::from_utf8_lossy(&header.path_bytes()).into_owned();
                return Err(ArchiveError::Unexpected(clean(&name)));
            }
        };
        if member != Some(Member::State) && size >= SMALL {
            return Err(ArchiveError::TooLong { member, size });
        }
        self.state = State::Content(Box::new(Entry {
            member,
            size,
            left: size,
            digest: Sha256::new(),
            text: Vec::new(),
        }));
        if size == 0 {
            self.end()?;
        }
        Ok(std::mem::replace(&mut self.state, State::Ended))
    }

    /// Puts away the entry that was read, and goes on to its padding.
    fn end(&mut self) -> Result<(), ArchiveError> {
        let State::Content(entry) = std::mem::replace(&mut self.state, State::Ended) else {
            return Ok(());
        };
        let over = usize::try_from(entry.size % BLOCK as u64).unwrap_or(0);
        self.state = match over {
            0 => State::Header(Vec::new()),
            over => State::Padding(BLOCK - over),
        };
        match entry.member {
            Some(member) => {
                let content = Content {
                    size: entry.size,
                    digest: hex(&entry.digest.finalize()),
                    text: entry.text,
                };
                self.done.insert(member, content);
            }
            None => self.next_size = Some(pax_size(&entry.text)?),
        }
        Ok(())
    }
}

impl Entry {
    /// Takes what of the input is this entry's.
    fn take(&mut self, input: &[u8]) -> usize {
        let used = usize::try_from(self.left).map_or(input.len(), |left| left.min(input.len()));
        let taken = &input[..used];
        self.digest.update(taken);
        if self.member != Some(Member::State) {
            self.text.extend_from_slice(taken);
        }
        self.left -= used as u64;
        used
    }
}

impl Write for Members {
    fn write(&mut self, input: &[u8]) -> io::Result<usize> {
        match self.feed(input) {
            Ok(()) => Ok(input.len()),
            Err(failure) => {
                let error = io::Error::other(failure.to_string());
                self.failure = Some(failure);
                Err(error)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The sum of a header's bytes, its own field counted as blanks.
fn checksum(block: &[u8]) -> u32 {
    block
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            u32::from(if (148..156).contains(&at) {
                b' '
            } else {
                *byte
            })
        })
        .sum()
}

/// The length a PAX header is there to give; one that is there for anything
/// else has no place in a snapshot.
fn pax_size(records: &[u8]) -> Result<u64, ArchiveError> {
    let mut size = None;
    for record in PaxExtensions::new(records) {
        let record = record.map_err(|error| ArchiveError::Header(clean(&error.to_string())))?;
        match (record.key(), record.value()) {
            (Ok("size"), Ok(value)) => size = value.parse().ok(),
            (Ok("mtime" | "atime" | "ctime"), _) => {}
            _ => return Err(ArchiveError::Header("an extended header".to_owned())),
        }
    }
    size.ok_or_else(|| ArchiveError::Header("an extended header without a size".to_owned()))
}

/// Bytes as lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .map(|digit| DIGITS[usize::from(digit)])
        .collect()
}
