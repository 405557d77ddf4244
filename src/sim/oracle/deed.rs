//! What a write of baoctl's changed.

/// A write that was done, by what it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// A pod may now be replaced: the partition fell to its ordinal, or it was
    /// evicted or deleted.
    Release {
        /// Which.
        pod: String,
        /// Its UID.
        uid: String,
    },
    /// The partition changed.
    Partition {
        /// From.
        from: u32,
        /// To.
        to: u32,
    },
    /// The template's image changed.
    Template {
        /// The new version.
        version: String,
    },
    /// `spec.version` was written.
    Declaration {
        /// To what.
        version: String,
    },
    /// Pods were recorded as done in `status.upgrade.completedPods`.
    Recorded {
        /// Those that were not before.
        ordinals: Vec<u32>,
    },
    /// A node was asked to step down.
    StepDown {
        /// Which.
        pod: String,
    },
    /// `status.currentVersion` was written.
    Success {
        /// To what.
        version: String,
    },
    /// A member was given a vote.
    Promote {
        /// Which.
        pod: String,
    },
    /// A member's vote was taken.
    Demote {
        /// Which.
        pod: String,
    },
    /// A member was removed.
    RemovePeer {
        /// Which.
        pod: String,
    },
    /// The public Service leads to another colour.
    Select {
        /// To the pods of this StatefulSet.
        set: String,
    },
    /// A colour's StatefulSet was changed otherwise than in its size.
    Reshaped {
        /// Which.
        set: String,
    },
    /// A StatefulSet was scaled to nothing, or deleted with its pods.
    Emptied {
        /// Which.
        set: String,
    },
    /// A volume was deleted.
    Unclaimed {
        /// The pod it is for.
        pod: String,
    },
    /// Something was deleted that is no pod and no Job.
    Deletion {
        /// What.
        what: String,
    },
    /// Any other write that lasts.
    Other {
        /// What.
        what: String,
    },
}
