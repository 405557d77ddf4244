//! Wrong rules that can be switched on, one at a time, to see that the suite
//! catches each (`tests/bugs`).
//!
//! Only a build with the feature `seeded-bugs` can: without it [`has`] is a
//! constant and every question is answered by the compiler.

/// A wrong rule. The number is that of the weakness in
/// `reference/reliability.md` B it repeats, or of the fact (K) it ignores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bug {
    /// B1: an old pod that is Ready counts as the new one.
    OldPodForNew,
    /// B2: Ready and unsealed is enough, whatever the node has applied.
    IgnoresLag,
    /// B3: the template changes before the lock.
    ImageBeforeHold,
    /// B4: partition 0 means that all pods are updated.
    PartitionForDone,
    /// B5: whoever leads steps down first, in every process anew.
    StepsDownWhoever,
    /// B6: `status.activeLeader`, which is labels, says who leads.
    BelievesLabels,
    /// B7: a step-down must come within 60 s of the beginning of the run.
    StepDownDeadlineOfRun,
    /// B8: the patience with a pod is counted from the beginning of the run.
    PatienceOfRun,
    /// B9: what stands in the way of a pass is never a failure.
    NeverGivesUp,
    /// B10: a majority that is well is enough.
    MajorityIsEnough,
    /// B11: a step-down of the same node that was done before will do.
    OldStepDownWillDo,
    /// B12: an accepted step-down has moved leadership.
    QueuedForMoved,
    /// B12: a step-down that brought back the same node is not repeated.
    NeverAsksAgain,
    /// S1: an operator that somebody un-pauses is left to its work.
    LeavesUnpaused,
    /// B13: another target in the middle of a run is no matter.
    FollowsTheSpec,
    /// B14: the only node is asked to step down.
    StepsDownTheOnly,
    /// B15: the status is applied by an owner of its own.
    OwnsTheStatus,
    /// B16: a write does not ask whether the lease is still held.
    Unfenced,
    /// B16: the lease of a run that is alive is taken.
    RobsTheLease,
    /// B17: the StatefulSet is written without a condition.
    Unconditional,
    /// B18: the StatefulSet is changed before the run is declared.
    ActsBeforeRecord,
    /// B18: a pod is recorded as done when its release is sent.
    RecordsBeforeAct,
    /// B21: versions are compared as texts.
    VersionsAsText,
    /// B22: a node that cannot be asked is passed over.
    SilenceForConsent,
    /// B25, B29: an act that failed counts as done.
    FailureForDone,
    /// B26: a broken pod takes the template back, at any time.
    RollsBackAnywhere,
    /// B27: `spec.version` put back is a new beginning.
    RevertForBeginning,
    /// B29: no leader counts as another leader.
    NobodyForMoved,
    /// B30: a change is followed by the next before it is seen.
    ActsUnobserved,
    /// B31: a member that autopilot calls well is in step.
    AutopilotForLag,
    /// B32: one look is enough, and 100 entries are nothing.
    OneLook,
    /// B33: an address belongs to the pod whose name is a part of it.
    PartOfName,
    /// B35: a target that failed is tried again at once.
    TriesAgain,
    /// B36: no pair of versions is refused.
    AnyPair,
    /// B38: a pod that is going is gone.
    TerminatingForGone,
    /// B41: the annotation that asked for something stays.
    LeavesAnnotation,
    /// B42: a wait for a leader has no end.
    WaitsForLeader,
    /// B43: the operation lock is not given back.
    KeepsTheLock,
    /// B24: on the way back it is blue that is removed, as after the way forward.
    RemovesBlueAnyway,
    /// B26: a broken pod takes green away, whoever votes.
    DropsBrokenGreen,
    /// B28: once some of blue is gone, green's votes are taken back.
    BackFromCleanup,
    /// B30: a promotion that was asked for has been carried out.
    AskedForPromoted,
    /// B31: whoever is in the list is in step.
    PromotesAsTheyJoin,
    /// `contracts/operator.md` 3.5: green gets votes while its hook still runs.
    PromotesBeforeTheHook,
    /// B34: green goes and its peers stay.
    LeavesPeers,
    /// B34: volumes go before their members.
    VolumesFirst,
    /// B40: clients are led to green with the phase, whoever leads.
    ServesByPhase,
    /// B44: a pod that is Ready has joined.
    ReadyForJoined,
    /// `contracts/operator-live.md` 4.2: the leader steps down while others of
    /// its colour may take over.
    StepsDownAmongBlue,
    /// G5: a peer is removed while it votes.
    RemovesVoters,
    /// K2: a step-down is forwarded by who does not lead.
    ForwardsStepDown,
    /// K3: a node that stepped down is taken at once.
    TakesTheResting,
    /// K3: the leader goes like any other pod.
    TakesTheLeader,
    /// K11: whoever is Ready, caught up and a voter could lead.
    TrustsTheReady,
    /// K11: the leader steps down while others are old.
    StepsDownEarly,
    /// K13: the strategy is not put back at the end.
    LeavesTheHold,
    /// K17: the operator stays paused.
    LeavesPaused,
    /// K18: what baoctl came to own stays its own.
    LeavesOwnership,
}

/// Whether it is switched on.
#[cfg(not(feature = "seeded-bugs"))]
#[must_use]
pub const fn has(_: Bug) -> bool {
    false
}

/// Whether it is switched on: the variable `BAOCTL_BUG` names one.
#[cfg(feature = "seeded-bugs")]
#[must_use]
pub fn has(bug: Bug) -> bool {
    use std::sync::OnceLock;
    static SEEDED: OnceLock<String> = OnceLock::new();
    let seeded = SEEDED.get_or_init(|| std::env::var("BAOCTL_BUG").unwrap_or_default());
    !seeded.is_empty() && format!("{bug:?}") == *seeded
}
