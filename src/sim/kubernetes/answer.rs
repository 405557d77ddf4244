//! What a request is answered with.

use http::Response;
use hyper::body::Bytes;
use serde_json::Value;

use super::{history::Watching, object::text, status_body::Refusal};
use crate::sim::moment::Moment;

/// An answer.
#[derive(Debug)]
pub enum Handled {
    /// All of it.
    Whole(Response<Bytes>),
    /// Status 200 and a body that never ends by itself: the watch's lines.
    Watch(Watching),
}

/// Status and body of a whole answer.
pub(super) struct Answer {
    pub(super) code: u16,
    pub(super) body: Bytes,
    pub(super) plain: bool,
    pub(super) retry_after: Option<u32>,
}

impl Answer {
    pub(super) fn json(code: u16, value: &Value) -> Self {
        Self::bytes(code, text(value))
    }

    pub(super) fn bytes(code: u16, body: Bytes) -> Self {
        Self {
            code,
            body,
            plain: false,
            retry_after: None,
        }
    }

    pub(super) fn refusal(refusal: &Refusal) -> Self {
        Self {
            retry_after: refusal.retry_after,
            ..Self::json(refusal.code, &refusal.body())
        }
    }

    pub(super) fn response(self, now: Moment) -> Response<Bytes> {
        let kind = if self.plain {
            "text/plain"
        } else {
            "application/json"
        };
        let date = now.wall().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let mut response = Response::builder()
            .status(self.code)
            .header(http::header::CONTENT_TYPE, kind)
            .header(http::header::DATE, date);
        if let Some(seconds) = self.retry_after {
            response = response.header(http::header::RETRY_AFTER, seconds);
        }
        response.body(self.body).unwrap_or_default()
    }
}
