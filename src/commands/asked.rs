//! What a person is asked before a run, and told when they ended it.

use crate::{
    decide::versions::is_one_way,
    engine::StopReason,
    model::{names::ClusterRef, record::RunRecord},
};

/// The question before anything is changed.
pub(super) fn question(cluster: &ClusterRef, run: &RunRecord, resumed: bool) -> String {
    let verb = if resumed { "Go on with" } else { "Begin" };
    let way = if is_one_way(&run.from, &run.target.version) {
        ", which cannot be undone once a new node has led"
    } else {
        ""
    };
    format!(
        "{verb} the upgrade of {cluster} from {} to {}{way}?",
        run.from, run.target.version
    )
}

/// What to say of a run that was asked to stop.
pub(super) fn stopped(why: StopReason, safe: bool) -> String {
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
