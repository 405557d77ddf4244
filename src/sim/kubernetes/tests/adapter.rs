//! The real adapter through a real client: a whole upgrade's calls.

use super::world::{Shared, World};
use crate::sim::kubernetes::{Caller, Fixture, Key, Kind, Lock};
use crate::{
    k8s::Kube,
    model::{
        action::Hold,
        cluster::Cluster,
        intent::Order,
        names::{PodRef, Pool},
        record::{PinnedTarget, RunRecord},
        version::Version,
        workload::Workload,
    },
    ports::{
        Checkpoints, Clock, Freshness, PortError, Progress, Workloads,
        WriteMode::{DryRun, Real},
    },
};

const IMAGE: &str = "docker.io/openbao/openbao:2.7.2";

pub(super) fn locked_world() -> Shared {
    let fixture = Fixture {
        lock: Lock::January,
        ca: b"ca".to_vec(),
        ..Fixture::new("2.6.2")
    };
    Shared::new(World::at_rest(&fixture))
}

pub(super) fn adapter(shared: &Shared) -> Kube<Shared> {
    shared.adapter(Caller::admin("jane"), Some(Caller::operator()))
}

pub(super) async fn cluster(kube: &Kube<Shared>) -> Cluster {
    kube.cluster(Freshness::Fresh).await.expect("a cluster")
}

pub(super) async fn voters(kube: &Kube<Shared>, freshness: Freshness) -> Workload {
    let cluster = cluster(kube).await;
    let found = kube.workload(&cluster, Pool::Voters, freshness).await;
    found.expect("an answer").expect("voters")
}

fn record(cluster: &Cluster) -> RunRecord {
    RunRecord {
        v: RunRecord::FORMAT,
        id: "r1".to_owned(),
        user: "jane".to_owned(),
        started_at: "2026-11-23T10:00:00Z".parse().expect("a time"),
        from: Version::new(2, 6, 2),
        target: PinnedTarget {
            version: Version::new(2, 7, 2),
            image: IMAGE.to_owned(),
            admitted_image: None,
            replicas: 3,
            cluster_uid: cluster.uid.clone(),
            cluster_id: None,
        },
        order: Order::LeaderLast,
        paused_before: None,
        from_image: None,
        snapshot_wanted: None,
        snapshot: None,
        waivers: Vec::new(),
        newest_active: None,
        abandoned: None,
        took_over: false,
        blue_green: None,
    }
}

fn managers(shared: &Shared) -> Vec<String> {
    let key = Key::new(Kind::OpenBaoCluster, "vault", "prod");
    let world = shared.world();
    let object = world.kube.object(&key).expect("the cluster");
    let entries = object["metadata"]["managedFields"].as_array().cloned();
    entries
        .unwrap_or_default()
        .iter()
        .map(|entry| {
            let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("manager"), text("operation"))
        })
        .collect()
}

#[tokio::test]
async fn a_whole_leader_last_upgrade_leaves_the_operator_its_own() {
    let shared = locked_world();
    let kube = adapter(&shared);
    let at_rest = managers(&shared);
    kube.start_watches();

    let seen = cluster(&kube).await;
    kube.take_lock(&seen, "baoctl/jane/r1", "upgrade", DryRun)
        .await
        .expect("a dry run");
    kube.take_lock(&seen, "baoctl/jane/r1", "upgrade", Real)
        .await
        .expect("locked");
    let stale = kube.take_lock(&seen, "x/y/z", "again", Real).await;
    assert!(
        matches!(stale, Err(PortError::Conflict { .. })),
        "{stale:?}"
    );
    let seen = cluster(&kube).await;
    kube.begin(&seen, &record(&seen), Real)
        .await
        .expect("begun");
    let seen = cluster(&kube).await;
    assert_eq!(seen.spec.paused, Some(true));
    assert_eq!(
        seen.status
            .operation_lock
            .as_ref()
            .map(|l| l.holder.as_str()),
        Some("baoctl/jane/r1")
    );
    kube.declare(&seen, "2.7.2", IMAGE, Real)
        .await
        .expect("declared");
    let seen = cluster(&kube).await;
    let progress = Progress {
        from: "2.6.2".to_owned(),
        target: "2.7.2".to_owned(),
        started_at: shared.wall(),
        current_partition: 3,
        completed_pods: Vec::new(),
    };
    kube.publish(&seen, &progress, Real)
        .await
        .expect("published");

    let set = voters(&kube, Freshness::Fresh).await;
    kube.hold(&set, Hold::OnDelete, DryRun)
        .await
        .expect("a dry run");
    kube.hold(&set, Hold::OnDelete, Real).await.expect("held");
    shared.pass(50);
    let set = voters(&kube, Freshness::Watched).await;
    assert_eq!(set.observed_generation, set.generation);
    kube.set_image(&set, IMAGE, Real).await.expect("changed");
    shared.pass(50);
    replace_all(&shared, &kube).await;
    let set = voters(&kube, Freshness::Watched).await;
    kube.unhold(&set, Real).await.expect("released");
    shared.pass(100);
    let set = voters(&kube, Freshness::Watched).await;
    assert_eq!(set.current_revision, set.update_revision);

    let seen = cluster(&kube).await;
    kube.complete(&seen, "2.7.2", Real).await.expect("complete");
    let seen = cluster(&kube).await;
    assert_eq!(seen.status.upgrade, None);
    assert_eq!(seen.status.operation_lock, None);
    kube.relinquish(&seen, None, Real)
        .await
        .expect("relinquished");
    let seen = cluster(&kube).await;
    assert_eq!(seen.spec.paused, None);
    assert_eq!(seen.status.current_version.as_deref(), Some("2.7.2"));
    assert_eq!(seen.foreign_managers, Vec::<String>::new());
    let mut left = managers(&shared);
    let mut before = at_rest;
    left.sort();
    before.sort();
    assert_eq!(left, before);
}

/// Evicts one pod after the other, each once the one before is Ready.
async fn replace_all(shared: &Shared, kube: &Kube<Shared>) {
    for ordinal in [2, 1, 0] {
        let set = voters(kube, Freshness::Watched).await;
        let old = pod(&set, ordinal);
        kube.evict(&old, Real).await.expect("evicted");
        shared.pass(100);
        let other = pod(&set, (ordinal + 1) % 3);
        let second = kube.evict(&other, Real).await;
        assert!(
            matches!(second, Err(PortError::TooManyRequests(_))),
            "{second:?}"
        );
        shared.pass(10_000);
        let set = voters(kube, Freshness::Watched).await;
        let new = set
            .pods
            .iter()
            .find(|pod| pod.ordinal == ordinal)
            .expect("it");
        assert_ne!(new.pod.uid, old.uid);
        assert!(new.ready && new.revision == set.update_revision, "{new:?}");
        assert_eq!(new.image.as_deref(), Some(IMAGE));
        assert_eq!(
            kube.disruptions_allowed(&cluster(kube).await).await,
            Ok(Some(1))
        );
    }
}

fn pod(set: &Workload, ordinal: u32) -> PodRef {
    let found = set.pods.iter().find(|pod| pod.ordinal == ordinal);
    found.expect("the pod").pod.clone()
}

#[tokio::test]
async fn the_partition_walks_down_and_the_lock_denies_others() {
    let shared = locked_world();
    let plain = shared.adapter(Caller::admin("jane"), None);
    let set = voters(&plain, Freshness::Fresh).await;
    let denied = plain.hold(&set, Hold::Partition(3), DryRun).await;
    assert!(
        matches!(&denied, Err(PortError::Denied { policy: Some(policy), .. })
            if policy == "lock-managed-resource-mutations"),
        "{denied:?}"
    );
    let kube = adapter(&shared);
    kube.hold(&set, Hold::Partition(3), Real)
        .await
        .expect("held");
    let stale = kube.set_image(&set, IMAGE, Real).await;
    assert!(
        matches!(stale, Err(PortError::Conflict { .. })),
        "{stale:?}"
    );
    let set = voters(&kube, Freshness::Fresh).await;
    kube.set_image(&set, IMAGE, Real).await.expect("changed");
    shared.pass(3000);
    let set = voters(&kube, Freshness::Fresh).await;
    assert!(
        set.pods
            .iter()
            .all(|pod| pod.revision == set.current_revision)
    );
    kube.set_partition(&set, 2, Real).await.expect("lowered");
    shared.pass(10_000);
    let set = voters(&kube, Freshness::Fresh).await;
    let new: Vec<bool> = set
        .pods
        .iter()
        .map(|p| p.revision == set.update_revision)
        .collect();
    assert_eq!(new, [false, false, true]);
    assert!(set.pods.iter().all(|pod| pod.ready));
}

#[tokio::test]
async fn an_eviction_of_another_incarnation_is_not_tried() {
    let shared = locked_world();
    let kube = adapter(&shared);
    let set = voters(&kube, Freshness::Fresh).await;
    let mut wrong = pod(&set, 2);
    wrong.uid = "another".to_owned();
    let refused = kube.evict(&wrong, Real).await;
    assert!(
        matches!(refused, Err(PortError::Conflict { .. })),
        "{refused:?}"
    );
    kube.evict(&pod(&set, 2), DryRun).await.expect("a dry run");
    kube.evict(&pod(&set, 2), Real)
        .await
        .expect("the budget is untouched");
}
