//! The production transport against real sockets on the loopback.

use std::time::Duration;

use baoctl::{
    bao::{Identity, NoIdentity, NoTrust, Security, Transport, Trust},
    model::{certificate::ServerCertificate, names::PodName},
    ports::{Clock, PortError},
};
use futures::StreamExt;
use http::{Method, StatusCode};

use crate::{
    bao_server::{Does, Server, authority, request},
    bao_world::{incarnation, pod},
};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

#[tokio::test]
async fn a_connection_is_kept_between_requests() {
    let server = Server::new(&[Does::Answer(OK); 3]).await;
    let client = server.client();
    for method in [Method::GET, Method::PUT, Method::GET] {
        assert_eq!(client.call(&pod(0), method).await, Ok(StatusCode::OK));
    }
    let seen = server.seen();
    assert_eq!(
        seen[0],
        (
            1,
            "GET /v1/sys/health HTTP/1.1 host: openbao-0.openbao.ns.svc:8200".to_owned()
        )
    );
    assert!(
        seen.iter().all(|(connection, _)| *connection == 1),
        "{seen:?}"
    );
    let named = ["openbao-0", "green-0"].map(|name| PodName(name.to_owned()));
    let certificate = client.transport.certificate(&pod(0), &named).await;
    let expected = ServerCertificate {
        expires: "2051-02-03T00:00:00Z".parse().expect("a time"),
        not_for: vec![PodName("green-0".to_owned())],
    };
    assert_eq!(certificate, Ok(expected));
    assert_eq!(client.dials.get(), 1);
}

#[tokio::test]
async fn a_new_incarnation_gets_a_new_connection() {
    let server = Server::new(&[Does::Answer(OK); 2]).await;
    let client = server.client();
    for uid in ["1", "2"] {
        let answer = client.call(&incarnation(0, uid), Method::GET).await;
        assert_eq!(answer, Ok(StatusCode::OK));
    }
    assert_eq!(client.dials.get(), 2);
}

#[tokio::test]
async fn another_authority_is_refused() {
    let server = Server::new(&[]).await;
    let error = server.trusting(&authority().pem()).get().await;
    let error = error.expect_err("another ca").to_string();
    assert!(error.contains("certificate is not accepted"), "{error}");
    // Of the same name, so the signature decides.
    assert!(error.contains("BadSignature"), "{error}");
}

#[tokio::test]
async fn another_server_s_name_is_refused() {
    let server = Server::start("openbao-1.openbao.ns.svc", &[]).await;
    let error = server
        .client()
        .get()
        .await
        .expect_err("another name")
        .to_string();
    assert!(error.contains("certificate is not accepted"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let script = &[Does::Answer(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: https://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
    )];
    let server = Server::new(script).await;
    assert_eq!(
        server.client().get().await,
        Ok(StatusCode::TEMPORARY_REDIRECT)
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_abandoned_request_takes_its_connection_with_it() {
    let server = Server::new(&[Does::Answer(OK), Does::Hang, Does::Answer(OK)]).await;
    let client = server.client();
    assert_eq!(client.get().await, Ok(StatusCode::OK));
    let pod = pod(0);
    let mut hanging = Box::pin(client.call(&pod, Method::GET));
    while server.seen().len() < 2 {
        assert!(futures::poll!(&mut hanging).is_pending());
        tokio::task::yield_now().await;
    }
    drop(hanging);
    assert_eq!(client.get().await, Ok(StatusCode::OK));
    let connections: Vec<_> = server.seen().iter().map(|(number, _)| *number).collect();
    assert_eq!(connections, [1, 1, 2]);
}

#[tokio::test]
async fn a_dead_connection_is_reopened_for_a_get() {
    let server = Server::new(&[Does::Answer(OK), Does::Close, Does::Answer(OK)]).await;
    let client = server.client();
    assert_eq!(client.get().await, Ok(StatusCode::OK));
    assert_eq!(client.get().await, Ok(StatusCode::OK));
    let connections: Vec<_> = server.seen().iter().map(|(number, _)| *number).collect();
    assert_eq!(connections, [1, 1, 2]);
}

#[tokio::test]
async fn a_get_is_tried_at_most_twice() {
    let server = Server::new(&[Does::Answer(OK), Does::Close, Does::Close]).await;
    let client = server.client();
    assert_eq!(client.get().await, Ok(StatusCode::OK));
    assert!(matches!(client.get().await, Err(PortError::NoAnswer(_))));
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_put_or_post_is_never_sent_twice() {
    for method in [Method::PUT, Method::POST] {
        let server = Server::new(&[Does::Answer(OK), Does::Close]).await;
        let client = server.client();
        assert_eq!(client.get().await, Ok(StatusCode::OK));
        let result = client.call(&pod(0), method).await;
        assert!(matches!(result, Err(PortError::NoAnswer(_))), "{result:?}");
        assert_eq!(server.seen().len(), 2);
    }
}

#[tokio::test]
async fn a_failed_dial_is_not_repeated_within_a_second() {
    let server = Server::new(&[Does::Answer(OK)]).await;
    let client = server.trusting(&authority().pem());
    assert!(client.get().await.is_err());
    let error = client.get().await.expect_err("too early");
    assert!(
        error
            .to_string()
            .starts_with("no answer: not dialled again yet: "),
        "{error}"
    );
    assert_eq!(client.dials.get(), 1);
    // Another incarnation is another matter, and so is a second later.
    assert!(
        client
            .call(&incarnation(0, "2"), Method::GET)
            .await
            .is_err()
    );
    assert_eq!(client.dials.get(), 2);
    client.clock.advance(Duration::from_secs(1));
    assert!(
        client
            .call(&incarnation(0, "2"), Method::GET)
            .await
            .is_err()
    );
    assert_eq!(client.dials.get(), 3);
}

#[tokio::test]
async fn a_dial_its_caller_gave_up_on_is_finished_by_the_next() {
    let server = Server::new(&[Does::Answer(OK)]).await;
    let client = server.client();
    let pod = pod(0);
    let mut dialling = Box::pin(client.call(&pod, Method::GET));
    assert!(futures::poll!(&mut dialling).is_pending());
    drop(dialling);
    client.clock.advance(Duration::from_secs(2));
    assert_eq!(client.get().await, Ok(StatusCode::OK));
    assert_eq!(client.dials.get(), 1);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_dial_on_its_way_is_waited_for_a_little_and_not_for_ever() {
    // Accepts connections and never says a word.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let server = Server::new(&[]).await;
    let client = server.dialling(listener.local_addr().expect("an address"));
    let pod = pod(0);
    let mut first = Box::pin(client.call(&pod, Method::GET));
    let _accepted = loop {
        assert!(futures::poll!(&mut first).is_pending());
        if let Some(accepted) = futures::FutureExt::now_or_never(listener.accept()) {
            break accepted;
        }
        tokio::task::yield_now().await;
    };
    client.clock.advance(Duration::from_secs(2));
    drop(first);
    for (age, said) in [
        (2, "not connected yet, for 2.0 s"),
        (6, "not connected yet, for 6.0 s"),
        (10, "no connection within 10 s"),
    ] {
        let now = client.clock.monotonic();
        client
            .clock
            .advance(Duration::from_secs(age).saturating_sub(now));
        let mut next = Box::pin(client.get());
        assert!(futures::poll!(&mut next).is_pending());
        client.clock.advance(Duration::from_millis(300));
        let error = next.await.expect_err("nobody answers").to_string();
        assert_eq!(error, format!("no answer: {said}"));
        assert_eq!(client.dials.get(), 1);
    }
    let error = client.get().await.expect_err("too early").to_string();
    assert_eq!(
        error,
        "no answer: not dialled again yet: no answer: no connection within 10 s"
    );
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let server = Server::new(&[Does::Answer(
        "HTTP/1.1 200 OK\r\ncontent-length: 5000000\r\n\r\n",
    )])
    .await;
    let error = server.client().get().await.expect_err("too long");
    assert_eq!(error.to_string(), "an answer of more than 4194304 bytes");
}

#[tokio::test]
async fn a_streamed_body_that_ends_early_ends_with_an_error() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    const WHOLE: &str =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    const PART: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n";
    let server = Server::new(&[Does::Answer(WHOLE), Does::Part(PART), Does::Part(HEAD)]).await;
    let client = server.client();
    for (pieces, whole) in [(1, true), (1, false), (0, false)] {
        let response = client.transport.open(&pod(0), request(Method::GET)).await;
        let items: Vec<_> = response.expect("a head").into_body().collect().await;
        let good = items.iter().filter(|item| item.is_ok()).count();
        assert_eq!((good, items.len() == good), (pieces, whole), "{items:?}");
    }
    // A download's connection is not kept.
    assert_eq!(client.dials.get(), 3);
}

#[test]
fn a_bundle_needs_a_certificate() {
    assert_eq!(Trust::from_pem(b"").err(), Some(NoTrust::Empty));
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(
        Trust::from_pem(broken),
        Err(NoTrust::Unreadable(_))
    ));
}

#[tokio::test]
async fn a_server_that_demands_a_certificate_gets_one_or_is_told_as_that() {
    let server = Server::demanding(&[Does::Answer(OK); 2]).await;
    let named = |identity| Security::Tls {
        trust: server.trust(),
        server_name: None,
        identity,
    };
    let error = server.spoken_to(named(None)).get().await;
    let error = error.expect_err("no certificate").to_string();
    assert!(error.contains("--client-cert FILE"), "{error}");
    let [certificate, key] = &server.client;
    let identity = Identity::from_pem(certificate.as_bytes(), key.as_bytes()).expect("a pair");
    let client = server.spoken_to(named(Some(identity)));
    assert_eq!(client.call(&pod(0), Method::GET).await, Ok(StatusCode::OK));
    // One of another authority's is as good as none.
    let [certificate, key] = crate::bao_server::identity(&authority());
    let identity = Identity::from_pem(certificate.as_bytes(), key.as_bytes()).expect("a pair");
    let error = server.spoken_to(named(Some(identity))).get().await;
    assert!(error.is_err(), "{error:?}");
    assert_eq!(server.seen().len(), 1, "{:?}", server.seen());
}

#[test]
fn a_client_certificate_and_its_key_are_read_or_named() {
    let [certificate, key] = crate::bao_server::identity(&authority());
    let read = |certificate: &str, key: &str| {
        Identity::from_pem(certificate.as_bytes(), key.as_bytes()).map(drop)
    };
    assert_eq!(read(&certificate, &key), Ok(()));
    assert_eq!(read("nothing", &key), Err(NoIdentity::Certificate));
    assert_eq!(read(&certificate, "nothing"), Err(NoIdentity::Key));
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    assert_eq!(read(&certificate, encrypted), Err(NoIdentity::Key));
}

#[tokio::test]
async fn listeners_without_tls_are_spoken_to_without() {
    let server = Server::plain(&[Does::Answer(OK); 1]).await;
    let client = server.spoken_to(Security::Plain);
    assert_eq!(client.call(&pod(0), Method::GET).await, Ok(StatusCode::OK));
    let error = client.transport.certificate(&pod(0), &[]).await;
    let error = error.expect_err("no certificate").to_string();
    assert!(error.contains("has no TLS"), "{error}");
    // Whoever expects TLS there sends nothing.
    let error = server.client().get().await.expect_err("no tls").to_string();
    assert!(error.contains("does not speak TLS"), "{error}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn servers_of_one_name_are_asked_for_by_it() {
    let server = Server::start("bao.example.com", &[Does::Answer(OK); 1]).await;
    let client = server.spoken_to(Security::Tls {
        trust: server.trust(),
        server_name: Some("bao.example.com".to_owned()),
        identity: None,
    });
    assert_eq!(client.call(&pod(0), Method::GET).await, Ok(StatusCode::OK));
    let named = ["openbao-0", "green-0"].map(|name| PodName(name.to_owned()));
    let certificate = client.transport.certificate(&pod(0), &named).await;
    assert_eq!(certificate.map(|it| it.not_for), Ok(Vec::new()));
}
