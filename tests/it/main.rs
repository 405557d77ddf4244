//! The one integration binary.

mod bao_archive;
mod bao_server;
mod bao_tls;
mod bao_token;
mod bao_wire;
mod bao_world;
