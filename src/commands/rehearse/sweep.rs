//! The same rehearsal once more for each point of an undisturbed one, with
//! something happening there.

use crate::{
    cli::rehearse::RehearseArgs,
    error::Error,
    model::exit_code::ExitCode,
    sim::scenario::Scenario,
    ui::{Screen, document::RehearsalReport},
};

use super::{
    many::count,
    repeat::repeat,
    side_by_side::{Billing, List, Played, perform, perform_all},
};

/// What a sweep is called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sweep {
    /// The flag that asks for it.
    pub(super) flag: &'static str,
    /// What happens, after the scenario's name.
    pub(super) title: &'static str,
    /// What becomes of each rehearsal, for the bar.
    pub(super) done: &'static str,
    /// Whether baoctl is run again when it would not begin.
    pub(super) patient: bool,
}

impl Sweep {
    /// Plays them. `points` gives the list for so many writes, `at` the scenario of
    /// a point; `judge` sees each once it is counted, and how many failures there
    /// were before.
    pub(super) fn play<P: Copy + Send + Sync>(
        self,
        (scenario, arguments): (&Scenario, &RehearseArgs),
        screen: Screen,
        points: impl FnOnce(u64) -> Vec<P>,
        at: impl Fn(&Scenario, P) -> Scenario + Sync,
        mut judge: impl FnMut(&mut RehearsalReport, P, usize, &Played),
    ) -> Result<ExitCode, Error> {
        let seed = arguments.seed;
        let again = repeat(seed, arguments);
        let billing = |scenario: Scenario| Billing {
            scenario,
            seed,
            repeat: format!("{again} {}", self.flag),
            patient: self.patient,
        };
        let writes = perform(billing(scenario.clone()), screen)?.rehearsed.writes;
        let points = points(writes);
        let report = RehearsalReport::new(format!("{}, {}", scenario.name, self.title));
        let list = List {
            length: points.len() as u64,
            done: self.done,
            within: None,
            rehearsals: points.iter().map(|point| billing(at(scenario, *point))),
        };
        // They come in the order of the list.
        let mut in_order = points.iter();
        perform_all(list, report, screen, |report, played| {
            let before = report.failures.len();
            count(report, played);
            if let Some(point) = in_order.next() {
                judge(report, *point, before, played);
            }
        })
    }
}
