//! What makes a connection out of a dialled stream: TLS, then HTTP/1.1.

use std::{error::Error, io, rc::Rc};

use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::AlertDescription;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio_rustls::TlsConnector;

use crate::{
    bao::{
        connections::Connection,
        tls::{chain, lost},
        wire::clean,
    },
    model::workload::Pod,
    ports::{Dial, PortError, Stream},
};

/// Dials a pod and shakes hands with the server of this name; with any, where
/// there is no TLS to tell by.
pub(super) async fn handshake<D: Dial>(
    dial: Rc<D>,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    pod: Pod,
) -> Result<Connection, PortError> {
    let stream = dial.dial(&pod).await?;
    let Some((connector, name)) = tls else {
        return over(stream, None).await;
    };
    let stream = connector
        .connect(name, stream)
        .await
        .map_err(|error| no_tls(&error))?;
    let presented = stream.get_ref().1.peer_certificates();
    let certificate = presented.and_then(<[_]>::first).cloned();
    over(stream, certificate).await
}

/// HTTP/1.1 over what is there.
async fn over<S: Stream + 'static>(
    stream: S,
    certificate: Option<CertificateDer<'static>>,
) -> Result<Connection, PortError> {
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

/// A handshake that failed. What waiting does not mend is told apart.
fn no_tls(error: &io::Error) -> PortError {
    if let Some(demanded) = demands_certificate(error) {
        return demanded;
    }
    match refused(error) {
        Some(rustls::Error::InvalidCertificate(_)) => {
            PortError::Other(clean(&format!("its certificate is not accepted: {error}")))
        }
        Some(rustls::Error::InvalidMessage(_)) => {
            PortError::Other(clean(&format!("what answers does not speak TLS: {error}")))
        }
        _ => PortError::NoAnswer(clean(&format!("tls handshake: {error}"))),
    }
}

/// The server wants to be shown a certificate. Under TLS 1.3 it says so only after
/// the handshake, in answer to the first request.
pub(super) fn demands_certificate(error: &(dyn Error + 'static)) -> Option<PortError> {
    let mut next = Some(error);
    while let Some(cause) = next {
        let demanded = cause.downcast_ref().and_then(refused);
        if let Some(rustls::Error::AlertReceived(
            AlertDescription::CertificateRequired | AlertDescription::BadCertificate,
        )) = demanded
        {
            return Some(PortError::Other(
                "its listener demands a client certificate that it accepts: give one with \
                 --client-cert FILE --client-key FILE"
                    .to_owned(),
            ));
        }
        next = cause.source();
    }
    None
}

fn refused(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}
