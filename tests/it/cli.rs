//! The binary as it is typed.

use std::process::{Command, Output, Stdio};

use baoctl::model::exit_code::ExitCode;
use serde_json::Value;

/// Runs the binary without what the surroundings might set.
fn baoctl(line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_baoctl"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BAOCTL_") {
            command.env_remove(name);
        }
    }
    command
        .args(line.split_whitespace())
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[track_caller]
fn usage_error(line: &str, expected: &str) {
    let output = baoctl(line);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{line}: {stderr}");
    assert!(output.stdout.is_empty(), "{line}: stdout is not empty");
    assert!(stderr.contains(expected), "{line}: {stderr}");
}

#[test]
fn help_is_there_for_each_command_without_escape_codes() {
    for (line, expected) in [
        ("--help", "baoctl upgrade rolling prod -n vault --to 2.7.2"),
        ("preflight --help", "--only <ID>"),
        ("upgrade --help", "rolling"),
        ("upgrade rolling --help", "--accept-one-way"),
        ("status --help", "baoctl status prod -n vault"),
        ("pause --help", "--reason <TEXT>"),
        ("resume --help", "--take-over"),
        ("rehearse rolling --help", "--seeds <A..B>"),
        ("completions --help", "baoctl completions bash"),
    ] {
        let output = baoctl(line);
        let stdout = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{line}");
        assert!(stdout.contains(expected), "{line}: {stdout}");
        assert!(!stdout.contains('\u{1b}'), "{line}: an escape code");
        assert!(output.stderr.is_empty(), "{line}");
    }
}

#[test]
fn help_lists_every_exit_code() {
    for line in [
        "--help",
        "preflight --help",
        "upgrade rolling --help",
        "resume --help",
    ] {
        let help = text(&baoctl(line).stdout);
        for code in ExitCode::ALL {
            let row = format!("{:>3}  {}", code.number(), code.meaning());
            assert!(help.contains(&row), "{line}: {row}");
        }
    }
}

#[test]
fn wrong_usage_exits_with_2_then_says_what_would_be_right() {
    usage_error("", "Usage: baoctl");
    usage_error("upgrade rolling prod", "--to <VERSION>");
    usage_error("upgrade rolling prod --to 2.7", "MAJOR.MINOR.PATCH");
    usage_error("upgrade rolling prod --to 2.7.2 --timeout 30", "30s");
    usage_error("upgrade roling prod", "rolling");
    usage_error("preflight prod --to 2.7.2 --fail-on nothing", "warn, fail");
    usage_error("resume prod --as-operator=openbao --yes", "NAMESPACE/NAME");
    usage_error(
        "resume prod --as-operator --maintenance-override",
        "cannot be used with",
    );
    usage_error("status prod --nope", "--nope");
    usage_error("upgrade rolling prod --to 2.7.2 --image image!", "registry");
    usage_error(
        "rehearse rolling --to 2.7.2 --seeds 0..2 --speed 3",
        "--seeds",
    );
}

#[test]
fn machines_get_a_document_even_of_wrong_usage() {
    let output = baoctl("-o json upgrade rolling prod");
    assert_eq!(output.status.code(), Some(2));
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(document["apiVersion"], "baoctl.openbao.org/v1");
    assert_eq!(document["outcome"], "usage");
    assert_eq!(document["exitCode"], 2);
    assert!(document["error"]["message"].is_string());

    let output = baoctl("upgrade rolling prod -o yaml");
    let document: Value = serde_yaml::from_str(&text(&output.stdout)).expect("one YAML document");
    assert_eq!(document["exitCode"], 2);

    let output = baoctl("upgrade rolling prod -o ndjson");
    let stdout = text(&output.stdout);
    let lines: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines[0]["schema"], "baoctl.openbao.org/events/v1");
    assert_eq!(lines[1]["result"]["exitCode"], 2);
    assert_eq!(lines.len(), 2);
}

#[test]
fn the_version_is_the_package_s() {
    let output = baoctl("--version");
    assert_eq!(
        text(&output.stdout),
        format!("baoctl {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn completions_are_printed_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = baoctl(&format!("completions {shell}"));
        assert_eq!(output.status.code(), Some(0), "{shell}");
        assert!(text(&output.stdout).contains("baoctl"), "{shell}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_baoctl"))
        .args(["completions", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

/// A log that was asked to be coloured by a library built without colours ends
/// the program on every terminal, and on none of the pipes tests run in.
#[test]
fn colour_on_a_terminal_is_no_panic() {
    let output = baoctl("--color always -vv status prod --kubeconfig no-such-file");
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(10), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert!(stderr.contains("no-such-file"), "{stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_running_process_leaves_no_core_dump() {
    use std::io::{BufRead, BufReader};

    let mut process = Command::new(env!("CARGO_BIN_EXE_baoctl"))
        .args(["rehearse", "rolling", "--to", "2.7.2", "--speed", "1"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let stderr = process.stderr.take().expect("piped");
    // Its first word comes after its first act.
    let first = BufReader::new(stderr).lines().next();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", process.id()));
    process.kill().expect("killed");
    process.wait().expect("ended");
    assert!(first.is_some_and(|line| line.is_ok()), "it said nothing");
    let limits = limits.expect("readable");
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .expect("listed");
    let values: Vec<&str> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"], "{core}");
}
