//! Where baoctl is to die: at its k-th write.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment around a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// Before the write leaves.
    #[default]
    Before,
    /// The write was applied, its reply never came.
    NoReply,
    /// The reply was received; nothing was asked since.
    After,
}

impl Side {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Before, Self::NoReply, Self::After];
}

/// A crash that is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrashPoint {
    /// Counted from 1, dry runs and reviews left out.
    pub write: u64,
    /// On which side of it.
    pub side: Side,
}

/// Counts writes and says when it is time.
#[derive(Debug, Clone, Default)]
pub struct Crash {
    planned: Option<CrashPoint>,
    writes: u64,
    /// The write has been answered: the next request is one too many.
    armed: bool,
    struck: bool,
    /// Until the process is run again, where that is longer than usual.
    away: Option<Duration>,
}

/// What becomes of a request that is being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is sent.
    Sent,
    /// It is sent, and its reply must not come.
    SentLast,
    /// It is never sent.
    Unsent,
}

impl Crash {
    /// Plans a crash.
    #[must_use]
    pub fn at(point: CrashPoint) -> Self {
        Self {
            planned: Some(point),
            ..Self::default()
        }
    }

    /// Writes sent so far.
    #[must_use]
    pub const fn writes(&self) -> u64 {
        self.writes
    }

    /// The process has died.
    #[must_use]
    pub const fn struck(&self) -> bool {
        self.struck
    }

    /// It is to die, and has not yet.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        !self.struck
            && match self.planned {
                Some(point) => self.armed || point.write > self.writes,
                None => self.armed,
            }
    }

    /// The process dies now.
    pub const fn strike(&mut self) {
        self.struck = true;
    }

    /// The process dies at its next request.
    pub const fn strike_next(&mut self) {
        self.armed = true;
    }

    /// The process dies at its next write.
    pub const fn strike_at_next_write(&mut self, side: Side) {
        self.planned = Some(CrashPoint {
            write: self.writes + 1,
            side,
        });
    }

    /// Nobody runs it again for so long.
    pub const fn stays_away(&mut self, away: Option<Duration>) {
        self.away = away;
    }

    /// Until somebody runs it again, where that was said.
    #[must_use]
    pub const fn away(&self) -> Option<Duration> {
        self.away
    }

    /// Another process begins; its writes are counted on.
    pub const fn revive(&mut self) {
        self.struck = false;
        self.armed = false;
        self.away = None;
    }

    /// Takes note of a request that is about to be sent.
    pub fn sending(&mut self, is_write: bool) -> Fate {
        if self.struck || self.armed {
            self.struck = true;
            return Fate::Unsent;
        }
        if !is_write {
            return Fate::Sent;
        }
        self.writes += 1;
        match self.planned {
            Some(point) if point.write == self.writes => match point.side {
                Side::Before => {
                    self.struck = true;
                    Fate::Unsent
                }
                Side::NoReply => Fate::SentLast,
                Side::After => {
                    self.armed = true;
                    Fate::Sent
                }
            },
            _ => Fate::Sent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_after_a_write_lets_its_reply_come_and_nothing_more_be_asked() {
        let mut crash = Crash::at(CrashPoint {
            write: 2,
            side: Side::After,
        });
        assert_eq!(crash.sending(true), Fate::Sent);
        assert_eq!(crash.sending(false), Fate::Sent);
        assert_eq!(crash.sending(true), Fate::Sent);
        assert!(!crash.struck());
        assert_eq!(crash.sending(false), Fate::Unsent);
        assert!(crash.struck());
    }
}
