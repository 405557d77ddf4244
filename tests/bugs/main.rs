//! The weaknesses of the operator's own upgrade code (`reference/reliability.md`
//! B) as wrong rules of ours, each of which a rehearsal must catch.
//!
//! `cargo test --features seeded-bugs --test bugs [NAME...]` switches one bug on
//! at a time and rehearses the scenarios that provoke it. Caught is what the
//! oracle objects to, by the invariant it names, or what does not end as the
//! scenario says. Without a bug the same scenarios are clean.
//!
//! Weaknesses that cannot be a wrong rule here:
//!
//! | B | why |
//! | --- | --- |
//! | 19, 20 | names and retries of the operator's snapshot Jobs; ours is no Job and is recorded once |
//! | 24, 28, 34, 44 | joins, promotions, demotions and removals of peers: blue/green only |
//! | 37 | a rehearsal takes no snapshot; `engine` halts on one that fails |
//! | 39 | the blue image taken from the spec: blue/green only, here it is pinned |
//! | 40 | the Service selector: blue/green only |
//!
//! Health 200 taken for leadership cannot be provoked either: only a removed
//! leader lies so, and no fault removes a peer.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table is what it is run for"
)]

mod rehearsal; // one rehearsal in a process of its own
mod scenarios; // what goes wrong in which cluster
mod suite; // which bug is provoked by which scenario

use std::{
    collections::BTreeSet,
    env,
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use rehearsal::Ending;
use suite::{Case, SUITE};

/// Seeds that a bug has to show itself with. One is enough to catch it; without
/// a bug all are clean.
const SEEDS: [u64; 6] = [1, 2, 3, 4, 5, 6];

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
    let unclean = if named.is_empty() { clean() } else { 0 };
    let cases: Vec<&Case> = SUITE
        .iter()
        .filter(|case| named.is_empty() || named.contains(case.bug))
        .collect();
    let results = each(&cases, |case| {
        let result = caught(case);
        eprintln!("{}: {result:?}", case.bug);
        result
    });
    let mut missed = 0;
    println!("{:24} {:8} {:6} how", "bug", "B", "caught");
    for (case, how) in cases.iter().zip(&results) {
        let (mark, how) = match how {
            Ok((by, how)) => (by.as_str(), how),
            Err(seen) => {
                missed += 1;
                ("MISSED", seen)
            }
        };
        println!("{:24} {:8} {mark:6} {how}", case.bug, case.weakness);
    }
    println!(
        "caught {} of {} in {} s; without a bug {} of {} clean",
        cases.len() - missed,
        cases.len(),
        began.elapsed().as_secs(),
        scenarios::ALL.len() - unclean,
        scenarios::ALL.len(),
    );
    ExitCode::from(u8::from(missed + unclean > 0))
}

/// Every scenario without a bug. How many of them are not clean.
fn clean() -> usize {
    let endings = each(scenarios::ALL, |scenario| {
        SEEDS[..2]
            .iter()
            .map(|seed| rehearsal::play(scenario.text, *seed, ""))
            .find_map(|ending| ending.objection())
    });
    for (scenario, objection) in scenarios::ALL.iter().zip(&endings) {
        if let Some((by, how)) = objection {
            eprintln!("{} is not clean: {by}: {how}", scenario.name);
        }
    }
    endings.iter().flatten().count()
}

/// By what the bug is caught; else how its last rehearsal ended.
fn caught(case: &Case) -> Result<(String, String), String> {
    let mut seen = String::new();
    for seed in SEEDS {
        let ending: Ending = rehearsal::play(case.scenario.text, seed, case.bug);
        match ending.objection() {
            // An ending that surprises breaks the promise the case names.
            Some((by, how)) if by.is_empty() => return Ok((case.promise.to_owned(), how)),
            Some(objection) => return Ok(objection),
            None => seen = ending.to_string(),
        }
    }
    Err(format!("{seen} ({})", case.scenario.name))
}

/// Does it for each, two at a time.
fn each<T: Sync, R: Send>(all: &[T], act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(item) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let at = std::ptr::from_ref(item).addr();
                    let result = act(item);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
