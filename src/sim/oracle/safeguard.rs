//! Judges whether the snapshot that is demanded came first (S14).

use super::{Deed, Oracle, View};
use crate::sim::moment::Moment;

/// What stands about a snapshot on the resource, as it is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SnapshotSeen {
    /// The resource demands one, or the way is one without return.
    pub demanded: bool,
    /// The run is recorded to go without.
    pub waived: bool,
    /// The index of the one that is recorded.
    pub index: Option<u64>,
}

impl Oracle {
    pub(super) fn safeguarded(&mut self, deed: &Deed, before: &View, now: Moment) {
        let disturbs = matches!(
            deed,
            Deed::Release { .. }
                | Deed::StepDown { .. }
                | Deed::Demote { .. }
                | Deed::Select { .. }
        );
        // The way back needs none.
        if !disturbs || self.back {
            return;
        }
        let SnapshotSeen {
            demanded,
            waived,
            index,
        } = before.snapshot;
        if !demanded && index.is_none() {
            return;
        }
        self.check("S14");
        match index {
            None if waived => {}
            None => {
                let text = format!("without the snapshot that is demanded: {deed:?}");
                self.violated("S14", now, text);
            }
            Some(index) if index == 0 || index > before.committed => {
                let text = format!(
                    "the snapshot is recorded with index {index}, and {} is committed",
                    before.committed
                );
                self.violated("S14", now, text);
            }
            Some(_) => {}
        }
    }
}
