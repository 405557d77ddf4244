//! Rubbish as input: how valid documents are spoiled, how often, and what has
//! to hold of whatever a parser makes of them.
//!
//! `BAOCTL_CASES=N` sets the number of cases for each parser and has each tell
//! how it went; `BAOCTL_SEED=N` takes other cases. Failing seeds are kept in
//! `tests/it/rubbish-regressions` and run first ever after.

use std::{
    fmt::Debug,
    io::Write,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use proptest::{
    collection::vec,
    prelude::{Strategy, any},
    test_runner::{
        Config, FileFailurePersistence, RngAlgorithm, TestCaseError, TestRng, TestRunner,
    },
};
use serde::Serialize;
use serde_json::{Value, json};

/// Cases for each parser in an ordinary run.
const CASES: u32 = 24;
/// Planted in the place of secrets; must come out nowhere.
pub(crate) const CANARY: &str = "s.canary-token-4711";

static PARSERS: AtomicU64 = AtomicU64::new(0);
static TOLD: AtomicU64 = AtomicU64::new(0);

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Whether somebody asked for a long run.
pub(crate) fn long() -> bool {
    variable("BAOCTL_CASES").is_some()
}

/// Gives a parser its cases.
pub(crate) fn feed<S: Strategy>(
    parser: &str,
    strategy: &S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let cases = variable("BAOCTL_CASES").map_or(CASES, |cases| {
        u32::try_from(cases).expect("a number of cases")
    });
    let config = Config {
        cases,
        max_shrink_iters: 2000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/it/rubbish-regressions"
        )))),
        ..Config::default()
    };
    let mut seed = [0; 32];
    for (at, byte) in parser.bytes().enumerate() {
        seed[at % 24] ^= byte;
    }
    seed[24..].copy_from_slice(&variable("BAOCTL_SEED").unwrap_or_default().to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(config, rng);
    if let Err(error) = runner.run(strategy, test) {
        panic!("{parser}: {error}");
    }
    let parsers = PARSERS.fetch_add(1, Ordering::Relaxed) + 1;
    let told = TOLD.fetch_add(u64::from(cases), Ordering::Relaxed) + u64::from(cases);
    if long() {
        let line =
            format!("{parser}: {cases} cases, 0 panics ({parsers} parsers, {told} cases so far)\n");
        // Past the test harness, which would keep it to itself.
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
}

/// What is done to a document, in a form that shrinks: which change, where,
/// and with what.
pub(crate) type Spoiling = (Vec<(u8, u32, u32)>, Vec<(u8, u32, u8)>);

/// Changes of the structure mostly, of the bytes now and then.
pub(crate) fn spoiling() -> impl Strategy<Value = Spoiling> {
    let structure = vec((any::<u8>(), any::<u32>(), any::<u32>()), 0..6);
    let bytes = (
        any::<u8>(),
        vec((any::<u8>(), any::<u32>(), any::<u8>()), 1..4),
    );
    let bytes = bytes.prop_map(
        |(chance, changes)| {
            if chance < 48 { changes } else { Vec::new() }
        },
    );
    (structure, bytes)
}

/// Any text, and texts that were made to hurt.
pub(crate) fn text() -> impl Strategy<Value = String> {
    (any::<u32>(), any::<u8>(), vec(any::<char>(), 0..24)).prop_map(|(which, join, any)| {
        let hurtful = hurtful();
        let known = &hurtful[which as usize % hurtful.len()];
        let any: String = any.into_iter().collect();
        match join % 4 {
            0 => any,
            1 => known.clone(),
            2 => format!("{known}{any}"),
            _ => format!("{any}{known}"),
        }
    })
}

/// Texts that have hurt somebody before: terminals, times, numbers, paths.
fn hurtful() -> &'static [String] {
    static TEXTS: LazyLock<Vec<String>> = LazyLock::new(hurtful_texts);
    &TEXTS
}

fn hurtful_texts() -> Vec<String> {
    let long = "x".repeat(9000);
    let mut texts: Vec<String> = [
        "",
        " ",
        "\u{1b}[2J\u{1b}]0;owned\u{7}",
        "a\r\nb\u{0}c\u{7f}d\u{85}e\u{9b}31mf",
        "\u{202e}live\u{2066}\u{200b}\u{feff}",
        "😀é\u{301}\u{1f468}\u{200d}\u{1f469}",
        "-1",
        "18446744073709551615",
        "4294967296",
        "1e400",
        "NaN",
        "true",
        "null",
        "9999-12-31T23:59:59Z",
        "-009999-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "0000-00-00T00:00:00Z",
        "2026-02-30T25:61:61Z",
        "2026-11-23T12:00:60+25:00",
        "2026-11-23",
        "2.7.2",
        "v2.6.2+hsm",
        "2.7.0-rc.1",
        "2.18446744073709551615.0",
        "18446744073709551615.0.0",
        "99999999999999999999.0.0",
        "2.7",
        "openbao/openbao:2.7.2",
        "r.io:5000/a@sha256:0123:x@",
        "../../../../api/v1/secrets",
        "a/b?c=d#e",
        "prod-0",
        "prod-00",
        "prod-+1",
        "prod-4294967295",
        "Running",
        "True",
        "OnDelete",
        "50%",
        "-0",
        "{\"v\":1}",
        "{",
        "@@BIG@@",
    ]
    .map(str::to_owned)
    .into();
    texts.push(format!("2.7.2-{long}"));
    texts.push(format!("2.7.2+{}", "a.".repeat(3000) + "b"));
    texts.push("\u{1b}".repeat(700));
    texts.push("é ".repeat(5000));
    texts.push(long);
    texts
}

fn number_of_nodes(value: &Value) -> usize {
    1 + match value {
        Value::Array(all) => all.iter().map(number_of_nodes).sum(),
        Value::Object(all) => all.values().map(number_of_nodes).sum(),
        _ => 0,
    }
}

/// The node of that number, counted from the root down.
fn node_of<'a>(value: &'a mut Value, left: &mut usize) -> Option<&'a mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(all) => all.iter_mut().find_map(|inner| node_of(inner, left)),
        Value::Object(all) => all.values_mut().find_map(|inner| node_of(inner, left)),
        _ => None,
    }
}

/// The document, spoilt, as bytes.
pub(crate) fn spoilt(document: &Value, (structure, bytes): &Spoiling) -> Vec<u8> {
    let value = respoilt(document, structure);
    let text = value.to_string().replace(
        "\"@@BIG@@\"",
        "123456789012345678901234567890123456789012345678901234567890",
    );
    cut(text.into_bytes(), bytes)
}

/// The document with its structure changed.
pub(crate) fn respoilt(document: &Value, changes: &[(u8, u32, u32)]) -> Value {
    let mut value = document.clone();
    for (change, place, with) in changes {
        let mut left = *place as usize % number_of_nodes(&value);
        if let Some(node) = node_of(&mut value, &mut left) {
            spoil(node, *change, *with);
        }
    }
    value
}

fn spoil(node: &mut Value, change: u8, with: u32) {
    let hurtful = hurtful();
    let text = hurtful[with as usize % hurtful.len()].clone();
    let with = with as usize;
    match change % 20 {
        0 => *node = Value::Null,
        1 => *node = json!(with.is_multiple_of(2)),
        2 => *node = json!(u64::MAX - with as u64 % 3),
        3 => *node = json!(i64::MIN + i64::try_from(with % 3).unwrap_or(0)),
        4 => *node = json!([1e308, -0.0, 0.5, 2_147_483_648.0_f64][with % 4]),
        5 => {
            let numbers: [i64; 5] = [0, -1, 2_147_483_647, 2_147_483_648, 4_294_967_296];
            *node = json!(numbers[with % 5]);
        }
        6 => *node = json!([]),
        7 => *node = json!({}),
        8 => *node = json!([node.take()]),
        9 => *node = json!({ "x": node.take() }),
        10 => {
            let mut inner = node.take();
            for _ in 0..with % 300 {
                inner = json!([inner]);
            }
            *node = inner;
        }
        11 | 12 => match node {
            Value::Object(all) if !all.is_empty() => {
                let key = all.keys().nth(with % all.len()).cloned();
                key.and_then(|key| all.remove(&key));
            }
            Value::Array(all) if !all.is_empty() => {
                all.remove(with % all.len());
            }
            other => *other = Value::Null,
        },
        13 => match node {
            Value::Object(all) => {
                all.insert(text, json!("new"));
            }
            Value::Array(all) => {
                let again = all.clone();
                for _ in 0..with % 40 {
                    all.extend(again.iter().take(2).cloned());
                }
            }
            other => *other = json!(other.to_string()),
        },
        14 => match node {
            Value::String(known) => known.push_str(&text),
            Value::Object(all) if !all.is_empty() => {
                let key = all
                    .keys()
                    .nth(with % all.len())
                    .cloned()
                    .unwrap_or_default();
                let value = all.remove(&key).unwrap_or_default();
                all.insert(text, value);
            }
            other => *other = json!(text),
        },
        15 => match node {
            Value::String(known) => *known = format!("{text}{known}"),
            other => *other = json!(text),
        },
        _ => *node = json!(text),
    }
}

/// Bytes flipped, put in and cut off.
pub(crate) fn cut(mut bytes: Vec<u8>, changes: &[(u8, u32, u8)]) -> Vec<u8> {
    for (change, place, with) in changes {
        if bytes.is_empty() {
            return bytes;
        }
        let at = *place as usize % bytes.len();
        match change % 5 {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << (with % 8),
            2 => bytes.insert(at, *with),
            3 => {
                bytes.remove(at);
            }
            _ => bytes[at] = *with,
        }
    }
    bytes
}

/// Whether a character could do more in a terminal than be seen.
fn is_hostile(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// No control characters, and no longer than its cap.
pub(crate) fn fit(text: &str, longest: usize) -> Result<(), TestCaseError> {
    let count = text.chars().count();
    let hostile = text.chars().find(|c| is_hostile(*c));
    if let Some(hostile) = hostile {
        return Err(fail(format!("{hostile:?} in {text:?}")));
    }
    if count > longest {
        let start: String = text.chars().take(80).collect();
        return Err(fail(format!("{count} characters: {start:?}")));
    }
    Ok(())
}

/// The same for an error, and no secret in any form of it.
pub(crate) fn fit_error(error: &(impl std::fmt::Display + Debug)) -> Result<(), TestCaseError> {
    fit(&error.to_string(), 1200)?;
    secret_free(error)
}

/// No secret in what a value shows of itself.
pub(crate) fn secret_free(value: &impl Debug) -> Result<(), TestCaseError> {
    let shown = format!("{value:?}");
    if shown.contains("canary") {
        return Err(fail(format!("a secret in {shown}")));
    }
    Ok(())
}

/// All texts of a value of the model, keys included.
pub(crate) fn fit_all(value: &impl Serialize, longest: usize) -> Result<(), TestCaseError> {
    fn walk(value: &Value, path: &str, longest: usize) -> Result<(), TestCaseError> {
        match value {
            Value::String(text) => {
                fit(text, longest).map_err(|error| fail(format!("{path}: {error}")))
            }
            Value::Array(all) => all.iter().try_for_each(|inner| walk(inner, path, longest)),
            Value::Object(all) => all.iter().try_for_each(|(key, inner)| {
                fit(key, longest)?;
                walk(inner, &format!("{path}.{key}"), longest)
            }),
            _ => Ok(()),
        }
    }
    let value = serde_json::to_value(value).map_err(|error| fail(error.to_string()))?;
    walk(&value, "", longest)
}

pub(crate) fn fail(why: String) -> TestCaseError {
    TestCaseError::fail(why)
}

/// The text where it must not be.
pub(crate) fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), TestCaseError> {
    if holds { Ok(()) } else { Err(fail(what())) }
}

/// A runtime for adapters, which wait for nothing but what they are given.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
}
