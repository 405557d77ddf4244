//! `baoctl rehearse`.

use std::{num::NonZeroU32, ops::Range, path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, Subcommand};

use crate::model::version::Version;

use super::{
    change::{OrderArg, WaiverArgs},
    colours::UntilArg,
    duration, help,
};

/// The strategies.
#[derive(Debug, Clone, Subcommand)]
pub enum RehearseCommand {
    /// Rehearse `upgrade rolling`
    #[command(after_help = help::REHEARSE_EXAMPLES)]
    Rolling(Box<RehearseArgs>),
    /// Rehearse `upgrade bluegreen`
    #[command(name = "bluegreen", after_help = help::REHEARSE_BLUE_GREEN_EXAMPLES)]
    BlueGreen(Box<RehearseBlueGreenArgs>),
}

impl RehearseCommand {
    /// Their flags.
    #[must_use]
    pub const fn arguments(&self) -> &RehearseArgs {
        match self {
            Self::Rolling(arguments) => arguments,
            Self::BlueGreen(arguments) => &arguments.common,
        }
    }

    /// The same, with the strategy and its own flags among them.
    #[must_use]
    pub fn with_strategy(&self) -> RehearseArgs {
        let coloured = match self {
            Self::Rolling(_) => None,
            Self::BlueGreen(arguments) => Some(ColouredArgs {
                until: arguments.until,
                soak: arguments.soak,
            }),
        };
        RehearseArgs {
            coloured,
            ..self.arguments().clone()
        }
    }
}

/// What only `baoctl rehearse bluegreen` is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColouredArgs {
    /// Where it stops until it is promoted.
    pub until: Option<UntilArg>,
    /// How long green is watched.
    pub soak: Option<Duration>,
}

/// Flags of `baoctl rehearse bluegreen`.
#[derive(Debug, Clone, Args)]
pub struct RehearseBlueGreenArgs {
    /// Those of both strategies.
    #[command(flatten)]
    pub common: RehearseArgs,
    /// Stop there first, and promote ten seconds later, in the same rehearsal
    #[arg(long, value_enum, value_name = "POINT")]
    pub until: Option<UntilArg>,
    /// How long to watch green serve before blue is removed; not at all by default
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub soak: Option<Duration>,
}

/// Flags of `baoctl rehearse`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of the command line"
)]
#[derive(Debug, Clone, Args)]
pub struct RehearseArgs {
    /// The version to reach
    #[arg(long, value_name = "VERSION", required_unless_present = "scenario")]
    pub to: Option<Version>,
    /// The version the cluster runs
    #[arg(long, value_name = "VERSION")]
    pub from: Option<Version>,
    /// Voters: 1, 3, 5 or 7
    #[arg(long, value_name = "N")]
    pub replicas: Option<u32>,
    /// Ordinal of the leader
    #[arg(long, value_name = "K")]
    pub leader: Option<u32>,
    /// A scenario file: the cluster, the upgrade, and what goes wrong
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// Order of the pods; auto needs one leader move wherever the leader is
    #[arg(long, value_enum, value_name = "ORDER")]
    pub order: Option<OrderArg>,
    /// Chance: the same seed gives the same run, byte for byte
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "seeds")]
    pub seed: u64,
    /// How much faster than life, 1 to 1000 or max; by default 3 at a terminal
    /// and max elsewhere
    #[arg(long, value_name = "X", conflicts_with = "seeds")]
    pub speed: Option<Speed>,
    /// Build the world like this real cluster, which is only read
    #[arg(long, value_name = "CLUSTER", conflicts_with_all = ["scenario", "from", "replicas", "leader"])]
    pub from_cluster: Option<String>,
    /// Write what is rehearsed as a scenario file
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Rehearse once with each seed from A up to, without, B; ends with a table
    #[arg(long, value_name = "A..B", value_parser = seeds)]
    pub seeds: Option<Range<u64>>,
    /// Begin no rehearsal after so long; those that were played are told
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, requires = "seeds")]
    pub timeout: Option<Duration>,
    /// Kill baoctl at each of its writes (before it, done but unanswered,
    /// answered), run it again, and compare how the cluster is left; or at the
    /// K-th write only
    #[arg(long, value_name = "K", num_args = 0..=1, default_missing_value = "every", conflicts_with_all = ["seeds", "faults"])]
    pub crashes: Option<Writes>,
    /// Un-pause the operator at each of baoctl's writes: once beside a baoctl
    /// that goes on, once behind one that was killed there and is run again a
    /// minute later
    #[arg(long, conflicts_with_all = ["seeds", "faults", "crashes"])]
    pub unpauses: bool,
    /// Let everything stand still for good at each of baoctl's writes, and a moment
    /// after it: the network, then the cluster behind it. It has to end by itself
    #[arg(long, conflicts_with_all = ["seeds", "faults", "crashes", "unpauses"])]
    pub standstills: bool,
    /// Whoever runs baoctl again, once it was killed or has halted, goes back to
    /// the version the cluster came from
    #[arg(long)]
    pub back: bool,
    /// With each seed another cluster: 1, 3, 5 or 7 voters, any leader, any order,
    /// both kinds of pairs of versions, and now and then the way back
    #[arg(long, conflicts_with_all = ["scenario", "from", "replicas", "leader", "order", "from_cluster", "back", "crashes", "unpauses", "standstills", "save"])]
    pub any_cluster: bool,
    /// With each seed, what goes wrong by chance: none, some (one or two
    /// things), all (up to six), or the faults named: F1,F11,F24
    #[arg(long, value_name = "WHICH", default_value = "none")]
    pub faults: Chance,
    /// Take the snapshot first, to this file, which is removed at the end; one
    /// file for each of many seeds
    #[arg(long, value_name = "FILE", conflicts_with_all = ["crashes", "unpauses", "standstills"])]
    pub snapshot: Option<PathBuf>,
    /// Waivers. Without one for it, a one-way door is accepted.
    #[command(flatten)]
    pub waivers: WaiverArgs,
    /// It is `rehearse bluegreen`: set from the command's name.
    #[arg(skip)]
    pub coloured: Option<ColouredArgs>,
}

/// `--speed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// So many times as fast as life.
    Times(NonZeroU32),
    /// As fast as the machine can.
    Max,
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self::Max);
        }
        text.parse::<NonZeroU32>()
            .ok()
            .filter(|times| times.get() <= 1000)
            .map(Self::Times)
            .ok_or_else(|| "a speed is a whole number from 1 to 1000, or max".to_owned())
    }
}

/// `--crashes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// Every write of an undisturbed run.
    Every,
    /// The one of this number, counted from 1.
    Only(u64),
}

impl FromStr for Writes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "every" {
            return Ok(Self::Every);
        }
        text.parse()
            .ok()
            .filter(|number| *number > 0)
            .map(Self::Only)
            .ok_or_else(|| "a write is given by its number, from 1".to_owned())
    }
}

/// `--faults`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chance {
    /// Nothing goes wrong by chance.
    None,
    /// One or two things.
    Some,
    /// Up to six.
    All,
    /// Of these faults, up to three.
    Of(Vec<u8>),
}

impl FromStr for Chance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "some" => Ok(Self::Some),
            "all" => Ok(Self::All),
            list => list
                .split(',')
                .map(|name| {
                    name.trim()
                        .strip_prefix(['F', 'f'])
                        .and_then(|number| number.parse().ok())
                        .filter(|number| (1..=59).contains(number))
                        .ok_or_else(|| {
                            format!("{name:?} is not none, some, all, or a fault F1 to F59")
                        })
                })
                .collect::<Result<_, _>>()
                .map(Self::Of),
        }
    }
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let range = text
        .split_once("..")
        .and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    match range {
        Some(range) if range.start < range.end => Ok(range),
        Some(range) if range.start > range.end => {
            Err("the range is reversed: seeds are given from the lower to the higher".to_owned())
        }
        Some(_) => Err("the range is empty: its end is left out of it".to_owned()),
        None => Err(format!(
            "seeds are given as A..B, for instance 0..100, each up to {}",
            u64::MAX
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::seeds;

    #[test]
    fn seeds_are_a_range_of_any_size() {
        assert_eq!(seeds("0..1"), Ok(0..1));
        assert_eq!(seeds("0..18446744073709551615"), Ok(0..u64::MAX));
        for (text, why) in [
            ("5..5", "empty"),
            ("9..3", "reversed"),
            ("18446744073709551615..0", "reversed"),
            ("0..18446744073709551616", "each up to"),
            ("-1..4", "each up to"),
            ("0..=4", "each up to"),
            ("7", "A..B"),
            ("..", "A..B"),
        ] {
            let error = seeds(text).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
