//! Files of one room that lead back to themselves: who reads one of them has to
//! read them all.

use std::collections::{BTreeMap, BTreeSet};

use crate::layering::sources;

/// Rooms without circles, by their folder.
const ROOMS: &[&str] = &["src/decide/", "src/decide/blue_green/"];

#[test]
fn no_file_leads_back_to_itself() {
    for room in ROOMS {
        let files = files(room);
        assert!(files.len() > 5, "{room}: {files:?}");
        for file in files.keys() {
            let way = way_back(file, &files);
            assert!(
                way.is_none(),
                "{room}: {}",
                way.unwrap_or_default().join(" -> ")
            );
        }
    }
}

#[test]
fn a_circle_is_seen() {
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
    let files = BTreeMap::from([
        ("a".to_owned(), names(&["b"])),
        ("b".to_owned(), names(&["c", "d"])),
        ("c".to_owned(), names(&["a"])),
        ("d".to_owned(), names(&[])),
    ]);
    let way = way_back("a", &files).expect("a circle");
    assert_eq!(way, ["a", "b", "c", "a"]);
    assert_eq!(way_back("d", &files), None);
    assert_eq!(
        named("use super::{gates, pool::{self, hold}};\nfn f() { quorum::margin() }"),
        names(&["gates", "hold", "pool", "quorum"])
    );
}

/// Each file of a room, or folder within it, with those of the others it names.
fn files(room: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, path, code) in sources() {
        let Some(rest) = path.strip_prefix(room) else {
            continue;
        };
        if rest.contains("tests") {
            continue;
        }
        let name = rest.split('/').next().unwrap_or(rest);
        let name = name.trim_end_matches(".rs").to_owned();
        // What declares the others, and what is there for tests alone.
        let apart = ["mod", "wrong", "example", "example_parts"];
        if !apart.contains(&name.as_str()) {
            files.entry(name).or_default().extend(named(&code));
        }
    }
    let names: BTreeSet<String> = files.keys().cloned().collect();
    for (file, others) in &mut files {
        others.retain(|other| names.contains(other) && other != file);
    }
    files
}

/// The names in imports from the room, and those that paths begin with.
fn named(code: &str) -> BTreeSet<String> {
    let code = code.split("#[cfg(test)]").next().unwrap_or(code);
    let mut found = BTreeSet::new();
    for import in ["use super::", "use crate::decide::"] {
        for (at, _) in code.match_indices(import) {
            let rest = &code[at + import.len()..];
            let end = rest.find(';').unwrap_or(rest.len());
            found.extend(words(&rest[..end]));
        }
    }
    for (at, _) in code.match_indices("::") {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let before = &code[..at];
        let begins = before.trim_end_matches(is_part).len();
        found.extend(words(&before[begins..]));
        if before.ends_with("super") {
            let after = &code[at + 2..];
            let ends = after.find(|letter| !is_part(letter)).unwrap_or(after.len());
            found.extend(words(&after[..ends]));
        }
    }
    found.remove("super");
    found.remove("self");
    found
}

fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| word.starts_with(|letter: char| letter.is_ascii_lowercase()))
        .map(ToOwned::to_owned)
        .collect()
}

/// The way from a file back to itself.
fn way_back(from: &str, files: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut ways = vec![vec![from.to_owned()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        let last = way.last()?;
        for next in files.get(last).into_iter().flatten() {
            let longer: Vec<String> = way.iter().chain([next]).cloned().collect();
            if next == from {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                ways.push(longer);
            }
        }
    }
    None
}
