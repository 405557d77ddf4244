//! An entry in the log of raft that changes nothing.

use http::{Response, StatusCode};
use hyper::body::Bytes;

use crate::{
    bao::{
        auth::Jwt,
        call::{Call, refusal},
        client::BaoClient,
        transport::Transport,
    },
    model::workload::Pod,
    ports::{Clock, PortError},
};

/// Renewing its lease stores the token anew: one entry.
const RENEW: &str = "auth/token/renew-self";
/// Wrapping nothing, for a second: five entries, and seven when that is over.
const WRAP: &str = "sys/wrapping/wrap";

impl<T: Transport, J: Jwt, C: Clock> BaoClient<T, J, C> {
    /// Has one committed, by whichever way the token has.
    ///
    /// A batch token and one that is not renewable answer the renewal with 400,
    /// one without the policy `default` with 403; all of them may wrap, where a
    /// policy grants it, as `default` does. Seen with 2.6.2 and 2.7.2.
    pub(super) async fn commit_entry(&self, leader: &Pod) -> Result<(), PortError> {
        if !self.unrenewable.get() {
            let (renewed, _) = self.send(leader, Call::put(RENEW)).await?;
            if renewed.status().is_success() {
                return Ok(());
            }
            let refused = [StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN];
            if !refused.contains(&renewed.status()) {
                return Err(refusal(renewed.status(), renewed.body()));
            }
            // Not asked for again: a token that may not look itself up either is
            // taken for gone each time, and another one is made.
            self.unrenewable.set(true);
        }
        let (wrapped, _) = self.send(leader, wrap()?).await?;
        accepted(&wrapped)
    }

    /// Has one committed through a standby, in the way that its leader took.
    pub(super) async fn commit_through(
        &self,
        standby: &Pod,
        leader: &Pod,
    ) -> Result<(), PortError> {
        let session = self.tokens.session(&self.caller, leader).await?;
        let call = if self.unrenewable.get() {
            wrap()?
        } else {
            Call::put(RENEW)
        };
        let token = Some(&session.token);
        accepted(&self.caller.send(standby, call.forwarded(), token).await?)
    }
}

fn wrap() -> Result<Call, PortError> {
    Call::put(WRAP)
        .wrapped_for("1s")
        .with(&serde_json::json!({}))
}

fn accepted(answer: &Response<Bytes>) -> Result<(), PortError> {
    if answer.status().is_success() {
        return Ok(());
    }
    Err(refusal(answer.status(), answer.body()))
}
