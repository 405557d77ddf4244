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

/// A rehearsal takes a second or two; one that takes this long does not end.
const PATIENCE: Duration = Duration::from_secs(120);

/// How a rehearsal ended.
pub(crate) struct Ending {
    /// The exit code; `None` when it was ended.
    code: Option<i32>,
    /// Of the rehearsal: invariants first.
    violations: Vec<String>,
    message: String,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit {:?} {}", self.code, self.message)
    }
}

impl Ending {
    /// What there is to object to: an invariant, empty for an ending that is not
    /// the one expected, and what was seen.
    pub(crate) fn objection(&self) -> Option<(String, String)> {
        if let Some(first) = self.violations.first() {
            let invariant = first.split(' ').next().unwrap_or_default();
            return Some((invariant.to_owned(), first.clone()));
        }
        match self.code {
            Some(1) => Some((String::new(), self.message.clone())),
            None => Some((String::new(), "it does not end".to_owned())),
            Some(_) => None,
        }
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
