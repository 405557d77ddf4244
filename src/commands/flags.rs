//! What the flags of one invocation add to a run.

use std::path::{Path, PathBuf};

use crate::model::{intent::Intent, record::RunRecord};

/// What the flags of this invocation add to the run.
pub(super) fn with_flags(run: &mut RunRecord, intent: &Intent, resumed: bool) {
    for waiver in &intent.waivers {
        if !run.waivers.contains(waiver) {
            run.waivers.push(waiver.clone());
        }
    }
    if let Some(file) = &intent.snapshot
        && run.snapshot.is_none()
    {
        // A run that was killed between naming the file and recording it left
        // one that nobody vouches for: it stays, and the next has another name.
        let file = if resumed { unused(file) } else { file.clone() };
        run.snapshot_wanted = Some(file.display().to_string());
    }
}

/// The file, or the first of `file.2`, `file.3`, ... that does not exist.
fn unused(file: &Path) -> PathBuf {
    let numbered = |number: u32| {
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".{number}"));
        PathBuf::from(name)
    };
    std::iter::once(file.to_owned())
        .chain((2..1000).map(numbered))
        .find(|file| !file.exists())
        .unwrap_or_else(|| file.to_owned())
}
