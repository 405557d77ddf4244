//! The file a rehearsal takes its snapshot to.

use std::{fs, path::PathBuf};

use crate::sim::scenario::Scenario;

/// Taken away at the end: a snapshot of an embedded cluster must not be taken
/// for one of the real cluster. One that was there before stays, and halts the
/// run, as in life.
pub(super) struct SnapshotFile(Option<PathBuf>);

impl SnapshotFile {
    /// The one of this rehearsal, which has not begun.
    pub(super) fn of(scenario: &Scenario) -> Self {
        let file = scenario.snapshot.as_ref();
        Self(
            file.filter(|file| fs::symlink_metadata(file).is_err())
                .cloned(),
        )
    }
}

impl Drop for SnapshotFile {
    fn drop(&mut self) {
        if let Some(file) = &self.0
            && let Err(error) = fs::remove_file(file)
        {
            // A run that was refused has made none.
            tracing::debug!(%error, file = %file.display(), "no snapshot to take away");
        }
    }
}
