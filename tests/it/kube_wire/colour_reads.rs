//! Reads of a blue/green cluster: what is asked and what the model makes of
//! recorded answers.

use std::time::Duration;

use baoctl::model::{
    blue_green::{AutoRollback, BlueGreenPhase, BlueGreenStatus},
    fact::Fact,
    revision::Revision,
};

use super::api::{Api, cluster};

#[tokio::test]
async fn a_cluster_before_and_after_its_first_upgrade() {
    let api = Api::default();
    let before = cluster(&api, &api.kube_in("vaultbg", false), "bg-at-rest-2.6.2").await;
    assert!(before.spec.blue_green);
    let spec = &before.spec.blue_green_spec;
    assert!(spec.auto_promote && !spec.pre_upgrade_snapshot);
    assert_eq!(spec.max_job_failures, 5);
    let ten = Duration::from_secs(10);
    assert_eq!(spec.min_sync_duration, Fact::Known(ten));
    assert_eq!(spec.pre_promotion_hook, None);
    assert_eq!(spec.auto_rollback, AutoRollback::default());
    // The operator makes it when first an upgrade begins.
    assert_eq!(before.status.blue_green, None);
    assert_eq!(before.status.blue_revision(), None);

    let after = cluster(&api, &api.kube_in("vaultbg", false), "bg-after-2.7.2").await;
    let image = "docker.io/openbao/openbao:2.7.2";
    let found = after.status.blue_green.clone().expect("a status");
    assert_eq!(
        found,
        BlueGreenStatus {
            phase: Some(BlueGreenPhase::Idle),
            blue_revision: Some(Revision::of("2.7.2", image, 3)),
            blue_image: Some(image.to_owned()),
            start_time: Some("2026-11-23T11:02:37Z".parse().expect("a time")),
            ..BlueGreenStatus::default()
        }
    );
    assert!(found.is_idle());
}
