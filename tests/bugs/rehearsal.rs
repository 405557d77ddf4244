use std::{
    env, fmt, fs,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
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
    let (file, answer) = (stem.with_extension("yaml"), stem.with_extension("json"));
    fs::write(&file, scenario).expect("the scenario is written");
    let out = fs::File::create(&answer).expect("a file for the answer");
    let mut child = Command::new(env::current_exe().expect("this program"))
        .args(["rehearse", "rolling", "--speed", "max", "-o", "json"])
        .args(["--seed", &seed.to_string(), "--scenario"])
        .arg(&file)
        .env(CHILD, "1")
        .env("BAOCTL_BUG", bug)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(Stdio::null())
        .spawn()
        .expect("the rehearsal starts");
    let began = Instant::now();
    let status = loop {
        match child.try_wait().expect("its status") {
            Some(status) => break Some(status),
            None if began.elapsed() > PATIENCE => {
                child.kill().expect("it is ended");
                child.wait().expect("it has ended");
                break None;
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    let result: Value =
        serde_json::from_str(&fs::read_to_string(&answer).expect("an answer")).unwrap_or_default();
    fs::remove_file(&file).expect("the scenario is removed");
    fs::remove_file(&answer).expect("the answer is removed");
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
