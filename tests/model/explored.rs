//! How a model is explored and its traces are told.

use std::{fmt::Debug, hash::Hash, time::Instant};

use stateright::{Checker, HasDiscoveries, Model};

/// The one property that should be found: a run that reaches its end.
pub(crate) const DONE: &str = "done";

/// A model whose traces can be told.
pub(crate) trait Told: Model + Send + Sync + Sized + 'static
where
    Self::State: Clone + Debug + Hash + Send + Sync + 'static,
{
    /// A state in one line.
    fn brief(&self, state: &Self::State) -> String;

    /// The fair run from a state, for the trace of a failure.
    fn fair_run(&self, from: &Self::State) -> Vec<Self::State>;
}

/// Explores a model to its end: how many states it has, and whether every
/// property holds.
pub(crate) fn explore<M: Told>(name: &str, model: M) -> (usize, bool)
where
    M::State: Clone + Debug + Hash + PartialEq + Send + Sync + 'static,
    M::Action: Clone + Debug + PartialEq,
{
    let began = Instant::now();
    let checker = model
        .checker()
        .threads(1)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_dfs()
        .join();
    let states = checker.unique_state_count();
    println!(
        "{name}: {states} states, {} steps, {:.1} s",
        checker.state_count(),
        began.elapsed().as_secs_f64()
    );
    let found = checker.discoveries();
    for (property, path) in &found {
        if *property != DONE {
            tell(property, checker.model(), &path.clone().into_vec());
        }
    }
    (states, found.len() == 1 && found.contains_key(DONE))
}

/// The properties that a wrong model violates, and after how many states.
pub(crate) fn violated<M: Told>(model: M) -> (Vec<&'static str>, usize)
where
    M::State: Clone + Debug + Hash + PartialEq + Send + Sync + 'static,
    M::Action: Clone + Debug + PartialEq,
{
    let checker = model
        .checker()
        .threads(1)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_dfs()
        .join();
    let mut violated: Vec<&str> = checker.discoveries().into_keys().collect();
    violated.sort_unstable();
    (violated, checker.unique_state_count())
}

/// The end of a trace, and what would follow if nothing more went wrong.
fn tell<M: Told>(property: &str, model: &M, path: &[(M::State, Option<M::Action>)])
where
    M::State: Clone + Debug + Hash + Send + Sync + 'static,
    M::Action: Debug,
{
    println!("VIOLATED {property}");
    let from = path.len().saturating_sub(30);
    for (state, taken) in &path[from..] {
        println!("{}\n  {taken:?}", model.brief(state));
    }
    let run = path.last().map(|(last, _)| model.fair_run(last));
    for state in run.iter().flatten() {
        println!("  then {}", model.brief(state));
    }
}
