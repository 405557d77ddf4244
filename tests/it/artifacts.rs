//! What is shipped beside the code, compared with the code.
//!
//! `BLESS=1 cargo test --test it artifacts` writes anew what is generated.

use std::{env, fs, path::PathBuf};

use baoctl::{commands::completions, model::exit_code::ExitCode};
use clap_complete::Shell;
use serde_json::Value;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn completions_are_those_of_the_command_line() {
    for (name, shell) in [
        ("completions/baoctl.bash", Shell::Bash),
        ("completions/_baoctl", Shell::Zsh),
        ("completions/baoctl.fish", Shell::Fish),
        ("completions/_baoctl.ps1", Shell::PowerShell),
    ] {
        let script = String::from_utf8(completions::script(shell)).expect("UTF-8");
        if env::var_os("BLESS").is_some() {
            fs::write(path(name), script).expect("written");
        } else {
            assert!(
                script == read(name),
                "{name} is outdated: BLESS=1 cargo test --test it artifacts"
            );
        }
    }
}

#[test]
fn the_readme_lists_every_exit_code_with_its_meaning() {
    let readme = read("README.md");
    let table: Vec<&str> = readme
        .lines()
        .skip_while(|line| *line != "## Exit codes")
        .skip_while(|line| !line.starts_with("| --- "))
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .collect();
    let expected: Vec<String> = ExitCode::ALL
        .map(|code| format!("| {} | {} |", code.number(), code.meaning()))
        .into();
    assert_eq!(table, expected);
}

#[test]
fn the_changelog_has_an_entry_for_what_comes() {
    let changelog = read("CHANGELOG.md");
    let version = env!("CARGO_PKG_VERSION");
    let released = changelog.contains(&format!("## [{version}]"));
    let unreleased: Vec<&str> = changelog
        .lines()
        .skip_while(|line| *line != "## [Unreleased]")
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter(|line| line.starts_with("- "))
        .collect();
    assert!(changelog.contains("\n## [Unreleased]\n"));
    assert!(
        released || !unreleased.is_empty(),
        "{version} is neither released nor has an entry under Unreleased"
    );
}

#[test]
fn the_permissions_of_the_example_are_those_of_the_readme() {
    let manifests =
        serde_yaml::from_multiple::<Value>(&read("examples/rbac.yaml")).expect("YAML documents");
    let kinds: Vec<&str> = manifests
        .iter()
        .filter_map(|manifest| manifest["kind"].as_str())
        .collect();
    assert!(
        kinds.contains(&"Role") && kinds.contains(&"RoleBinding"),
        "{kinds:?}"
    );
    let readme = read("README.md");
    for role in manifests
        .iter()
        .filter(|manifest| manifest["kind"] == "Role")
    {
        for rule in role["rules"].as_array().expect("rules") {
            for resource in rule["resources"].as_array().expect("resources") {
                let resource = resource.as_str().expect("text");
                let row = readme
                    .lines()
                    .find(|line| line.starts_with('|') && line.contains(&format!("`{resource}`")))
                    .unwrap_or_else(|| panic!("the README does not list {resource}"));
                for verb in rule["verbs"].as_array().expect("verbs") {
                    let verb = verb.as_str().expect("text");
                    assert_ne!(verb, "*", "{resource}");
                    assert!(row.contains(verb), "{verb} {resource} in: {row}");
                }
            }
        }
    }
}
