//! Writes on the status while the paused operator answers each with its own.

use baoctl::ports::{Checkpoints, PortError, Progress, WriteMode::Real};
use serde_json::{Value, json};

use super::api::{Api, cluster, stored};

fn progress() -> Progress {
    Progress {
        from: "2.6.2".to_owned(),
        target: "2.7.2".to_owned(),
        started_at: "2026-11-23T10:00:00Z".parse().expect("a time"),
        current_partition: 2,
        completed_pods: vec![2],
    }
}

/// The resource once the progress is stored.
fn published(version: &str, change: impl FnOnce(&mut Value)) -> Value {
    stored("at-rest-2.6.2", version, |object| {
        object["status"]["upgrade"] = json!({
            "fromVersion": "2.6.2", "targetVersion": "2.7.2", "startedAt": "2026-11-23T10:00:00Z",
            "currentPartition": 2, "completedPods": [2],
        });
        change(object);
    })
}

const OUTDATED: &str = "the object has been modified";

#[tokio::test]
async fn an_answer_of_the_operators_between_the_two_planes_is_written_over() {
    let api = Api::default();
    let kube = api.kube();
    let cluster = cluster(&api, &kube, "at-rest-2.6.2").await;
    api.answer(200, published("9001", |_| {}))
        .refuse(409, OUTDATED)
        .answer(200, published("9002", |_| {}))
        .answer(200, published("9003", |_| {}));
    let done = kube.publish(&cluster, &progress(), Real).await;
    done.expect("published");
    let asked = api.asked();
    assert_eq!(asked.len(), 4, "{asked:#?}");
    assert_eq!(asked[3].body["metadata"]["resourceVersion"], "9002");
    assert_eq!(asked[3].body["status"]["phase"], "Upgrading");
}

#[tokio::test]
async fn progress_that_is_stored_counts_though_the_conditions_are_never_won() {
    let api = Api::default();
    let kube = api.kube();
    let cluster = cluster(&api, &kube, "at-rest-2.6.2").await;
    api.answer(200, published("9001", |_| {}));
    for _ in 0..3 {
        api.refuse(409, OUTDATED)
            .answer(200, published("9002", |_| {}));
    }
    let done = kube.publish(&cluster, &progress(), Real).await;
    done.expect("what is stored counts");
    assert_eq!(api.asked().len(), 7, "three tries and no more");
}

#[tokio::test]
async fn somebody_elses_write_between_the_two_planes_is_not_written_over() {
    let api = Api::default();
    let kube = api.kube();
    let cluster = cluster(&api, &kube, "at-rest-2.6.2").await;
    let others: [fn(&mut Value); 3] = [
        |object| object["status"]["upgrade"]["currentPartition"] = json!(1),
        |object| object["status"]["operationLock"] = json!({ "holder": "somebody" }),
        |object| object["spec"]["paused"] = json!(false),
    ];
    for other in others {
        api.answer(200, published("9001", |_| {}))
            .refuse(409, OUTDATED)
            .answer(200, published("9002", other));
        let done = kube.publish(&cluster, &progress(), Real).await;
        assert!(matches!(done, Err(PortError::Conflict { .. })), "{done:?}");
        assert_eq!(api.asked().len(), 3);
    }
}
