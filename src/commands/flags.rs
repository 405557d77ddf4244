//! What the flags of one invocation add to a run.

use std::path::{Path, PathBuf};

use crate::model::{intent::Intent, record::RunRecord, waiver::Waiver};

/// What the flags of this invocation add to the run.
pub(super) fn with_flags(run: &mut RunRecord, intent: &Intent, resumed: bool, overwrites: bool) {
    for waiver in &intent.waivers {
        if !run.waivers.contains(waiver) {
            run.waivers.push(waiver.clone());
        }
    }
    if run.snapshot.is_some() {
        return;
    }
    match &intent.snapshot {
        // A run that was killed between naming the file and recording it left
        // one that nobody vouches for: it stays, and the next has another name.
        Some(file) => {
            let file = if resumed && !overwrites {
                unused(file)
            } else {
                file.clone()
            };
            run.snapshot_wanted = Some(file.display().to_string());
        }
        // Where a file lies on this machine is not for the resource to say:
        // without a word of whoever resumes there is none.
        None if run.waivers.contains(&Waiver::AllowNoSnapshot) => run.snapshot_wanted = None,
        None => {}
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

#[cfg(test)]
mod tests {
    use super::unused;

    #[test]
    fn a_file_that_is_there_is_passed_over() {
        let folder = std::env::temp_dir().join(format!("baoctl-flags-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("prod.snap");
        assert_eq!(unused(&file), file);
        std::fs::write(&file, "").expect("a file");
        assert_eq!(unused(&file), folder.join("prod.snap.2"));
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
