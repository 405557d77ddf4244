//! What goes wrong by chance, drawn from a seed.

use std::time::Duration;

use crate::model::{version::Version, waiver::Waiver};

use super::{
    crash::Side,
    dice::Dice,
    fault::{Fault, Seconds},
    scenario::{Planned, Scenario, When},
    who::Who,
};

/// How much goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    /// Nothing.
    None,
    /// One or two things.
    Some,
    /// Up to six.
    All,
    /// Up to three, of faults of these numbers.
    Of(Vec<u8>),
}

/// The longest undisturbed upgrade is over by then; what is planned for later
/// never strikes.
const SPAN: Duration = Duration::from_secs(90);
/// Writes of an undisturbed upgrade of three pods.
const WRITES: u64 = 40;

/// Draws what goes wrong in a rehearsal of this scenario.
#[must_use]
pub fn draw(scenario: &Scenario, amount: &Amount, dice: &mut Dice) -> Vec<Planned> {
    let most = match amount {
        Amount::None => return Vec::new(),
        Amount::Some => 2,
        Amount::All => 6,
        Amount::Of(_) => 3,
    };
    let kinds = kinds(amount);
    if kinds.is_empty() {
        return Vec::new();
    }
    let planned = |number: u8, dice: &mut Dice| {
        let what = fault(number, scenario, dice);
        Planned {
            when: when(&what, dice),
            what,
        }
    };
    let mut drawn: Vec<Planned> = (0..=dice.below(most))
        .map(|_| {
            let pick = usize::try_from(dice.below(kinds.len() as u64)).unwrap_or(0);
            planned(kinds[pick], dice)
        })
        .collect();
    if *amount == Amount::All {
        for (number, chance) in ADDED {
            if dice.permille(chance) {
                drawn.push(planned(number, dice));
            }
        }
    }
    drawn
}

/// The scenario on a cluster that is drawn: its size, who leads, in which order,
/// from which version to which, and whether the run is sent back.
#[must_use]
pub fn any_cluster(scenario: &Scenario, dice: &mut Dice) -> Scenario {
    let pick = |dice: &mut Dice, most: u64| usize::try_from(dice.below(most)).unwrap_or(0);
    let mut drawn = scenario.clone();
    let replicas = [1, 3, 3, 5, 7][pick(dice, 5)];
    drawn.cluster.replicas = replicas;
    drawn.cluster.leader = u32::try_from(dice.below(u64::from(replicas))).unwrap_or(0);
    let order = [None, Some("reverse-ordinal"), Some("leader-last")][pick(dice, 3)];
    // Drawn in any case: a seed is the same cluster under both strategies.
    drawn.order = order
        .filter(|_| !scenario.cluster.is_blue_green())
        .map(str::to_owned);
    let (from, to) = [((2, 6, 2), (2, 7, 2)), ((2, 6, 1), (2, 6, 2))][pick(dice, 2)];
    drawn.cluster.version = Version::new(from.0, from.1, from.2);
    drawn.to = Version::new(to.0, to.1, to.2);
    drawn.back = dice.permille(300);
    if replicas == 1 {
        let waivers = drawn.waivers.get_or_insert_default();
        waivers.push(Waiver::AllowDowntime);
    }
    drawn
}

/// The faults that chance draws; the others need a scenario that says more.
pub const DRAWN: [u8; 30] = [
    1, 3, 4, 7, 9, 10, 11, 12, 16, 17, 18, 19, 20, 21, 23, 24, 25, 27, 29, 30, 32, 33, 34, 36, 37,
    39, 43, 49, 50, 51,
];

/// Those that came later: each has a chance of its own beside the others, so
/// that a seed that failed once stays the world it was, or one fault more.
/// How many times in a thousand stands beside each.
pub const ADDED: [(u8, u64); 7] = [
    (52, 80),
    (53, 80),
    (55, 30),
    (56, 30),
    (57, 15),
    (58, 30),
    (59, 30),
];

/// The faults of these numbers that can be drawn.
fn kinds(amount: &Amount) -> Vec<u8> {
    match amount {
        Amount::Of(numbers) => DRAWN
            .into_iter()
            .chain(ADDED.map(|(number, _)| number))
            .filter(|number| numbers.contains(number))
            .collect(),
        _ => DRAWN.to_vec(),
    }
}

fn when(what: &Fault, dice: &mut Dice) -> When {
    // Around a write is where a driver is weakest.
    let at_write = matches!(
        what,
        Fault::Crash { .. }
            | Fault::Answer { .. }
            | Fault::LoseReplies { .. }
            | Fault::LoseRequests { .. }
    ) && dice.permille(700);
    if at_write {
        return When {
            write: Some(1 + dice.below(WRITES)),
            ..When::default()
        };
    }
    When {
        after: Some(whole_ms(dice.between(Duration::ZERO, SPAN))),
        ..When::default()
    }
}

fn fault(number: u8, scenario: &Scenario, dice: &mut Dice) -> Fault {
    let on = who(scenario, dice);
    let brief = span(dice, 1, 20);
    let times = 1 + u32::try_from(dice.below(3)).unwrap_or(0);
    match number {
        3 => Fault::Suspend {
            lasts: span(dice, 5, 60),
        },
        4 => Fault::SecondDriver {},
        7 => Fault::Answer { status: 409, times },
        9 => Fault::Answer {
            status: [429, 500, 503, 504][usize::try_from(dice.below(4)).unwrap_or(0)],
            times,
        },
        10 => Fault::LoseRequests { times },
        11 => Fault::LoseReplies { times },
        12 => Fault::StaleWatches { lasts: brief },
        16 => Fault::RevokeTokens {},
        17 => Fault::ApiDown { lasts: brief },
        18 => Fault::Unschedulable {
            lasts: Some(span(dice, 5, 120)),
        },
        19 => Fault::ImageMissing {},
        20 => Fault::CrashLoop { log: None },
        21 => Fault::SlowStart {
            by: Seconds(span(dice, 5, 60)),
        },
        23 => Fault::StuckTerminating { on, lasts: brief },
        24 => Fault::Drain { on },
        25 => Fault::DeletePod { on },
        27 => Fault::ControllerStalled { lasts: brief },
        29 => Fault::Unpause {},
        30 => Fault::SetVersion {
            to: "2.7.1".to_owned(),
        },
        32 => Fault::Sealed { on },
        33 => Fault::RefuseTransfer { times: 1 },
        34 => Fault::StepDown {},
        36 => Fault::KillNode { on },
        37 => Fault::CutNode { on, lasts: brief },
        39 => Fault::HoldDownload { on, lasts: brief },
        43 => Fault::SlowReplication { on, lasts: brief },
        49 => Fault::CutConnections { lasts: brief },
        50 => Fault::FreezeNode { on, lasts: brief },
        51 => Fault::CannotLead {},
        52 => Fault::AddVoter {
            id: format!("{}-lost", scenario.cluster.name),
        },
        53 => Fault::Demote { on },
        55 => Fault::RefusePods {
            lasts: Some(span(dice, 5, 120)),
        },
        56 => Fault::HoldVolume {
            on,
            lasts: Some(span(dice, 5, 300)),
        },
        57 => Fault::FailInit {},
        58 => Fault::HoldSidecar {
            lasts: Some(span(dice, 5, 120)),
        },
        59 => Fault::LoseNode {
            on,
            lasts: span(dice, 5, 400),
        },
        _ => Fault::Crash {
            side: Side::ALL[usize::try_from(dice.below(3)).unwrap_or(0)],
            away: None,
        },
    }
}

fn who(scenario: &Scenario, dice: &mut Dice) -> Who {
    let cluster = &scenario.cluster;
    match dice.below(4) {
        0 => Who::Leader,
        1 => Who::Standby,
        _ => Who::Pod(format!(
            "{}-{}",
            cluster.name,
            dice.below(u64::from(cluster.replicas))
        )),
    }
}

fn span(dice: &mut Dice, least: u64, most: u64) -> Duration {
    whole_ms(dice.between(Duration::from_secs(least), Duration::from_secs(most)))
}

/// As a scenario file can say it.
fn whole_ms(span: Duration) -> Duration {
    Duration::from_millis(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::version::Version;

    #[test]
    fn what_is_drawn_can_be_saved_and_rehearsed_again() {
        let scenario = Scenario::undisturbed(Version::new(2, 7, 2));
        for seed in 0..200 {
            let drawn = draw(&scenario, &Amount::All, &mut Dice::seeded(seed));
            assert!(!drawn.is_empty() && drawn.len() <= 6 + ADDED.len());
            let saved = Scenario {
                faults: drawn,
                ..scenario.clone()
            };
            let again = Scenario::parse(&saved.to_yaml().expect("written")).expect("read");
            assert_eq!(again, saved);
        }
    }

    #[test]
    fn only_the_faults_named_are_drawn() {
        let scenario = Scenario::undisturbed(Version::new(2, 7, 2));
        let amount = Amount::Of(vec![11, 24]);
        for seed in 0..50 {
            for planned in draw(&scenario, &amount, &mut Dice::seeded(seed)) {
                let numbers = planned.what.numbers();
                assert!(
                    numbers.contains(&11) || numbers.contains(&24),
                    "{planned:?}"
                );
            }
        }
    }
}
