//! How a node that is behind the leader gets closer.

use std::time::Duration;

/// The lag of one incarnation, in entries, since it was first seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatchUp {
    began: Duration,
    first: u64,
    least: u64,
    closer_at: Duration,
}

/// What counts as closer is a part of the first lag so large: so a node that moves
/// without ever getting there is waited for in the end no longer.
const STEPS: u64 = 60;

impl CatchUp {
    /// First seen with this lag.
    #[must_use]
    pub const fn begin(lag: u64, now: Duration) -> Self {
        Self {
            began: now,
            first: lag,
            least: lag,
            closer_at: now,
        }
    }

    /// Takes in another look.
    pub fn observe(&mut self, lag: u64, now: Duration) {
        let step = (self.first / STEPS).max(1);
        if lag.saturating_add(step) <= self.least {
            self.least = lag;
            self.closer_at = now;
        }
    }

    /// When it last came closer.
    #[must_use]
    pub const fn closer_at(&self) -> Duration {
        self.closer_at
    }

    /// How long it takes at the rate so far; `None` while there is none to go by.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        let gained = self.first - self.least;
        let took = self.closer_at.saturating_sub(self.began);
        if gained == 0 || took < Duration::from_secs(5) {
            return None;
        }
        let millis = took.as_millis() * u128::from(self.least) / u128::from(gained);
        u64::try_from(millis).ok().map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_lag_that_shrinks_is_progress_and_tells_how_long_it_takes() {
        let mut node = CatchUp::begin(1000, s(0));
        assert_eq!(node.left(), None);
        node.observe(900, s(10));
        assert_eq!((node.closer_at(), node.left()), (s(10), Some(s(90))));
        node.observe(500, s(20));
        assert_eq!((node.closer_at(), node.left()), (s(20), Some(s(20))));
    }

    #[test]
    fn following_at_a_distance_or_by_crumbs_is_none() {
        let mut node = CatchUp::begin(6000, s(0));
        node.observe(6000, s(10));
        node.observe(7000, s(20));
        node.observe(5999, s(30));
        assert_eq!(node.closer_at(), s(0));
        node.observe(5900, s(40));
        assert_eq!(node.closer_at(), s(40));
    }

    #[test]
    fn the_last_entries_count_one_by_one() {
        let mut node = CatchUp::begin(3, s(0));
        node.observe(2, s(10));
        assert_eq!(node.closer_at(), s(10));
    }
}
