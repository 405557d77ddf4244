//! The one stretch of a blue/green run in which nobody may leave it.

use crate::{
    decide::leadership,
    model::{
        blue_green_run::BlueGreenRun, names::ClusterRef, record::RunRecord, revision::Revision,
        snapshot::Snapshot,
    },
};

/// Whether leadership has come to the colour that rises and the rest has not:
/// clients are led to standbys that cannot forward to their leader any more
/// (`contracts/operator-live.md` 8.4.6), or the other colour still votes,
/// which past a one-way door cannot lead.
///
/// Without a leader, or a view of the resource, nobody is held back.
pub(in crate::decide) fn is_changing_over(
    run: &RunRecord,
    colours: &BlueGreenRun,
    snapshot: &Snapshot,
) -> bool {
    let (Some(cluster), Ok(leader)) = (snapshot.cluster.known(), leadership::leader(snapshot))
    else {
        return false;
    };
    let (rising, falling) = if run.abandoned.is_some() {
        (&colours.blue, &colours.green)
    } else {
        (&colours.green, &colours.blue)
    };
    let owns = |revision: &Revision, id: &str| is_of(&cluster.reference, revision, run, id);
    if !owns(rising, leader.pod.pod.name.as_str()) {
        return false;
    }
    // What cannot be seen now will be in a moment.
    let (Some(Some(parts)), Some(members)) =
        (snapshot.colour_parts.known(), snapshot.membership.known())
    else {
        return true;
    };
    let elsewhere = parts
        .front
        .as_ref()
        .is_some_and(|front| front.revision.as_ref() != Some(rising));
    elsewhere || members.voters().any(|peer| owns(falling, &peer.id))
}

fn is_of(cluster: &ClusterRef, revision: &Revision, run: &RunRecord, id: &str) -> bool {
    (0..run.target.replicas).any(|ordinal| revision.pod(&cluster.name, ordinal).as_str() == id)
}
