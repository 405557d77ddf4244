//! One request to one node: its headers, and what a refusal means.

use std::cell::Cell;

use http::{HeaderValue, Method, Request, Response, StatusCode, header::CONTENT_TYPE};
use hyper::body::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    bao::{
        transport::{Chunks, Transport},
        wire::{Envelope, Errors, clean, parse},
    },
    model::workload::Pod,
    ports::PortError,
};

/// What is asked. Not `Debug`: a login's body carries a token.
#[derive(Clone)]
pub(super) struct Call {
    method: Method,
    path: String,
    forwarded: bool,
    wrapped: Option<&'static str>,
    body: Option<Bytes>,
}

impl Call {
    /// A read that this node has to answer itself. One that would have to
    /// forward it answers 307 instead (`contracts/openbao-api.md` 10).
    pub(super) fn read(path: &str) -> Self {
        Self {
            method: Method::GET,
            path: format!("/v1/{path}"),
            forwarded: false,
            wrapped: None,
            body: None,
        }
    }

    /// A write that only this node may act on.
    pub(super) fn put(path: &str) -> Self {
        Self {
            method: Method::PUT,
            ..Self::read(path)
        }
    }

    /// A write that may as well be acted on by the node this one forwards to.
    pub(super) fn post(path: &str, body: Option<&impl Serialize>) -> Result<Self, PortError> {
        let body = body
            .map(serde_json::to_vec)
            .transpose()
            .map_err(|error| PortError::Other(error.to_string()))?;
        Ok(Self {
            method: Method::POST,
            forwarded: true,
            body: body.map(Bytes::from),
            ..Self::read(path)
        })
    }

    /// The same with a body.
    pub(super) fn with(self, body: &impl Serialize) -> Result<Self, PortError> {
        let body = serde_json::to_vec(body).map_err(|error| PortError::Other(error.to_string()))?;
        Ok(Self {
            body: Some(Bytes::from(body)),
            ..self
        })
    }

    /// The same, answered by whichever node can.
    pub(super) fn forwarded(self) -> Self {
        Self {
            forwarded: true,
            ..self
        }
    }

    /// The same, its answer kept by the server for so long.
    pub(super) fn wrapped_for(self, ttl: &'static str) -> Self {
        Self {
            wrapped: Some(ttl),
            ..self
        }
    }

    fn request(self, token: Option<&SecretString>) -> Result<Request<Bytes>, PortError> {
        let mut request = Request::builder()
            .method(self.method)
            .uri(self.path)
            .header("x-vault-request", "true");
        if !self.forwarded {
            request = request.header("x-vault-no-request-forwarding", "1");
        }
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(token.expose_secret())
                .map_err(|_| PortError::Invalid("the token is no header value".to_owned()))?;
            value.set_sensitive(true);
            request = request.header("x-vault-token", value);
        }
        if let Some(ttl) = self.wrapped {
            request = request.header("x-vault-wrap-ttl", ttl);
        }
        if self.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request
            .body(self.body.unwrap_or_default())
            .map_err(|error| PortError::Invalid(error.to_string()))
    }
}

/// Sends calls and counts them.
pub(super) struct Caller<T> {
    /// The way to the pods.
    pub(super) transport: T,
    sent: Cell<u64>,
}

impl<T: Transport> Caller<T> {
    /// Nothing sent yet.
    pub(super) const fn new(transport: T) -> Self {
        Self {
            transport,
            sent: Cell::new(0),
        }
    }

    /// Requests sent so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent.get()
    }

    /// Sends a call and reads the whole answer, whatever its status.
    pub(super) async fn send(
        &self,
        pod: &Pod,
        call: Call,
        token: Option<&SecretString>,
    ) -> Result<Response<Bytes>, PortError> {
        let request = call.request(token)?;
        self.sent.set(self.sent.get() + 1);
        self.transport.send(pod, request).await
    }

    /// Sends a call whose answer is to be streamed.
    pub(super) async fn open(
        &self,
        pod: &Pod,
        call: Call,
        token: Option<&SecretString>,
    ) -> Result<Response<Chunks>, PortError> {
        let request = call.request(token)?;
        self.sent.set(self.sent.get() + 1);
        self.transport.open(pod, request).await
    }
}

/// The payload of a successful answer on a logical path.
pub(super) fn data<U: DeserializeOwned>(response: &Response<Bytes>) -> Result<U, PortError> {
    let envelope: Envelope<U> = whole(response)?;
    Ok(envelope.data)
}

/// A successful answer as it stands.
pub(super) fn whole<U: DeserializeOwned>(response: &Response<Bytes>) -> Result<U, PortError> {
    if response.status() != StatusCode::OK {
        return Err(refusal(response.status(), response.body()));
    }
    parse(response.body()).map_err(PortError::Other)
}

/// Texts of answers that mean "not active, and nothing was done"
/// (`contracts/openbao-api.md` 10).
const NOT_ACTIVE: [&str; 8] = [
    "vault is sealed",
    "local node not active",
    "no active vault instance found",
    "node is not active",
    "node is not the leader",
    "not the leader",
    "leadership transfer in progress",
    "raft storage autopilot is not initialized",
];

/// Texts of answers that come when leadership was lost half-way: a write may
/// have been committed.
const HALF_WAY: [&str; 3] = [
    "leadership lost while committing log",
    "raft is already shutdown",
    "active context canceled after getting state lock",
];

/// What an answer that is no success means (`contracts/openbao-api.md` 0, 10).
pub(super) fn refusal(status: StatusCode, body: &[u8]) -> PortError {
    let text = parse::<Errors>(body).map_or_else(|_| String::new(), |errors| errors.text());
    let says = |texts: &[&str]| {
        let text = text.to_lowercase();
        texts.iter().any(|known| text.contains(known))
    };
    let described = if text.is_empty() {
        format!("status {}", status.as_u16())
    } else {
        format!("status {}: {text}", status.as_u16())
    };
    match status {
        _ if status.is_redirection() => not_active(),
        StatusCode::FORBIDDEN if text.is_empty() => PortError::Forbidden(described),
        StatusCode::FORBIDDEN => PortError::Forbidden(text),
        StatusCode::NOT_FOUND => PortError::NotFound("the path".to_owned()),
        StatusCode::TOO_MANY_REQUESTS => PortError::TooManyRequests(described),
        _ if status.is_client_error() => PortError::Invalid(described),
        _ if status.is_server_error() && says(&HALF_WAY) => PortError::NoAnswer(described),
        _ if status.is_server_error() && says(&NOT_ACTIVE) => not_active(),
        _ => PortError::Other(clean(&described)),
    }
}

/// The node asked is not, or no longer, the active one.
pub(super) fn not_active() -> PortError {
    PortError::Conflict {
        what: "the active node".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, text: &str) -> PortError {
        let body = serde_json::json!({ "errors": [text] }).to_string();
        refusal(
            StatusCode::from_u16(status).expect("a status"),
            body.as_bytes(),
        )
    }

    #[test]
    fn refusals_are_told_apart() {
        for (status, text) in [
            (307, ""),
            (
                500,
                "local node not active but active cluster node not found",
            ),
            (503, "Vault is sealed"),
            (503, "no active Vault instance found"),
        ] {
            assert_eq!(refused(status, text), not_active(), "{status} {text}");
        }
        assert_eq!(
            refused(500, "leadership lost while committing log"),
            PortError::NoAnswer("status 500: leadership lost while committing log".to_owned())
        );
        assert_eq!(
            refused(403, "1 error occurred:\n\t* permission denied\n\n"),
            PortError::Forbidden("permission denied".to_owned())
        );
        assert!(matches!(refused(429, ""), PortError::TooManyRequests(_)));
        assert!(matches!(
            refused(400, "missing role"),
            PortError::Invalid(_)
        ));
        assert!(matches!(refused(500, "disk full"), PortError::Other(_)));
        assert_eq!(
            refusal(StatusCode::BAD_GATEWAY, b"<html>"),
            PortError::Other("status 502".to_owned())
        );
    }
}
