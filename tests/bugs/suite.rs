use crate::scenarios::{self as at, Scenario};

/// A bug and what provokes it.
pub(crate) struct Case {
    /// Its name in `baoctl::bugs::Bug`.
    pub(crate) bug: &'static str,
    /// The weaknesses it repeats, or the fact it ignores.
    pub(crate) weakness: &'static str,
    pub(crate) scenario: Scenario,
    /// The seed that shows it.
    pub(crate) seed: u64,
    /// The invariant that an unexpected ending breaks.
    pub(crate) promise: &'static str,
}

const fn case(
    bug: &'static str,
    weakness: &'static str,
    scenario: Scenario,
    seed: u64,
    promise: &'static str,
) -> Case {
    Case {
        bug,
        weakness,
        scenario,
        seed,
        promise,
    }
}

/// All of them.
pub(crate) const SUITE: &[Case] = &[
    case("OldPodForNew", "1", at::STALLED_AT_RELEASE, 1, "S7"),
    case("IgnoresLag", "2", at::CUT_OFF, 1, "S2"),
    case("ImageBeforeHold", "3", at::PLAIN, 1, "R1"),
    case("PartitionForDone", "4", at::PLAIN, 1, "S8"),
    case("StepsDownWhoever", "5", at::KILLED_AFTER_FAILOVER, 5, "S6"),
    case("BelievesLabels", "6", at::LEADER_MOVES, 1, "S5"),
    case("StepDownDeadlineOfRun", "7", at::SLOW, 1, "L1"),
    case("PatienceOfRun", "8", at::VERY_SLOW, 2, "L1"),
    case("NeverGivesUp", "9", at::NO_ROOM, 2, "L3"),
    case("MajorityIsEnough", "10", at::FROZEN, 1, "S2"),
    case("OldStepDownWillDo", "11", at::NOT_MOVED, 1, "S4"),
    case("QueuedForMoved", "12", at::NOT_MOVED, 1, "S4"),
    case("NeverAsksAgain", "12", at::NOT_MOVED, 1, "L4"),
    case("FollowsTheSpec", "13", at::OTHER_TARGET, 1, "S9"),
    case("StepsDownTheOnly", "14", at::ONE, 1, "S2"),
    case("OwnsTheStatus", "15", at::PLAIN, 1, "S8"),
    case("Unfenced", "16", at::ROBBED, 1, "S1"),
    case("RobsTheLease", "16", at::KILLED_HALF_WAY, 1, "L5"),
    case("Unconditional", "17", at::PLAIN, 1, "S10"),
    case("ActsBeforeRecord", "18", at::PLAIN, 1, "S11"),
    case("RecordsBeforeAct", "18", at::LEADER_LAST, 1, "S7"),
    case("VersionsAsText", "21", at::OLDER, 1, "S6"),
    case("SilenceForConsent", "22", at::HANGS, 1, "S2"),
    case("FailureForDone", "25, 29", at::REFUSED_ONCE, 1, "S11"),
    case("RollsBackAnywhere", "26", at::MISSING_AT_THE_END, 1, "R6"),
    case("RevertForBeginning", "27", at::TARGET_PUT_BACK, 1, "S9"),
    case("NobodyForMoved", "29", at::NOBODY, 1, "R8"),
    case("ActsUnobserved", "30", at::STALLED, 1, "R1"),
    case("AutopilotForLag", "31", at::PLAIN, 2, "S2"),
    case("OneLook", "32", at::PLAIN, 2, "S2"),
    case("PartOfName", "33", at::NAMED_ALIKE, 1, "S12"),
    case("TriesAgain", "35", at::NO_ROOM, 1, "S15"),
    case("AnyPair", "36", at::BAD_PAIR, 1, "S9"),
    case("TerminatingForGone", "38", at::STUCK, 1, "S3"),
    case("LeavesAnnotation", "41", at::PLAIN, 1, "S8"),
    case("WaitsForLeader", "42", at::NO_LEADER, 1, "L1"),
    case("KeepsTheLock", "43", at::PLAIN, 1, "S8"),
    case("RemovesBlueAnyway", "24", at::GREEN_GIVEN_UP, 1, "G5"),
    case("DropsBrokenGreen", "26", at::GREEN_CRASHES, 1, "G8"),
    case("BackFromCleanup", "28", at::TWO_COLOURS, 1, "G3"),
    case("AskedForPromoted", "30", at::TWO_COLOURS, 1, "G3"),
    case("PromotesAsTheyJoin", "31, 32", at::TWO_COLOURS, 1, "G1"),
    case("PromotesBeforeTheHook", "G1", at::HOOK, 1, "G1"),
    case("LeavesPeers", "34", at::GREEN_GIVEN_UP, 1, "S8"),
    case("VolumesFirst", "34", at::TWO_COLOURS, 1, "G6"),
    case("ServesByPhase", "40", at::TWO_COLOURS, 1, "G4"),
    case("ReadyForJoined", "44", at::GREEN_FOUNDS, 2, "G1"),
    case("StepsDownAmongBlue", "G3", at::TWO_COLOURS, 1, "G3"),
    case("RemovesVoters", "G5", at::TWO_COLOURS, 1, "G5"),
    case("ForwardsStepDown", "K2", at::LEADER_LAST, 1, "S10"),
    case("TakesTheResting", "K3", at::PLAIN, 1, "R8"),
    case("TakesTheLeader", "K3", at::LEADER_LAST, 1, "S4"),
    case("StepsDownEarly", "K11", at::LEADER_LAST, 3, "R5"),
    case("TrustsTheReady", "K11", at::CANNOT_LEAD, 1, "S2"),
    case("LeavesUnpaused", "S1", at::UNPAUSED, 1, "R7"),
    case("LeavesTheHold", "K13", at::UNATTENDED, 1, "S8"),
    case("LeavesPaused", "K17", at::PLAIN, 1, "L7"),
    case("LeavesOwnership", "K18", at::PLAIN, 1, "S8"),
];

/// Weaknesses that are no wrong rule here, and why.
pub(crate) const NOT_OURS: &[(&str, &str)] = &[
    (
        "19, 20",
        "names and retries of the operator's snapshot Jobs; ours is no Job, and is recorded once",
    ),
    (
        "23",
        "what is forbidden is tried for ever: a rehearsal forbids every write, and without its lease a run writes nothing anyhow",
    ),
    (
        "37",
        "the operator's snapshot is a Job that may be gone; ours is a file, verified and recorded by the run",
    ),
    (
        "39",
        "the blue image from the spec: what a run came from is pinned in its record; FollowsTheSpec bends that",
    ),
];

/// The last weakness there is a number for.
pub(crate) const LAST: u32 = 44;
