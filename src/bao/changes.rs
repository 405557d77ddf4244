//! Changes of the raft membership, asked of the active node.

use http::StatusCode;
use serde::Serialize;

use crate::{
    bao::{
        auth::Jwt,
        call::{Call, refusal},
        client::BaoClient,
        transport::Transport,
    },
    model::{names::PodName, workload::Pod},
    ports::{Clock, PortError},
};

/// What is to become of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// It gets a vote.
    Promote,
    /// It loses its vote.
    Demote,
    /// It is no member any more.
    Remove,
}

impl Change {
    const fn path(self) -> &'static str {
        match self {
            Self::Promote => "sys/storage/raft/promote",
            Self::Demote => "sys/storage/raft/demote",
            Self::Remove => "sys/storage/raft/remove-peer",
        }
    }
}

#[derive(Serialize)]
struct ChangeRequest<'a> {
    server_id: &'a str,
}

impl<T: Transport, J: Jwt, C: Clock> BaoClient<T, J, C> {
    /// Asks the active node for a change. What an error says differs from
    /// release to release, and a change that was there already is one of them
    /// (`contracts/openbao-live.md` i.5): the texts are for people, and the
    /// configuration tells what came of it.
    pub(super) async fn change(
        &self,
        leader: &Pod,
        change: Change,
        id: &PodName,
    ) -> Result<(), PortError> {
        // Accepted, and never answered: the node shuts its own raft down
        // (`contracts/openbao-live.md` 0.6).
        if change == Change::Remove && leader.pod.name == *id {
            return Err(PortError::Invalid(format!(
                "{id} leads, and would not survive its removal"
            )));
        }
        let body = ChangeRequest {
            server_id: id.as_str(),
        };
        let call = Call::put(change.path()).with(&body)?;
        let (answer, _) = self.send(leader, call).await?;
        if answer.status() == StatusCode::NO_CONTENT {
            return Ok(());
        }
        match refusal(answer.status(), answer.body()) {
            // It may have been stored before the error arose.
            PortError::Other(text) => Err(PortError::NoAnswer(text)),
            error => Err(error),
        }
    }
}
