//! Requests and their answers, as recorded from real servers.

use serde_json::Value;

use super::bench::{Answer, Bench, NEW, OLD, shape, three};
use crate::{
    bao,
    sim::{processes::Processes, servers::Release},
};

fn keys(body: &Value) -> String {
    let object = body.as_object().expect("an object");
    object.keys().cloned().collect::<Vec<_>>().join(" ")
}

fn text(answer: &Answer) -> String {
    answer.body["errors"][0]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn the_open_endpoints_have_the_recorded_keys() {
    let health = "cluster_id cluster_name initialized replication_dr_mode \
                  replication_performance_mode sealed server_time_utc standby version";
    let seal = "cluster_id cluster_name commit_date initialized migration n nonce progress \
                recovery_seal recovery_seal_type sealed storage_type t type version";
    let leader = "active_time ha_enabled is_self leader_address leader_cluster_address \
                  raft_applied_index raft_committed_index";
    let standby = "ha_enabled leader_address leader_cluster_address raft_applied_index \
                   raft_committed_index";
    let of = |bench: &mut Bench, pod: &str, path: &str| {
        keys(&bench.get(pod, path).expect("an answer").body)
    };
    let mut old = three(OLD, 1);
    assert_eq!(of(&mut old, "prod-0", "sys/health"), health);
    assert_eq!(of(&mut old, "prod-1", "sys/seal-status"), seal);
    assert_eq!(of(&mut old, "prod-0", "sys/leader"), leader);
    assert_eq!(of(&mut old, "prod-1", "sys/leader"), standby);
    let mut new = three(NEW, 1);
    let found = new.get("prod-1", "sys/leader").expect("an answer").body;
    assert_eq!(found["is_self"], false);
    let mut older = three(Release::two(5, 5), 1);
    let found = older.get("prod-1", "sys/leader").expect("an answer").body;
    assert_eq!(found["active_time"], "0001-01-01T00:00:00Z");
    let found = older.get("prod-1", "sys/health").expect("an answer").body;
    assert_eq!(found["performance_standby"], false);
}

#[test]
fn the_logical_endpoints_have_the_recorded_keys() {
    let mut bench = three(NEW, 2);
    bench.log_in("prod-0");
    bench.wait(100);
    let answer = bench
        .get("prod-0", "sys/storage/raft/autopilot/state")
        .expect("an answer");
    let envelope = "auth data lease_duration lease_id renewable request_id warnings wrap_info";
    assert_eq!(keys(&answer.body), envelope);
    assert!(answer.headers.contains_key("x-vault-index"));
    assert_eq!(answer.headers["x-vault-raft-node-id"], "prod-0");
    let data = &answer.body["data"];
    assert_eq!(
        keys(data),
        "failure_tolerance healthy leader servers voters"
    );
    let server = "address healthy id last_contact last_index last_term name node_status \
                  node_type stable_since status version";
    assert_eq!(keys(&data["servers"]["prod-1"]), server);
    assert_eq!(data["healthy"], true);
    let answer = bench
        .get("prod-1", "sys/storage/raft/configuration")
        .expect("an answer");
    assert_eq!(
        answer.headers["x-vault-raft-node-id"], "prod-1",
        "answered by itself"
    );
    let row = &answer.body["data"]["config"]["servers"][0];
    assert_eq!(keys(row), "address leader node_id protocol_version voter");
    assert_eq!(row["address"], "prod-0.prod.vault.svc:8201");
    assert_eq!(answer.body["data"]["config"]["index"], 0);
    let answer = bench
        .get("prod-0", "auth/token/lookup-self")
        .expect("an answer");
    let lookup = "accessor creation_time creation_ttl display_name entity_id expire_time \
                  explicit_max_ttl id issue_time meta num_uses orphan path policies renewable \
                  ttl type";
    assert_eq!(keys(&answer.body["data"]), lookup);
    let answer = bench.get("prod-1", "sys/ha-status").expect("an answer");
    let row = "active_node api_address cluster_address hostname last_echo upgrade_version version";
    assert_eq!(keys(&answer.body["data"]["nodes"][1]), row);
    let paths = r#"{"paths":["sys/step-down","sys/seal"]}"#;
    let answer = bench
        .ask("prod-0", "POST", "sys/capabilities-self", paths)
        .expect("an answer");
    assert_eq!(
        answer.body["sys/step-down"],
        serde_json::json!(["sudo", "update"])
    );
    assert_eq!(answer.body["data"]["sys/seal"], serde_json::json!(["deny"]));
}

#[test]
fn a_token_lives_from_its_login_to_its_end() {
    let mut bench = three(OLD, 3);
    for (body, why) in [
        (
            r#"{"role":"x","jwt":"sim-jwt.x"}"#,
            "role \"x\" could not be found",
        ),
        (
            r#"{"role":"upgrade","jwt":"other"}"#,
            "error validating token",
        ),
        (r#"{"jwt":"sim-jwt.x"}"#, "missing role"),
    ] {
        let answer = bench.ask("prod-0", "POST", "auth/jwt-operator/login", body);
        let answer = answer.expect("an answer");
        assert_eq!(answer.status, 400);
        assert!(text(&answer).starts_with(why));
    }
    let elsewhere = bench
        .ask("prod-0", "POST", "auth/nope/login", "{}")
        .expect("an answer");
    assert_eq!(
        (elsewhere.status, text(&elsewhere)),
        (403, "permission denied".to_owned())
    );
    bench.log_in("prod-1");
    bench.wait(840_000);
    let before = bench.servers.truth().committed;
    let renewed = bench
        .ask("prod-0", "PUT", "auth/token/renew-self", "")
        .expect("an answer");
    assert_eq!(renewed.body["auth"]["lease_duration"], 900);
    assert!(bench.servers.truth().committed > before);
    bench.wait(840_000);
    let alive = bench
        .get("prod-1", "auth/token/lookup-self")
        .expect("an answer");
    assert_eq!(alive.status, 200);
    let revoked = bench
        .ask("prod-2", "POST", "auth/token/revoke-self", "")
        .expect("an answer");
    assert_eq!(revoked.status, 204);
    bench.wait(100);
    let gone = bench
        .get("prod-1", "auth/token/lookup-self")
        .expect("an answer");
    assert_eq!(
        (gone.status, text(&gone)),
        (403, "permission denied".to_owned())
    );
    bench.log_in("prod-0");
    bench.wait(901_000);
    let ended = bench
        .get("prod-0", "auth/token/lookup-self")
        .expect("an answer");
    assert_eq!(ended.status, 403);
}

#[test]
fn a_role_without_a_right_is_told_so() {
    let mut shape = shape(&[OLD; 3], 0);
    shape.rights.reads_configuration = false;
    let mut bench = Bench::of(shape, 4);
    bench.log_in("prod-0");
    let answer = bench
        .get("prod-0", "sys/storage/raft/configuration")
        .expect("an answer");
    assert_eq!(answer.status, 403);
    assert_eq!(
        text(&answer),
        "1 error occurred:\n\t* permission denied\n\n"
    );
}

#[test]
fn a_standby_forwards_or_points_at_the_active_node() {
    let mut bench = three(NEW, 5);
    bench.log_in("prod-1");
    let answer = bench
        .ask_itself("prod-1", "PUT", "sys/step-down")
        .expect("an answer");
    assert_eq!(answer.status, 307);
    assert_eq!(
        answer.headers["location"],
        "https://prod-0.prod.vault.svc:8200/v1/sys/step-down"
    );
    assert!(answer.bytes.is_empty());
    bench.wait(2000);
    assert_eq!(bench.active().as_deref(), Some("prod-0"));
    let answer = bench
        .ask("prod-1", "PUT", "sys/step-down", "")
        .expect("an answer");
    assert_eq!(answer.status, 204);
    assert_eq!(answer.headers["x-vault-raft-node-id"], "prod-0");
    bench.wait(600 - 30);
    bench.until(1000, |bench| {
        bench.active().is_some_and(|pod| pod != "prod-0")
    });
    assert!(bench.active().is_some());
    // No token on a standby: 307 for a snapshot, not 403.
    bench.wait(11_000);
    bench.token.clear();
    let answer = bench
        .get("prod-0", "sys/storage/raft/snapshot")
        .expect("an answer");
    assert_eq!(answer.status, 307);
}

#[test]
fn a_standby_of_2_5_0_says_204_and_does_nothing() {
    let mut bench = three(Release::two(5, 0), 6);
    let answer = bench
        .ask("prod-1", "PUT", "sys/step-down", "")
        .expect("an answer");
    assert_eq!(answer.status, 204);
    bench.wait(3000);
    assert_eq!(bench.active().as_deref(), Some("prod-0"));
}

#[test]
fn nobody_known_to_lead_is_said_in_so_many_words() {
    let mut bench = three(OLD, 7);
    bench.log_in("prod-0");
    bench.servers.refuse_transfers(1, bench.now);
    bench.servers.step_down(bench.now);
    bench.wait(700);
    let answer = bench
        .ask("prod-1", "PUT", "auth/token/renew-self", "")
        .expect("an answer");
    let expected = "local node not active but active cluster node not found";
    assert_eq!((answer.status, text(&answer)), (500, expected.to_owned()));
}

#[test]
fn a_sealed_node_says_so() {
    let mut bench = three(NEW, 8);
    bench.servers.keep_sealed("prod-2", true, bench.now);
    let uid = bench.uid("prod-2");
    bench.servers.kill(&uid, bench.now);
    bench.start("prod-2", NEW);
    bench.wait(5000);
    assert_eq!(bench.health("prod-2"), Some(503));
    let leader = bench.get("prod-2", "sys/leader").expect("an answer");
    assert_eq!(
        (leader.status, text(&leader)),
        (503, "Vault is sealed".to_owned())
    );
    let seal = bench.get("prod-2", "sys/seal-status").expect("an answer");
    assert_eq!((seal.status, seal.body.get("cluster_id")), (200, None));
    bench.servers.keep_sealed("prod-2", false, bench.now);
    bench.wait(100);
    assert_eq!(bench.health("prod-2"), Some(429));
}

#[test]
fn health_takes_other_codes_and_refuses_bad_ones() {
    let mut bench = three(NEW, 9);
    let mut code = |path: &str| bench.health_at("prod-1", path);
    assert_eq!(code("sys/health?standbyok=true"), 200);
    assert_eq!(code("sys/health?standbycode=473"), 473);
    assert_eq!(code("sys/health?standbycode=x"), 400);
    let answer = bench
        .ask("prod-0", "HEAD", "sys/health", "")
        .expect("an answer");
    assert_eq!((answer.status, answer.bytes.len()), (200, 0));
    assert_eq!(
        bench
            .ask("prod-0", "DELETE", "sys/health", "")
            .map(|one| one.status),
        Some(405)
    );
    let ticket = bench.send_with(
        "prod-0",
        "GET",
        "sys/health",
        "",
        &[("x-vault-namespace", "root")],
    );
    assert_eq!(bench.whole(ticket).map(|one| one.status), Some(400));
}

#[test]
fn a_snapshot_is_whole_and_says_what_it_is_of() {
    for release in [OLD, NEW, Release::two(5, 5)] {
        let mut bench = three(release, 10);
        bench.log_in("prod-0");
        let applied = bench.node("prod-0").applied;
        let answer = bench
            .get("prod-0", "sys/storage/raft/snapshot")
            .expect("an answer");
        assert_eq!(answer.headers["content-type"], "application/gzip");
        assert!(!answer.headers.contains_key("content-length"));
        let verified = bao::verify(&*answer.bytes).expect("a whole snapshot");
        assert!(verified.index >= applied);
        assert_eq!(verified.term, 3);
    }
}

#[test]
fn a_write_without_a_majority_fails_when_its_leader_gives_up() {
    let mut bench = three(NEW, 11);
    bench.log_in("prod-0");
    for pod in ["prod-1", "prod-2"] {
        let uid = bench.uid(pod);
        bench.servers.kill(&uid, bench.now);
    }
    let ticket = bench.send("prod-0", "PUT", "auth/token/renew-self", "");
    assert!(bench.answer(ticket, 2500).is_none());
    let Some(crate::sim::servers::Reply::Whole(answer)) = bench.answer(ticket, 1000) else {
        panic!("an answer");
    };
    assert_eq!(answer.status(), 500);
    assert!(String::from_utf8_lossy(answer.body()).contains("leadership lost"));
}

#[test]
fn a_token_without_the_policy_default_commits_nothing() {
    let mut shape = shape(&[OLD; 3], 0);
    shape.rights.renews = false;
    let mut bench = Bench::of(shape.clone(), 1);
    bench.log_in("prod-0");
    let ask = |bench: &mut Bench, path: &str| {
        let before = bench.servers.truth().committed;
        let answer = bench.ask("prod-0", "PUT", path, "{}").expect("an answer");
        (answer.status, bench.servers.truth().committed - before)
    };
    assert_eq!(ask(&mut bench, "auth/token/renew-self").0, 403);
    let (status, entries) = ask(&mut bench, "sys/wrapping/wrap");
    assert_eq!(status, 200);
    assert!(entries >= 5, "{entries}");
    shape.rights.wraps = false;
    let mut bare = Bench::of(shape, 1);
    bare.log_in("prod-0");
    assert_eq!(ask(&mut bare, "sys/wrapping/wrap").0, 403);
}
