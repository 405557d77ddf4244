//! Why green cannot be made from what is stored of blue.

/// Blue does not have the form the operator renders. Nothing is guessed then:
/// a green that joins with votes, or joins nothing, is worse than none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unlike {
    /// The configuration has no storage stanza for raft, or several.
    #[error("the configuration has not exactly one storage \"raft\" stanza")]
    Storage,
    /// A line of that stanza is none the operator writes.
    #[error("line {line} of the configuration is not in the operator's form")]
    Line {
        /// Its number, from 1.
        line: usize,
    },
    /// Green's own settings are there already: blue has never been made normal.
    #[error("the configuration already has {0}")]
    Present(&'static str),
    /// No node is joined by the cluster's label alone.
    #[error("the configuration joins no nodes by the label of the cluster alone")]
    Join,
    /// The StatefulSet lacks a part, or has another there.
    #[error("the statefulset has not what is expected at {0}")]
    Set(&'static str),
}
