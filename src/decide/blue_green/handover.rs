//! The one stretch of a blue/green run in which nobody may leave it.

use crate::{
    decide::leadership,
    model::{record::RunRecord, revision::Revision, snapshot::Snapshot},
};

/// Whether leadership has come to the colour that rises and the rest has not:
/// clients are led to standbys that cannot forward to their leader any more
/// (`contracts/operator-live.md` 8.4.6), or the other colour still votes,
/// which past a one-way door cannot lead.
///
/// Without a leader, or a view of the resource, nobody is held back.
pub(in crate::decide) fn is_changing_over(run: &RunRecord, snapshot: &Snapshot) -> bool {
    let (Some(cluster), Some((rising, falling)), Ok(leader)) = (
        snapshot.cluster.known(),
        run.rising_and_falling(),
        leadership::leader(snapshot),
    ) else {
        return false;
    };
    let pods = |revision: &Revision| revision.pods(&cluster.reference.name, run.target.replicas);
    if !pods(rising).contains(&leader.pod.pod.name) {
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
    let falling = pods(falling);
    let votes = |id: &str| falling.iter().any(|pod| pod.as_str() == id);
    elsewhere || members.voters().any(|peer| votes(&peer.id))
}
