//! The invariants a rehearsal was judged by, for people.

use super::{
    document::{Invariant, Judgement},
    wording::count,
};

/// What was judged in few words; with a line for each where more is asked for.
pub fn lines(invariants: &[Invariant], wordy: bool) -> Vec<String> {
    let held = of(invariants, Judgement::Held);
    let mut parts = vec![format!("{} held", count(held.len() as u64, "invariant"))];
    for (outcome, text) in [
        (Judgement::Violated, "violated"),
        (Judgement::NoOccasion, "no occasion for"),
        (Judgement::NotJudged, "not judged"),
    ] {
        let ids = of(invariants, outcome);
        if !ids.is_empty() {
            parts.push(format!("{text} {}", ids.join(" ")));
        }
    }
    let mut lines = vec![parts.join(", ")];
    if wordy {
        lines.extend(invariants.iter().map(line));
    }
    lines
}

fn of(invariants: &[Invariant], outcome: Judgement) -> Vec<&str> {
    let such = invariants.iter().filter(|one| one.outcome == outcome);
    such.map(|one| one.id.as_str()).collect()
}

fn line(invariant: &Invariant) -> String {
    let Invariant {
        id, says, checks, ..
    } = invariant;
    let what = match invariant.outcome {
        Judgement::Violated => "violated".to_owned(),
        Judgement::Held => count(*checks, "check"),
        Judgement::NoOccasion => "no occasion".to_owned(),
        Judgement::NotJudged => {
            let why = invariant.why.as_deref().unwrap_or_default();
            format!("not judged: {why}")
        }
    };
    format!("{id:<4} {says} ({what})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_judged_is_never_said_to_have_held() {
        let one = |id: &str, outcome, checks| Invariant {
            id: id.to_owned(),
            says: "it is so".to_owned(),
            outcome,
            checks,
            why: (outcome == Judgement::NotJudged).then(|| "nobody looks".to_owned()),
        };
        let all = [
            one("S1", Judgement::Held, 7),
            one("S2", Judgement::Held, 1),
            one("R8", Judgement::NoOccasion, 0),
            one("L3", Judgement::NotJudged, 0),
        ];
        assert_eq!(
            lines(&all, false),
            ["2 invariants held, no occasion for R8, not judged L3"]
        );
        assert_eq!(
            lines(&all, true)[1..],
            [
                "S1   it is so (7 checks)",
                "S2   it is so (1 check)",
                "R8   it is so (no occasion)",
                "L3   it is so (not judged: nobody looks)",
            ]
        );
        let bad = [one("S1", Judgement::Violated, 1)];
        assert_eq!(lines(&bad, false), ["0 invariants held, violated S1"]);
    }
}
