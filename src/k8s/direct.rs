//! Dials a pod by its own address, from inside the cluster's network.

use tokio::net::TcpStream;

use super::{errors::clean, forward::API_PORT};
use crate::{
    model::{names::ClusterRef, workload::Pod},
    ports::{Dial, PortError, Stream},
};

/// Connections to the pods of a cluster.
#[derive(Debug, Clone)]
pub struct Direct {
    cluster: ClusterRef,
}

impl Direct {
    /// Connects to the pods of this cluster.
    #[must_use]
    pub fn new(cluster: ClusterRef) -> Self {
        Self { cluster }
    }
}

impl Dial for Direct {
    /// By the observed address, which is this incarnation's and no later one's;
    /// by the headless Service's name while a pod has none yet.
    async fn dial(&self, pod: &Pod) -> Result<Box<dyn Stream>, PortError> {
        let host = pod.ip.clone().unwrap_or_else(|| {
            format!(
                "{}.{}.{}.svc",
                pod.pod.name, self.cluster.name, self.cluster.namespace
            )
        });
        let stream = TcpStream::connect((host.as_str(), API_PORT))
            .await
            .map_err(|error| {
                PortError::NoAnswer(clean(&format!("pod {} at {host}: {error}", pod.pod)))
            })?;
        // Requests are small and answered one by one.
        stream
            .set_nodelay(true)
            .map_err(|error| PortError::NoAnswer(clean(&error.to_string())))?;
        Ok(Box::new(stream))
    }
}
