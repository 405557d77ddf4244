//! Changes of the raft membership: what is sent, and what the answers come to.

use baoctl::{
    model::names::PodName,
    ports::{BaoNodes, PortError},
};

use crate::bao_world::{Client, Reply, Script, answer, by_token, errors, pod, recorded};

const HEAD: &str = "content-type=application/json x-vault-no-request-forwarding=1 \
                    x-vault-request=true x-vault-token=s.canary-token-4711";

/// The paths with the call for each.
const CHANGES: [&str; 3] = ["promote", "demote", "remove-peer"];

async fn ask(client: &Client, change: &str, id: &PodName) -> Result<(), PortError> {
    match change {
        "promote" => client.promote(&pod(0), id).await,
        "demote" => client.demote(&pod(0), id).await,
        _ => client.remove_peer(&pod(0), id).await,
    }
}

async fn change(change: &str, reply: Reply) -> Result<(), PortError> {
    let script = Script::default();
    script.then([recorded("2.7.2", "jwt-lookup-self"), reply]);
    let id = PodName::of("openbao", 3);
    let result = ask(&by_token(&script), change, &id).await;
    let put = format!(
        "openbao-0 PUT /v1/sys/storage/raft/{change} {HEAD} {{\"server_id\":\"openbao-3\"}}"
    );
    assert_eq!(script.seen()[1..], [put]);
    result
}

#[tokio::test]
async fn a_change_is_asked_of_the_leader_alone_and_sent_once() {
    let conflict = Err(PortError::Conflict {
        what: "the active node".to_owned(),
    });
    for name in CHANGES {
        assert_eq!(change(name, answer(204, "")).await, Ok(()), "{name}");
        assert_eq!(change(name, answer(307, "")).await, conflict, "{name}");
        let text = "local node not active but active cluster node not found";
        assert_eq!(change(name, errors(500, text)).await, conflict, "{name}");
        let denied = errors(403, "1 error occurred:\n\t* permission denied\n\n");
        assert_eq!(
            change(name, denied).await,
            Err(PortError::Forbidden("permission denied".to_owned()))
        );
    }
}

/// The change may be there already, or half done: none of these texts is a
/// success or a failure of its own.
#[tokio::test]
async fn what_an_error_says_is_not_believed() {
    for name in CHANGES {
        for reply in [
            Reply::Broken,
            errors(500, "server is not a non-voter"),
            errors(500, "server is already a non-voter"),
            errors(500, "server openbao-3 not found in raft configuration"),
            errors(500, "raft is already shutdown"),
            errors(500, "leadership lost while committing log"),
            answer(200, ""),
        ] {
            let result = change(name, reply).await;
            assert!(
                matches!(result, Err(PortError::NoAnswer(_))),
                "{name}: {result:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_leader_is_never_struck_off() {
    let script = Script::default();
    let id = PodName::of("openbao", 0);
    let result = by_token(&script).remove_peer(&pod(0), &id).await;
    assert!(matches!(result, Err(PortError::Invalid(_))), "{result:?}");
    assert!(script.seen().is_empty());
}
