//! What a person is asked before a run, and told when they ended it.

use std::path::Path;

use crate::{
    decide::versions::door_ahead,
    engine::StopReason,
    model::{
        blue_green_run::Until, names::ClusterRef, plan::Plan, record::RunRecord, shell::quoted,
        waiver::Waiver,
    },
};

use super::{adopt::Goal, adopt_colours::ColourGoal, request::Request};

/// The question before anything is changed.
pub(super) fn question(cluster: &ClusterRef, run: &RunRecord, resumed: bool) -> String {
    let verb = if resumed { "Go on with" } else { "Begin" };
    let way = if door_ahead(run) {
        ", which cannot be undone once a new node has led"
    } else {
        ""
    };
    format!(
        "{verb} the upgrade of {cluster} from {} to {}{way}?",
        run.from, run.target.version
    )
}

/// The word that has to be typed instead of a yes, where the door that opens
/// one way was not accepted by its flag.
pub(super) fn word(run: &RunRecord) -> Option<String> {
    (door_ahead(run) && !run.waivers.contains(&Waiver::AcceptOneWay))
        .then(|| run.target.version.to_string())
}

/// What to type for what was planned, with the same words on safety.
pub(super) fn again(name: &str, plan: &Plan, request: &Request<'_>) -> String {
    let strategy = if plan.colours.is_some() {
        "bluegreen"
    } else {
        "rolling"
    };
    let mut words = vec![format!(
        "baoctl upgrade {strategy} {name} -n {} --to {}",
        plan.cluster.namespace, plan.to
    )];
    let image = match &request.goal {
        Goal::To { image, .. } | Goal::Colours(ColourGoal::To { image, .. }) => image.as_deref(),
        _ => None,
    };
    words.extend(image.map(|image| format!("--image {}", quoted(image))));
    words.extend(plan.waivers.iter().map(ToString::to_string));
    let snapshot = request.change.run.snapshot.as_deref();
    let file = snapshot.map(Path::to_string_lossy);
    words.extend(file.map(|file| format!("--snapshot {}", quoted(&file))));
    words.join(" ")
}

/// What to say of a run that was asked to stop.
pub(super) fn stopped(why: StopReason, safe: bool) -> String {
    if let StopReason::Reached(until) = why {
        let next = match until {
            Until::Ready => "`baoctl upgrade promote` goes on, `baoctl upgrade abort` removes it",
            Until::Cutover | Until::Done => {
                "`baoctl upgrade promote` removes blue, `baoctl upgrade rollback` goes back to it"
            }
        };
        return format!("{}; {next}. The operator stays paused", why.text());
    }
    if safe {
        format!(
            "{}: stopped at a safe point; the operator stays paused and the progress is on the \
             resource. Un-pausing it by hand moves no pod: finish with `baoctl resume`",
            why.text()
        )
    } else {
        format!(
            "{}: left at once; what was begun goes on by itself, nothing further is started. Do not \
             un-pause the operator by hand before `baoctl status` says what that would replace",
            why.text()
        )
    }
}
