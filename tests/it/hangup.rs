//! A terminal that is closed while a run is at work.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStderr, Command, Stdio},
};

/// A rehearsal at twenty times the pace of life, begun by this shell command, up
/// to where its first pod is on its way.
fn under_way(before: &str) -> (Child, BufReader<ChildStderr>) {
    let baoctl = env!("CARGO_BIN_EXE_baoctl");
    let script = format!("{before} exec {baoctl} rehearse rolling --to 2.7.2 --speed 20");
    let mut process = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell runs");
    let mut stderr = BufReader::new(process.stderr.take().expect("piped"));
    let mut line = String::new();
    while !line.contains("terminating") {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).expect("text"), 0, "it ended");
    }
    (process, stderr)
}

fn hang_up(process: &Child) {
    let sent = Command::new("sh")
        .args(["-c", &format!("kill -HUP {}", process.id())])
        .status();
    assert!(sent.expect("a shell runs").success());
}

/// How it ends, and what it says, when the terminal is closed then.
fn hung_up(before: &str) -> (Option<i32>, String) {
    let (mut process, mut stderr) = under_way(before);
    hang_up(&process);
    let mut text = String::new();
    stderr.read_to_string(&mut text).expect("text");
    (process.wait().expect("ended").code(), text)
}

#[test]
fn a_closed_terminal_stops_it_at_a_safe_point() {
    let (code, text) = hung_up("");
    assert_eq!(code, Some(143), "{text}");
    assert!(text.contains("baoctl resume prod -n vault"), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_to_outlive_its_terminal_does() {
    let (code, text) = hung_up("trap '' HUP;");
    assert_eq!(code, Some(0), "{text}");
}
