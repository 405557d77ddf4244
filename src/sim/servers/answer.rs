//! The form of an answer: status, headers, envelope.

use http::{
    HeaderName, HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, STRICT_TRANSPORT_SECURITY},
};
use hyper::body::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::Servers;

/// As many headers as most answers have.
const HEADERS: usize = 6;

/// What becomes of a request for now.
pub(super) enum Outcome {
    /// An answer, after so many milliseconds.
    Answer(Response<Bytes>, (u64, u64)),
    /// It hangs.
    Wait,
    /// It hangs until this entry of this node is committed.
    Commit {
        on: usize,
        term: u64,
        index: u64,
        answer: Response<Bytes>,
        ms: (u64, u64),
    },
}

impl Outcome {
    /// An answer that is given at once.
    pub(super) const fn quick(answer: Response<Bytes>) -> Self {
        Self::Answer(answer, (0, 2))
    }
}

/// The envelope. Its fields, as those of all answers, are in the order of their
/// names.
#[derive(Serialize)]
struct Envelope<T> {
    auth: Value,
    data: T,
    lease_duration: u32,
    lease_id: &'static str,
    renewable: bool,
    request_id: String,
    warnings: (),
    wrap_info: (),
}

impl Servers {
    /// An empty answer of a node.
    pub(super) fn bare(&self, node: usize, status: u16) -> Response<Bytes> {
        let mut answer = Response::new(Bytes::new());
        *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        let headers = answer.headers_mut();
        headers.reserve(HEADERS);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
        set(&mut answer, "x-vault-raft-node-id", &self.nodes[node].pod);
        answer
    }

    /// An answer with a JSON body as it stands, newline-terminated.
    pub(super) fn native(
        &self,
        node: usize,
        status: u16,
        body: &impl Serialize,
    ) -> Response<Bytes> {
        let mut answer = self.bare(node, status);
        // What is answered always serialises.
        let mut text = serde_json::to_vec(body).unwrap_or_default();
        text.push(b'\n');
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
        *answer.body_mut() = Bytes::from(text);
        answer
    }

    /// An error.
    pub(super) fn refuse(&self, node: usize, status: u16, text: &str) -> Response<Bytes> {
        let errors: &[&str] = if text.is_empty() { &[] } else { &[text] };
        self.native(node, status, &json!({ "errors": errors }))
    }

    /// 403 of a valid token that lacks the capability.
    pub(super) fn lacks(&self, node: usize) -> Response<Bytes> {
        self.refuse(
            node,
            403,
            &super::refusal::multierror(super::refusal::DENIED),
        )
    }

    /// The envelope of logical paths, all keys always there.
    pub(super) fn logical(
        &mut self,
        node: usize,
        data: impl Serialize,
        auth: Value,
    ) -> Response<Bytes> {
        let body = Envelope {
            auth,
            data,
            lease_duration: 0,
            lease_id: "",
            renewable: false,
            request_id: self.identity(),
            warnings: (),
            wrap_info: (),
        };
        self.enveloped(node, &body)
    }

    /// The same with keys beside the envelope's.
    pub(super) fn logical_with(
        &mut self,
        node: usize,
        mut body: Value,
        data: Value,
    ) -> Response<Bytes> {
        body["request_id"] = json!(self.identity());
        body["lease_id"] = json!("");
        body["renewable"] = json!(false);
        body["lease_duration"] = json!(0);
        body["data"] = data;
        body["wrap_info"] = Value::Null;
        body["warnings"] = Value::Null;
        body["auth"] = Value::Null;
        self.enveloped(node, &body)
    }

    fn enveloped(&self, node: usize, body: &impl Serialize) -> Response<Bytes> {
        let mut answer = self.native(node, 200, body);
        if self.nodes[node].release.from(7) {
            let index = json!({
                "cluster": self.cluster_of(node).0,
                "value": self.volume(node).committed.to_string(),
            });
            set(
                &mut answer,
                "x-vault-index",
                &base64(index.to_string().as_bytes()),
            );
        }
        answer
    }

    /// 307 to the active node's API address.
    pub(super) fn redirect(&self, node: usize, pod: &str, path: &str) -> Response<Bytes> {
        let mut answer = self.bare(node, 307);
        set(
            &mut answer,
            "location",
            &format!("{}{path}", self.shape.api(pod)),
        );
        set(&mut answer, "content-length", "0");
        answer
    }
}

/// Sets a header.
pub(super) fn set(answer: &mut Response<Bytes>, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for piece in bytes.chunks(3) {
        let byte = |at: usize| u32::from(piece.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 63;
            let found = ALPHABET.get(usize::try_from(value).unwrap_or(0));
            let used = digit <= piece.len();
            text.push(if used {
                found.map_or('=', |c| char::from(*c))
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_padded() {
        assert_eq!(base64(br#"{"value":"60"}"#), "eyJ2YWx1ZSI6IjYwIn0=");
        assert_eq!(base64(b"ab"), "YWI=");
        assert_eq!(base64(b"abc"), "YWJj");
        assert_eq!(base64(b"a"), "YQ==");
    }
}
