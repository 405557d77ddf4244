//! The one integration binary.

mod bao_archive;
mod bao_tls;
mod bao_wire;
mod bao_world;
