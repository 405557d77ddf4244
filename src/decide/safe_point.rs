//! Where a run may stop because somebody asks.

use crate::model::{names::Pool, record::RunRecord, snapshot::Snapshot};

use super::{blue_green, gates, track::Track};

/// Whether a person's wish to stop may be granted now: no pod is between two
/// versions, no step-down is open, and the cluster is not past a point of no
/// return with an old voter left, which would make it less tolerant than it
/// looks. Under blue/green no pod is between two versions: there the clients
/// have to be where the leader is.
#[must_use]
pub fn safe_point(run: &RunRecord, snapshot: &Snapshot, track: &Track, one_way: bool) -> bool {
    if track.pending_step_down().is_some() {
        return false;
    }
    if run.blue_green.is_some() {
        return !blue_green::is_changing_over(run, snapshot);
    }
    let Some(voters) = snapshot.voters.known() else {
        return true;
    };
    let pools = [
        (Pool::Voters, Some(voters)),
        (Pool::ReadReplicas, snapshot.workload(Pool::ReadReplicas)),
    ];
    for (kind, workload) in pools
        .into_iter()
        .filter_map(|(kind, workload)| Some((kind, workload?)))
    {
        let new = |pod| gates::is_new(pod, workload, run);
        let in_flight = workload.pods.len() < workload.replicas as usize
            || workload.pods.iter().any(|pod| {
                track.released.contains_key(&pod.pod.uid)
                    || pod.terminating
                    || (!pod.ready && new(pod))
                    || (kind == Pool::Voters
                        && new(pod)
                        && !gates::trouble(kind, pod, run, snapshot, track).is_empty())
            });
        if in_flight {
            return false;
        }
    }
    let old_left = voters
        .pods
        .iter()
        .any(|pod| !gates::is_new(pod, voters, run));
    let passed = run
        .newest_active
        .as_ref()
        .is_some_and(|newest| *newest >= run.target.version);
    !(one_way && old_left && passed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::example::Example;
    use crate::model::{action::Action, fact::Fact, intent::Order};

    fn safe(world: &Example, one_way: bool) -> bool {
        safe_point(&world.run, &world.snapshot, &world.track, one_way)
    }

    #[test]
    fn no_pod_is_left_between_two_versions() {
        let world = Example::under_way("2.6.2", Order::LeaderLast);
        assert!(safe(&world, true));
        let bends: [fn(&mut Example); 5] = [
            |world| {
                world.voters_mut().pods.remove(1);
            },
            |world| world.voters_mut().pods[1].terminating = true,
            |world| {
                let uid = world.voters().pods[1].pod.uid.clone();
                world.track.released.insert(uid, world.now);
            },
            |world| {
                let node = world.voters().pods[0].pod.clone();
                world.track.acted(&Action::StepDown { node }, world.now);
            },
            |world| {
                world.finish(1);
                world.silent(1);
            },
        ];
        for bend in bends {
            let mut world = world.clone();
            bend(&mut world);
            assert!(!safe(&world, true), "{world:?}");
        }
    }

    #[test]
    fn an_old_voter_that_is_down_is_not_this_run_s_to_wait_for() {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        world.voters_mut().pods[1].ready = false;
        assert!(safe(&world, true));
        world.voters_mut().pods[1].revision = world.voters().update_revision.clone();
        assert!(!safe(&world, true));
    }

    #[test]
    fn past_a_door_that_opens_one_way_every_old_voter_has_to_go_first() {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        world.finish(2);
        world.run.newest_active = Some("2.7.2".parse().expect("a version"));
        assert!(!safe(&world, true));
        assert!(safe(&world, false), "a patch may be left half done");
        let mut early = world.clone();
        early.run.newest_active = Some("2.6.2".parse().expect("a version"));
        assert!(safe(&early, true), "no node of the target was active yet");
        world.finish(1);
        world.lead(1);
        world.finish(0);
        assert!(safe(&world, true), "no old voter is left");
    }

    #[test]
    fn what_cannot_be_seen_holds_nobody_back() {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        world.snapshot.voters = Fact::Unknown("no answer".to_owned());
        assert!(safe(&world, true));
    }
}
