//! What a rehearsal says about itself: what was asked for, what struck, what was
//! judged.

use std::{
    fs,
    process::{Command, Output},
};

use serde_json::Value;

use crate::rehearse::{play, rehearse, report};

/// Rehearses these faults.
fn faulty(name: &str, faults: &str, flags: &str) -> Output {
    let file = std::env::temp_dir().join(format!("baoctl-{name}-{}.yaml", std::process::id()));
    fs::write(&file, format!("name: {name}\nto: 2.7.2\nfaults:\n{faults}")).expect("written");
    let line = format!("--scenario {} --speed max {flags}", file.display());
    let output = rehearse(&line);
    fs::remove_file(&file).expect("the file is there");
    output
}

/// One that strikes, one whose write is never sent, one that befalls nobody.
const FAULTS: &str = "\
- when: { event: podReady, pod: prod-2, after: 500ms }
  what: { killNode: { on: leader } }
- when: { write: 4000 }
  what: { crash: {} }
- when: { event: podReplaced, pod: prod-2 }
  what: { secondDriver: {} }
";

#[test]
fn faults_are_told_as_they_strike_and_those_that_did_not_are_named() {
    let output = faulty("told", FAULTS, "--progress plain");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.contains("fault: F25/F36 the server of prod-1 is killed"),
        "{told}"
    );
    assert!(
        told.contains("another baoctl takes the lease; nothing came of it: the lease was held"),
        "{told}"
    );
    let result = String::from_utf8_lossy(&output.stdout);
    assert!(result.contains("1 of 3 planned faults struck"), "{result}");
    assert!(
        result.contains("never struck: F1 kills baoctl before its next request: planned for write"),
        "{result}"
    );
    assert!(!result.contains("every invariant"), "{result}");
}

#[test]
fn machines_are_told_of_faults_in_the_stream_and_in_the_result() {
    let output = faulty("told", FAULTS, "-o ndjson");
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let events: Vec<&Value> = lines.iter().filter(|line| line["seq"].is_u64()).collect();
    for (number, event) in (1..).zip(&events) {
        assert_eq!(event["seq"], number, "{event}");
    }
    let struck: Vec<&&Value> = events
        .iter()
        .filter(|event| event["event"]["type"] == "faultStruck")
        .collect();
    assert_eq!(struck.len(), 2, "{struck:?}");
    assert_eq!(struck[0]["event"]["fault"], "secondDriver");
    assert_eq!(struck[0]["event"]["missed"], "the lease was held");
    assert_eq!(struck[1]["event"]["fault"], "killNode");
    assert_eq!(struck[1]["event"]["pod"], "prod-1");
    let faults = &lines.last().expect("a result")["result"]["rehearsal"]["faults"];
    assert_eq!(faults["struck"].as_array().map(Vec::len), Some(1));
    assert_eq!(faults["never"].as_array().map(Vec::len), Some(2));
}

fn outcome<'a>(invariants: &'a Value, id: &str) -> &'a Value {
    let all = invariants.as_array().expect("invariants");
    let found = all.iter().find(|one| one["id"] == id);
    &found.unwrap_or_else(|| panic!("{id} is not told of"))["outcome"]
}

#[test]
fn the_verdict_names_what_was_judged_and_what_was_not() {
    let output = rehearse("--to 2.7.2 --speed max -o json");
    let result: Value = serde_json::from_slice(&output.stdout).expect("a result");
    let invariants = &result["rehearsal"]["invariants"];
    for (id, expected) in [
        ("S2", "held"),
        ("S14", "held"),
        ("S15", "noOccasion"),
        ("R3", "held"),
        ("R4", "held"),
        ("R7", "held"),
        ("L1", "held"),
        ("L2", "noOccasion"),
        ("L3", "notJudged"),
        ("L4", "held"),
        ("L6", "noOccasion"),
    ] {
        assert_eq!(outcome(invariants, id), expected, "{id}");
    }
    let others = invariants.as_array().expect("a list").iter();
    let others = others.filter(|one| one["id"].as_str().is_some_and(|id| id.starts_with('G')));
    assert_eq!(others.count(), 0, "a rolling upgrade has no colours");
}

#[test]
fn people_are_told_in_a_line_and_with_v_of_each() {
    let brief = rehearse("--to 2.7.2 --speed max");
    let brief = String::from_utf8_lossy(&brief.stdout).into_owned();
    assert!(
        brief.contains(" invariants held, no occasion for "),
        "{brief}"
    );
    assert!(brief.contains(", not judged L3"), "{brief}");
    assert!(!brief.contains("nothing is written without the lease"));
    let wordy = rehearse("--to 2.7.2 --speed max -v");
    let wordy = String::from_utf8_lossy(&wordy.stdout).into_owned();
    assert!(
        wordy.contains("nothing is written without the lease ("),
        "{wordy}"
    );
}

/// What one run has no occasion for, another of the list may have.
#[test]
fn many_rehearsals_add_up_what_they_were_judged_by() {
    let report = report("--to 2.7.2 --seeds 0..6 --faults F1");
    assert_eq!(outcome(&report["invariants"], "L2"), "held");
    assert!(
        report["faults"]["crash"]["struck"].as_u64() > Some(0),
        "{report}"
    );
    let coloured = play("bluegreen", "--to 2.7.2 --speed max -o json");
    let result: Value = serde_json::from_slice(&coloured.stdout).expect("a result");
    let invariants = &result["rehearsal"]["invariants"];
    for id in ["S12", "G1", "G2", "G3", "G4", "G5", "G8"] {
        assert_eq!(outcome(invariants, id), "held", "{id}");
    }
}

#[test]
fn a_range_without_end_begins_at_once_and_tells_what_was_played() {
    let line = "--to 2.7.2 --seeds 0..18446744073709551615 --timeout 1s";
    let output = rehearse(&format!("{line} -o json"));
    assert_eq!(output.status.code(), Some(124), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!(report["outcome"], "timedOut");
    assert_eq!(report["planned"], u64::MAX);
    assert!(report["runs"].as_u64().is_some_and(|runs| runs > 0));
    let output = rehearse(line);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        told.contains(" of 18446744073709551615 rehearsals"),
        "{told}"
    );
}

/// Whoever opens a pipe waits for its writer.
#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let pipe = std::env::temp_dir().join(format!("baoctl-pipe-{}", std::process::id()));
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo runs").success());
    let output = rehearse(&format!("--scenario {}", pipe.display()));
    fs::remove_file(&pipe).expect("the pipe is there");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("it is no regular file"), "{told}");
}

#[test]
fn one_replica_goes_down_only_where_that_is_allowed() {
    let line = "--from 2.6.1 --to 2.6.2 --replicas 1 --speed max";
    let refused = rehearse(line);
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(3), "{told}");
    assert!(told.contains("--allow-downtime"), "{told}");
    let done = rehearse(&format!("{line} --allow-downtime"));
    assert_eq!(done.status.code(), Some(0));
}

#[test]
fn a_door_is_refused_where_only_half_of_it_is_waived() {
    let output = rehearse("--to 2.7.2 --allow-no-snapshot --speed max");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("--accept-one-way"), "{told}");
}

#[test]
fn a_snapshot_is_taken_first_and_its_file_taken_away() {
    let file = std::env::temp_dir().join(format!("baoctl-snap-{}", std::process::id()));
    let line = format!(
        "--to 2.7.2 --speed max -o json --snapshot {}",
        file.display()
    );
    let output = rehearse(&line);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
    let result: Value = serde_json::from_slice(&output.stdout).expect("a result");
    assert!(result["snapshot"]["index"].as_u64() > Some(0), "{result}");
    assert_eq!(outcome(&result["rehearsal"]["invariants"], "S14"), "held");
    assert!(!file.exists());
    // What was there before is nobody's to overwrite, or to take away.
    fs::write(&file, "mine").expect("written");
    let output = rehearse(&line);
    assert_eq!(output.status.code(), Some(5));
    assert_eq!(fs::read_to_string(&file).expect("there"), "mine");
    fs::remove_file(&file).expect("the file is there");
}

#[test]
fn a_gate_is_stopped_at_and_then_promoted_in_the_same_rehearsal() {
    for gate in ["ready", "cutover"] {
        let line = format!("--to 2.7.2 --until {gate} --speed max -o ndjson");
        let output = play("bluegreen", &line);
        let told = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{gate}: {told}");
        // One run that is begun, and gone on with.
        let begun = told.matches("\"type\":\"runStarted\"").count();
        assert_eq!(begun, 2, "{gate}: {told}");
        assert_eq!(told.matches("\"type\":\"finished\"").count(), 1, "{gate}");
    }
    let rolling = rehearse("--to 2.7.2 --until ready");
    assert_eq!(rolling.status.code(), Some(2));
}

#[test]
fn a_soak_is_waited_for() {
    let seconds = |flags: &str| {
        let line = format!("--to 2.7.2 --speed max -o json {flags}");
        let output = play("bluegreen", &line);
        let result: Value = serde_json::from_slice(&output.stdout).expect("a result");
        result["seconds"].as_u64().expect("seconds")
    };
    assert!(seconds("--soak 5m") >= seconds("") + 290);
}
