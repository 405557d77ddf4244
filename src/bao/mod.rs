//! The nodes of a cluster over HTTPS: the adapter behind
//! [`BaoNodes`](crate::ports::BaoNodes).
//!
//! [`BaoClient`] knows what to ask and what answers mean, [`Transport`] how a
//! request reaches one pod. [`TlsTransport`] is the real one; a simulated
//! world takes its place below everything else in here.

mod archive;
mod auth;
mod call;
mod certificate;
mod changes;
mod client;
mod connections;
mod dialling;
mod entry;
mod handshake;
mod members;
mod peers;
mod rights;
mod security;
mod snapshot;
mod tls;
mod transport;
mod trust;
mod wire;

pub use archive::{ArchiveError, Verified, Verifier, verify};
pub use auth::{Jwt, TokenSource};
pub use client::BaoClient;
pub use members::Member;
pub use security::{Identity, NoIdentity, Security};
pub use tls::{ServerNames, TlsTransport};
pub use transport::{Chunks, Transport};
pub use trust::{NoTrust, Trust};
