//! The Job of the pre-promotion hook over time: whether it had failed before this
//! process looked.

use crate::model::{
    fact::Fact,
    hook::{HookJob, HookState},
};

/// The memory of one process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HookSeen {
    /// Whether there was one has been seen.
    looked: bool,
    /// The UID of the one that had failed by then.
    failed_before: Option<String>,
}

impl HookSeen {
    /// Takes one observation in.
    pub fn observe(&mut self, hook: &Fact<Option<HookJob>>) {
        let Fact::Known(job) = hook else {
            return;
        };
        if !std::mem::replace(&mut self.looked, true)
            && let Some(job) = job
            && matches!(job.state, HookState::Failed { .. })
        {
            self.failed_before = Some(job.uid.clone());
        }
    }

    /// Whether it was another process that saw it fail: whoever began this one
    /// wants it tried again.
    #[must_use]
    pub fn is_from_before(&self, job: &HookJob) -> bool {
        self.failed_before.as_ref() == Some(&job.uid)
    }
}
