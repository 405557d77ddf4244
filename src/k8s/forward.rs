//! Dials a pod by a port-forward through the API server.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use k8s_openapi::api::core::v1::Pod as Stored;
use kube::{Api, Client, ResourceExt, api::Portforwarder};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::errors::port_error;
use crate::{
    model::workload::Pod,
    ports::{Dial, PortError, Stream},
};

/// The API port of a server pod.
pub(super) const API_PORT: u16 = 8200;

/// Port-forwards to the pods of a namespace.
#[derive(Clone)]
pub struct PortForward {
    pods: Api<Stored>,
}

impl PortForward {
    /// Forwards with this client's identity.
    #[must_use]
    pub fn new(client: Client, namespace: &str) -> Self {
        Self {
            pods: Api::namespaced(client, namespace),
        }
    }
}

impl Dial for PortForward {
    async fn dial(&self, pod: &Pod) -> Result<Box<dyn Stream>, PortError> {
        let name = pod.pod.name.as_str();
        let what = format!("port-forward to pod {name}");
        let mut forwarder = self
            .pods
            .portforward(name, &[API_PORT])
            .await
            .map_err(|error| port_error(&what, error))?;
        let Some(inner) = forwarder.take_stream(API_PORT) else {
            return Err(PortError::Other(format!("{what}: no stream")));
        };
        // Owned at once, so that every way out closes it.
        let stream = Forwarded { inner, forwarder };
        // After the opening: incarnations follow one another, so the one that
        // is there now was there then.
        let found = self
            .pods
            .get(name)
            .await
            .map_err(|error| port_error(&what, error))?;
        if found.uid().as_deref() != Some(&pod.pod.uid) {
            return Err(PortError::Conflict {
                what: format!("pod {name}"),
            });
        }
        Ok(Box::new(stream))
    }
}

/// A stream that ends its port-forward with itself.
struct Forwarded<S> {
    inner: S,
    forwarder: Portforwarder,
}

impl<S> Drop for Forwarded<S> {
    fn drop(&mut self) {
        self.forwarder.abort();
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Forwarded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Forwarded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
