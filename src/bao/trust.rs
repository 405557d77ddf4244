//! Whom a cluster's servers are verified against.

use rustls::RootCertStore;
use rustls_pki_types::{CertificateDer, pem::PemObject};

/// The certificates a cluster's servers are verified against: these and no
/// others, the system's roots included.
#[derive(Debug, Clone)]
pub struct Trust(RootCertStore);

/// A CA bundle that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoTrust {
    /// It is not PEM, or a certificate in it is broken.
    #[error("the ca bundle cannot be read: {0}")]
    Unreadable(String),
    /// It has no certificate.
    #[error("the ca bundle has no certificate")]
    Empty,
}

impl Trust {
    /// Reads a bundle of PEM certificates.
    ///
    /// # Errors
    ///
    /// When it has none, or one that cannot be read.
    pub fn from_pem(bundle: &[u8]) -> Result<Self, NoTrust> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(bundle) {
            let certificate =
                certificate.map_err(|error| NoTrust::Unreadable(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| NoTrust::Unreadable(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(NoTrust::Empty);
        }
        Ok(Self(roots))
    }

    /// Trusts nobody: for where the bundle is missing, and no node is dialled.
    #[must_use]
    pub fn nobody() -> Self {
        Self(RootCertStore::empty())
    }

    /// The certificates.
    pub(super) fn roots(self) -> RootCertStore {
        self.0
    }
}
