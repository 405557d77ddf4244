//! The catalogue says of each invariant what the oracle does with it.

use std::{collections::BTreeSet, fs, path::Path};

use crate::sim::oracle::Rule;

/// The numbers that the code puts to the test or finds violated.
fn judged() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sim/oracle");
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("the oracle's files") {
        let path = entry.expect("an entry").path();
        let named = |name: &str| path.ends_with(name);
        if !path.is_file() || named("rules.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a file");
        let words = text.split('"').skip(1).step_by(2);
        let numbers = words.filter(|word| {
            let mut letters = word.chars();
            letters.next().is_some_and(|first| "SRGL".contains(first))
                && word.len() > 1
                && letters.all(|letter| letter.is_ascii_digit())
        });
        found.extend(numbers.map(str::to_owned));
    }
    found
}

#[test]
fn what_is_judged_is_in_the_catalogue_and_the_other_way_round() {
    let judged = judged();
    let rules = || Rule::of(false).chain(Rule::of(true));
    for rule in rules() {
        assert_eq!(
            judged.contains(rule.id),
            rule.unjudged.is_none(),
            "{}",
            rule.id
        );
    }
    let known: BTreeSet<&str> = rules().map(|rule| rule.id).collect();
    for id in &judged {
        assert!(known.contains(id.as_str()), "{id} is in no catalogue");
    }
    // S1 to S16, R1 to R8, G1 to G9, L1 to L7.
    assert_eq!(known.len(), 16 + 8 + 9 + 7);
}
