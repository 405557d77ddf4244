//! How a node's listener is spoken to: with TLS, and as whom, or without.

use std::sync::Arc;

use rustls::{ClientConfig, crypto::ring, version};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio_rustls::TlsConnector;

use crate::{bao::trust::Trust, ports::PortError};

/// How the listeners of a cluster are spoken to.
pub enum Security {
    /// They have no TLS: whoever can read the traffic reads all of it.
    Plain,
    /// TLS, always verified.
    Tls {
        /// Whom the servers are verified against.
        trust: Trust,
        /// The one name all of them are asked for and verified by, in place of
        /// each pod's own. Listeners that get their certificate by ACME refuse
        /// any other (openbao-helm#160).
        server_name: Option<String>,
        /// What is presented to listeners that ask for a certificate.
        identity: Option<Identity>,
    },
}

impl From<Trust> for Security {
    fn from(trust: Trust) -> Self {
        Self::Tls {
            trust,
            server_name: None,
            identity: None,
        }
    }
}

/// A client certificate with its key. Not `Debug`.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// A client certificate that cannot be used. Says nothing of the key's content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoIdentity {
    /// The certificate is no PEM.
    #[error("the certificate cannot be read")]
    Certificate,
    /// The key is no PEM, or of no kind that is known.
    #[error("the key cannot be read: an unencrypted PEM key is expected")]
    Key,
}

impl Identity {
    /// Reads both from PEM.
    ///
    /// # Errors
    ///
    /// Which of the two cannot be read.
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> Result<Self, NoIdentity> {
        let chain = CertificateDer::pem_slice_iter(certificate)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| NoIdentity::Certificate)?;
        if chain.is_empty() {
            return Err(NoIdentity::Certificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| NoIdentity::Key)?;
        Ok(Self { chain, key })
    }
}

/// What makes a stream a TLS one, and the name that is asked for.
#[derive(Clone)]
pub(super) struct Connector {
    pub(super) tls: TlsConnector,
    pub(super) server_name: Option<String>,
}

impl Security {
    /// The connector; none where there is no TLS.
    pub(super) fn connector(self) -> Result<Option<Connector>, PortError> {
        let Self::Tls {
            trust,
            server_name,
            identity,
        } = self
        else {
            return Ok(None);
        };
        let unusable = |error: rustls::Error| PortError::Other(error.to_string());
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map_err(unusable)?
            .with_root_certificates(trust.roots());
        let mut config = match identity {
            None => config.with_no_client_auth(),
            Some(Identity { chain, key }) => {
                config.with_client_auth_cert(chain, key).map_err(|_| {
                    PortError::Invalid(
                        "the client certificate and its key do not belong together".to_owned(),
                    )
                })?
            }
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Some(Connector {
            tls: TlsConnector::from(Arc::new(config)),
            server_name,
        }))
    }
}
