//! The invariants by name, and which of them nobody judges.

/// One of `reference/reliability.md` D.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its number.
    pub id: &'static str,
    /// Which strategy it is about.
    pub of: Of,
    /// What the oracle makes of it, in a sentence.
    pub says: &'static str,
    /// Why it is not judged.
    pub unjudged: Option<&'static str>,
}

/// Which strategy an invariant is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Either.
    Both,
    /// Rolling alone.
    Rolling,
    /// Blue/green alone.
    BlueGreen,
}

impl Rule {
    /// The invariants of a strategy.
    pub fn of(blue_green: bool) -> impl Iterator<Item = &'static Self> {
        RULES.iter().filter(move |rule| match rule.of {
            Of::Both => true,
            Of::Rolling => !blue_green,
            Of::BlueGreen => blue_green,
        })
    }
}

/// All of them.
const RULES: &[Rule] = &[
    Rule {
        id: "S1",
        of: Of::Both,
        says: "nothing is written without the lease",
        unjudged: None,
    },
    Rule {
        id: "S2",
        of: Of::Both,
        says: "no pod is let go, and no leader stepped down, unless the others carry the quorum, or it never ran and nobody leads",
        unjudged: None,
    },
    Rule {
        id: "S3",
        of: Of::Both,
        says: "at most one pod is away because of the run",
        unjudged: None,
    },
    Rule {
        id: "S4",
        of: Of::Both,
        says: "no pod is let go while it is active",
        unjudged: None,
    },
    Rule {
        id: "S5",
        of: Of::Both,
        says: "no pod is let go while nobody leads, but one that never ran",
        unjudged: None,
    },
    Rule {
        id: "S6",
        of: Of::Both,
        says: "leadership is never moved from the target to an older version",
        unjudged: None,
    },
    Rule {
        id: "S7",
        of: Of::Both,
        says: "a pod is recorded as done only when it is; no acknowledged write is lost",
        unjudged: None,
    },
    Rule {
        id: "S8",
        of: Of::Both,
        says: "success is written only when all is done, and nothing of the run is left",
        unjudged: None,
    },
    Rule {
        id: "S9",
        of: Of::Both,
        says: "the target stands: another spec.version stops the run",
        unjudged: None,
    },
    Rule {
        id: "S10",
        of: Of::Both,
        says: "every write is conditional, and changes nothing when it arrives twice",
        unjudged: None,
    },
    Rule {
        id: "S11",
        of: Of::Both,
        says: "the target is declared before anything is done for it",
        unjudged: None,
    },
    Rule {
        id: "S12",
        of: Of::BlueGreen,
        says: "a vote is changed or a member removed only by the exact name of a pod",
        unjudged: None,
    },
    Rule {
        id: "S13",
        of: Of::Rolling,
        says: "nothing is deleted but pods and Jobs",
        unjudged: None,
    },
    Rule {
        id: "S14",
        of: Of::Both,
        says: "the snapshot that is demanded is recorded, or waived, before anything is disturbed",
        unjudged: None,
    },
    Rule {
        id: "S15",
        of: Of::Both,
        says: "whoever has halted disturbs nothing until somebody asks again",
        unjudged: None,
    },
    Rule {
        id: "S16",
        of: Of::Both,
        says: "no token stands in an object, and a run that met no fault leaves none that is valid",
        unjudged: None,
    },
    Rule {
        id: "R1",
        of: Of::Rolling,
        says: "the template changes only behind a lock that was observed",
        unjudged: None,
    },
    Rule {
        id: "R2",
        of: Of::Rolling,
        says: "the partition lets one pod go at a time",
        unjudged: None,
    },
    Rule {
        id: "R3",
        of: Of::Rolling,
        says: "the partition falls only when every pod above it runs the target",
        unjudged: None,
    },
    Rule {
        id: "R4",
        of: Of::Rolling,
        says: "the partition falls only when every pod is Ready",
        unjudged: None,
    },
    Rule {
        id: "R5",
        of: Of::Both,
        says: "by our doing the target leads only when every other voter runs it",
        unjudged: None,
    },
    Rule {
        id: "R6",
        of: Of::Both,
        says: "nobody goes back through a one-way door",
        unjudged: None,
    },
    Rule {
        id: "R7",
        of: Of::Rolling,
        says: "no pod is replaced that nobody let go",
        unjudged: None,
    },
    Rule {
        id: "R8",
        of: Of::Both,
        says: "12 s lie between two step-downs, and before whoever stepped down is let go",
        unjudged: None,
    },
    Rule {
        id: "G1",
        of: Of::BlueGreen,
        says: "a vote is given only to members of a colour that is whole and fit",
        unjudged: None,
    },
    Rule {
        id: "G2",
        of: Of::BlueGreen,
        says: "whoever is left after a change of members carries the quorum",
        unjudged: None,
    },
    Rule {
        id: "G3",
        of: Of::BlueGreen,
        says: "no vote is taken before the other colour votes as a whole",
        unjudged: None,
    },
    Rule {
        id: "G4",
        of: Of::BlueGreen,
        says: "clients are led only to a colour that leads and is Ready",
        unjudged: None,
    },
    Rule {
        id: "G5",
        of: Of::BlueGreen,
        says: "neither a voter nor the leader is removed",
        unjudged: None,
    },
    Rule {
        id: "G6",
        of: Of::BlueGreen,
        says: "no volume of a member is deleted",
        unjudged: None,
    },
    Rule {
        id: "G7",
        of: Of::BlueGreen,
        says: "the way back before the point of no return",
        unjudged: Some("its steps are judged by G2 to G5, its order is not"),
    },
    Rule {
        id: "G8",
        of: Of::BlueGreen,
        says: "no StatefulSet is taken away while one of its pods votes",
        unjudged: None,
    },
    Rule {
        id: "G9",
        of: Of::BlueGreen,
        says: "no id that may come back is left a permanent non-voter",
        unjudged: Some("the list of permanent non-voters is not looked at"),
    },
    Rule {
        id: "L1",
        of: Of::Both,
        says: "every process ends by itself, and lets no pod go over and over",
        unjudged: None,
    },
    Rule {
        id: "L2",
        of: Of::Both,
        says: "a run that was killed is gone on with",
        unjudged: None,
    },
    Rule {
        id: "L3",
        of: Of::Both,
        says: "a pod that breaks halts the run in time, and the way back ends",
        unjudged: Some("only the exit code that a scenario expects says so"),
    },
    Rule {
        id: "L4",
        of: Of::Both,
        says: "a leader that comes back is stepped down at most three times, 15 s apart",
        unjudged: None,
    },
    Rule {
        id: "L5",
        of: Of::Both,
        says: "the lease of a living run is not taken",
        unjudged: None,
    },
    Rule {
        id: "L6",
        of: Of::Both,
        says: "a run sent back before the target has led leaves the old version everywhere",
        unjudged: None,
    },
    Rule {
        id: "L7",
        of: Of::Both,
        says: "the operator is left as it was found",
        unjudged: None,
    },
];
