//! The way to the embedded nodes, under the real OpenBao client.

use std::time::Duration;

use futures::{StreamExt, stream};
use http::{Request, Response};
use hyper::body::Bytes;
use jiff::Timestamp;

use super::{answer::Answer, letter::Reply, world::Shared};
use crate::{
    bao::{Chunks, Transport},
    model::{certificate::ServerCertificate, names::PodName, workload::Pod},
    ports::PortError,
};

/// How long the certificates of the embedded nodes are good for: the operator's
/// are renewed long before.
const CERTIFICATE: Duration = Duration::from_secs(300 * 24 * 3600);

/// Requests to single pods of the world.
#[derive(Clone)]
pub struct WorldTransport {
    world: Shared,
}

impl WorldTransport {
    /// To the nodes of this world.
    #[must_use]
    pub fn to(world: &Shared) -> Self {
        Self {
            world: world.clone(),
        }
    }

    async fn ask(&self, pod: &Pod, request: Request<Bytes>) -> Result<Response<Bytes>, PortError> {
        let ticket = self
            .world
            .lock()
            .ask_node(pod.pod.name.as_str(), &pod.pod.uid, request);
        match Answer::to(self.world.clone(), ticket).await {
            Reply::Whole(response) => Ok(response),
            Reply::Broken(why) => Err(PortError::NoAnswer(format!("pod {}: {why}", pod.pod))),
            Reply::Replaced => Err(PortError::Conflict {
                what: format!("pod {}", pod.pod),
            }),
            Reply::Watch(_) => Err(PortError::Other("not an answer of a node".to_owned())),
        }
    }
}

impl Transport for WorldTransport {
    async fn send(&self, pod: &Pod, request: Request<Bytes>) -> Result<Response<Bytes>, PortError> {
        self.ask(pod, request).await
    }

    async fn open(
        &self,
        pod: &Pod,
        request: Request<Bytes>,
    ) -> Result<Response<Chunks>, PortError> {
        let response = self.ask(pod, request).await?;
        Ok(response.map(|body| stream::iter([Ok(body)]).boxed_local()))
    }

    async fn certificate(&self, _: &Pod, _: &[PodName]) -> Result<ServerCertificate, PortError> {
        let now = self.world.lock().now().wall();
        Ok(ServerCertificate {
            expires: now.checked_add(CERTIFICATE).unwrap_or(Timestamp::MAX),
            // The operator's has a wildcard for the headless Service.
            not_for: Vec::new(),
        })
    }
}
