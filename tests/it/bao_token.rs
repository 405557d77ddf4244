//! The token: obtained, renewed, refused, revoked, and never shown.

use std::time::Duration;

use baoctl::ports::{BaoNodes, PortError};

use crate::bao_world::{
    CANARY_JWT, CANARY_TOKEN, Client, Reply, Script, StoppedClock, answer, by_login, by_token,
    errors, pod, recorded,
};

const TOKEN: &str = "x-vault-request=true x-vault-token=s.canary-token-4711";
const LOGIN: &str = "openbao-0 POST /v1/auth/jwt-operator/login content-type=application/json \
                     x-vault-request=true {\"role\":\"upgrade\",\"jwt\":\"eyJ.canary-jwt-4711\"}";

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
        format!(
            "openbao-0 POST /v1/sys/capabilities-self content-type=application/json {TOKEN} {}",
            r#"{"paths":["sys/step-down","sys/seal","sys/unheard-of"]}"#
        ),
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

#[tokio::test]
async fn a_token_that_cannot_renew_itself_wraps_nothing_instead() {
    let denied = || errors(403, "1 error occurred: permission denied");
    let alive = || recorded("2.7.2", "jwt-lookup-self");
    let renewals = [
        vec![errors(400, "batch tokens cannot be renewed")],
        vec![errors(400, "lease is not renewable")],
        vec![denied(), alive()],
    ];
    for refused in renewals {
        let (script, clock) = (Script::default(), StoppedClock::default());
        let client = logged_in(&script, &clock).await;
        let sent = refused.len();
        script.then(refused);
        script.then([answer(200, r#"{"wrap_info":{"ttl":1}}"#)]);
        client.touch(&pod(0)).await.expect("an entry");
        let seen = script.seen();
        assert_eq!(seen.len(), sent + 1);
        assert!(
            seen[0].contains("PUT /v1/auth/token/renew-self"),
            "{seen:?}"
        );
        let wrap = seen.last().expect("a request");
        assert!(wrap.contains("PUT /v1/sys/wrapping/wrap"), "{wrap}");
        assert!(wrap.contains("x-vault-wrap-ttl=1s"), "{wrap}");
        // What was refused once is not asked for again.
        script.then([answer(200, r#"{"wrap_info":{"ttl":1}}"#)]);
        client.touch(&pod(0)).await.expect("an entry");
        assert_eq!(script.seen().len(), 1);
    }
    let (script, clock) = (Script::default(), StoppedClock::default());
    let client = logged_in(&script, &clock).await;
    script.then([denied(), alive(), denied(), alive()]);
    let refused = client.touch(&pod(0)).await;
    assert!(
        matches!(refused, Err(PortError::Forbidden(_))),
        "{refused:?}"
    );
    // A server that is busy says nothing about the token.
    script.then([errors(503, "Vault is sealed")]);
    assert!(client.touch(&pod(0)).await.is_err());
    assert_eq!(script.seen().len(), 5);
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
