//! The weaknesses of the operator's own upgrade code (`reference/reliability.md`
//! B), and a few facts it is easy to ignore (K), as wrong rules of ours, each of
//! which a rehearsal must catch.
//!
//! `cargo test --features seeded-bugs --test bugs [NAME...]` switches one bug on
//! at a time and rehearses the scenario that provokes it, with the seed that
//! shows it. Caught is what the oracle objects to, by the invariant it names, or
//! what does not end as the scenario says: then "by its end" stands beside the
//! promise that the ending breaks. Without a bug the same rehearsals are clean. Weaknesses that are no
//! wrong rule here are listed with their reasons.
//!
//! Health 200 taken for leadership cannot be provoked: only a removed leader lies
//! so, and no fault removes a peer.

#![expect(clippy::print_stdout, reason = "the table is what it is run for")]

mod rehearsal; // one rehearsal in a process of its own
mod scenarios; // what goes wrong in which cluster
mod suite; // which bug is provoked by which scenario

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use rehearsal::play;
use suite::{Case, LAST, NOT_OURS, SUITE};

/// Seeds to try where the one that showed a bug no longer does.
const OTHERS: [u64; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// How a bug was caught.
struct Catch {
    invariant: String,
    seed: u64,
    what: String,
}

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().collect();
    if env::var_os(rehearsal::CHILD).is_some() {
        return ExitCode::from(baoctl::commands::main(&arguments).number());
    }
    let named: BTreeSet<String> = env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let began = Instant::now();
    let cases: Vec<&Case> = SUITE
        .iter()
        .filter(|case| named.is_empty() || named.contains(case.bug))
        .collect();
    let results = each(&cases, |case| caught(case));
    println!("{:22} {:8} {:16} how", "bug", "weakness", "caught by");
    let mut missed = 0;
    for (case, how) in cases.iter().zip(&results) {
        let (by, how) = match how {
            Ok(catch) => (
                catch.invariant.as_str(),
                format!(
                    "{}, seed {}: {}",
                    case.scenario.name, catch.seed, catch.what
                ),
            ),
            Err(seen) => {
                missed += 1;
                ("MISSED", format!("{}: {seen}", case.scenario.name))
            }
        };
        println!("{:22} {:8} {by:16} {how}", case.bug, case.weakness);
    }
    for (weakness, why) in NOT_OURS {
        println!("{:22} {weakness:25} {why}", "-");
    }
    let forgotten = forgotten();
    if !forgotten.is_empty() {
        println!("neither here nor excused: {forgotten:?}");
    }
    let (clean, all) = clean(&cases);
    println!(
        "caught {} of {}; without a bug {clean} of {all} rehearsals are clean; {} s",
        cases.len() - missed,
        cases.len(),
        began.elapsed().as_secs(),
    );
    ExitCode::from(u8::from(missed > 0 || clean < all || !forgotten.is_empty()))
}

/// Weaknesses that have neither a bug nor a reason.
fn forgotten() -> Vec<u32> {
    let bugs = SUITE.iter().map(|case| case.weakness);
    let excuses = NOT_OURS.iter().map(|(weakness, _)| *weakness);
    let known: BTreeSet<u32> = bugs
        .chain(excuses)
        .flat_map(|numbers| numbers.split(", "))
        .filter_map(|number| number.parse().ok())
        .collect();
    (1..=LAST)
        .filter(|number| !known.contains(number))
        .collect()
}

/// The same rehearsals without a bug: how many of how many are clean.
fn clean(cases: &[&Case]) -> (usize, usize) {
    let plays: BTreeMap<(&str, u64), &str> = cases
        .iter()
        .map(|case| ((case.scenario.name, case.seed), case.scenario.text))
        .collect();
    let plays: Vec<_> = plays.into_iter().collect();
    let objections = each(&plays, |((_, seed), text)| play(text, *seed, "").unclean());
    for (((name, seed), _), objection) in plays.iter().zip(&objections) {
        if let Some(objection) = objection {
            println!("{name}, seed {seed}, is not clean: {objection}");
        }
    }
    let unclean = objections.iter().flatten().count();
    (plays.len() - unclean, plays.len())
}

/// By what the bug is caught; else how its last rehearsal ended.
fn caught(case: &Case) -> Result<Catch, String> {
    let mut seen = String::new();
    let others = OTHERS.into_iter().filter(|seed| *seed != case.seed);
    for seed in [case.seed].into_iter().chain(others) {
        let ending = play(case.scenario.text, seed, case.bug);
        if let Some((invariant, what)) = ending.objection() {
            return Ok(Catch {
                // An ending that surprises breaks the promise the case names.
                invariant: invariant.unwrap_or_else(|| format!("{}, by its end", case.promise)),
                seed,
                what,
            });
        }
        seen = ending.to_string();
    }
    Err(seen)
}

/// Does it for each, two at a time.
fn each<T: Sync, R: Send>(all: &[T], act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = all.get(number) else { break };
                    let result = act(item);
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .insert(number, result);
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.into_values().collect()
}
