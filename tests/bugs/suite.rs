use crate::scenarios::{self as at, Scenario};

/// A bug and what provokes it.
pub(crate) struct Case {
    /// Its name in `baoctl::bugs::Bug`.
    pub(crate) bug: &'static str,
    /// The weaknesses it repeats, or the fact it ignores.
    pub(crate) weakness: &'static str,
    pub(crate) scenario: Scenario,
    /// The invariant that an unexpected ending breaks.
    pub(crate) promise: &'static str,
}

const fn case(
    bug: &'static str,
    weakness: &'static str,
    scenario: Scenario,
    promise: &'static str,
) -> Case {
    Case {
        bug,
        weakness,
        scenario,
        promise,
    }
}

/// All of them.
pub(crate) const SUITE: &[Case] = &[
    case("OldPodForNew", "1", at::STALLED_AT_RELEASE, "S7"),
    case("IgnoresLag", "2", at::CUT_OFF, "S2"),
    case("ImageBeforeHold", "3", at::PLAIN, "R1"),
    case("PartitionForDone", "4", at::PLAIN, "S8"),
    case("StepsDownWhoever", "5", at::KILLED_HALF_WAY, "S6"),
    case("BelievesLabels", "6", at::LEADER_MOVES, "S5"),
    case("StepDownDeadlineOfRun", "7", at::SLOW, "L1"),
    case("PatienceOfRun", "8", at::VERY_SLOW, "L1"),
    case("NeverGivesUp", "9", at::NO_ROOM, "L3"),
    case("MajorityIsEnough", "10", at::FROZEN, "S2"),
    case("OldStepDownWillDo", "11", at::NOT_MOVED, "S4"),
    case("QueuedForMoved", "12", at::NOT_MOVED, "S4"),
    case("NeverAsksAgain", "12", at::NOT_MOVED, "L4"),
    case("FollowsTheSpec", "13", at::OTHER_TARGET, "S9"),
    case("StepsDownTheOnly", "14", at::ONE, "S2"),
    case("OwnsTheStatus", "15", at::PLAIN, "S8"),
    case("Unfenced", "16", at::ROBBED, "S1"),
    case("RobsTheLease", "16", at::KILLED_HALF_WAY, "L5"),
    case("Unconditional", "17", at::PLAIN, "S10"),
    case("ActsBeforeRecord", "18", at::PLAIN, "S11"),
    case("RecordsBeforeAct", "18", at::LEADER_LAST, "S7"),
    case("VersionsAsText", "21", at::OLDER, "S6"),
    case("SilenceForConsent", "22", at::FROZEN, "S2"),
    case("ForbiddenPasses", "23", at::FORBIDDEN, "L1"),
    case("FailureForDone", "25, 29", at::REFUSED_ONCE, "S11"),
    case("RollsBackAnywhere", "26", at::MISSING_AT_THE_END, "R6"),
    case("RevertForBeginning", "27", at::TARGET_PUT_BACK, "S9"),
    case("NobodyForMoved", "29", at::NOBODY, "R8"),
    case("ActsUnobserved", "30", at::STALLED, "R1"),
    case("AutopilotForLag", "31", at::PLAIN, "S2"),
    case("OneLook", "32", at::PLAIN, "S2"),
    case("PartOfName", "33", at::NAMED_ALIKE, "S12"),
    case("TriesAgain", "35", at::NO_ROOM, "S15"),
    case("AnyPair", "36", at::BAD_PAIR, "S9"),
    case("TerminatingForGone", "38", at::STUCK, "S3"),
    case("LeavesAnnotation", "41", at::PLAIN, "S8"),
    case("WaitsForLeader", "42", at::NO_LEADER, "L1"),
    case("KeepsTheLock", "43", at::PLAIN, "S8"),
    case("ForwardsStepDown", "K2", at::LEADER_LAST, "S10"),
    case("TakesTheResting", "K3", at::PLAIN, "R8"),
    case("TakesTheLeader", "K3", at::LEADER_LAST, "S4"),
    case("StepsDownEarly", "K11", at::LEADER_LAST, "R5"),
    case("LeavesTheHold", "K13", at::LEADER_LAST, "S8"),
    case("LeavesPaused", "K17", at::PLAIN, "L7"),
    case("LeavesOwnership", "K18", at::PLAIN, "S8"),
];
