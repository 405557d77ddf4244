//! Rehearsals with the operator in each of its states, as they are typed.

use std::{
    fs,
    process::{Command, Stdio},
};

use serde_json::Value;

/// Rehearses a scenario; its exit code and its result.
#[track_caller]
fn rehearse(name: &str, cluster: &str, faults: &str) -> (i32, Value) {
    let folder = std::env::temp_dir().join(format!("baoctl-rehearse-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join(format!("{name}.yaml"));
    let text = format!("name: {name}\ncluster: {{ {cluster} }}\nto: 2.7.2\nfaults: {faults}\n");
    fs::write(&file, text).expect("written");
    let output = Command::new(env!("CARGO_BIN_EXE_baoctl"))
        .args([
            "rehearse",
            "rolling",
            "--speed",
            "max",
            "-o",
            "json",
            "--scenario",
        ])
        .arg(&file)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let result = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{stderr}"));
    (output.status.code().expect("a code"), result)
}

#[track_caller]
fn finishes(name: &str, cluster: &str) -> Value {
    let (code, result) = rehearse(name, cluster, "[]");
    assert_eq!(code, 0, "{name}: {result:#}");
    assert_eq!(result["rehearsal"]["lost"], 0, "{name}");
    assert_eq!(
        result["rehearsal"]["violations"],
        Value::Array(Vec::new()),
        "{name}"
    );
    result
}

#[test]
fn it_finishes_with_an_operator_of_either_generation_and_with_none() {
    for state in ["january", "today", "absent"] {
        finishes(state, &format!("operator: {state}"));
    }
}

#[test]
fn it_finishes_what_the_operator_left_stuck() {
    for replicas in [3, 5] {
        let name = format!("stuck-{replicas}");
        finishes(&name, &format!("operator: stuck, replicas: {replicas}"));
    }
}

#[test]
fn it_leaves_a_pause_that_was_there() {
    finishes("paused", "paused: true");
}

#[test]
fn it_finishes_behind_the_admission_lock_as_the_operator() {
    for (state, lock) in [
        ("january", "january"),
        ("today", "today"),
        ("stuck", "january"),
    ] {
        let name = format!("locked-{state}");
        finishes(&name, &format!("operator: {state}, lock: {lock}"));
    }
}

#[test]
fn read_replicas_come_first() {
    let result = finishes("read-replicas", "operator: today, readReplicas: 1");
    let pods = result["pods"].as_array().expect("pods");
    assert_eq!(pods.len(), 4, "{result:#}");
    assert_eq!(pods[0]["pod"], "prod-read-0", "{result:#}");
}

#[test]
fn a_retry_that_was_handled_stays_handled() {
    let (code, result) = rehearse(
        "handled",
        "operator: today",
        "[{ when: { after: 1s }, what: { crashLoop: {} } }]",
    );
    assert_ne!(code, 0, "{result:#}");
    assert_eq!(
        result["rehearsal"]["violations"],
        Value::Array(Vec::new()),
        "{result:#}"
    );
}

#[test]
fn it_halts_when_somebody_unpauses_the_operator() {
    for state in ["january", "today"] {
        let (code, result) = rehearse(
            &format!("unpaused-{state}"),
            &format!("operator: {state}"),
            "[{ when: { after: 10s }, what: { unpause: {} } }]",
        );
        assert!(matches!(code, 5 | 6), "{state}: {code} {result:#}");
        assert_eq!(result["halt"]["reason"], "Unpaused", "{state}: {result:#}");
    }
}
