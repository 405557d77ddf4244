//! Exact requests of the Kubernetes adapter, against a scripted API server whose
//! objects were recorded from the real operator.

mod api;
mod cluster_writes;
mod colour_reads;
mod colour_writes;
mod hook;
mod other_writes;
mod reads;
mod set_writes;
mod status_planes;
mod status_races;
mod status_writes;
mod watches;

pub(crate) use api::{one, recorded};
