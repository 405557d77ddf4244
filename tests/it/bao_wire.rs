//! Every call to OpenBao: what is sent, and what recorded answers come to.

use std::time::Duration;

use baoctl::{
    model::{names::PodName, node::NodeView, raft::Membership, version::Version},
    ports::{BaoNodes, PortError},
};

use crate::bao_world::{
    CANARY_JWT, CANARY_TOKEN, Client, Reply, Script, StoppedClock, answer, by_login, by_token,
    errors, pod, recorded,
};

const VERSIONS: [&str; 2] = ["2.6.2", "2.7.2"];
const HERE: &str = "x-vault-no-request-forwarding=1";
const TOKEN: &str = "x-vault-request=true x-vault-token=s.canary-token-4711";
const LOGIN: &str = "openbao-0 POST /v1/auth/jwt-operator/login content-type=application/json \
                     x-vault-request=true {\"role\":\"upgrade\",\"jwt\":\"eyJ.canary-jwt-4711\"}";

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

#[tokio::test]
async fn a_login_says_what_the_token_may_do() {
    let script = Script::default();
    script.then([
        recorded("2.7.2", "jwt-login"),
        recorded("2.7.2", "capabilities-self"),
    ]);
    let client = by_login(&script, &StoppedClock::default());
    let paths = ["sys/step-down", "sys/seal", "sys/unheard-of"];
    let login = client.login(&pod(0), &paths).await.expect("a login");
    assert_eq!(login.policies, ["default", "upgrade"]);
    assert_eq!(login.ttl_s, 900);
    assert_eq!(
        login.source,
        "TokenRequest for upgrade, login at auth/jwt-operator as upgrade"
    );
    let may = |path: &str, may: &[&str]| {
        (
            path.to_owned(),
            may.iter().map(ToString::to_string).collect::<Vec<_>>(),
        )
    };
    assert_eq!(
        login.capabilities,
        [
            may("sys/step-down", &["sudo", "update"]),
            may("sys/seal", &["deny"]),
            may("sys/unheard-of", &[])
        ]
    );
    let seen = script.seen();
    assert_eq!(seen[0], LOGIN);
    assert_eq!(
        seen[1],
        asks("sys/step-down\",\"sys/seal\",\"sys/unheard-of"),
    );
    script.then([answer(204, "")]);
    client.revoke().await;
    client.revoke().await;
    assert_eq!(
        script.seen(),
        [format!("openbao-0 POST /v1/auth/token/revoke-self {TOKEN}")]
    );
}

#[tokio::test]
async fn a_given_token_is_looked_up_and_never_revoked() {
    let script = Script::default();
    script.then([
        recorded("2.6.2", "jwt-lookup-self"),
        recorded("2.6.2", "capabilities-self"),
    ]);
    let client = by_token(&script);
    let login = client
        .login(&pod(0), &["sys/step-down"])
        .await
        .expect("a login");
    assert_eq!((login.source.as_str(), login.ttl_s), ("--token-file", 895));
    client.revoke().await;
    assert_eq!(
        script.seen()[0],
        format!("openbao-0 GET /v1/auth/token/lookup-self {TOKEN}")
    );
}

#[tokio::test]
async fn a_root_token_is_refused_before_it_is_used() {
    let script = Script::default();
    script.then([answer(200, r#"{"data":{"policies":["root"],"ttl":0}}"#)]);
    let result = by_token(&script).step_down(&pod(0)).await;
    let error = result.expect_err("root").to_string();
    assert!(
        error.starts_with("forbidden: the token is a root token"),
        "{error}"
    );
    assert_eq!(script.seen().len(), 1);
}

async fn logged_in(script: &Script, clock: &StoppedClock) -> Client {
    let client = by_login(script, clock);
    script.then([recorded("2.7.2", "jwt-login"), answer(204, "")]);
    client.step_down(&pod(0)).await.expect("queued");
    assert_eq!(script.seen().len(), 2);
    client
}

#[tokio::test]
async fn a_login_is_repeated_at_two_thirds_of_the_lease() {
    let (script, clock) = (Script::default(), StoppedClock::default());
    let client = logged_in(&script, &clock).await;
    clock.advance(Duration::from_secs(599));
    script.then([answer(204, "")]);
    client.step_down(&pod(0)).await.expect("queued");
    assert_eq!(script.seen().len(), 1);

    clock.advance(Duration::from_secs(1));
    script.then([recorded("2.7.2", "jwt-login"), answer(204, "")]);
    client.step_down(&pod(0)).await.expect("queued");
    assert_eq!(script.seen()[0], LOGIN);
    // Both tokens live.
    script.then([answer(204, ""), Reply::Broken]);
    client.revoke().await;
    assert_eq!(script.seen().len(), 2);
}

#[tokio::test]
async fn a_login_that_fails_early_leaves_the_token_in_use() {
    let (script, clock) = (Script::default(), StoppedClock::default());
    let client = logged_in(&script, &clock).await;
    clock.advance(Duration::from_secs(600));
    script.then([errors(500, "local node not active"), answer(204, "")]);
    client.step_down(&pod(0)).await.expect("queued");
    clock.advance(Duration::from_secs(300));
    script.then([errors(500, "local node not active")]);
    assert!(client.step_down(&pod(0)).await.is_err());
    script.seen();
}

#[tokio::test]
async fn a_token_that_ended_is_replaced_once() {
    let (script, clock) = (Script::default(), StoppedClock::default());
    let client = logged_in(&script, &clock).await;
    let denied = || errors(403, "permission denied");
    script.then([denied(), denied(), recorded("2.7.2", "jwt-login"), denied()]);
    let result = client.step_down(&pod(0)).await;
    assert_eq!(
        result,
        Err(PortError::Forbidden("permission denied".to_owned()))
    );
    let seen = script.seen();
    assert!(seen[1].contains("lookup-self"), "{seen:?}");
    assert_eq!(seen[2], LOGIN);
}

#[tokio::test]
async fn a_token_that_lacks_the_capability_is_kept() {
    let (script, clock) = (Script::default(), StoppedClock::default());
    let client = logged_in(&script, &clock).await;
    script.then([
        errors(403, "permission denied"),
        recorded("2.7.2", "jwt-lookup-self"),
    ]);
    let result = client.step_down(&pod(0)).await;
    assert!(matches!(result, Err(PortError::Forbidden(_))));
    assert_eq!(script.seen().len(), 2);
}

/// Secrets are sent and seen nowhere else, whatever goes wrong.
#[tokio::test]
async fn no_error_shows_a_token() {
    let mut texts = Vec::new();
    let logins = [
        answer(
            200,
            &format!(r#"{{"auth":{{"client_token":"{CANARY_TOKEN}","policies":"x"}}}}"#),
        ),
        answer(
            200,
            &format!(r#"{{"auth":{{"client_token":["{CANARY_TOKEN}"]}}}}"#),
        ),
        answer(200, &format!(r#"{{"auth":"{CANARY_TOKEN}"}}"#)),
        answer(200, &format!("\"{CANARY_TOKEN}\"")),
        answer(200, r#"{"auth":{"client_token":"","mfa_requirement":{}}}"#),
        answer(500, &format!("{{\"auth\":\"{CANARY_TOKEN}\"}}")),
        errors(400, "error validating token: expired"),
        Reply::Broken,
    ];
    for reply in logins {
        let script = Script::default();
        script.then([reply]);
        let client = by_login(&script, &StoppedClock::default());
        let error = client.step_down(&pod(0)).await.expect_err("no login");
        texts.extend([format!("{error:?}"), error.to_string()]);
    }
    let script = Script::default();
    script.then([
        recorded("2.7.2", "jwt-login"),
        recorded("2.7.2", "capabilities-self"),
    ]);
    let client = by_login(&script, &StoppedClock::default());
    let login = client
        .login(&pod(0), &["sys/step-down"])
        .await
        .expect("a login");
    texts.push(format!("{login:?}"));
    texts.push(serde_json::to_string(&login).expect("json"));
    script.then([errors(500, "x")]);
    texts.push(format!("{:?}", client.step_down(&pod(0)).await));
    for text in texts {
        assert!(
            !text.contains(CANARY_TOKEN) && !text.contains(CANARY_JWT),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_token_that_is_no_header_is_not_quoted() {
    let script = Script::default();
    let source = baoctl::bao::TokenSource::Given {
        token: format!("{CANARY_TOKEN}\n").into(),
        source: "--token-file".to_owned(),
    };
    let client = Client::new(script, StoppedClock::default(), source);
    let error = client.step_down(&pod(0)).await.expect_err("no header");
    assert_eq!(error.to_string(), "rejected: the token is no header value");
}
