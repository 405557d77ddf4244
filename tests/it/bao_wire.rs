//! Every call to OpenBao: what is sent, and what recorded answers come to.

use baoctl::{
    model::{names::PodName, node::NodeView, raft::Membership, version::Version},
    ports::{BaoNodes, PortError},
};

use crate::bao_world::{Reply, Script, answer, by_token, errors, pod, recorded};

const VERSIONS: [&str; 2] = ["2.6.2", "2.7.2"];
const HERE: &str = "x-vault-no-request-forwarding=1";
const TOKEN: &str = "x-vault-request=true x-vault-token=s.canary-token-4711";

fn pods() -> Vec<PodName> {
    (0..6)
        .map(|ordinal| PodName::of("openbao", ordinal))
        .collect()
}

fn asks(path: &str) -> String {
    format!(
        "openbao-0 POST /v1/sys/capabilities-self content-type=application/json {TOKEN} {{\"paths\":[\"{path}\"]}}"
    )
}

fn may(path: &str, capabilities: &[&str]) -> Reply {
    answer(
        200,
        &serde_json::json!({ "data": { path: capabilities } }).to_string(),
    )
}

async fn probe(replies: [Reply; 2]) -> NodeView {
    let script = Script::default();
    script.then(replies);
    let view = by_token(&script).probe(&pod(0)).await;
    let request = |path| format!("openbao-0 GET /v1/sys/{path} {HERE} x-vault-request=true");
    assert_eq!(script.seen(), [request("health"), request("leader")]);
    view
}

#[tokio::test]
async fn a_probe_reads_health_and_leader_whatever_the_status() {
    for text in VERSIONS {
        let version: Version = text.parse().expect("a version");
        let view = probe([
            recorded(text, "leader-health"),
            recorded(text, "leader-leader"),
        ])
        .await;
        assert!(view.is_active() && view.is_unsealed());
        assert_eq!(view.version(), Some(&version));
        assert_eq!(view.applied_index(), Some(34));
        let leader = view.leader.known().expect("an answer");
        assert!(leader.active_time.is_some());
        assert_eq!(
            leader.leader_address.as_deref(),
            Some("https://127.0.1.1:8200")
        );
        let health = view.health.known().expect("an answer");
        assert!(health.cluster_id.is_some() && health.server_time.is_some());

        let view = probe([
            recorded(text, "standby-health"),
            recorded(text, "standby-leader"),
        ])
        .await;
        assert!(!view.is_active() && view.is_unsealed());
        assert_eq!(view.applied_index(), Some(34));

        let view = probe([
            recorded(text, "sealed-health"),
            recorded(text, "sealed-leader"),
        ])
        .await;
        let health = view.health.known().expect("an answer");
        assert!(health.sealed && health.cluster_id.is_none());
        assert_eq!(view.version(), Some(&version));
        assert_eq!(view.leader.unknown(), Some("Vault is sealed"));

        let view = probe([
            recorded(text, "uninit-health"),
            recorded(text, "sealed-leader"),
        ])
        .await;
        assert!(!view.health.known().expect("an answer").initialized);

        let view = probe([
            recorded(text, "standby-health"),
            recorded(text, "noquorum-leader"),
        ])
        .await;
        let leader = view.leader.known().expect("an answer");
        assert!(!leader.is_self && leader.leader_address.is_none());
    }
}

#[tokio::test]
async fn a_rate_limit_is_no_standby() {
    let limit = || {
        errors(
            429,
            "request path \"sys/health\": rate limit quota exceeded",
        )
    };
    let view = probe([limit(), limit()]).await;
    for why in [view.health.unknown(), view.leader.unknown()] {
        let why = why.expect("unknown");
        assert!(why.starts_with("too many requests: status 429"), "{why}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_unknown() {
    for (status, body) in [
        (200, "{}"),
        (200, "<html>"),
        (307, ""),
        (500, ""),
        (400, "{\"errors\":[]}"),
    ] {
        let view = probe([answer(status, body), answer(status, body)]).await;
        assert!(view.health.known().is_none(), "{status} {body}");
        assert!(view.leader.known().is_none(), "{status} {body}");
    }
}

#[tokio::test]
async fn a_node_that_is_not_there_is_asked_once() {
    let script = Script::default();
    script.then([Reply::Broken]);
    let view = by_token(&script).probe(&pod(0)).await;
    assert_eq!(view, NodeView::unknown("no answer: connection reset"));
    assert_eq!(script.seen().len(), 1);
}

async fn members(replies: Vec<Reply>, leader: u32) -> (Result<Membership, PortError>, Vec<String>) {
    let script = Script::default();
    script
        .then([recorded("2.7.2", "jwt-lookup-self")])
        .then(replies);
    let result = by_token(&script).membership(&pod(leader), &pods()).await;
    let seen = script.seen().split_off(1);
    (result, seen)
}

const CONFIGURATION: &str = "sys/storage/raft/configuration";

#[tokio::test]
async fn members_come_from_the_configuration_where_it_may_be_read() {
    for version in VERSIONS {
        let replies = vec![
            recorded(version, "capabilities-self"),
            recorded(version, "leader-raft-configuration-with-nonvoter"),
        ];
        // In this recording openbao-3 leads; see the fixture.
        let (membership, seen) = members(replies, 3).await;
        let membership = membership.expect(version);
        assert_eq!(
            seen[0],
            asks(CONFIGURATION).replace("openbao-0", "openbao-3")
        );
        assert_eq!(
            seen[1],
            format!("openbao-3 GET /v1/{CONFIGURATION} {HERE} {TOKEN}")
        );
        assert_eq!(membership.autopilot, None);
        assert!(membership.voters().count() < membership.peers.len());
        assert!(membership.peers.is_sorted_by_key(|peer| !peer.voter));
        assert!(membership.peers.iter().all(|peer| peer.pod.is_some()));
    }
}

#[tokio::test]
async fn members_come_from_autopilot_where_the_configuration_may_not_be_read() {
    for version in VERSIONS {
        let replies = vec![
            may(CONFIGURATION, &["deny"]),
            recorded(version, "leader-autopilot-state"),
        ];
        let (membership, seen) = members(replies, 0).await;
        let membership = membership.expect(version);
        assert_eq!(
            seen[1],
            format!("openbao-0 GET /v1/sys/storage/raft/autopilot/state {HERE} {TOKEN}")
        );
        assert_eq!(membership.voters().count(), 3);
        let autopilot = membership.autopilot.expect("autopilot");
        assert!(autopilot.healthy && autopilot.failure_tolerance == 1);
        let expected: Version = version.parse().expect("a version");
        assert_eq!(membership.peers[2].version, Some(expected));
    }
}

#[tokio::test]
async fn a_token_that_may_not_ask_what_it_may_tries() {
    let denied = || errors(403, "1 error occurred:\n\t* permission denied\n\n");
    let (membership, seen) = members(
        vec![
            denied(),
            denied(),
            recorded("2.6.2", "leader-autopilot-state"),
        ],
        0,
    )
    .await;
    assert!(membership.is_ok(), "{membership:?}");
    assert_eq!(seen.len(), 3);
}

#[tokio::test]
async fn an_empty_version_is_none_and_the_next_ask_goes_straight_there() {
    let script = Script::default();
    let state = r#"{"data":{"healthy":false,"failure_tolerance":0,"leader":"openbao-0","servers":{
        "openbao-0":{"id":"openbao-0","address":"a:8201","status":"leader","version":""},
        "x":{"id":"x","address":"openbao-1.openbao.ns.svc:8201","status":"non-voter"}}}}"#;
    script.then([
        recorded("2.7.2", "jwt-lookup-self"),
        may(CONFIGURATION, &["deny"]),
        answer(200, state),
        answer(200, state),
    ]);
    let client = by_token(&script);
    let membership = client.membership(&pod(0), &pods()).await.expect("members");
    assert_eq!(membership.peers[0].version, None);
    assert_eq!(membership.peers[1].pod, Some(PodName::of("openbao", 1)));
    assert!(!membership.peers[1].voter);
    client.membership(&pod(0), &pods()).await.expect("members");
    assert_eq!(script.seen().len(), 4);
    assert_eq!(client.requests(), 4);
}

#[tokio::test]
async fn a_list_of_another_leader_s_is_outdated() {
    let conflict = Err(PortError::Conflict {
        what: "the active node".to_owned(),
    });
    let election = r#"{"data":{"config":{"servers":[{"node_id":"openbao-0","voter":true}]}}}"#;
    for reply in [
        recorded("2.7.2", "standby-raft-configuration"),
        answer(200, election),
        answer(307, ""),
    ] {
        let replies = vec![may(CONFIGURATION, &["read"]), reply];
        assert_eq!(members(replies, 1).await.0, conflict);
    }
}

async fn could_lead(leader: Reply, standby: Reply) -> Result<bool, PortError> {
    let script = Script::default();
    script.then([recorded("2.7.2", "jwt-lookup-self"), leader, standby]);
    let result = by_token(&script).could_lead(&pod(1), &pod(0)).await;
    let get = |pod| format!("{pod} GET /v1/auth/token/lookup-self {HERE} {TOKEN}");
    assert_eq!(script.seen()[1..], [get("openbao-0"), get("openbao-1")]);
    result
}

#[tokio::test]
async fn a_standby_that_redirects_a_read_of_its_own_cannot_lead() {
    let sound = || recorded("2.7.2", "jwt-lookup-self");
    assert_eq!(could_lead(sound(), sound()).await, Ok(true));
    assert_eq!(could_lead(sound(), answer(307, "")).await, Ok(false));
    for reply in [
        errors(403, "permission denied"),
        errors(
            500,
            "local node not active but active cluster node not found",
        ),
        errors(503, "Vault is sealed"),
        answer(302, ""),
        Reply::Broken,
    ] {
        let result = could_lead(sound(), reply).await;
        assert!(result.is_err(), "{result:?}");
    }
}

/// A token that has ended would be redirected by every standby.
#[tokio::test]
async fn a_leader_that_does_not_know_the_token_leaves_the_standbys_unasked() {
    let script = Script::default();
    let denied = errors(403, "permission denied");
    script.then([recorded("2.7.2", "jwt-lookup-self"), denied]);
    let result = by_token(&script).could_lead(&pod(1), &pod(0)).await;
    assert!(matches!(result, Err(PortError::Forbidden(_))), "{result:?}");
    assert_eq!(script.seen().len(), 2);
}

async fn forwarded(standby: Reply) -> Result<(), PortError> {
    let script = Script::default();
    script.then([recorded("2.7.2", "jwt-lookup-self"), standby]);
    let result = by_token(&script).forward(&pod(1), &pod(0)).await;
    let seen = script.seen();
    assert!(
        seen[1].starts_with("openbao-1 PUT /v1/auth/token/renew-self") && !seen[1].contains(HERE),
        "{}",
        seen[1]
    );
    assert_eq!(seen.len(), 2, "{seen:?}");
    result
}

/// A redirect is what a standby answers whose connection to its leader is dead
/// (`contracts/openbao-live.md` 10).
#[tokio::test]
async fn a_standby_sends_a_write_on_or_it_is_known_that_it_does_not() {
    assert_eq!(
        forwarded(recorded("2.7.2", "jwt-lookup-self")).await,
        Ok(())
    );
    for reply in [
        answer(307, ""),
        errors(
            500,
            "local node not active but active cluster node not found",
        ),
        Reply::Broken,
    ] {
        let result = forwarded(reply).await;
        assert!(result.is_err(), "{result:?}");
    }
}

async fn step_down(reply: Reply) -> Result<(), PortError> {
    let script = Script::default();
    script.then([recorded("2.7.2", "jwt-lookup-self"), reply]);
    let result = by_token(&script).step_down(&pod(0)).await;
    let put = format!("openbao-0 PUT /v1/sys/step-down {HERE} {TOKEN}");
    assert_eq!(script.seen()[1], put);
    result
}

#[tokio::test]
async fn a_step_down_goes_to_one_node_and_is_sent_once() {
    assert_eq!(step_down(answer(204, "")).await, Ok(()));
    let conflict = Err(PortError::Conflict {
        what: "the active node".to_owned(),
    });
    assert_eq!(step_down(answer(307, "")).await, conflict);
    let text = "local node not active but active cluster node not found";
    assert_eq!(step_down(errors(500, text)).await, conflict);
    assert_eq!(
        step_down(recorded("2.7.2", "sealed-stepdown")).await,
        conflict
    );
    for reply in [
        Reply::Broken,
        errors(500, "context deadline exceeded"),
        answer(200, ""),
    ] {
        let result = step_down(reply).await;
        assert!(matches!(result, Err(PortError::NoAnswer(_))), "{result:?}");
    }
    let denied = step_down(errors(403, "1 error occurred:\n\t* permission denied\n\n")).await;
    assert_eq!(
        denied,
        Err(PortError::Forbidden("permission denied".to_owned()))
    );
}
