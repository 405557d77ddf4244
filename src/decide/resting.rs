//! The status at rest: what the operator accepts as such, and when it is written.

use crate::{
    bugs::{self, Bug},
    model::{
        action::Action, blocker::Blocker, cluster::Cluster, names::Pool, version::Version,
        workload::UpdateStrategy,
    },
};

use super::{Decision, gates, rules::STILL_ACKNOWLEDGED, world::World};

/// `contracts/operator.md` 8.4: the version is current, no upgrade, no lock, no
/// stale error of the upgrade's.
#[must_use]
pub fn at_rest_with(cluster: &Cluster, version: &str) -> bool {
    let same = |text: &str| {
        text == version
            || matches!(
                (text.parse::<Version>(), version.parse::<Version>()),
                (Ok(a), Ok(b)) if a == b
            )
    };
    cluster.status.current_version.as_deref().is_some_and(same)
        && same(&cluster.spec.version)
        && cluster.status.upgrade.is_none()
        && (cluster.status.operation_lock.is_none() || bugs::has(Bug::KeepsTheLock))
}

/// What is left to do until a StatefulSet is as the operator has it at rest;
/// `None` when it is, or there is none.
#[must_use]
pub fn unheld(world: &World<'_>, kind: Pool) -> Option<Decision> {
    let workload = world.snapshot.workload(kind)?;
    let held = !matches!(
        workload.strategy,
        UpdateStrategy::RollingUpdate { partition: 0, .. }
    );
    // By partition the last release leaves it at 0 already; the annotation
    // that opened the operator's lock must go all the same.
    if (held || workload.maintenance_ours) && !bugs::has(Bug::LeavesTheHold) {
        return Some(Decision::Act(Action::Unhold { pool: kind }));
    }
    (!workload.is_observed()).then(|| Decision::wait(Blocker::NotObserved { pool: kind }))
}

/// The status at rest, once the operator has answered the write before it.
#[must_use]
pub fn complete(world: &World<'_>) -> Decision {
    // The paused operator answers each status write of ours, from what it read
    // a moment before, under the same field manager: an answer that is still on
    // its way would put the version that is current now back.
    let still = world.track.still_for(world.now);
    if still < STILL_ACKNOWLEDGED {
        return Decision::wait(Blocker::NotStill {
            still_ms: gates::millis(still),
            needed_ms: gates::millis(STILL_ACKNOWLEDGED),
        });
    }
    Decision::Act(Action::Complete)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::example::Example;
    use crate::model::{
        cluster::{OperationLock, UpgradeStatus},
        intent::Order,
    };

    #[test]
    fn rest_is_version_and_current_version_with_nothing_under_way() {
        let rests = |bend: fn(&mut Cluster)| {
            let mut world = Example::three("2.7.2");
            bend(world.cluster());
            at_rest_with(world.cluster(), "2.7.2")
        };
        assert!(rests(|_| ()));
        assert!(!rests(|cluster| cluster.spec.version = "2.6.2".to_owned()));
        assert!(!rests(|cluster| cluster.status.current_version = None));
        assert!(!rests(|cluster| {
            cluster.status.current_version = Some("2.6.2".to_owned());
        }));
        assert!(!rests(|cluster| {
            cluster.status.upgrade = under_way();
        }));
        assert!(!rests(|cluster| {
            cluster.status.operation_lock = Some(OperationLock {
                operation: "Backup".to_owned(),
                holder: "openbaocluster/backup".to_owned(),
                message: None,
                renewed_at: None,
            });
        }));
    }

    fn under_way() -> Option<UpgradeStatus> {
        let mut world = Example::under_way("2.6.2", Order::LeaderLast);
        world.cluster().status.upgrade.take()
    }

    #[test]
    fn the_same_release_may_be_spelt_in_two_ways_and_rubbish_in_one() {
        let mut world = Example::three("v2.7.2");
        assert!(at_rest_with(world.cluster(), "2.7.2"));
        let mut world = Example::three("2.7.2");
        let cluster = world.cluster();
        cluster.spec.version = "latest".to_owned();
        cluster.status.current_version = Some("latest".to_owned());
        assert!(at_rest_with(cluster, "latest"));
        assert!(!at_rest_with(cluster, "newest"));
    }
}
