//! The import arrows of `src/lib.rs`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Which layers a layer may import. `None`: any.
const ARROWS: &[(&str, Option<&[&str]>)] = &[
    ("lib", Some(&[])),
    ("main", Some(&["commands"])),
    ("commands", None),
    ("error", None),
    ("engine", Some(&["ports", "decide", "event", "model"])),
    ("ui", Some(&["event", "model"])),
    ("decide", Some(&["model"])),
    ("event", Some(&["model"])),
    ("ports", Some(&["model"])),
    ("k8s", Some(&["ports", "model"])),
    ("bao", Some(&["ports", "model"])),
    ("sim", Some(&["k8s", "bao", "ports", "model"])),
    ("cli", Some(&["model"])),
    ("model", Some(&[])),
    ("logging", Some(&[])),
    ("bugs", Some(&[])),
];

/// Wrong rules for the suite that catches them: any layer may ask whether one is
/// switched on.
const EVERYWHERE: &str = "bugs";

/// Where a crate, or a source of time, may be named.
const PLACES: &[(&[&str], &[&str])] = &[
    (&["kube", "k8s_openapi"], &["k8s", "sim"]),
    (
        &[
            "hyper",
            "hyper_util",
            "http_body_util",
            "rustls",
            "tokio_rustls",
        ],
        &["bao", "k8s", "sim"],
    ),
    (&["indicatif"], &["ui"]),
    (&["clap", "clap_complete"], &["cli", "commands", "main"]),
    (
        &["tokio"],
        &["bao", "commands", "engine", "k8s", "ports", "sim"],
    ),
];

/// Layers that are functions of values: time is given to them.
const TIMELESS: &[&str] = &["model", "decide", "event", "ports", "ui", "engine"];

#[test]
fn imports_follow_the_arrows() {
    let mut wrong = Vec::new();
    for (layer, file, code) in sources() {
        let arrows = ARROWS.iter().find(|(name, _)| *name == layer);
        let Some((_, allowed)) = arrows else {
            wrong.push(format!("{file}: the layer {layer} has no arrows yet"));
            continue;
        };
        for import in imports(&code) {
            let itself = import == layer || import == EVERYWHERE;
            if !itself && allowed.is_some_and(|allowed| !allowed.contains(&import.as_str())) {
                wrong.push(format!("{file}: {layer} imports {import}"));
            }
            if import == "commands" && layer != "main" && !itself {
                wrong.push(format!("{file}: only main imports commands"));
            }
        }
        if code.contains("super::super::") {
            wrong.push(format!("{file}: super::super:: hides where it leads"));
        }
        if code.contains("::*;") && !code.contains("use super::*;") {
            wrong.push(format!("{file}: a glob import hides dependencies"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn each_library_stays_in_its_layer() {
    let mut wrong = Vec::new();
    for (layer, file, code) in sources() {
        for (crates, places) in PLACES {
            for name in *crates {
                if names_crate(&code, name) && !places.contains(&layer.as_str()) {
                    wrong.push(format!("{file}: {layer} names {name}"));
                }
            }
        }
        for source in ["Timestamp::now(", "Instant::now(", "SystemTime::now("] {
            if TIMELESS.contains(&layer.as_str()) && code.contains(source) {
                wrong.push(format!("{file}: {layer} reads a clock by itself"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Calls of ports that end by themselves, or are not waited for.
const ENDLESS: &[&str] = &["changed", "snapshot", "requests"];

/// Nobody waits for the network without a deadline: the engine holds its ports
/// only as `Bounded`, every call in there has one, and commands go the same way.
#[test]
fn every_call_of_a_port_has_its_deadline() {
    let mut wrong = Vec::new();
    let mut ports = Vec::new();
    for (layer, file, code) in sources() {
        let code: String = code.split_whitespace().collect();
        if file.starts_with("src/engine/bounded/") {
            for (at, _) in code.match_indices("self.port.") {
                let name = called(&code[at + "self.port.".len()..]);
                let before = &code[code[..at].rfind("within").unwrap_or(0)..at];
                let limited = before.matches(',').count() == 2 && !before.contains(';');
                if !limited && !ENDLESS.contains(&name) {
                    wrong.push(format!("{file}: {name} has no deadline"));
                }
                ports.push(name.to_owned());
            }
        } else if layer == "engine" && file != "src/engine/mod.rs" && code.contains("Bounded") {
            wrong.push(format!("{file}: takes ports apart"));
        }
    }
    assert!(ports.len() > 35, "{ports:?}");
    for (layer, file, code) in sources() {
        if layer != "commands" {
            continue;
        }
        let code: String = code.split_whitespace().collect();
        for raw in ["side.kube.", "self.kube.", "reach.nodes.", "self.nodes."] {
            for (at, _) in code.match_indices(raw) {
                let name = called(&code[at + raw.len()..]);
                let asked = ports.iter().any(|port| port == name);
                if asked && !ENDLESS.contains(&name) {
                    wrong.push(format!("{file}: {raw}{name} has no deadline"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The name at the beginning of a call.
fn called(code: &str) -> &str {
    code.split('(').next().unwrap_or_default()
}

#[test]
fn every_file_says_what_it_owns_within_350_lines() {
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("src")) {
        let text = fs::read_to_string(&path).expect("a source file");
        let file = relative(&path);
        if !text.starts_with("//! ") {
            wrong.push(format!("{file}: does not open by saying what it owns"));
        }
        let lines = text.lines().count();
        if lines > 350 {
            wrong.push(format!("{file}: {lines} lines"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_test_file_is_forgotten() {
    let here = root().join("tests/it");
    let main = fs::read_to_string(here.join("main.rs")).expect("main.rs");
    for entry in fs::read_dir(&here).expect("tests/it") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy();
        let is_module = path.extension().is_some_and(|extension| extension == "rs")
            || path.join("mod.rs").exists();
        if is_module && name != "main" {
            assert!(
                main.lines()
                    .any(|line| line.starts_with(&format!("mod {name};"))),
                "tests/it/main.rs does not list {name}"
            );
        }
    }
}

#[test]
fn the_reader_of_imports_sees_groups_with_paths_inside() {
    let code = strip(
        "use crate::{model::{a, b}, event::Event};\n\
         // crate::ui::x\n let s = \"crate::bao::y\";\n\
         fn f() { crate::k8s::z() }\npub(crate) fn g() {}",
    );
    let seen: Vec<String> = imports(&code).into_iter().collect();
    assert_eq!(seen, ["event", "k8s", "model"]);
    assert!(names_crate("use kube::Api;", "kube"));
    assert!(names_crate("fn f() -> kube::Client {}", "kube"));
    assert!(!names_crate(
        "use crate::kube::Api; let mykube = 1;",
        "kube"
    ));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root())
        .expect("inside the package")
        .display()
        .to_string()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Layer, path, code without comments or text of every source file.
pub(crate) fn sources() -> Vec<(String, String, String)> {
    rust_files(&root().join("src"))
        .into_iter()
        .map(|path| {
            let file = relative(&path);
            let first = file.split('/').nth(1).expect("a layer");
            let layer = first.strip_suffix(".rs").unwrap_or(first).to_owned();
            let code = strip(&fs::read_to_string(&path).expect("a source file"));
            let code = if layer == "main" {
                code.replace("baoctl::", "crate::")
            } else {
                code
            };
            (layer, file, code)
        })
        .collect()
}

/// The code without line comments and without what stands in quotes.
fn strip(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = rest.next() {
        match c {
            '\\' if quoted => {
                rest.next();
            }
            '\'' if !quoted && rest.peek() == Some(&'"') => {
                rest.next();
            }
            '"' => quoted = !quoted,
            '/' if !quoted && rest.peek() == Some(&'/') => {
                while rest.next_if(|c| *c != '\n').is_some() {}
            }
            c if !quoted => code.push(c),
            _ => {}
        }
    }
    code
}

/// The layers named after `crate::`, in groups too.
fn imports(code: &str) -> BTreeSet<String> {
    let mut layers = BTreeSet::new();
    for (start, _) in code.match_indices("crate::") {
        let before = code[..start].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let after = &code[start + "crate::".len()..];
        if let Some(group) = after.strip_prefix('{') {
            layers.extend(group_heads(group));
        } else {
            layers.extend(head(after));
        }
    }
    layers
}

/// The first name of every path in a group, up to its closing brace.
fn group_heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut path = String::new();
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.extend(head(&path));
                path.clear();
                continue;
            }
            _ => {}
        }
        path.push(c);
    }
    heads.extend(head(&path));
    heads
}

fn head(path: &str) -> Option<String> {
    let name: String = path
        .trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    (!name.is_empty()).then_some(name)
}

fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(&format!("{name}::")).any(|(start, _)| {
        !code[..start]
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}
