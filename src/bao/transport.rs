//! The seam between what is asked of a node and how it gets there.

use futures::stream::LocalBoxStream;
use http::{Request, Response};
use hyper::body::Bytes;

use crate::{
    model::{certificate::ServerCertificate, names::PodName, workload::Pod},
    ports::PortError,
};

/// A body in pieces, as they arrive. An item that is an error is the last one;
/// a body that just ends has ended cleanly, which for a snapshot proves
/// nothing (`contracts/openbao-api.md` 8).
pub type Chunks = LocalBoxStream<'static, Result<Bytes, PortError>>;

/// Carries requests to single pods.
///
/// Requests have a path and query for a URI (`/v1/sys/health`); whom to ask is
/// the pod alone. Redirects are answers like any other. There are no deadlines
/// in here: the caller drops the future, after which the connection it used is
/// never used again.
#[expect(
    async_fn_in_trait,
    reason = "only called on one thread, by generic code"
)]
pub trait Transport {
    /// Sends a request and reads the whole answer, up to a few MiB.
    async fn send(&self, pod: &Pod, request: Request<Bytes>) -> Result<Response<Bytes>, PortError>;

    /// Sends a request and hands over the answer's body as it comes. Dropping
    /// the body closes the connection.
    async fn open(&self, pod: &Pod, request: Request<Bytes>)
    -> Result<Response<Chunks>, PortError>;

    /// The certificate this pod presents, and which of these pods it has no name
    /// for.
    async fn certificate(
        &self,
        pod: &Pod,
        pods: &[PodName],
    ) -> Result<ServerCertificate, PortError>;
}
