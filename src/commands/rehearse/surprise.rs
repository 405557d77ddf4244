//! What a scenario expects of its rehearsal, where it came otherwise.

use crate::{
    model::{exit_code::ExitCode, halt::HaltReason},
    sim::scenario::Scenario,
};

/// The first that did, after "expects".
pub(super) fn surprise(
    scenario: &Scenario,
    code: Option<ExitCode>,
    leader_moves: u32,
    halt: Option<HaltReason>,
) -> Option<String> {
    let expect = scenario.expect.as_ref()?;
    // A person's own wish to stop is no ending of the scenario's.
    let stopped = |code: &ExitCode| matches!(code, ExitCode::Interrupted | ExitCode::Terminated);
    let code = code.filter(|code| !stopped(code))?.number();
    if code != expect.exit {
        return Some(format!("exit code {}, and it was {code}", expect.exit));
    }
    if let Some(moves) = expect.leader_moves.filter(|moves| *moves != leader_moves) {
        return Some(format!(
            "{moves} leader moves, and there were {leader_moves}"
        ));
    }
    let expected = expect.halt.filter(|reason| Some(*reason) != halt)?;
    let halt = halt.map_or("no halt".to_owned(), HaltReason::code);
    Some(format!("the halt {}, and it was {halt}", expected.code()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::expectation::Expectation;

    #[test]
    fn what_came_otherwise_is_said_with_what_came() {
        let mut scenario = Scenario::undisturbed("2.7.2".parse().expect("a version"));
        let came = |scenario: &Scenario, halt| surprise(scenario, Some(ExitCode::Halted), 1, halt);
        assert_eq!(came(&scenario, None), None);
        scenario.expect = Some(Expectation {
            exit: 5,
            leader_moves: Some(1),
            halt: Some(HaltReason::PodRefused),
        });
        assert_eq!(came(&scenario, Some(HaltReason::PodRefused)), None);
        for stopped in [ExitCode::Interrupted, ExitCode::Terminated] {
            assert_eq!(surprise(&scenario, Some(stopped), 1, None), None);
        }
        assert_eq!(
            came(&scenario, Some(HaltReason::NotReplaced)).as_deref(),
            Some("the halt PodRefused, and it was NotReplaced")
        );
        assert_eq!(
            came(&scenario, None).as_deref(),
            Some("the halt PodRefused, and it was no halt")
        );
        if let Some(expect) = &mut scenario.expect {
            expect.leader_moves = Some(2);
        }
        assert_eq!(
            came(&scenario, None).as_deref(),
            Some("2 leader moves, and there were 1")
        );
        if let Some(expect) = &mut scenario.expect {
            expect.exit = 0;
        }
        assert_eq!(
            came(&scenario, None).as_deref(),
            Some("exit code 0, and it was 5")
        );
    }
}
