//! The door that opens one way, seen from either side: whoever leads now, or was
//! ever recorded to have led, decides whether a version can still lead.

use crate::model::{
    halt::{Halt, HaltReason},
    node::NodeView,
    record::RunRecord,
    snapshot::Snapshot,
    version::Version,
    workload::Pod,
};

use super::{Decision, leadership, versions::is_one_way, world::World};

/// The newest version any node leads with now, or was recorded to have led with.
#[must_use]
pub fn newest_led<'a>(run: &'a RunRecord, snapshot: &'a Snapshot) -> Option<&'a Version> {
    newest_leading(run, snapshot)
        .into_iter()
        .chain(&run.newest_active)
        .max()
}

/// The newest version that leads, or will in a moment: a voter that is alone
/// elects itself as soon as it is unsealed, and may be gone again before anybody
/// has seen it lead.
#[must_use]
pub(super) fn newest_leading<'a>(run: &RunRecord, snapshot: &'a Snapshot) -> Option<&'a Version> {
    let voters = snapshot.voters.known();
    let alone = voters.filter(|voters| voters.replicas == 1 && run.blue_green.is_none());
    let unsealed = |pod: &Pod| {
        let node = snapshot.node(&pod.pod.name)?;
        let health = node.health.known()?;
        (!health.sealed).then(|| node.version()).flatten()
    };
    let alone = alone.and_then(|voters| voters.pods.first());
    let leading =
        leadership::claimants(snapshot).filter_map(|pod| snapshot.node(&pod.pod.name)?.version());
    leading.chain(alone.and_then(unsealed)).max()
}

/// The version beyond a door that has led and so keeps this one from leading.
#[must_use]
pub fn shut_by<'a>(
    version: &Version,
    run: &'a RunRecord,
    snapshot: &'a Snapshot,
) -> Option<&'a Version> {
    newest_led(run, snapshot).filter(|newest| is_one_way(version, newest))
}

/// The pod whose replacement would let somebody lead again, where every voter
/// serves, all are of the old version, and none can lead: a new one led while
/// nobody looked, and came back old. The partition brings a pod below it back so.
#[must_use]
pub(super) fn stranded<'a>(run: &RunRecord, snapshot: &'a Snapshot) -> Option<&'a Pod> {
    let target = &run.target;
    let voters = snapshot.voters.known()?;
    let has_begun = target.is_image(voters.image.as_deref());
    let is_old = |pod: &Pod| {
        let node = snapshot.node(&pod.pod.name);
        node.is_some_and(|node| {
            let version = node.version();
            node.is_unsealed() && version.is_some_and(|it| is_one_way(it, &target.version))
        })
    };
    let all = voters.pods.len() == voters.replicas as usize && voters.pods.iter().all(is_old);
    let stranded = run.blue_green.is_none() && has_begun && all;
    let last = voters.pods.iter().max_by_key(|pod| pod.ordinal);
    last.filter(|_| stranded)
}

/// Nothing is done towards a target that could not lead: each pod that went there
/// would be one less that can.
#[must_use]
pub(super) fn halt(world: &World<'_>) -> Option<Halt> {
    let target = &world.run.target.version;
    let newest = shut_by(target, world.run, world.snapshot)?;
    Some(Halt::new(
        HaltReason::BeyondTheDoor,
        format!(
            "a node of version {newest} has led, and no node of {target} can lead after that: going \
             on would leave nobody who can"
        ),
    ))
}

/// On the way back somebody of the version it goes to has to lead now: a newer
/// node may have shut the door without ever saying that it leads
/// (`contracts/openbao-live.md` 0.1, last item).
#[must_use]
pub(super) fn unknown(world: &World<'_>) -> Option<Decision> {
    let target = &world.run.target.version;
    let newer = world
        .snapshot
        .nodes
        .values()
        .filter_map(NodeView::version)
        .any(|version| is_one_way(target, version));
    let leaderless = leadership::leader(world.snapshot).err()?;
    newer.then(|| Decision::wait(leaderless))
}
