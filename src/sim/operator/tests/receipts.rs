//! The operator of today and a request that it has handled already, beside
//! baoctl's own adapter.

use std::{rc::Rc, sync::Arc};

use serde_json::json;

use super::{at, edit, wait, world};
use crate::{
    k8s::{Access, Kube, RequestCounts},
    model::{
        halt::{Halt, HaltReason},
        names::ClusterRef,
        pause::PauseRequest,
    },
    ports::{Checkpoints, Freshness, Progress, WriteMode::Real},
    sim::{
        api,
        clock::VirtualClock,
        kubernetes::{Caller, Key, Kind},
        scenario::OperatorState,
        stage::{Ended, Pace, Stage},
        world::{Shared, World},
    },
};

/// A run on a paused cluster that publishes its progress and halts.
async fn halted(shared: &Shared) {
    let clock = VirtualClock::start(shared);
    let counts = RequestCounts::default();
    let reference = ClusterRef {
        namespace: "vault".to_owned(),
        name: "prod".to_owned(),
    };
    let access = Access {
        own: api::client(shared, Caller::admin("jane"), "vault", &counts),
        locked: None,
        maintenance_override: false,
    };
    let kube = Kube::new(reference, access, Rc::new(clock)).expect("valid names");
    let look = async || kube.cluster(Freshness::Fresh).await.expect("a cluster");
    let began = "2026-11-23T10:00:00Z".parse().expect("a time");
    let pause = PauseRequest {
        by: "jane".to_owned(),
        at: began,
        reason: None,
        paused_before: None,
    };
    let done = kube.request_pause(&look().await, &pause).await;
    done.expect("paused");
    let image = "docker.io/openbao/openbao:2.7.2";
    let done = kube.declare(&look().await, "2.7.2", image, Real).await;
    done.expect("declared");
    let progress = Progress {
        from: "2.6.2".to_owned(),
        target: "2.7.2".to_owned(),
        started_at: began,
        current_partition: 3,
        completed_pods: Vec::new(),
    };
    let done = kube.publish(&look().await, &progress, Real).await;
    done.expect("published");
    let halt = Halt::new(HaltReason::CrashLoop, "prod-2 exits with 1");
    let done = kube.publish_halt(&look().await, &halt).await;
    done.expect("published");
}

fn pods(world: &World) -> Vec<String> {
    let pods = world.kubernetes.pods();
    pods.iter().map(|pod| pod.uid.clone()).collect()
}

#[test]
fn a_handled_retry_is_not_new_after_a_halt_and_an_unpause() {
    let shared = Shared::new(world(OperatorState::Today, |_| {}));
    let stage = Stage::new(shared.clone(), Pace::Max, Arc::default()).expect("a stage");
    let ended = stage.play(halted(&shared));
    assert!(matches!(ended, Ended::With(())));
    let mut world = shared.lock();
    let before = pods(&world);
    let set = Key::new(Kind::StatefulSet, "vault", "prod");
    let held = json!({ "spec": { "updateStrategy": { "rollingUpdate": { "partition": 3 } } } });
    let now = world.now();
    assert!(world.kubernetes.edit(&set, held, "somebody", now));
    let unpaused = json!({ "spec": { "paused": null } });
    edit(&mut world, unpaused);
    wait(&mut world, 120);
    assert_eq!(at(&world, "/status/upgrade/failure/reason"), "CrashLoop");
    assert_eq!(pods(&world), before, "no pod was replaced");

    // The same world obeys a request that is new.
    let asked = json!({ "spec": { "upgrade": { "requests": { "retry": "now" } } } });
    edit(&mut world, asked);
    wait(&mut world, 600);
    assert!(at(&world, "/status/upgrade").is_null());
    assert_ne!(pods(&world), before);
}
