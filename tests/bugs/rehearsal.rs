use std::{
    env, fmt, fs,
    io::Read,
    process::{Command, Stdio},
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use serde_json::Value;

/// Set for a process that is to be baoctl.
pub(crate) const CHILD: &str = "BAOCTL_BUGS_CHILD";

/// A rehearsal takes a second or two, and one that would never end is ended by
/// its own watch. Nothing is learnt from one that takes this long.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a rehearsal says whose process waits for ever, or for too long.
const HANGS: &str = "the run hangs";

/// How a rehearsal ended.
pub(crate) struct Ending {
    /// The exit code; `None` when this machine was too slow for it.
    code: Option<i32>,
    /// Of the rehearsal: invariants first.
    violations: Vec<String>,
    message: String,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "exit code {code} {}", self.message),
            None => write!(f, "not over after {} s", PATIENCE.as_secs()),
        }
    }
}

impl Ending {
    /// What there is to object to: an invariant, none for an ending that is not
    /// the one expected, and what was seen.
    ///
    /// L1 when the rehearsal's own watch found that nothing would end it.
    pub(crate) fn objection(&self) -> Option<(Option<String>, String)> {
        if let Some(first) = self.violations.first() {
            let (invariant, what) = first.split_once(" at ").unwrap_or(("", first));
            return Some((Some(invariant.to_owned()), what.to_owned()));
        }
        let by = self.message.contains(HANGS).then(|| "L1".to_owned());
        (self.code == Some(1)).then(|| (by, self.message.clone()))
    }

    /// Why it is not what a rehearsal without a bug has to be.
    pub(crate) fn unclean(&self) -> Option<String> {
        let slow = || self.code.is_none().then(|| self.to_string());
        self.objection().map(|(_, what)| what).or_else(slow)
    }
}

/// Rehearses a scenario with a bug, or with none.
pub(crate) fn play(scenario: &str, seed: u64, bug: &str) -> Ending {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let stem = env::temp_dir().join(format!("baoctl-bugs-{}-{number}", std::process::id()));
    let file = stem.with_extension("yaml");
    let strategy = if scenario.contains("strategy: blueGreen") {
        "bluegreen"
    } else {
        "rolling"
    };
    fs::write(&file, scenario).expect("the scenario is written");
    let mut child = Command::new(env::current_exe().expect("this program"))
        .args(["rehearse", strategy, "--speed", "max", "-o", "json"])
        .args(["--seed", &seed.to_string(), "--scenario"])
        .arg(&file)
        .env(CHILD, "1")
        .env("BAOCTL_BUG", bug)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the rehearsal starts");
    let mut out = child.stdout.take().expect("its output");
    let (told, answer) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut all = String::new();
        out.read_to_string(&mut all).expect("an answer in UTF-8");
        // Who waited too long is gone.
        let _ = told.send(all);
    });
    let answer = answer.recv_timeout(PATIENCE).ok();
    if answer.is_none() {
        child.kill().expect("it is ended");
    }
    let status = child.wait().expect("it has ended");
    let status = answer.is_some().then_some(status);
    reader.join().expect("all of it was read");
    let result: Value =
        serde_json::from_str(answer.as_deref().unwrap_or_default()).unwrap_or_default();
    fs::remove_file(&file).expect("the scenario is removed");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ending {
        code: status.and_then(|status| status.code()),
        violations: result["rehearsal"]["violations"]
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect(),
        message: text(&result["error"]["message"]),
    }
}
