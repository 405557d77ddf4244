//! Whether a node follows the leader now, not only a while ago.
//!
//! A node that was caught up twice may have been cut off since; it goes on
//! answering with the index it had. Only an entry that is younger than the last
//! few looks shows that it is still being sent any, and that what is left of the
//! quorum could commit.

use std::time::Duration;

/// Looks at the world that an entry may be old.
const LOOKS: usize = 3;

/// An entry that is younger than this counts however many looks it is ago: acts
/// follow each other within milliseconds, entries need not.
const YOUNG: Duration = Duration::from_secs(1);

/// What is older than this proves nothing, however few looks it is ago: this
/// process was suspended, or could not look. Looks are a second apart at most.
const LONGEST: Duration = Duration::from_secs(8);

/// The entries that were committed during the last few looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commits {
    /// When the last few looks were.
    pub looks: Vec<Duration>,
    /// The leader's committed index at the last look that saw one, and when.
    pub last: Option<(u64, Duration)>,
    /// Indexes that were committed meanwhile.
    pub young: Vec<Commit>,
}

/// An index that was committed between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commit {
    /// The index.
    pub index: u64,
    /// The look at which it was not committed yet.
    pub after: Duration,
}

impl Commits {
    /// Takes in the leader's committed index, where one was seen.
    pub(super) fn look(&mut self, committed: Option<u64>, now: Duration) {
        if let Some(index) = committed {
            if let Some((_, after)) = self.last.filter(|(before, _)| *before < index) {
                self.young.push(Commit { index, after });
            }
            self.last = Some((index, now));
        }
        self.looks.push(now);
        let surplus = self.looks.len().saturating_sub(LOOKS);
        self.looks.drain(..surplus);
        let first = self.looks.first().copied().unwrap_or(now);
        self.young.retain(|commit| {
            let age = now.saturating_sub(commit.after);
            age <= YOUNG || (commit.after >= first && age <= LONGEST)
        });
    }

    /// Whether a node that has applied this index has applied an entry that was
    /// committed during the last few looks.
    #[must_use]
    pub fn are_followed(&self, applied: u64, now: Duration) -> bool {
        self.young
            .iter()
            .any(|commit| commit.index <= applied && now.saturating_sub(commit.after) <= LONGEST)
    }

    /// The index after which an entry has to come for the next proof.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.last.map_or(0, |(index, _)| index + 1)
    }
}
