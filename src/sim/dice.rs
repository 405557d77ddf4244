//! The world's chance: one seeded stream whose values are the same on every
//! machine and with every version of the library.

use std::time::Duration;

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// Seeded chance.
#[derive(Debug, Clone)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of a seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A stream of its own for a part of the world, so that what one part draws
    /// does not change what another gets.
    #[must_use]
    pub fn split(&mut self) -> Self {
        Self::seeded(self.0.next_u64())
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `end`; 0 when that is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        // Multiply and shift; the bias of less than end/2^64 does not matter here.
        let product = u128::from(self.0.next_u64()) * u128::from(end);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A time from `least` up to, but without, `most`.
    pub fn between(&mut self, least: Duration, most: Duration) -> Duration {
        let span = most.saturating_sub(least).as_micros();
        least + Duration::from_micros(self.below(u64::try_from(span).unwrap_or(u64::MAX)))
    }

    /// True so many times in a thousand.
    pub fn permille(&mut self, chance: u64) -> bool {
        self.below(1000) < chance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_these_numbers_everywhere() {
        let mut dice = Dice::seeded(7);
        let drawn: Vec<u64> = (0..4).map(|_| dice.below(1000)).collect();
        assert_eq!(drawn, [157, 167, 704, 726]);
    }

    #[test]
    fn bounds_hold() {
        let mut dice = Dice::seeded(1);
        let (least, most) = (Duration::from_millis(5), Duration::from_millis(9));
        assert!((0..1000).all(|_| (least..most).contains(&dice.between(least, most))));
        assert_eq!(dice.below(0), 0);
    }
}
