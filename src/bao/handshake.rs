//! What makes a connection out of a dialled stream: TLS, then HTTP/1.1.

use std::{io, rc::Rc};

use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio_rustls::TlsConnector;

use crate::{
    bao::{
        connections::Connection,
        tls::{chain, lost},
        wire::clean,
    },
    model::workload::Pod,
    ports::{Dial, PortError},
};

/// Dials a pod and shakes hands with the server of this name.
pub(super) async fn handshake<D: Dial>(
    dial: Rc<D>,
    connector: TlsConnector,
    name: ServerName<'static>,
    pod: Pod,
) -> Result<Connection, PortError> {
    let stream = dial.dial(&pod).await?;
    let stream = connector
        .connect(name, stream)
        .await
        .map_err(|error| no_tls(&error))?;
    let presented = stream.get_ref().1.peer_certificates();
    let certificate = presented.and_then(<[_]>::first).cloned();
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| lost(&error))?;
    let driver = tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!("connection ended: {}", chain(&error));
        }
    });
    Ok(Connection::new(sender, certificate, driver))
}

/// A handshake that failed. A certificate that is not accepted is told apart:
/// waiting does not mend it.
fn no_tls(error: &io::Error) -> PortError {
    let refused = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match refused {
        Some(rustls::Error::InvalidCertificate(_)) => {
            PortError::Other(clean(&format!("its certificate is not accepted: {error}")))
        }
        _ => PortError::NoAnswer(clean(&format!("tls handshake: {error}"))),
    }
}
