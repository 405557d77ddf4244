//! Counts the requests sent to the API server, by verb.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use http::{Method, Request, Uri};
use tower::{Layer, Service};

/// How many requests of each verb were sent; clones share the count.
#[derive(Debug, Clone, Default)]
pub struct RequestCounts(Arc<Mutex<BTreeMap<&'static str, u64>>>);

impl RequestCounts {
    /// The counts so far.
    #[must_use]
    pub fn snapshot(&self) -> BTreeMap<&'static str, u64> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn note(&self, verb: &'static str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(verb).or_default() += 1;
    }
}

/// Kubernetes' verb of a request.
fn verb(method: &Method, uri: &Uri) -> &'static str {
    match *method {
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE => "delete",
        _ if uri.query().is_some_and(|query| {
            query
                .split('&')
                .any(|pair| pair.starts_with("watch=") && pair != "watch=false")
        }) =>
        {
            "watch"
        }
        _ if is_collection(uri.path()) => "list",
        _ => "get",
    }
}

/// `/api/v1/...` or `/apis/GROUP/VERSION/...` ends in a plural.
fn is_collection(path: &str) -> bool {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let skip = match parts.next() {
        Some("api") => 1,
        Some("apis") => 2,
        _ => return false,
    };
    let rest: Vec<&str> = parts.skip(skip).collect();
    match rest.first() {
        Some(&"namespaces") => matches!(rest.len(), 1 | 3),
        Some(_) => rest.len() == 1,
        None => false,
    }
}

impl<S> Layer<S> for RequestCounts {
    type Service = Counted<S>;

    fn layer(&self, inner: S) -> Counted<S> {
        Counted {
            inner,
            counts: self.clone(),
        }
    }
}

/// A service whose requests are counted.
#[derive(Debug, Clone)]
pub struct Counted<S> {
    inner: S,
    counts: RequestCounts,
}

impl<S, B> Service<Request<B>> for Counted<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> S::Future {
        self.counts.note(verb(request.method(), request.uri()));
        self.inner.call(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_told_apart() {
        let of = |uri: &'static str| verb(&Method::GET, &Uri::from_static(uri));
        assert_eq!(of("/api/v1/namespaces/a/pods/b"), "get");
        assert_eq!(of("/api/v1/namespaces/a/pods?limit=5"), "list");
        assert_eq!(of("/api/v1/namespaces/a/pods?watch=true"), "watch");
        assert_eq!(of("/apis/apps/v1/deployments"), "list");
        assert_eq!(of("/apis/apps/v1/namespaces/a/statefulsets/b"), "get");
        assert_eq!(of("/version"), "get");
        assert_eq!(verb(&Method::PATCH, &Uri::from_static("/x")), "patch");
    }
}
